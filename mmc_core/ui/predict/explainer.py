"""Explanations are worked out in a thread of their own, one at a time, while the page stays usable.

The thread knows nothing of Streamlit; the page asks, and reads how far it is.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable
from threading import Event, Lock, Thread

from mmc_core._typing import Progress
from mmc_core.jobs.song_process import Cancelled
from mmc_core.prediction.contributions import Contributions
from mmc_core.prediction.occlusion import Occlusion

MAX_EXPLANATIONS = 8  # of a visit, the newest

Explanation = Contributions | Occlusion


class _Task:
    """One explanation in the making."""

    def __init__(self, key: Hashable) -> None:
        self.key = key
        self.progress = 0.0
        self.unwanted = Event()
        self.ended = Event()

    def advance(self, done: int, total: int) -> None:
        if self.unwanted.is_set():
            raise Cancelled
        self.progress = done / max(1, total)


class Explainer:
    """Makes the explanation that was asked for last, and keeps the newest."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._task: _Task | None = None
        self._failure: Exception | None = None
        self._made: OrderedDict[Hashable, Explanation] = OrderedDict()

    def ask(self, key: Hashable, explain: Callable[[Progress], Explanation]) -> None:
        """Make an explanation; what is under way is dropped.

        Args:
            key: what it is called when it is asked for; see `result`.
            explain: makes it, and tells how far it is.
        """
        self.cancel()
        with self._lock:
            self._failure = None
            task = self._task = _Task(key)
        Thread(target=self._work, args=(task, explain), name="mmc-explain", daemon=True).start()

    def result(self, key: Hashable) -> Explanation | None:
        """An explanation that has been made.

        Raises:
            Exception: what the thread last failed with.
        """
        with self._lock:
            if failure := self._failure:
                self._failure = None
                raise failure
            return self._made.get(key)

    def is_busy(self, key: Hashable) -> bool:
        """Whether this very explanation is being made."""
        task = self._task
        if task is None or task.key != key or task.unwanted.is_set():
            return False
        return not task.ended.is_set()

    def wait(self, seconds: float) -> None:
        """Until what is under way is done, but no longer than this."""
        if task := self._task:
            task.ended.wait(seconds)

    def progress(self) -> float:
        """How far it is, from 0 to 1."""
        return self._task.progress if self._task else 0.0

    def cancel(self) -> None:
        """Drop what is under way."""
        if task := self._task:
            task.unwanted.set()

    def forget(self) -> None:
        """Drop all explanations."""
        self.cancel()
        with self._lock:
            self._made.clear()

    @property
    def n_bytes(self) -> int:
        """What the sounds in explanations take in memory."""
        with self._lock:
            return sum(
                sound.y.nbytes
                for each in self._made.values()
                if isinstance(each, Occlusion)
                for sound in each.sounds.values()
            )

    def _work(self, task: _Task, explain: Callable[[Progress], Explanation]) -> None:
        try:
            made = explain(task.advance)
            with self._lock:
                if not task.unwanted.is_set():
                    self._made[task.key] = made
                    while len(self._made) > MAX_EXPLANATIONS:
                        self._made.popitem(last=False)
        except Cancelled:
            pass
        except Exception as error:  # of the model, say: the page that asks next tells of it
            with self._lock:
                if not task.unwanted.is_set():
                    self._failure = error
        finally:
            task.ended.set()
