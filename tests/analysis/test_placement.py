"""Where a clip lies among the clips of each mood."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from mmc_core import datasets
from mmc_core.analysis import placement
from mmc_core.analysis.summaries import Distribution, Summary
from mmc_core.features.schema import BY_NAME
from mmc_core.moods import NAMES

# A quantile tells a share to 0.01; a clip more or less, to half a clip.
QUANTILE = 0.01


def mid_share(values: np.ndarray, value: float) -> float:
    """The share of values below, and half of those that are alike: SciPy's mean rank."""
    return float(stats.percentileofscore(values, value, kind="mean") / 100)


def assert_shares(d: Distribution, values: np.ndarray) -> None:
    for value in np.unique(values):
        off = abs(d.share_below(value) - mid_share(values, value))
        assert off <= QUANTILE + 0.5 / len(values), (d.feature, d.mood, value)


@pytest.fixture
def summary(table: pd.DataFrame) -> Summary:
    return Summary.of(table)


def test_a_clip_of_medians_lies_in_its_moods_halves(summary: Summary) -> None:
    mood = NAMES[2]
    row = {name: d.median for (name, m), d in summary.items() if m == mood}
    places = placement.placed(row, summary)
    assert len(places) == sum(not feature.categories for feature in BY_NAME.values())
    assert np.allclose(places[mood], 0.5)
    assert placement.halves(places)[mood] == len(places)
    text = placement.in_words(places)
    assert f"Features, of {len(places)}, in which it lies in the middle half" in text
    assert f" {mood} {len(places)}" in text
    assert "**" not in text  # no mood stands out
    assert placement.CAVEAT in text


def test_a_feature_that_does_not_tell_the_moods_apart_is_said_to_be_so(summary: Summary) -> None:
    tempo, alike = BY_NAME["tempo"], dict.fromkeys(NAMES, summary["tempo", NAMES[0]])
    assert "of the clips of every mood: it says little" in placement.one_in_words(
        tempo, alike[NAMES[0]].median, alike
    )
    d = alike[NAMES[0]]
    faster = {**alike, NAMES[1]: replace(d, quantiles=[each + 100 for each in d.quantiles])}
    text = placement.one_in_words(tempo, d.median, faster)
    assert text.startswith("Tempo is higher than in 50")
    assert "every mood" not in text and "median" not in text


def test_a_clip_beyond_all_lies_in_no_half(summary: Summary) -> None:
    row = {feature.name: 1e9 for feature in summary.features}
    places = placement.placed(row, summary)
    assert (places[list(NAMES)].to_numpy() == 1).all()
    assert all(f"{mood} 0" in placement.in_words(places) for mood in NAMES)


def test_summaries_may_lack_features(summary: Summary) -> None:
    some = Summary({key: summary[key] for key in summary if key[0] in ("tempo", "rms_mean", "key")})
    places = placement.placed({"tempo": 1.0, "rms_mean": 2.0}, some)
    assert places["feature"].tolist() == ["tempo", "rms_mean"]


def test_the_share_below_is_the_mid_rank(table: pd.DataFrame, summary: Summary) -> None:
    for mood in NAMES:
        values = table.loc[table["mood"] == mood, "tempo"].to_numpy(dtype=float)
        d = summary["tempo", mood]
        assert_shares(d, values)
        assert d.share_below(values.min() - 1) == 0
        assert d.share_below(values.max() + 1) == 1


def test_values_that_are_alike_count_half(summary: Summary) -> None:
    d = replace(summary["tempo", NAMES[0]], quantiles=[5.0] * 101)
    assert [d.share_below(value) for value in (4.9, 5.0, 5.1)] == [0, 0.5, 1]
    mixed = replace(d, quantiles=[0.0] * 50 + [1.0] * 51)
    assert mixed.share_below(0.0) == pytest.approx(0.245)
    assert mixed.share_below(1.0) == pytest.approx(0.75)


def test_many_alike_as_in_a_real_tempo() -> None:
    """Tempi take few values, so that most of 4QAED's clips share one with others."""
    dataset = datasets.load_dataset("4qaed")
    table, summary = dataset.table(), dataset.summary()
    for mood in NAMES:
        values = table.loc[table["mood"] == mood, "tempo"].to_numpy(dtype=float)
        assert len(np.unique(values)) < len(values) / 2
        assert_shares(summary["tempo", mood], values)
