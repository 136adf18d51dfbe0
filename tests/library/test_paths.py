"""Playlists that move over the plane."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mmc_core import moods
from mmc_core.errors import LibraryError
from mmc_core.library.paths import TOLERANCE_S, Candidate, along, parse
from mmc_core.prediction.result import Prediction


def candidate(
    i: int, arousal: float, valence: float = 0.0, seconds: float = 180.0, artist: str = ""
) -> Candidate:
    mood = moods.at(arousal or 0.1, valence or 0.1)
    assert mood
    shares = dict.fromkeys(moods.NAMES, 0.25)
    return Candidate(
        Prediction(f"{i:04d}.mp3", "m", seconds, mood.name, shares, arousal, valence), artist
    )


def library(n: int, artists: int = 0, seed: int = 0) -> list[Candidate]:
    random = np.random.default_rng(seed)
    return [
        candidate(
            i,
            float(random.uniform(-1, 1)),
            float(random.uniform(-1, 1)),
            seconds=float(random.uniform(120, 400)),
            artist=f"Artist {random.integers(artists)}" if artists else "",
        )
        for i in range(n)
    ]


def test_songs_at_equal_steps_are_played_in_their_order() -> None:
    songs = [candidate(i, arousal) for i, arousal in enumerate([0.8, -0.8, 0.0, 0.4, -0.4])]
    chosen = along(songs, "calm..energetic", 15)
    assert [each.arousal for each in chosen] == [-0.8, -0.4, 0.0, 0.4, 0.8]
    back = along(songs, "energetic..calm", 15)
    assert [each.arousal for each in back] == [0.8, 0.4, 0.0, -0.4, -0.8]


@pytest.mark.parametrize("minutes", [20, 40, 90])
def test_arousal_rises_evenly_and_the_time_is_kept(minutes: float) -> None:
    chosen = along(library(500), "calm..energetic", minutes)
    lengths = np.array([each.duration_s for each in chosen], dtype=float)
    assert abs(lengths.sum() - 60 * minutes) <= TOLERANCE_S
    halfway = (np.cumsum(lengths) - lengths / 2) / lengths.sum()
    arousal = np.array([each.arousal for each in chosen], dtype=float)
    assert (np.diff(arousal) >= 0).all()
    # All songs lie evenly from -1 to 1, so a straight line from -0.9 to 0.9 is what is asked for.
    assert np.abs(arousal - (1.8 * halfway - 0.9)).max() < 0.1


def test_a_way_from_one_mood_to_another_keeps_near_its_line() -> None:
    chosen = along(library(800), "sad..happy", 40)
    places = np.array([(each.arousal, each.valence) for each in chosen], dtype=float)
    assert chosen[0].mood == moods.SAD.name
    assert chosen[-1].mood == moods.HAPPY.name
    assert np.abs(places[:, 0] - places[:, 1]).mean() < 0.25
    level = along(library(800), "relaxed..happy", 40)  # equally pleasant all the way
    assert all((each.valence or 0.0) > 0.3 for each in level)


@given(st.integers(0, 40), st.integers(1, 4), st.integers(0, 5), st.floats(1, 120))
def test_no_song_twice_and_no_artist_twice_in_a_row(
    n: int, artists: int, seed: int, minutes: float
) -> None:
    songs = library(n, artists, seed)
    chosen = along(songs, "calm..energetic", minutes)
    names = [each.file for each in chosen]
    assert len(set(names)) == len(names)
    artist = {song.prediction.file: song.artist for song in songs}
    by = [artist[name] for name in names]
    assert all(one != other for one, other in pairwise(by))
    assert sum(each.duration_s or 0 for each in chosen) <= 60 * minutes + TOLERANCE_S
    assert along(songs, "calm..energetic", minutes) == chosen


def test_songs_without_a_mood_or_a_length_are_left_out() -> None:
    none = Candidate(Prediction("none.mp3", "m", 60.0, None))
    endless = Candidate(Prediction("endless.mp3", "m", None, moods.SAD.name, {}, -0.5, -0.5))
    assert along([none, endless], "calm..energetic", 40) == []
    (chosen,) = along([none, endless, candidate(0, 0.5)], "calm..energetic", 3)
    assert chosen.file == "0000.mp3"


@pytest.mark.parametrize(
    "path", ["", "calm", "calm..calm", "calm..pleasant", "calm..loud", "a..b..c"]
)
def test_what_is_no_way_is_said(path: str) -> None:
    with pytest.raises(LibraryError, match="expected two of calm, energetic"):
        parse(path)
