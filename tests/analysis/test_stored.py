"""A table on disk says what the same table says in memory."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import rankdata

from mmc_core import files
from mmc_core.analysis import density, effects, statistics, stored, tables
from mmc_core.analysis.description import Description
from mmc_core.analysis.stored import distributions
from mmc_core.analysis.stored.order import ordered
from mmc_core.datasets import DATASETS, Dataset
from mmc_core.errors import DatasetError
from tests.support.tables import made

SOME = ["scale", "tempo", "rms_mean", "zcr_var", "chroma_mean"]


def described(table: pd.DataFrame, folder: Path) -> Description:
    path = folder / "of [all] 'clips'.parquet"
    tables.write_table(table, path)
    return stored.describe(path, folder)


def assert_agree(one: Description, other: Description) -> None:
    assert one.summary.keys() == other.summary.keys()
    for key in one.summary:
        assert files.agree(vars(one.summary[key]), vars(other.summary[key])), key
    assert one.separations.keys() == other.separations.keys()
    for name, separation in one.separations.items():
        pairs = zip(separation.pairs, other.separations[name].pairs, strict=True)
        assert all(files.agree(vars(a), vars(b)) for a, b in pairs), name
        without = [vars(each) | {"pairs": []} for each in (separation, other.separations[name])]
        assert files.agree(*without), name
    correlations = [each.correlations.to_dict(orient="list") for each in (one, other)]
    assert files.agree(*correlations)


def test_some_features_are_those_in_memory(tmp_path: Path) -> None:
    table = DATASETS["4qaed"].table()[[*tables.META, *SOME]]
    assert_agree(described(table, tmp_path), Description.of(table))


@pytest.mark.slow
@pytest.mark.parametrize("dataset", DATASETS.values(), ids=DATASETS)
def test_all_are_those_in_memory(dataset: Dataset, tmp_path: Path) -> None:
    try:
        table = dataset.table()
    except DatasetError as error:
        pytest.skip(str(error))
    assert_agree(described(table, tmp_path), Description.of(table))


def test_many_clips_of_a_mood_are_counted_for_their_density(
    table: pd.DataFrame, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(density, "MANY", 5)
    monkeypatch.setattr(distributions, "MANY", 5)
    alike = table.assign(zcr_mean=table["mood"].str.len() / 8)[[*tables.META, "tempo", "zcr_mean"]]
    assert_agree(described(alike, tmp_path), Description.of(alike))


@pytest.mark.parametrize("clips_in_group", [1, 3])
def test_more_groups_than_blocks(
    clips_in_group: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Effects are the same; intervals and p, of blocks, are much the same."""
    rng = np.random.default_rng(2)
    table = made(*(rng.normal(shift, 1, 900) for shift in (0, 0, 0.15)))
    table["group"] = [f"{i % 900 // clips_in_group}" for i in range(len(table))]
    table["scale"] = np.where(rng.random(len(table)) < 0.5 + table["tempo"] / 20, "major", "minor")
    monkeypatch.setattr(statistics, "MAX_BLOCKS", 200)
    here, there = described(table, tmp_path).separations, Description.of(table).separations
    for name, one in there.items():
        assert here[name].effect == pytest.approx(one.effect)
        assert here[name].high - here[name].low == pytest.approx(one.high - one.low, rel=0.3)
        assert np.log(here[name].p) == pytest.approx(np.log(one.p), rel=0.2)


def test_clips_by_themselves_have_the_plain_p(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rng = np.random.default_rng(2)
    table = made(rng.normal(size=90), rng.normal(0.3, 1, 90))
    monkeypatch.setattr(statistics, "MAX_BLOCKS", 20)
    one, other = described(table, tmp_path).separations["tempo"], effects.separate(table)["tempo"]
    assert [one.p, one.pairs[0].p] == pytest.approx([other.p, other.pairs[0].p])


@pytest.mark.parametrize("moods", [1, 2])
def test_few_moods_and_clips(moods: int, table: pd.DataFrame, tmp_path: Path) -> None:
    some = table[table["mood"].isin(table["mood"].unique()[:moods])].groupby("mood").head(2)
    some = some[[*tables.META, "tempo"]]
    assert_agree(described(some, tmp_path), Description.of(some))


def test_what_does_not_fit_is_cleared_away(table: pd.DataFrame, tmp_path: Path) -> None:
    described(table[[*tables.META, "tempo"]], tmp_path)
    assert [path.suffix for path in tmp_path.iterdir() if path.is_dir()] == []


# ---- in order ---------------------------------------------------------------------------------


@settings(max_examples=40)
@given(
    st.lists(st.tuples(st.integers(0, 1), st.integers(-3, 3)), min_size=1, max_size=40),
    st.lists(st.integers(1, 39), max_size=4),
)
def test_percentiles_and_ranks_of_any_pieces(rows: list[tuple[int, int]], cuts: list[int]) -> None:
    codes, values = np.array(sorted([*rows, (0, 0), (1, 0)], key=lambda row: row[1])).T
    ends = sorted({0, *(cut for cut in cuts if cut < len(codes)), len(codes)})
    pieces = [(codes[a:b], values[a:b].astype(float)) for a, b in pairwise(ends)]
    order = ordered(pieces, np.bincount(codes))
    for code in (0, 1):
        expected = np.percentile(values[codes == code], np.arange(101))
        assert order.quantiles[code] == pytest.approx(expected)
        among = rankdata(values[codes == code]) - 0.5
        assert order.ranks[order.classes(values[codes == code]), code] == pytest.approx(among)
    centred = rankdata(values) - (len(values) + 1) / 2
    assert order.ranks[order.classes(values), -1] == pytest.approx(centred)


def test_ranks_in_few_classes_are_off_by_half_a_class() -> None:
    values = np.sort(np.random.default_rng(3).normal(size=1000))
    order = ordered([(np.zeros(1000, dtype=int), values)], np.array([1000]), most_classes=50)
    off = order.ranks[order.classes(values), -1] - (rankdata(values) - 500.5)
    assert np.abs(off).max() == pytest.approx(9.5)
    assert len(order.tops) == 50
