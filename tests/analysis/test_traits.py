"""What a sound is like beside the clips of a dataset, in words."""

from __future__ import annotations

import pandas as pd
import pytest

from mmc_core.analysis import traits
from mmc_core.analysis.pair import ASPECTS
from mmc_core.analysis.summaries import Summary
from mmc_core.features.schema import BY_NAME
from mmc_core.moods import NAMES


@pytest.fixture
def summary(table: pd.DataFrame) -> Summary:
    return Summary.of(table)


def medians(summary: Summary, mood: str) -> dict[str, float]:
    """A sound in the middle of all clips of a mood."""
    names = [feature.name for feature in summary.features if not feature.categories]
    return {name: summary[name, mood].median for name in names}


def test_a_sound_beyond_all_clips_is_said_to_be(summary: Summary) -> None:
    row = medians(summary, NAMES[0]) | {"tempo": 1e6, "rms_mean": -1e6}
    by_feature = {each.feature: each for each in traits.traits(row, summary)}
    assert by_feature["tempo"].share == by_feature["rms_mean"].share == 1
    text = by_feature["tempo"].in_words().replace("\N{NO-BREAK SPACE}", " ")
    assert text == "faster than 100 %"
    assert by_feature["rms_mean"].word == "softer"


def test_a_sound_in_the_middle_of_alike_moods_has_no_traits(table: pd.DataFrame) -> None:
    one = table[table["mood"] == NAMES[0]]
    alike = Summary.of(pd.concat([one.assign(mood=mood) for mood in NAMES]))
    assert traits.traits(medians(alike, NAMES[0]), alike) == []
    assert traits.usual_for(NAMES[0], medians(alike, NAMES[0]), alike) == []


def test_what_is_usual_for_a_mood_lies_in_its_middle_half_and_is_commoner_there(
    table: pd.DataFrame,
) -> None:
    mood = NAMES[1]
    apart = table.copy()
    apart.loc[apart["mood"] == mood, "rms_mean"] += 10.0
    summary = Summary.of(apart)
    row = {"rms_mean": summary["rms_mean", mood].median}
    found = dict(traits.usual_for(mood, row, summary))
    assert found["loudness"] > traits.COMMONER
    row["rms_mean"] = summary["rms_mean", mood].whisker_high + 1
    assert "loudness" not in dict(traits.usual_for(mood, row, summary))


def test_mfccs_are_left_out(summary: Summary) -> None:
    table = traits.usual_features(NAMES[0], medians(summary, NAMES[0]), summary)
    assert len(table) and not any(name.startswith("mfcc") for name in table["feature"])


def test_words_are_of_features_that_there_are() -> None:
    assert {*traits.PLAIN, *ASPECTS} <= set(BY_NAME)
