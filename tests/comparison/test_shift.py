"""Shifts between datasets, from summaries and from values."""

from __future__ import annotations

from dataclasses import asdict

import numpy as np
import pandas as pd
import pytest
from scipy import stats
from scipy.stats import wasserstein_distance

from mmc_core.analysis.summaries import Summary
from mmc_core.comparison.shift import Moved, moved_by_extraction, shifts, with_intervals
from mmc_core.features.schema import BY_NAME, ORIGINAL_57
from mmc_core.moods import NAMES
from mmc_core.saved import study_files
from mmc_core.saved.comparison import Shift

MOVED = {n: Moved(0.5, 1.0) for n in ORIGINAL_57 if not BY_NAME[n].categories}


def summarised(of: dict[str, pd.DataFrame]) -> dict[str, Summary]:
    return {name: Summary.of(table) for name, table in of.items()}


def test_a_moved_feature_is_found_and_no_other(table: pd.DataFrame) -> None:
    moved = table.assign(tempo=table["tempo"] + 2.0)
    of_each = {"one": Summary.of(table), "other": Summary.of(moved)}
    results = {s.feature: s for s in shifts(of_each, "one", "other", NAMES, MOVED)}
    assert set(results) == {n for n in ORIGINAL_57 if not BY_NAME[n].categories}
    std = np.sqrt(
        np.mean([v.var(ddof=1) for _, v in table.groupby("mood")["tempo"]])
        + np.var([v.mean() for _, v in table.groupby("mood")["tempo"]])
    )
    assert results["tempo"].difference == pytest.approx(2 / std)
    assert results["tempo"].wasserstein == pytest.approx(2 / std, rel=1e-6)
    assert results["rms_mean"].difference == results["rms_mean"].wasserstein == 0
    for one in shifts(of_each, "other", "one", NAMES, MOVED):
        again = results[one.feature].turned()
        assert (again.one, again.other) == ("other", "one")
        assert asdict(again) == pytest.approx(asdict(one))
    # What extraction does is in the unit of the feature, and so in the same deviations.
    assert results["tempo"].bound == pytest.approx(0.5 / std)
    assert results["tempo"].wasserstein_bound == pytest.approx(1 / std)
    assert results["tempo"].beyond
    assert not results["rms_mean"].beyond


def test_moods_weigh_alike_however_many_clips_they_have(table: pd.DataFrame) -> None:
    twice = pd.concat([table, table[table["mood"] == NAMES[0]]])
    of_each = {"one": Summary.of(table), "other": Summary.of(twice)}
    for shift in shifts(of_each, "one", "other", NAMES, MOVED):
        assert abs(shift.difference) < 1e-9
        assert shift.wasserstein < 0.02  # quantiles of twice the clips differ a little


def test_a_change_of_shape_is_seen_where_means_agree(table: pd.DataFrame) -> None:
    wider = table.copy()
    wider["tempo"] = table.groupby("mood")["tempo"].transform(
        lambda v: v.mean() + 3 * (v - v.mean())
    )
    of_each = {"one": Summary.of(table), "other": Summary.of(wider)}
    results = {s.feature: s for s in shifts(of_each, "one", "other", NAMES, MOVED)}
    assert abs(results["tempo"].difference) < 1e-9
    assert results["tempo"].wasserstein > 0.3


def test_percentiles_stand_for_the_values(table: pd.DataFrame) -> None:
    """From summaries nearly the same as from all values, on 4QAED's halves."""
    from mmc_core import datasets

    whole = datasets.get("4qaed").table()
    halves = {"one": whole.iloc[::2], "other": whole.iloc[1::2]}
    of_each = summarised(halves)
    for shift in shifts(of_each, "one", "other", [NAMES[1]], MOVED):
        values = [
            half.loc[half["mood"] == NAMES[1], shift.feature].to_numpy(dtype=float)
            for half in halves.values()
        ]
        std = np.sqrt(np.mean([v.var(ddof=1) for v in values]))
        assert shift.wasserstein == pytest.approx(wasserstein_distance(*values) / std, abs=0.05)


