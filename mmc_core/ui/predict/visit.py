"""A visitor's songs and their answers, which outlive a change of page and a reload.

Songs and answers stay in the memory of the server for a while after the last look, under the name
of the visitor's browser and account (`ui/common/visitor.py`), or until they sign out.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import cache
from threading import Lock, Timer

from mmc_core.jobs.song_work import SongFile
from mmc_core.prediction.result import Prediction
from mmc_core.runs import Run
from mmc_core.settings import page_keep_seconds
from mmc_core.ui.common import visitor
from mmc_core.ui.common.load import SAMPLES
from mmc_core.ui.predict.explainer import Explainer
from mmc_core.ui.predict.worker import Worker

MAX_SONGS = 5
MAX_SONG_BYTES = 100_000_000  # together
MAX_VISITS = 200
MAX_BYTES = 1_000_000_000  # of all visits together


@dataclass(frozen=True)
class Result:
    """The answer for a song; the song itself only while it is remembered."""

    prediction: Prediction
    song: SongFile | None = None
    id: str = ""  # of the page's choice of one


def result_id(key: tuple[str, str, str]) -> str:
    """Return the page's name for the answer with a key: it ends with the model's name."""
    return "|".join(key)


@dataclass
class Visit:
    """A visitor's songs, newest last, and the worker that answers them."""

    songs: dict[tuple[str, str], SongFile] = field(default_factory=dict)
    worker: Worker = field(default_factory=Worker)
    explainer: Explainer = field(default_factory=Explainer)
    used: float = 0.0  # when, by the clock of `Visits`

    @property
    def n_bytes(self) -> int:
        """The bytes of the songs, and of those that explanations hold."""
        songs = sum(len(song.content) for song in list(self.songs.values()))
        return songs + self.explainer.n_bytes

    def remember(self, songs: Sequence[SongFile]) -> list[SongFile]:
        """Add songs and drop the oldest beyond the limits; return those that stay, newest first.

        A song that could not be answered is dropped once it is no longer given. Worker processes
        drop the sound of the others too.
        """
        for song in songs:
            self.songs[song.sha256, song.name] = self.songs.pop((song.sha256, song.name), song)
        given = {(song.sha256, song.name) for song in songs}
        answers = self.worker.answers()
        answered = {key[:2] for key, each in answers.items() if not each.error}
        failed = {key[:2] for key in answers} - answered - given
        self.songs = {key: song for key, song in self.songs.items() if key not in failed}
        n_bytes = 0
        newest: list[tuple[tuple[str, str], SongFile]] = []
        for identity, song in reversed(self.songs.items()):
            n_bytes += len(song.content)
            if len(newest) < MAX_SONGS and n_bytes <= MAX_SONG_BYTES:
                newest.append((identity, song))
        self.songs = dict(reversed(newest))
        remembered = [song for _, song in newest]
        self.worker.keep_only([*songs, *remembered])
        return remembered

    def results(self, songs: Sequence[SongFile], run: Run) -> list[Result]:
        """Return the answers for these songs so far, in the songs' order."""
        answers = self.worker.answers()
        return [
            Result(answers[key], song, result_id(key))
            for song in songs
            if (key := song.key(run)) in answers
        ]

    def waiting(self, songs: Sequence[SongFile], run: Run) -> list[str]:
        """Return the names of the songs that are still to be answered, in the songs' order."""
        settled = {*self.worker.answers(), *(s.key(run) for s in self.worker.cancelled(songs, run))}
        return [song.name for song in songs if song.key(run) not in settled]

    def earlier(self, songs: Sequence[SongFile], run: Run) -> list[Result]:
        """Return the answers for all other uploaded songs, newest first."""
        now = {song.key(run) for song in songs}
        samples = {sample(path.name).sha256 for path in SAMPLES.glob("*.ogg")}
        return [
            Result(prediction, self.songs.get(key[:2]), result_id(key))
            for key, prediction in reversed(self.worker.answers().items())
            if key not in now and key[0] not in samples and not prediction.error
        ]

    def forget(self) -> None:
        """Drop all songs and answers."""
        self.songs.clear()
        self.worker.forget()
        self.explainer.forget()


@cache
def sample(name: str) -> SongFile:
    """Return the sample song with this file name."""
    return SongFile(name, (SAMPLES / name).read_bytes(), is_sample=True)


def current() -> Visit:
    """Return the visit of whoever looks at the page."""
    return _visits().get(visitor.visit_name())


def forget(name: str) -> None:
    """Drop all that a visit holds."""
    _visits().forget(name)


class Visits:
    """The latest visits by name, until nobody has used them for a while."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._lock = Lock()
        self._by_name: dict[str, Visit] = {}  # least lately used first
        self._timer: Timer | None = None

    def get(self, name: str) -> Visit:
        """Return the visit with this name; begin one if it has none."""
        with self._lock:
            visit = self._by_name.pop(name, None) or Visit()
            visit.used = self._clock()
            self._by_name[name] = visit
            self._forget_others()
            if self._timer is None:
                self._wait()
            return visit

    def forget(self, name: str) -> None:
        """Drop a visit."""
        with self._lock:
            visit = self._by_name.pop(name, None)
        if visit:
            visit.forget()

    def forget_old(self) -> None:
        """Drop visits that have not been used for too long, and check again while any is left."""
        with self._lock:
            self._forget_others()
            self._timer = None
            if self._by_name:
                self._wait()

    def _forget_others(self) -> None:
        """Forget visits from the least lately used on, until those left are new and few enough."""
        oldest = self._clock() - page_keep_seconds()
        n_bytes = sum(each.n_bytes for each in self._by_name.values())
        for name, visit in list(self._by_name.items()):
            too_much = len(self._by_name) > MAX_VISITS or n_bytes > MAX_BYTES
            if visit.used >= oldest and not (too_much and len(self._by_name) > 1):
                return
            n_bytes -= visit.n_bytes
            self._by_name.pop(name).forget()

    def _wait(self) -> None:
        self._timer = Timer(page_keep_seconds() / 6, self.forget_old)
        self._timer.daemon = True
        self._timer.start()


@cache
def _visits() -> Visits:
    return Visits()
