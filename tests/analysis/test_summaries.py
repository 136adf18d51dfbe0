from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from matplotlib.cbook import boxplot_stats

from mmc_core.analysis import density, summaries, tables
from mmc_core.analysis.summaries import Summary
from mmc_core.errors import DatasetError
from mmc_core.features.schema import FEATURES
from mmc_core.moods import NAMES

numbers = st.lists(st.floats(-100, 100), min_size=2, max_size=60)


def test_a_written_table_is_read_back(table: pd.DataFrame, tmp_path: Path) -> None:
    shuffled = table[list(reversed(table.columns))]
    tables.write_table(shuffled, tmp_path / "t.parquet")
    read = tables.read_table(tmp_path / "t.parquet")
    assert list(read) == [*tables.META, *(f.name for f in FEATURES)]
    pd.testing.assert_frame_equal(read, table[list(read)], check_dtype=False)


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"mood": "bored"}, "bored"),
        ({"clip": "twice"}, "twice"),
    ],
)
def test_a_bad_table_is_refused(
    table: pd.DataFrame, tmp_path: Path, change: dict[str, str], says: str
) -> None:
    table.assign(**change).to_parquet(tmp_path / "t.parquet")
    with pytest.raises(DatasetError, match=says):
        tables.read_table(tmp_path / "t.parquet")


def test_a_table_without_groups_is_refused(table: pd.DataFrame, tmp_path: Path) -> None:
    table.drop(columns="group").to_parquet(tmp_path / "t.parquet")
    with pytest.raises(DatasetError, match="group"):
        tables.read_table(tmp_path / "t.parquet")


def test_summary_of_known_numbers(table: pd.DataFrame) -> None:
    """0, 1, ..., 8 and an outlier at 100."""
    ten = table[table["mood"] == NAMES[0]].head(10).assign(tempo=[*range(9), 100.0])
    d = Summary.of(ten)["tempo", NAMES[0]]
    assert d.n == 10
    assert d.mean == pytest.approx(13.6)
    assert (d.q1, d.median, d.q3) == pytest.approx((2.25, 4.5, 6.75))
    assert (d.whisker_low, d.whisker_high, d.n_outliers) == (0, 8, 1)
    assert d.outliers == [100]
    assert (d.minimum, d.maximum) == (0, 100)
    assert d.quantiles[50] == d.median
    assert len(d.quantiles) == 101
    assert sum(d.counts) == 10
    assert d.bin_width == 6


@given(numbers)
def test_boxes_are_matplotlibs(values: list[float]) -> None:
    frame = pd.DataFrame({"mood": NAMES[0], "tempo": values})
    d = Summary.of(frame)["tempo", NAMES[0]]
    (box,) = boxplot_stats(values)
    ours = (d.q1, d.median, d.q3, d.whisker_low, d.whisker_high)
    theirs = tuple(box[key] for key in ("q1", "med", "q3", "whislo", "whishi"))
    assert ours == pytest.approx(theirs)
    assert d.n_outliers == len(box["fliers"])
    assert d.outliers == sorted(box["fliers"])


@given(numbers, st.floats(0.5, 20))
def test_histograms_are_pandas_cut(values: list[float], width: float) -> None:
    first, counts = density.histogram(np.array(values), width)
    centres = first + width * np.arange(len(counts))
    edges = np.append(centres - width / 2, centres[-1] + width / 2)
    # A value within rounding of an edge may fall to either side.
    near = np.abs((np.array(values) / width - 0.5) % 1.0)
    if np.any((near < 1e-9) | (near > 1 - 1e-9)):
        assert counts.sum() == len(values)
        return
    cut = pd.cut(pd.Series(values), list(edges)).value_counts(sort=False)
    assert counts.tolist() == cut.tolist()
    assert (first / width) == pytest.approx(round(first / width))


def test_bins_are_centred_and_closed_on_the_right() -> None:
    first, counts = density.histogram(np.array([3.0, 3.1, 9.0, 9.1]), 6.0)
    assert (first, counts.tolist()) == (0.0, [1, 2, 1])


@pytest.mark.parametrize("width", [0.0, -1.0, 1e-4, float("nan")])
def test_senseless_bin_widths_are_refused(width: float) -> None:
    with pytest.raises(ValueError, match="expected a positive width"):
        density.histogram(np.array([0.0, 1.0]), width)


def test_density_is_rs() -> None:
    """Bandwidth by hand: 0.9 min(sd, IQR / 1.34) n^(-1/5), and a Gaussian on each value."""
    values = np.array([1.0, 2.0, 4.0, 7.0, 11.0])
    iqr = 7.0 - 2.0
    h = 0.9 * min(values.std(ddof=1), iqr / 1.34) * 5**-0.2
    by_hand = np.mean(np.exp(-0.5 * ((3.0 - values) / h) ** 2)) / (h * np.sqrt(2 * np.pi))
    assert density.density_estimate(values, np.array([3.0]))[0] == pytest.approx(by_hand)


