"""Songs are answered in a thread of its own, one after the other, while the page stays usable.

The thread knows nothing of Streamlit; the page asks, and reads how far it is.
"""

from __future__ import annotations

import hashlib
from collections import OrderedDict, deque
from collections.abc import Iterable
from copy import copy
from dataclasses import dataclass
from functools import cached_property
from threading import Event, Lock, Thread

from mmc_core.audio import SR, load_audio
from mmc_core.errors import AudioError
from mmc_core.prediction.result import Prediction
from mmc_core.prediction.song import predict
from mmc_core.prediction.sound import Song
from mmc_core.runs import Run
from mmc_core.settings import page_limits

MAX_ANSWERS = 200  # of a visit, the newest
MAX_LOADED_BYTES = 160_000_000  # a quarter of an hour of sound

Key = tuple[str, str, str]  # content, name and model


@dataclass(frozen=True)
class SongFile:
    """A file as it came: a name that is only shown, and bytes that are not trusted."""

    name: str
    content: bytes
    is_sample: bool = False

    @cached_property
    def sha256(self) -> str:
        return hashlib.sha256(self.content).hexdigest()

    def key(self, run: Run) -> Key:
        return self.sha256, self.name, run.name


class Cancelled(Exception):
    """The answer is not wanted any more."""


class LoadedSongs:
    """Songs by content with what was computed of them, for the next model; the oldest give way."""

    def __init__(self) -> None:
        self._by_content: OrderedDict[str, Song] = OrderedDict()

    @property
    def n_bytes(self) -> int:
        return sum(memory_of(song) for song in list(self._by_content.values()))

    def load(self, file: SongFile) -> Song:
        """The song of a file, decoded once.

        Raises:
            AudioError: if the file cannot be used as sound.
        """
        song = self._by_content.pop(file.sha256, None)
        if song is None:
            song = Song(load_audio(file.content, name=file.name, limits=page_limits()))
        self._by_content[file.sha256] = song
        while self.n_bytes > MAX_LOADED_BYTES:
            self._by_content.popitem(last=False)
        song = copy(song)  # one content may have two names; what is computed is shared
        song.name = file.name
        return song


def memory_of(song: Song) -> int:
    """About what a loaded song takes, in bytes: its sound as it is, and at one level."""
    return round(2 * 4 * SR * song.duration_s)


class Worker:
    """Answers what is asked, in order; the thread ends when nothing is left."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._idle = Event()
        self._idle.set()
        self._waiting: deque[tuple[SongFile, Run]] = deque()
        self._current: tuple[SongFile, Run] | None = None
        self._drop_current = Event()
        self._cancelled: set[Key] = set()
        self._failure: Exception | None = None
        self._answers: dict[Key, Prediction] = {}  # oldest first
        self._loaded = LoadedSongs()
        self._n_asked = 0
        self._progress = 0.0, ""

    def ask(self, songs: Iterable[SongFile], run: Run) -> None:
        """Answer these songs next, in this order. What waited before is dropped.

        Raises:
            Exception: what the thread last failed with, unless it was the song's fault.
        """
        with self._lock:
            if failure := self._failure:
                self._failure = None
                raise failure
            by_key = {song.key(run): song for song in songs}
            current = self._current[0].key(self._current[1]) if self._current else None
            if current in by_key:
                self._drop_current.clear()
            else:
                self._drop_current.set()
            settled = {*self._answers, *self._cancelled, current}
            self._waiting = deque((song, run) for key, song in by_key.items() if key not in settled)
            self._n_asked = len(self._waiting) + (current in by_key)
            surplus = max(0, len(self._answers) - MAX_ANSWERS)
            for key in [key for key in self._answers if key not in by_key][:surplus]:
                del self._answers[key]
            if self._waiting and self._idle.is_set():
                self._idle.clear()
                Thread(target=self._work, name="mmc-predict", daemon=True).start()

    def answers(self) -> dict[Key, Prediction]:
        """All answers of this visit, oldest first."""
        with self._lock:
            return dict(self._answers)

    @property
    def n_bytes(self) -> int:
        """What loaded songs take in memory."""
        return self._loaded.n_bytes

    def is_busy(self) -> bool:
        return not self._idle.is_set()

    def wait(self, seconds: float) -> None:
        """Until all is answered, but no longer than this."""
        self._idle.wait(seconds)

    def progress(self) -> tuple[float, str]:
        """How far it is with all songs, from 0 to 1, and what it does."""
        return self._progress

    def cancel(self) -> None:
        """Stop what is under way and forget what waits, until `resume`."""
        with self._lock:
            asked = [*self._waiting, *([self._current] if self._current else [])]
            self._cancelled |= {song.key(run) for song, run in asked}
            self._waiting.clear()
            self._drop_current.set()

    def resume(self) -> None:
        """Answer again what was cancelled, when it is asked."""
        with self._lock:
            self._cancelled.clear()

    def cancelled(self, songs: Iterable[SongFile], run: Run) -> list[SongFile]:
        """Those of these songs whose answers were cancelled."""
        with self._lock:
            return [song for song in songs if song.key(run) in self._cancelled]

    def forget(self) -> None:
        """Drop all answers and all sound."""
        self.cancel()
        with self._lock:
            self._cancelled.clear()
            self._answers.clear()
            self._loaded = LoadedSongs()

    def _work(self) -> None:
        while True:
            with self._lock:
                if not self._waiting:
                    self._idle.set()
                    return
                self._current = song, run = self._waiting.popleft()
                self._drop_current.clear()
                before = self._n_asked - len(self._waiting) - 1
            prediction, failure = None, None
            try:
                prediction = self._answer(song, run, before)
            except Cancelled:
                pass
            except Exception as error:  # of the model, say: the page that asks next tells of it
                failure = error
            with self._lock:
                self._current = None
                if failure:
                    self._failure = failure
                    self._waiting.clear()
                elif prediction and not self._drop_current.is_set():
                    self._answers[song.key(run)] = prediction

    def _answer(self, song: SongFile, run: Run, before: int) -> Prediction:
        """One song's prediction, the progress moving through its share of all songs."""
        n = max(1, self._n_asked)
        text = f"Analysing {song.name}" + (f" ({before + 1} of {n})" if n > 1 else "")
        self._progress = before / n, f"{text}: reading the file"

        def advance(done: int, total: int) -> None:
            if self._drop_current.is_set():
                raise Cancelled
            self._progress = (before + done / total) / n, f"{text}: part {done} of {total}"

        try:
            return predict(self._loaded.load(song), run, advance)
        except AudioError as error:
            return Prediction(song.name, run.name, error=str(error))
