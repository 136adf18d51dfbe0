"""A song's mood over time as other programs read it."""

from __future__ import annotations

import io
import itertools
import json

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mmc_core.moods import NAMES
from mmc_core.prediction.exports import label_track, stretches, timeline_json, timeline_table
from mmc_core.prediction.result import Moment, Prediction


def moment(start_s: float, end_s: float, mood: str) -> Moment:
    shares = {name: 0.7 if name == mood else 0.1 for name in NAMES}
    return Moment(start_s, end_s, shares, arousal=0.5, valence=-0.5)


SONG = [
    moment(0, 10, "happy"),
    moment(5, 15, "happy"),
    moment(10, 20, "sad"),
    moment(30, 40, "sad"),  # silence before it
    moment(35, 42.5, "relaxed"),
]


def test_moments_of_one_mood_are_joined_halfway_and_silence_is_left_out() -> None:
    assert label_track(SONG) == (
        "0.000000\t12.500000\thappy\n"
        "12.500000\t20.000000\tsad\n"
        "30.000000\t36.875000\tsad\n"
        "36.875000\t42.500000\trelaxed\n"
    )


def test_one_moment_is_one_label_and_none_is_an_empty_track() -> None:
    assert label_track(SONG[:1]) == "0.000000\t10.000000\thappy\n"
    assert label_track([]) == ""
    assert timeline_table([]).empty


@given(
    st.floats(1, 30), st.lists(st.tuples(st.floats(0.1, 40), st.sampled_from(NAMES)), max_size=20)
)
def test_stretches_follow_each_other_within_the_song(
    length: float, rows: list[tuple[float, str]]
) -> None:
    start_s, song = 0.0, []
    for hop, mood in rows:
        start_s += hop
        song.append(moment(start_s, start_s + length, mood))
    parts = stretches(song)
    if song:
        assert parts[0].start_s == song[0].start_s
    for one, other in itertools.pairwise(parts):
        assert one.start_s < one.end_s <= other.start_s
        assert one.mood != other.mood or one.end_s < other.start_s


def test_the_table_and_json_hold_every_moment() -> None:
    table = pd.read_csv(io.StringIO(timeline_table(SONG).to_csv(index=False)))
    assert list(table.columns) == ["start_s", "end_s", "mood", *NAMES, "arousal", "valence"]
    assert table["mood"].tolist() == ["happy", "happy", "sad", "sad", "relaxed"]
    prediction = Prediction("ü.mp3", "m", 42.5, timeline=SONG, changes=[20.0])
    document = json.loads(timeline_json(prediction))
    assert (document["file"], document["changes"]) == ("ü.mp3", [20.0])
    assert len(document["timeline"]) == len(SONG)
    for row, each in zip(document["timeline"], SONG, strict=True):
        assert row["probabilities"] == pytest.approx(each.probabilities)
        assert (row["start_s"], row["end_s"]) == (each.start_s, each.end_s)