def test_density_integrates_to_one() -> None:
    values = np.random.default_rng(3).normal(0, 2, 200)
    at = np.linspace(-20, 20, 2001)
    assert np.trapezoid(density.density_estimate(values, at), at) == pytest.approx(1, abs=1e-4)


def test_many_values_have_the_same_density(monkeypatch: pytest.MonkeyPatch) -> None:
    values = np.random.default_rng(5).lognormal(0, 0.5, 20_000)
    at = np.linspace(0, values.max(), 128)
    binned = density.density_estimate(values, at)
    monkeypatch.setattr(density, "MANY", len(values))
    exact = density.density_estimate(values, at)
    assert binned == pytest.approx(exact, abs=0.002 * exact.max())


def test_a_far_outlier_widens_the_bins_of_all_moods() -> None:
    frame = pd.DataFrame({"mood": NAMES[0], "tempo": [60.0, 61.0, 6e6]})
    frame = pd.concat([frame, pd.DataFrame({"mood": NAMES[1], "tempo": [60.0, 70.0]})])
    summary = Summary.of(frame)
    one, other = (summary["tempo", mood] for mood in NAMES[:2])
    assert one.bin_width == other.bin_width > 6
    assert len(one.counts) <= density.MAX_BINS + 1
    assert sum(one.counts) == 3


@pytest.mark.parametrize("value", [0.0, 5.0, 0.35])  # 0.35 three times has a spread of 7e-17
def test_values_all_alike_have_boxes_but_no_density(value: float) -> None:
    frame = pd.DataFrame({"mood": NAMES[1], "tempo": [value] * 3})
    d = Summary.of(frame)["tempo", NAMES[1]]
    assert d.q1 == d.median == d.q3 == pytest.approx(value)
    assert not any(d.density)


def test_categories_are_counted_in_order() -> None:
    frame = pd.DataFrame({"mood": NAMES[2], "scale": ["minor", "major", "minor"]})
    assert Summary.of(frame)["scale", NAMES[2]].counts == [1, 2]


def test_a_written_summary_is_read_back(table: pd.DataFrame, tmp_path: Path) -> None:
    summary = Summary.of(table)
    summary.write(tmp_path / "s.parquet")
    assert repr(Summary.read(tmp_path / "s.parquet")) == repr(summary)


def test_the_farthest_outliers_are_kept_where_there_are_many() -> None:
    inside = np.linspace(0, 1, 1000)
    beyond = np.concatenate([-np.arange(5, 75), np.arange(5.5, 85.5)])
    frame = pd.DataFrame({"mood": NAMES[0], "tempo": np.concatenate([inside, beyond])})
    d = Summary.of(frame)["tempo", NAMES[0]]
    assert d.n_outliers == 150
    centre = (d.q1 + d.q3) / 2
    farthest = sorted(beyond, key=lambda value: -abs(value - centre))[: summaries.MAX_OUTLIERS]
    assert d.outliers == sorted(farthest)


def test_a_summary_without_outliers_of_an_earlier_version_is_read(
    table: pd.DataFrame, tmp_path: Path
) -> None:
    summary = Summary.of(table)
    summary.write(tmp_path / "s.parquet")
    pd.read_parquet(tmp_path / "s.parquet").drop(columns="outliers").to_parquet(
        tmp_path / "old.parquet"
    )
    old = Summary.read(tmp_path / "old.parquet")
    assert all(not d.outliers for d in old.values())
    assert old.fingerprint() == summary.fingerprint()
    assert [d.n_outliers for d in old.values()] == [d.n_outliers for d in summary.values()]


def test_a_summary_of_another_version_is_refused(tmp_path: Path) -> None:
    pd.DataFrame({"feature": ["tempo"]}).to_parquet(tmp_path / "s.parquet")
    with pytest.raises(DatasetError, match="another version"):
        Summary.read(tmp_path / "s.parquet")


def test_other_bins_change_nothing_else(table: pd.DataFrame) -> None:
    moods = {m: d for (name, m), d in Summary.of(table).items() if name == "tempo"}
    values = {str(mood): of["tempo"].to_numpy(float) for mood, of in table.groupby("mood")}
    changed = summaries.with_bins(moods, values, 0.5)
    for mood, d in changed.items():
        assert d.bin_width == 0.5
        assert sum(d.counts) == d.n == moods[mood].n
        assert d.median == moods[mood].median


def test_agreement_counts_pairs() -> None:
    frame = pd.DataFrame(
        {"scale": ["major", "major", "minor"], "mode": ["major", "minor", "minor"]}
    )
    counts, alike = tables.agreement(frame, "scale", "mode")
    assert alike == pytest.approx(2 / 3)
    assert counts.loc["major", "minor"] == 1


@pytest.mark.parametrize(
    ("iqr", "n", "width"), [(1.0, 1000, 0.2), (10.0, 1000, 2.0), (0.26, 1000, 0.05), (4.9, 8, 5.0)]
)
def test_freedman_diaconis_is_rounded(iqr: float, n: int, width: float) -> None:
    """Evenly spread values: their interquartile range is half their span."""
    values = np.linspace(0, 2 * iqr, n)
    assert density.freedman_diaconis(values) == pytest.approx(width)
