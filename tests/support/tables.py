"""Made-up tables, and what is drawn of them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np
import pandas as pd

from mmc_core.analysis.summaries import Summary
from mmc_core.features.schema import BY_NAME, ORIGINAL_57, Feature
from mmc_core.figures import distributions
from mmc_core.moods import NAMES


def made(*values: Iterable[Any], feature: str = "tempo") -> pd.DataFrame:
    """A table of one feature: a list of values a mood, each clip a group."""
    lists = [list(v) for v in values]
    n = sum(map(len, lists))
    return pd.DataFrame(
        {
            "clip": [f"c{i}" for i in range(n)],
            "mood": np.repeat(NAMES[: len(lists)], [len(v) for v in lists]),
            "group": [f"g{i}" for i in range(n)],
            "duration_s": 25.5,
            feature: [x for v in lists for x in v],
        }
    )


def of(feature: Feature, table: pd.DataFrame, title: str = "Made") -> distributions.ByDataset:
    summary = Summary.of(table)
    return {title: {mood: d for (name, mood), d in summary.items() if name == feature.name}}


def moods_apart(table: pd.DataFrame, apart: float, seed: int) -> pd.DataFrame:
    """The made-up table anew, its moods so many standard deviations apart in every feature."""
    rng = np.random.default_rng(seed)
    level = table["mood"].map({mood: i for i, mood in enumerate(NAMES)}).to_numpy(dtype=float)
    changed = table.copy()
    for name in ORIGINAL_57:
        if not BY_NAME[name].categories:
            changed[name] = apart * level + rng.normal(size=len(table))
    return changed
