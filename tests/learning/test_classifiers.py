"""Plain classifiers on made-up features."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from mmc_core._typing import Float32, Objects
from mmc_core.features.encode import encode
from mmc_core.features.schema import ORIGINAL_57
from mmc_core.learning import recipes
from mmc_core.learning.classifiers import NUMBERS, probabilities
from mmc_core.learning.inputs import features
from mmc_core.learning.recipes import Classifier
from mmc_core.learning.scores import most_likely, one_hot
from mmc_core.learning.splits import grouped_hold_out
from mmc_core.moods import NAMES

Floats = Float32
Moods = Objects
Parts = tuple[Floats, Moods, Floats, Moods]

KINDS = ("logistic-regression", "svm", "extra-trees")
each = pytest.mark.parametrize("name", KINDS)


def plain(name: str) -> Classifier:
    recipe = recipes.load(name)
    assert isinstance(recipe, Classifier)
    if recipe.estimator == "extra_trees":
        return recipe.model_copy(update={"parameters": {"n_estimators": 50}})
    return recipe


@pytest.fixture
def parts(table: pd.DataFrame) -> Parts:
    """Features and moods to learn from, and of other groups."""
    split = grouped_hold_out(table, seed=1)
    rest = np.concatenate([split.train, split.validation])
    x, mood = features(table), table["mood"].to_numpy(dtype=object)
    return x[rest], mood[rest], x[split.test], mood[split.test]


@each
def test_made_up_moods_are_told_apart(name: str, parts: Parts) -> None:
    x, mood, other, expected = parts
    p = probabilities(plain(name), x, mood, other, seed=1)
    assert p.shape == (len(other), 4)
    assert p.sum(axis=1) == pytest.approx(1)
    assert p.min() >= 0
    assert (most_likely(p) == expected).mean() > 0.8
    assert (p * one_hot(expected)).sum(axis=1).mean() > 0.5  # columns are in the order of NAMES


@each
def test_columns_go_by_mood_not_by_order_of_learning(name: str, parts: Parts) -> None:
    """Moods exchanged in training are exchanged in the answer."""
    x, mood, other, expected = parts
    turned = dict(zip(NAMES, [NAMES[2], NAMES[0], NAMES[3], NAMES[1]], strict=True))
    exchanged = np.array([turned[m] for m in mood], dtype=object)
    said = most_likely(probabilities(plain(name), x, exchanged, other, seed=1))
    assert (said == np.array([turned[m] for m in expected], dtype=object)).mean() > 0.8


@each
def test_a_seed_gives_one_answer(name: str, parts: Parts) -> None:
    one, again = (probabilities(plain(name), *parts[:3], seed=1) for _ in range(2))
    assert np.array_equal(one, again)


@each
def test_what_is_tested_is_not_learned_from(name: str, parts: Parts) -> None:
    """The scaling too is fitted on training clips: an answer does not depend on other clips."""
    x, mood, other, _ = parts
    usual = probabilities(plain(name), x, mood, other, seed=1)
    changed = other.copy()
    changed[5:] = 1000 * changed[5:] + 7
    found = probabilities(plain(name), x, mood, changed, seed=1)
    assert found[:5] == pytest.approx(usual[:5], abs=1e-6)
    assert not np.allclose(found[5:], usual[5:])
    alone = probabilities(plain(name), x, mood, other[:1], seed=1)
    assert alone == pytest.approx(usual[:1], abs=1e-6)


@pytest.mark.parametrize("name", ["logistic-regression", "svm"])
def test_the_unit_of_a_feature_does_not_matter(name: str, parts: Parts) -> None:
    """Ranks are learned from."""
    x, mood, other, _ = parts
    usual = probabilities(plain(name), x, mood, other, seed=1)
    scaled = probabilities(plain(name), 1024 * x, mood, 1024 * other, seed=1)
    assert scaled == pytest.approx(usual, abs=1e-3)


@each
def test_only_trees_look_at_the_key(name: str, parts: Parts) -> None:
    x, mood, other, _ = parts
    key = ORIGINAL_57.index("key")
    x[:, key] = np.where(mood == NAMES[0], 3, x[:, key])  # as if the key gave a mood away
    usual = probabilities(plain(name), x, mood, other, seed=1)
    other[:, key] = (other[:, key] + 5) % 12
    found = probabilities(plain(name), x, mood, other, seed=1)
    assert np.array_equal(found, usual) == (name != "extra-trees")


def test_the_key_alone_is_left_out() -> None:
    assert [name for i, name in enumerate(ORIGINAL_57) if i not in NUMBERS] == ["key"]


def test_features_are_those_that_are_served(table: pd.DataFrame) -> None:
    assert np.array_equal(features(table.iloc[:3]), encode(table.to_dict(orient="records")[:3]))
