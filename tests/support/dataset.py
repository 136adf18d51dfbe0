"""A made-up dataset, and a combination of two plain recipes on it."""

from __future__ import annotations

import pandas as pd

from mmc_core.datasets import Dataset
from mmc_core.learning import recipes

BOTH = recipes.Combination(
    name="ensemble",
    title="Both",
    dataset="made",
    kind="mean",
    members=["logistic-regression", "extra-trees"],
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
