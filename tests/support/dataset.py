"""A made-up dataset to learn from, tiny networks for it, and a combination of two classifiers."""

from __future__ import annotations

from functools import cache

import numpy as np
import pandas as pd

from mmc_core.datasets import Dataset
from mmc_core.features.schema import FEATURES
from mmc_core.learning import recipes
from mmc_core.moods import NAMES

TINY = ("dataset=made", "filters=[4]", "kernels=[3]", "dense=[8]", "learning_rate=0.01")
FEW_TREES = ("dataset=made", "parameters={n_estimators=20}")
BOTH = recipes.Combination(
    name="ensemble",
    title="Both",
    dataset="made",
    kind="mean",
    members=["logistic-regression", "svm"],
    seed=13,
)


class Made(Dataset):
    """A table in memory; no audio."""

    id = title = description = music = labels = grouping = length_rule = extraction = "made"
    citation = licence = homepage = "made"
    made_table: pd.DataFrame

    def has_table(self) -> bool:
        return True

    def table(self) -> pd.DataFrame:
        return self.made_table


def made_table() -> pd.DataFrame:
    """A made-up feature table: 20 groups of 1 to 4 clips a mood, moods a little apart."""
    return _table().copy()


@cache
def _table() -> pd.DataFrame:
    rng = np.random.default_rng(7)
    rows: list[dict[str, object]] = []
    for m, mood in enumerate(NAMES):
        for g in range(20):
            for _ in range(1 + g % 4):
                row: dict[str, object] = {
                    "clip": f"clip {len(rows)}",
                    "mood": mood,
                    "group": f"{mood} {g}",
                    "duration_s": 25.5,
                }
                for feature in FEATURES:
                    row[feature.name] = (
                        str(rng.choice(feature.categories))
                        if feature.categories
                        else m + rng.normal()
                    )
                rows.append(row)
    return pd.DataFrame(rows)
