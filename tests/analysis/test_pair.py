"""How two sounds differ, in standard deviations."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mmc_core.analysis import pair
from mmc_core.analysis.summaries import Summary, variance
from mmc_core.features.schema import BY_NAME
from mmc_core.moods import NAMES

FEATURES = ("tempo", "rms_mean", "centroid_mean")


@pytest.fixture(scope="module")
def table() -> pd.DataFrame:
    """Every mood with 50 clips, whose features are normal with means that differ by mood."""
    rng = np.random.default_rng(3)
    rows = {name: rng.normal(10.0, 2.0, 200) for name in FEATURES}
    moods = np.repeat(NAMES, 50)
    rows["tempo"] += np.repeat([0.0, 3.0, 6.0, 9.0], 50)
    return pd.DataFrame({"clip": [f"c{i}" for i in range(200)], "mood": moods, **rows})


@pytest.fixture(scope="module")
def summary(table: pd.DataFrame) -> Summary:
    return Summary.of(table)


def test_the_unit_is_the_deviation_of_all_clips(table: pd.DataFrame, summary: Summary) -> None:
    for name in FEATURES:
        moods = [clips[name].to_numpy() for _, clips in table.groupby("mood")]
        within = np.mean([values.var(ddof=1) for values in moods])
        between = np.var([values.mean() for values in moods])
        assert variance(summary.by_mood(name).values()) == pytest.approx(within + between)
    # Moods of one size: all but the deviation of all clips in one.
    std = np.sqrt(variance(summary.by_mood("tempo").values()))
    assert std == pytest.approx(table["tempo"].std(ddof=0), rel=0.02)


def test_one_deviation_more_is_one(summary: Summary) -> None:
    one = dict.fromkeys(FEATURES, 10.0)
    std = float(np.sqrt(variance(summary.by_mood("tempo").values())))
    result = pair.differences(one, {**one, "tempo": 10.0 + std}, summary)
    assert result["feature"].iloc[0] == "tempo"
    assert result["difference"].tolist() == pytest.approx([1.0, 0.0, 0.0])
    assert result[["one", "other", "std"]].to_numpy()[0] == pytest.approx([10, 10 + std, std])
    assert result.loc[0, "unit"] == BY_NAME["tempo"].unit


values = st.fixed_dictionaries({name: st.floats(-1e6, 1e6) for name in FEATURES})


@given(values, values)
def test_largest_come_first_and_the_other_way_round_signs_turn(
    summary: Summary, one: dict[str, float], other: dict[str, float]
) -> None:
    result = pair.differences(one, other, summary)
    sizes = result["difference"].abs().tolist()
    assert sizes == sorted(sizes, reverse=True)
    back = pair.differences(other, one, summary).set_index("feature")["difference"]
    assert back[result["feature"]].tolist() == (-result["difference"]).tolist()


def test_a_feature_that_never_varies_does_not_divide_by_nothing() -> None:
    flat = pd.DataFrame({"clip": ["a", "b"], "mood": NAMES[:2], "tempo": [100.0, 100.0]})
    result = pair.differences({"tempo": 100.0}, {"tempo": 103.0}, Summary.of(flat))
    assert result["difference"].tolist() == [3.0]


def test_sentences_name_what_a_listener_would(summary: Summary) -> None:
    one = {"tempo": 92.0, "rms_mean": 0.1, "centroid_mean": 1500.0}
    other = {"tempo": 160.0, "rms_mean": 10.0, "centroid_mean": 1500.0}
    text = pair.in_words(pair.differences(one, other, summary))
    assert text == "B is faster (160 against 92 BPM) and louder (20 against −20 dBFS)."
    text = pair.in_words(pair.differences(other, one, summary))
    assert text == "B is slower (92 against 160 BPM) and softer (−20 against 20 dBFS)."
    assert pair.in_words(pair.differences(one, one, summary)).startswith("A and B are alike")


def test_every_named_feature_exists() -> None:
    assert set(pair.ASPECTS) <= set(BY_NAME)


def test_two_random_clips_are_as_far_apart_as_is_said() -> None:
    x = np.random.default_rng(0).normal(size=(2, 200_000))
    assert np.abs(x[0] - x[1]).mean() == pytest.approx(pair.USUAL, rel=0.01)
