"""Shifts between datasets, from summaries and from values."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy.stats import wasserstein_distance

from mmc_core import studies, tables
from mmc_core.extraction import WAYS, coded, through
from mmc_core.features.scalars import describe
from mmc_core.features.schema import BY_NAME, ORIGINAL_57
from mmc_core.moods import NAMES
from mmc_core.shift import shifts, standardised
from tests.sounds import tone


def test_a_moved_feature_is_found_and_no_other(table: pd.DataFrame) -> None:
    moved = table.assign(tempo=table["tempo"] + 2.0)
    summaries = {"one": tables.summarise(table), "other": tables.summarise(moved)}
    found = {s.feature: s for s in shifts(summaries, "one", "other", NAMES)}
    assert set(found) == {n for n in ORIGINAL_57 if not BY_NAME[n].categories}
    spread = np.sqrt(
        np.mean([v.var(ddof=1) for _, v in table.groupby("mood")["tempo"]])
        + np.var([v.mean() for _, v in table.groupby("mood")["tempo"]])
    )
    assert found["tempo"].difference == pytest.approx(2 / spread)
    assert found["tempo"].wasserstein == pytest.approx(2 / spread, rel=1e-6)
    assert found["rms_mean"].difference == found["rms_mean"].wasserstein == 0
    turned = {s.feature: s for s in shifts(summaries, "other", "one", NAMES)}
    assert turned["tempo"].difference == pytest.approx(-found["tempo"].difference)


def test_moods_weigh_alike_however_many_clips_they_have(table: pd.DataFrame) -> None:
    twice = pd.concat([table, table[table["mood"] == NAMES[0]]])
    summaries = {"one": tables.summarise(table), "other": tables.summarise(twice)}
    for shift in shifts(summaries, "one", "other", NAMES):
        assert abs(shift.difference) < 1e-9
        assert shift.wasserstein < 0.02  # quantiles of twice the clips differ a little


def test_a_change_of_shape_is_seen_where_means_agree(table: pd.DataFrame) -> None:
    wider = table.copy()
    wider["tempo"] = table.groupby("mood")["tempo"].transform(
        lambda v: v.mean() + 3 * (v - v.mean())
    )
    summaries = {"one": tables.summarise(table), "other": tables.summarise(wider)}
    found = {s.feature: s for s in shifts(summaries, "one", "other", NAMES)}
    assert abs(found["tempo"].difference) < 1e-9
    assert found["tempo"].wasserstein > 0.3


def test_percentiles_stand_for_the_values(table: pd.DataFrame) -> None:
    """From summaries nearly the same as from all values, on 4QAED's halves."""
    from mmc_core import datasets

    whole = datasets.get("4qaed").table()
    halves = {"one": whole.iloc[::2], "other": whole.iloc[1::2]}
    summaries = {name: tables.summarise(half) for name, half in halves.items()}
    for shift in shifts(summaries, "one", "other", [NAMES[1]]):
        values = [
            half.loc[half["mood"] == NAMES[1], shift.feature].to_numpy(dtype=float)
            for half in halves.values()
        ]
        spread = np.sqrt(np.mean([v.var(ddof=1) for v in values]))
        assert shift.wasserstein == pytest.approx(wasserstein_distance(*values) / spread, abs=0.05)


def test_standardised_by_hand() -> None:
    one = np.array([0.0, 2.0, 4.0])
    assert standardised(one, one + 3) == pytest.approx((1.5, 1.5))
    assert standardised(one, one[::-1]) == (0, 0)


# ---- what extraction alone does ----------------------------------------------------------------


@pytest.mark.parametrize("way", WAYS)
def test_every_way_gives_sound_back(way: str) -> None:
    y = tone(30.0, 22_050, (440.0,))[:, 0]
    changed = WAYS[way](y)
    assert changed.dtype == np.float32
    assert len(changed) / 22_050 == pytest.approx(25.5 if "last" in way else 30.0, abs=0.2)
    row = describe(changed[: 10 * 22_050])
    assert row["key"] == "A"


def test_a_lower_rate_loses_what_is_above_its_half() -> None:
    high = tone(2.0, 22_050, (9000.0,))[:, 0]
    assert np.abs(through(high, 16_000)[2000:-2000]).max() < 0.01
    low = tone(2.0, 22_050, (440.0,))[:, 0]
    assert np.abs(through(low, 16_000)[2000:-2000] - low[2000:-2000]).max() < 0.01


def test_a_codec_leaves_a_tone_nearly_as_it_was() -> None:
    """LAME turns it down by a twentieth, the others by nothing."""
    y = tone(3.0, 22_050, (440.0,))[:, 0]
    for share, how in (
        (0.95, ("mp3", "libmp3lame", 44_100, 128_000)),
        (1.0, ("adts", "aac", 44_100, 64_000)),
        (1.0, ("ogg", "libopus", 48_000, 32_000)),
    ):
        again = coded(y, *how)
        loudness = np.sqrt(np.mean(again[11_025:44_100] ** 2))
        assert loudness == pytest.approx(share * 0.5 / np.sqrt(2), rel=0.01)


def test_bounds_are_the_largest_of_the_kept_study() -> None:
    found = studies.kept(studies.EXTRACTION)
    bounds = studies.extraction_bounds()
    assert set(bounds) == {n for n in ORIGINAL_57 if not BY_NAME[n].categories}
    assert found["n"] == 200
    assert bounds["rms_mean"] == abs(found["features"]["rms_mean"]["6 dB softer"]["difference"])
    # What a level does not change, halving it does not: librosa's own definitions.
    assert found["features"]["zcr_mean"]["6 dB softer"]["difference"] == pytest.approx(0, abs=1e-3)
