"""What else is like a song: the same from sound as from a clip's embedding; other files of it."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import mmc_core as mmc
from mmc_core import datasets
from mmc_core.audio.degradations import coded
from mmc_core.datasets.neighbours import ALIKE, Library, library, unit
from mmc_core.prediction.similar import on_axes, project
from mmc_core.prediction.sound import Song
from mmc_core.settings import data_mirror

SAMPLE = "satie-gymnopedie-1"


@pytest.fixture(scope="module")
def song() -> Song:
    return Song(mmc.load_audio(mmc.sample(SAMPLE)))


def test_similar_clips_of_a_song(song: Song) -> None:
    clips = mmc.similar(song, top=5)
    assert len(clips) == 5 and clips["similarity"].is_monotonic_decreasing
    assert not clips["same_recording"].any()
    every = library(datasets.every().values())
    expected = every.nearest(project(song.frames("musicnn").pooled()), 5)
    assert clips["clip"].tolist() == expected["clip"].tolist()


def test_another_file_of_a_song_finds_it(song: Song) -> None:
    every = library(datasets.every().values())
    planted = every.clips.iloc[[0]].assign(clip="planted")
    with_it = Library(
        pd.concat([every.clips, planted], ignore_index=True),
        np.concatenate([every.vectors, on_axes(song)[None]]),
    )
    sound = mmc.load_audio(mmc.sample(SAMPLE))
    copy = Song(mmc.Audio(coded(sound.y, "mp3", "libmp3lame", 44_100, 64_000), "copy.mp3"))
    first = with_it.nearest(on_axes(copy), 1)
    assert first["clip"][0] == "planted"
    assert first["similarity"][0] > ALIKE


def test_a_clips_sound_lies_where_its_table_says() -> None:
    if not data_mirror():
        pytest.skip("needs 4QAED's audio in MMC_DATA_MIRROR")
    every = library([datasets.get("4qaed")])
    clip = "MT0000004637"
    place = on_axes(Song(mmc.load_audio(datasets.get("4qaed").audio()[clip])))
    kept = every.vectors[every.row("4qaed", clip)]
    assert float(unit(place[None])[0] @ unit(kept[None])[0]) > 0.999
