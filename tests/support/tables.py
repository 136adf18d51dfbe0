"""Made-up tables, and what is drawn of them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from mmc_core.analysis.summaries import Summary
from mmc_core.features.schema import BY_NAME, ORIGINAL_57, Feature
from mmc_core.figures import distributions
from mmc_core.moods import NAMES
from mmc_core.settings import table_bytes
from mmc_core.table_files import process, reader
from mmc_core.table_files.columns import Columns, Task


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


@contextmanager
def read_in_this_process() -> Iterator[None]:
    """Read people's table files in this process, for tests that read many."""

    def read(path: Path, size: int, wanted: set[str], numbers: set[str], most_rows: int) -> Columns:
        task = Task(path.name, size, wanted, numbers, most_rows, table_bytes(size), 1)
        with path.open("rb") as file:
            return process.read(file, task)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(reader, "read", read)
        yield
