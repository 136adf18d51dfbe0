"""Classifiers on made-up features."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
import pytest

from mmc_core._typing import Float32, Float64, Objects
from mmc_core.errors import DatasetError
from mmc_core.features.encode import encode
from mmc_core.features.schema import ORIGINAL_57
from mmc_core.learning import recipes
from mmc_core.learning.classifiers import N_INNER, NUMBERS, InnerFolds, probabilities
from mmc_core.learning.inputs import features
from mmc_core.learning.recipes import Classifier
from mmc_core.learning.scores import most_likely, one_hot
from mmc_core.learning.splits import grouped_hold_out
from mmc_core.moods import NAMES
from tests.support.dataset import made_table

KINDS = ("logistic-regression", "svm", "extra-trees")


@dataclass(frozen=True)
class Parts:
    """Features and moods to learn from, and of other groups; and what each kind answers."""

    x: Float32
    mood: Objects
    other: Float32
    expected: Objects
    usual: dict[str, Float64]


@pytest.fixture(scope="module")
def parts() -> Parts:
    table = made_table()
    split = grouped_hold_out(table, seed=1)
    rest = np.concatenate([split.train, split.validation])
    x, mood = features(table), table["mood"].to_numpy(dtype=object)
    other = x[split.test]
    usual = {name: answer(name, x[rest], mood[rest], other) for name in KINDS}
    return Parts(x[rest], mood[rest], other, mood[split.test], usual)


def answer(name: str, x: Float32, mood: Objects, other: Float32) -> Float64:
    recipe = recipes.load(name)
    assert isinstance(recipe, Classifier)
    if recipe.estimator == "extra_trees":
        recipe = recipe.model_copy(update={"parameters": {"n_estimators": 50}})
    return probabilities(recipe, x, mood, np.arange(len(x)).astype(object), other, seed=1)


@pytest.mark.parametrize("clips", [2, 3, 4])
def test_an_svm_of_a_small_mood_has_fewer_inner_folds(clips: int) -> None:
    table = made_table()
    table = table.drop_duplicates("group").groupby("mood").head(clips)
    moods = table["mood"].to_numpy(dtype=object)
    p = answer("svm", features(table), moods, features(table))
    assert p.sum(axis=1) == pytest.approx(1)


def test_inner_folds_keep_groups_whole_and_every_mood() -> None:
    table = made_table()
    mood, group = (table[name].to_numpy(dtype=object) for name in ("mood", "group"))
    parts = list(InnerFolds(group, seed=1).split(mood, mood))
    assert len(parts) == N_INNER
    for train, test in parts:
        assert not set(group[train]) & set(group[test])
        assert set(mood[train]) == set(NAMES)
    assert sorted(np.concatenate([test for _, test in parts])) == list(range(len(table)))


def test_an_svm_of_a_mood_of_one_group_is_refused_in_a_sentence() -> None:
    table = made_table()
    group = np.where(table["mood"] == NAMES[1], "one", table["group"]).astype(object)
    with pytest.raises(DatasetError, match=f"too few groups .* 1 of {NAMES[1]}"):
        list(InnerFolds(group, seed=1).split(table, table["mood"].to_numpy(dtype=object)))


def test_a_mood_that_was_not_learned_is_never_answered(parts: Parts) -> None:
    there = parts.mood != NAMES[2]
    for name in KINDS:
        p = answer(name, parts.x[there], parts.mood[there], parts.other)
        assert p[:, 2] == pytest.approx(0), name
        assert p.sum(axis=1) == pytest.approx(1), name


def test_made_up_moods_are_told_apart(parts: Parts) -> None:
    for name, p in parts.usual.items():
        assert p.shape == (len(parts.other), 4), name
        assert p.sum(axis=1) == pytest.approx(1), name
        assert p.min() >= 0, name
        assert (most_likely(p) == parts.expected).mean() > 0.8, name
        # Columns are in the order of NAMES.
        assert (p * one_hot(parts.expected)).sum(axis=1).mean() > 0.5, name


def test_columns_go_by_mood_not_by_order_of_learning(parts: Parts) -> None:
    """Moods exchanged in training are exchanged in the answer."""
    turned = dict(zip(NAMES, [NAMES[2], NAMES[0], NAMES[3], NAMES[1]], strict=True))
    mood, expected = (
        np.array([turned[m] for m in moods], dtype=object) for moods in (parts.mood, parts.expected)
    )
    for name in KINDS:
        predicted = most_likely(answer(name, parts.x, mood, parts.other))
        assert (predicted == expected).mean() > 0.8, name


def test_a_seed_gives_one_answer_whatever_is_asked_beside(parts: Parts) -> None:
    """The scaling too is fitted on training clips: an answer does not depend on other clips."""
    changed = parts.other.copy()
    changed[5:] = 1000 * changed[5:] + 7
    for name, usual in parts.usual.items():
        p = answer(name, parts.x, parts.mood, changed)
        assert p[:5] == pytest.approx(usual[:5], abs=1e-6), name
        assert not np.allclose(p[5:], usual[5:]), name
        alone = answer(name, parts.x, parts.mood, parts.other[:1])
        assert alone == pytest.approx(usual[:1], abs=1e-6), name


def test_the_unit_of_a_feature_does_not_matter(parts: Parts) -> None:
    """Ranks are learned from."""
    for name in ("logistic-regression", "svm"):
        scaled = answer(name, 1024 * parts.x, parts.mood, 1024 * parts.other)
        assert scaled == pytest.approx(parts.usual[name], abs=1e-3), name


def test_only_trees_look_at_the_key(parts: Parts) -> None:
    key = ORIGINAL_57.index("key")
    x, turned = parts.x.copy(), parts.other.copy()
    x[:, key] = np.where(parts.mood == NAMES[0], 3, x[:, key])  # as if the key gave a mood away
    turned[:, key] = (turned[:, key] + 5) % 12
    both = np.concatenate([parts.other, turned])
    for name in KINDS:
        usual, other = np.split(answer(name, x, parts.mood, both), 2)
        assert np.array_equal(usual, other) == (name != "extra-trees"), name


def test_the_key_alone_is_left_out() -> None:
    assert [name for i, name in enumerate(ORIGINAL_57) if i not in NUMBERS] == ["key"]


def test_features_are_those_that_are_served(table: pd.DataFrame) -> None:
    assert np.array_equal(features(table.iloc[:3]), encode(table.to_dict(orient="records")[:3]))
