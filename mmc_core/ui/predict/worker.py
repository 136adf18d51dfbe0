"""A visitor's songs are answered one after the other, while the page stays usable.

A thread has processes work on them (`jobs.song_pool`); it knows nothing of Streamlit. The page
asks, and reads how far it is.
"""

from __future__ import annotations

from collections import OrderedDict, deque
from collections.abc import Iterable
from threading import Event, Lock, Thread
from typing import NamedTuple, TypeVar

from mmc_core._typing import Float32
from mmc_core.errors import AudioError, ProcessEnded
from mmc_core.jobs import song_pool, song_work
from mmc_core.jobs.song_pool import SongPool
from mmc_core.jobs.song_process import Cancelled
from mmc_core.jobs.song_work import SongFile
from mmc_core.language import _
from mmc_core.prediction.result import Prediction
from mmc_core.runs import Run

MAX_ANSWERS = 200  # of a visit, the newest

Key = tuple[str, str, str]  # content, name and model
Value = TypeVar("Value")


class Step(NamedTuple):
    """How far a song is, and which of how many it is; see `SongPool.run`."""

    song: str
    number: int
    n: int
    done: int
    total: int

    @property
    def share(self) -> float:
        """Of all songs, from 0 to 1."""
        return (self.number - 1 + (self.done / self.total if self.total else 0.0)) / self.n

    @property
    def is_queued(self) -> bool:
        """Whether others' songs come before it."""
        return not self.total

    def in_words(self) -> str:
        """In the language of whoever asks."""
        if self.is_queued:
            step = _("waiting for others' songs, place {place} in the queue", place=self.done)
        elif self.done:
            step = _("part {number} of {n}", number=self.done, n=self.total)
        else:
            step = _("reading the file")
        if self.n == 1:
            return _("Analysing {song}: {step}", song=self.song, step=step)
        return _(
            "Analysing {song} ({number} of {n}): {step}",
            song=self.song,
            number=self.number,
            n=self.n,
            step=step,
        )


class Worker:
    """Answers what is asked, in order; the thread ends when nothing is left.

    Args:
        pool: of the processes that work on songs; the server's own by default.
    """

    def __init__(self, pool: SongPool | None = None) -> None:
        self.pool = pool or song_pool.shared()
        self._lock = Lock()
        self._idle = Event()
        self._idle.set()
        self._waiting: deque[tuple[SongFile, Run]] = deque()
        self._current: tuple[SongFile, Run] | None = None
        self._drop_current = Event()
        self._cancelled: set[Key] = set()
        self._failure: Exception | None = None
        self._answers: dict[Key, Prediction] = {}  # oldest first
        self._embeddings: OrderedDict[str, Float32] = OrderedDict()  # by content, oldest first
        self._sounds: OrderedDict[str, str] = OrderedDict()  # SHA-256 of sounds, by content
        self._given: set[str] = set()  # contents that processes may have loaded
        self._batch: set[Key] = set()  # all that was asked since it was last idle
        self._step: Step | None = None

    def ask(
        self,
        songs: Iterable[SongFile],
        run: Run,
        beside: Iterable[tuple[SongFile, Run]] = (),
    ) -> None:
        """Answer these songs next, in this order. What waited before is dropped.

        Args:
            beside: what to answer after them, songs by other models.

        Raises:
            Exception: what the thread last failed with, unless it was the song's fault.
        """
        with self._lock:
            if failure := self._failure:
                self._failure = None
                raise failure
            wanted = [*((song, run) for song in songs), *beside]
            by_key = {song.key(model): (song, model) for song, model in wanted}
            current = self._current[0].key(self._current[1]) if self._current else None
            if current in by_key:
                self._drop_current.clear()
            else:
                self._drop_current.set()
            settled = {*self._answers, *self._cancelled, current}
            self._waiting = deque(each for key, each in by_key.items() if key not in settled)
            # What was answered meanwhile still counts: progress does not begin again.
            done = set() if self._idle.is_set() else self._batch & self._answers.keys()
            waiting = {song.key(model) for song, model in self._waiting}
            self._batch = by_key.keys() & (done | waiting | {current})
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

    def embedding(self, song_sha256: str) -> Float32 | None:
        """MusiCNN's of a whole song, once a model that listens with it has answered. (width,)"""
        with self._lock:
            return self._embeddings.get(song_sha256)

    def hashes(self, song_sha256: str) -> list[str]:
        """Return the SHA-256 values of a song: its content's, and its sound's once it is known."""
        with self._lock:
            return list(filter(None, [song_sha256, self._sounds.get(song_sha256)]))

    def is_busy(self) -> bool:
        return not self._idle.is_set()

    def is_queued(self) -> bool:
        """Whether it waits for other visitors' songs."""
        step = self._step
        return self.is_busy() and step is not None and step.is_queued

    def wait(self, seconds: float) -> None:
        """Until all is answered, but no longer than this."""
        self._idle.wait(seconds)

    def progress(self) -> tuple[float, str]:
        """How far it is with all songs, from 0 to 1, and what it does."""
        step = self._step
        return (step.share, step.in_words()) if step else (0.0, "")

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
            for key in self._cancelled:
                self._answers.pop(key, None)  # that a process ended over it
            self._cancelled.clear()

    def cancelled(self, songs: Iterable[SongFile], run: Run) -> list[SongFile]:
        """Those of these songs whose answers were cancelled, or ended a process."""
        with self._lock:
            return [song for song in songs if song.key(run) in self._cancelled]

    def keep_only(self, songs: Iterable[SongFile]) -> None:
        """Drop the sound of all other songs; answers stay."""
        with self._lock:
            if dropped := self._given.difference(song.sha256 for song in songs):
                self.pool.forget(dropped)
                self._given -= dropped

    def forget(self) -> None:
        """Drop all answers and all sound."""
        self.cancel()
        with self._lock:
            self.pool.forget(self._given)
            self._given.clear()
            self._cancelled.clear()
            self._answers.clear()
            self._embeddings.clear()
            self._sounds.clear()

    def _work(self) -> None:
        while True:
            with self._lock:
                if not self._waiting:
                    self._idle.set()
                    return
                self._current = song, run = self._waiting.popleft()
                self._drop_current.clear()
                before = len(self._batch & self._answers.keys())
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
        with self._lock:
            self._given.add(song.sha256)

        def advance(done: int, total: int) -> None:
            if self._drop_current.is_set():
                raise Cancelled
            n = max(before + 1, len(self._batch))
            self._step = Step(song.name, before + 1, n, done, total)

        advance(0, 1)
        try:
            prediction, embedding, sound_sha256 = self.pool.run(
                song_work.answer, song, advance, Run(run.path)
            )
        except AudioError as error:
            if isinstance(error, ProcessEnded):  # it may be tried again
                with self._lock:
                    self._cancelled.add(song.key(run))
            return Prediction(song.name, run.name, error=str(error))
        with self._lock:
            _keep(self._sounds, song.sha256, sound_sha256)
            if embedding is not None:
                _keep(self._embeddings, song.sha256, embedding)
        return prediction


def _keep(values: OrderedDict[str, Value], song_sha256: str, value: Value) -> None:
    """Add a song's value; the oldest give way beyond `MAX_ANSWERS`."""
    values[song_sha256] = value
    while len(values) > MAX_ANSWERS:
        values.popitem(last=False)
