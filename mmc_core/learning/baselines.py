"""What knows nothing of the music, on a fold's test clips: the least that a system must beat."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd

from mmc_core._typing import Float32, Ints, Objects
from mmc_core.learning import inputs, recipes
from mmc_core.learning.recipes import AnyRecipe
from mmc_core.learning.splits import Fold


def of_fold(
    recipe: AnyRecipe, table: pd.DataFrame, fold: Fold, *, shuffles: int = 1
) -> pd.DataFrame:
    """The baselines of a recipe on a fold of a dataset's table; see `columns`.

    Shuffled moods are learned by the recipe's own classifier where it is one, by extra trees
    otherwise.
    """
    seed = recipe.seed + 1000 * fold.repeat + fold.number
    group = table["group"].to_numpy(dtype=object)
    each = np.arange(len(fold.train)).astype(object)  # shuffled moods know of no groups

    def shuffled() -> Any:
        own = recipe.unfitted_classifier(seed, each)
        trees = recipes.load("extra-trees")
        return trees.unfitted_classifier(seed, each) if own is None else own

    return columns(
        inputs.features(table),
        table["mood"].to_numpy(dtype=object),
        group,
        fold.train,
        fold.test,
        shuffled=shuffled,
        seed=seed,
        shuffles=shuffles,
    )


def columns(
    features: Float32,
    mood: Objects,
    group: Objects,
    train: Ints,
    test: Ints,
    *,
    shuffled: Callable[[], Any],
    seed: int,
    shuffles: int = 1,
) -> pd.DataFrame:
    """Share right, for each test clip, of answers that know nothing of the music.

    Majority: the commonest mood in training. Group majority: the commonest mood of the training
    clips of the same group, missing where there is none. Shuffled: a classifier that learned from
    shuffled moods.

    Args:
        shuffled: a function that makes an unfitted classifier of features.
    """
    counts = pd.Series(mood[train]).groupby(group[train]).agg(lambda m: m.mode()[0])
    of_group = pd.Series(group[test]).map(counts).to_numpy(dtype=object)
    rng = np.random.default_rng(seed)
    answers = [
        shuffled().fit(features[train], rng.permutation(mood[train])).predict(features[test])
        for _ in range(shuffles)
    ]
    return pd.DataFrame(
        {
            "majority": (mood[test] == pd.Series(mood[train]).mode()[0]).astype(float),
            "group_majority": np.where(
                pd.isna(of_group), np.nan, (of_group == mood[test]).astype(float)
            ),
            "shuffled": np.mean([answer == mood[test] for answer in answers], axis=0),
        }
    )
