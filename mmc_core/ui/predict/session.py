"""Songs that a visitor gives and the answers for them, remembered for that visitor's session."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from mmc_core.audio import load_audio
from mmc_core.errors import AudioError
from mmc_core.prediction.result import Prediction
from mmc_core.prediction.song import predict
from mmc_core.runs import Run
from mmc_core.settings import page_limits
from mmc_core.ui.common.load import SAMPLES

MOST = 200  # predictions a session; songs themselves are never kept

Key = tuple[str, str, str]  # content, name and model
Predictions = dict[Key, Prediction]  # oldest first


@dataclass(frozen=True)
class Song:
    """A file as it came: a name that is only shown, and bytes that are not trusted."""

    name: str
    content: bytes

    @cached_property
    def sha256(self) -> str:
        return hashlib.sha256(self.content).hexdigest()

    def key(self, run: Run) -> Key:
        return self.sha256, self.name, run.name


def sample(name: str) -> Song:
    """A sample song by file name."""
    return Song(name, (SAMPLES / name).read_bytes())


@dataclass(frozen=True)
class Result:
    """The answer for a song; the song itself only while the visitor has it loaded."""

    prediction: Prediction
    song: Song | None = None


def predict_all(songs: Sequence[Song], run: Run, *, source: str) -> list[Result]:
    """What a model answers for each song, with progress; it is asked only once."""
    predictions = _remembered(source)
    by_key = {song.key(run): song for song in songs}
    todo = {key: song for key, song in by_key.items() if key not in predictions}
    if todo:
        bar = st.progress(0.0)
        for i, (key, song) in enumerate(todo.items()):
            predictions[key] = _predict(song, run, bar, i, len(todo))
        bar.empty()
    surplus = max(0, len(predictions) - MOST)
    for key in [key for key in predictions if key not in by_key][:surplus]:
        del predictions[key]
    return [Result(predictions[song.key(run)], song) for song in songs]


def earlier(songs: Sequence[Song], run: Run, *, source: str) -> list[Result]:
    """This session's other predictions of songs from a source, newest first."""
    now = {song.key(run) for song in songs}
    return [
        Result(prediction)
        for key, prediction in reversed(_remembered(source).items())
        if key not in now
    ]


def _remembered(source: str) -> Predictions:
    predictions: Predictions = st.session_state.setdefault(f"predictions-{source}", {})
    return predictions


def _predict(song: Song, run: Run, bar: DeltaGenerator, i: int, n_songs: int) -> Prediction:
    """One song's prediction, the bar moving through its share of all songs."""
    text = f"Listening to {song.name}" + (f" ({i + 1} of {n_songs})" if n_songs > 1 else "")
    bar.progress(i / n_songs, text=f"{text}: decoding")

    def advance(done: int, total: int) -> None:
        bar.progress((i + done / total) / n_songs, text=f"{text}: window {done} of {total}")

    try:
        audio = load_audio(song.content, name=song.name, limits=page_limits())
        return predict(audio, run, advance)
    except AudioError as error:
        return Prediction(song.name, run.name, error=str(error))