def test_intervals_know_that_clips_come_in_groups(table: pd.DataFrame) -> None:
    """Four copies of each clip in one group say no more than one; between groups they would."""
    four = pd.concat([table] * 4, ignore_index=True)
    fooled = four.assign(group=[f"{i}" for i in range(len(four))])
    widths = []
    for made in (table, four, fooled):
        both = {"one": made, "other": made.assign(tempo=made["tempo"] + 2.0)}
        results = shifts({n: Summary.of(t) for n, t in both.items()}, "one", "other", NAMES, MOVED)
        assert {s.low for s in results} == {None}
        (tempo,) = (s for s in with_intervals(results, both, NAMES) if s.feature == "tempo")
        assert tempo.low is not None
        assert tempo.high is not None
        assert tempo.low < tempo.difference < tempo.high
        widths.append(tempo.high - tempo.low)
        (alone,) = with_intervals([tempo], {"one": made}, NAMES)
        assert alone == tempo  # nothing is said anew without both tables
    assert widths[1] == pytest.approx(widths[0], rel=0.1)
    assert widths[2] < 0.7 * widths[0]


@pytest.mark.slow
def test_intervals_hold_the_true_shift() -> None:
    """In about 95 % of 200 made-up pairs, groups of one to five clips that sound alike."""
    rng = np.random.default_rng(3)
    held = 0
    for _ in range(200):
        both = {}
        for name, mean in (("one", 0.0), ("other", 0.4)):
            group = np.repeat(np.arange(60), rng.integers(1, 6, 60))
            heard = mean + rng.normal(size=60)[group] + rng.normal(size=len(group))
            mood = np.array(NAMES)[rng.integers(0, 4, len(group))]
            both[name] = pd.DataFrame(
                {
                    "clip": np.arange(len(group)).astype(str),
                    "mood": mood,
                    "group": group.astype(str),
                }
            ).assign(duration_s=25.5, tempo=heard)
        results = shifts({n: Summary.of(t) for n, t in both.items()}, "one", "other", NAMES, MOVED)
        (tempo,) = with_intervals(results, both, NAMES)
        assert tempo.low is not None
        assert tempo.high is not None
        held += tempo.low * tempo.std < 0.4 < tempo.high * tempo.std
    low, high = stats.binom.interval(0.999, 200, 0.95)
    assert low <= held <= high


@pytest.mark.parametrize(
    ("low", "high", "beyond"),
    [(0.6, 0.9, True), (0.4, 0.9, False), (-0.9, -0.6, True), (-0.9, 0.9, False)],
)
def test_beyond_is_where_the_whole_interval_is(low: float, high: float, beyond: bool) -> None:
    difference = (low + high) / 2
    one = Shift(
        feature="tempo",
        one="a",
        other="b",
        difference=difference,
        wasserstein=abs(difference),
        std=1.0,
        bound=0.5,
        wasserstein_bound=0.5,
        low=low,
        high=high,
    )
    assert one.beyond == one.turned().beyond == beyond


def test_bounds_are_the_largest_of_the_kept_study() -> None:
    results = study_files.load(study_files.EXTRACTION)
    moved = moved_by_extraction()
    assert set(moved) == {n for n in ORIGINAL_57 if not BY_NAME[n].categories}
    assert results["n"] == 200
    softer = results["features"]["rms_mean"]["6 dB softer"]
    std = results["spread"]["rms_mean"]
    assert moved["rms_mean"].mean == pytest.approx(std * abs(softer["difference"]))
    assert moved["rms_mean"].wasserstein == pytest.approx(std * softer["wasserstein"])
    # What a level does not change, halving it does not: librosa's own definitions.
    crossings = results["features"]["zcr_mean"]["6 dB softer"]
    assert crossings["difference"] == pytest.approx(0, abs=1e-3)
