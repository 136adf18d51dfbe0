"""What is worked out of a visitor's song: each a function of the song, of who is told how far it
is, and of more that can be sent to a process.
"""

from __future__ import annotations

import hashlib
from collections import OrderedDict
from collections.abc import Callable, Iterable
from copy import copy
from dataclasses import dataclass
from functools import cached_property
from threading import Lock
from typing import TYPE_CHECKING

from mmc_core._typing import Float32, Progress
from mmc_core.audio import SR, load_audio
from mmc_core.features.embeddings.axes import NETWORK
from mmc_core.prediction.result import Prediction
from mmc_core.prediction.song import predict
from mmc_core.prediction.sound import Song
from mmc_core.runs import Run
from mmc_core.settings import page_limits

if TYPE_CHECKING:  # pandas takes a third of a second, and an answer needs none of it
    from mmc_core.prediction.occlusion import Occlusion
    from mmc_core.saved.correction import Correction

MAX_LOADED_BYTES = 160_000_000  # half an hour of sound


@dataclass(frozen=True)
class SongFile:
    """A file as it came: a name that is only shown, and bytes that are not trusted."""

    name: str
    content: bytes
    is_sample: bool = False

    @cached_property
    def sha256(self) -> str:
        return hashlib.sha256(self.content).hexdigest()

    def key(self, run: Run) -> tuple[str, str, str]:
        """What an answer for it is kept under: content, name and model."""
        return self.sha256, self.name, run.name


class LoadedSongs:
    """Songs by content with what was computed of them, for the next model; the oldest give way."""

    def __init__(self) -> None:
        self._by_content: OrderedDict[str, Song] = OrderedDict()
        self._lock = Lock()

    def load(self, sha256: str, name: str, content: Callable[[], bytes]) -> Song:
        """The song of a file, decoded once.

        Args:
            content: called for the file's bytes where they are needed.

        Raises:
            AudioError: if the file cannot be used as sound.
        """
        with self._lock:
            song = self._by_content.get(sha256)
        if song is None:
            song = Song(load_audio(content(), name=name, limits=page_limits()))
        with self._lock:
            self._by_content[sha256] = song
            self._by_content.move_to_end(sha256)
            while sum(map(memory_of, self._by_content.values())) > MAX_LOADED_BYTES:
                self._by_content.popitem(last=False)
        song = copy(song)  # one content may have two names; what is computed is shared
        song.name = name
        return song

    def forget(self, contents: Iterable[str]) -> None:
        """Drop the songs of these contents."""
        with self._lock:
            for sha256 in contents:
                self._by_content.pop(sha256, None)


def memory_of(song: Song) -> int:
    """About what a loaded song takes, in bytes: its sound."""
    return round(4 * SR * song.duration_s)


def answer(song: Song, progress: Progress, run: Run) -> tuple[Prediction, Float32 | None, str]:
    """Return a model's answer, MusiCNN's embedding of the whole song if the model listens with it,
    and the SHA-256 of the song's sound.

    Raises:
        MMCError: if the model cannot answer on this machine.
    """
    prediction = predict(song, run, progress)
    # Its frames are at hand then.
    embedding = song.frames(NETWORK).pooled() if NETWORK in run.networks else None
    return prediction, embedding, song.sound_sha256


def regions(song: Song, progress: Progress, run: Run, mood: str, start_s: float) -> Occlusion:
    """Which regions of ten seconds drive a probe's answer.

    Raises:
        MissingNetwork: if a pretrained network is not on this machine.
    """
    from mmc_core.prediction.occlusion import EXCERPT_S, occlude

    excerpt = song.cut(start_s, EXCERPT_S)
    return occlude(run, excerpt, mood, start_s, progress, threads=song.threads)


def correction(
    song: Song, progress: Progress, sha256: str, mood: str, prediction: Prediction
) -> Correction:
    """The song with the mood that its visitor hears.

    Raises:
        MMCError: if there is no such mood.
    """
    from mmc_core.prediction.correction import correct

    return correct(song, sha256, mood, prediction)


def place(song: Song, progress: Progress) -> Float32:
    """Where a whole song lies on the axes of similarity. (32,)"""
    from mmc_core.prediction.similar import on_axes

    return on_axes(song, progress)


def warm_up(run: Run) -> None:
    """Load what a model's first answer needs."""
    import numpy as np

    from mmc_core.audio import Audio

    noise = np.random.default_rng(0).normal(0, 0.1, SR).astype(np.float32)
    predict(Song(Audio(noise)), run)
