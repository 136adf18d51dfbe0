"""What holds for every dataset, those to come too."""

from __future__ import annotations

import re

import numpy as np
import pandas as pd

from mmc_core.datasets import Dataset
from mmc_core.features.schema import BY_NAME, ORIGINAL_57
from mmc_core.moods import NAMES

TEXTS = [
    *("title", "description", "music", "labels", "grouping", "length_rule"),
    *("extraction", "citation", "licence"),
]


def check_texts(dataset: Dataset) -> None:
    """All texts are there, in the order in which `Dataset` lists them, and lead to the source."""
    assert re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", dataset.id)
    for name in TEXTS:
        assert len(getattr(dataset, name)) > 4, name
    counts = re.findall(r"(\d+) (?:clips|previews)", dataset.description)
    assert set(map(int, counts)) <= {sum(dataset.clips().values())}  # others in the length rule
    assert "doi:10." in dataset.citation
    assert dataset.homepage.startswith("http")
    fields = list(Dataset.__annotations__)
    order = [fields.index(name) for name in vars(type(dataset)) if name in fields]
    assert order == sorted(order), f"expected the order {fields}"


def check_summary(dataset: Dataset) -> None:
    """Every one of the 57 features is summed up for every mood, its numbers in order."""
    summary = dataset.summary()
    assert {name for name, _ in summary} >= set(ORIGINAL_57)
    clips = dataset.clips()
    assert list(clips) == list(NAMES)
    for (name, mood), d in summary.items():
        assert d.n == clips[mood] == sum(d.counts), (name, mood)
        if BY_NAME[name].categories:
            continue
        assert d.minimum <= d.whisker_low <= d.q1 <= d.median, (name, mood)
        assert d.median <= d.q3 <= d.whisker_high <= d.maximum, (name, mood)
        assert d.bin_width == BY_NAME[name].bin_width, (name, mood)
        assert len(d.quantiles) == 101
        assert np.all(np.diff(d.quantiles) >= 0), (name, mood)
    assert set(dataset.separation()) == {name for name, _ in summary}


def check_table(dataset: Dataset, table: pd.DataFrame) -> None:
    """A row a clip, as many as the summary says, with a group and nothing missing."""
    assert table["mood"].value_counts().to_dict() == dataset.clips()
    assert table["clip"].is_unique
    assert (table["group"].notna() & (table["group"] != "")).all()
    assert (table["duration_s"] >= 1).all()
    for name in ORIGINAL_57:
        categories = BY_NAME[name].categories
        values = table[name]
        assert values.isin(categories).all() if categories else np.isfinite(values).all(), name
