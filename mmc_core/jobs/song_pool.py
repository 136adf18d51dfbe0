"""Songs of all visitors, worked on in a few processes that they share.

A visitor asks for one thing after the other, and whoever has waited longest is next: many songs of
one visitor do not keep another's waiting.
"""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from functools import cache
from threading import Condition
from typing import Any, TypeVar

from mmc_core._typing import Progress
from mmc_core.jobs.song_process import Forget, SongProcess, Task, WarmUp
from mmc_core.jobs.song_work import LoadedSongs, SongFile
from mmc_core.runs import Run
from mmc_core.settings import page_processes

WAIT_S = 0.2  # before it is told again that a song waits

Result = TypeVar("Result")


class SongPool:
    """Processes that work on songs, each begun when it is first needed.

    Args:
        n: the most processes; with 0, whoever asks does the work itself.
    """

    def __init__(self, n: int) -> None:
        self._changed = Condition()
        self._idle = [SongProcess() for _ in range(n)]
        self._busy: dict[SongProcess, set[str]] = {}  # and songs that are to be dropped afterwards
        self._turns: deque[object] = deque()
        self._here = LoadedSongs() if n == 0 else None

    def run(
        self, work: Callable[..., Result], song: SongFile, progress: Progress, *arguments: Any
    ) -> Result:
        """What comes of a function of `song_work`.

        Args:
            progress: called with the steps that are done, and of how many: 0 of 1 when the song has
                a process; while it waits for one, with its place in the queue, and 0. `Cancelled`
                that it raises ends the work.

        Raises:
            AudioError: if the song cannot be used as sound, or its process has ended.
            Exception: what else the work failed with.
        """
        if self._here:
            loaded = self._here.load(song.sha256, song.name, lambda: song.content)
            return work(loaded, progress, *arguments)
        with self._process(song.sha256, progress) as process:
            threads = max(1, (os.cpu_count() or 1) // len(self._busy))
            task = Task(work, arguments, song.name, song.sha256, threads)
            result: Result = process.run(task, song.content, progress)
            return result

    def warm_up(self, run: Run) -> None:
        """Have one process load what a model's first answer needs; come back at once."""
        with self._changed:
            if self._idle and not any(process.pid for process in self._idle):
                self._idle[0].start()
                self._idle[0].tell(WarmUp(run))

    def forget(self, contents: Iterable[str]) -> None:
        """Drop these songs' sound; where a process is at work, as soon as that is done."""
        dropped = frozenset(contents)
        if self._here:
            self._here.forget(dropped)
        with self._changed:
            for process in self._idle:
                process.tell(Forget(dropped))
            for unwanted in self._busy.values():
                unwanted |= dropped

    def close(self) -> None:
        """End the processes that are idle."""
        with self._changed:
            for process in self._idle:
                process.stop()

    @contextmanager
    def _process(self, sha256: str, progress: Progress) -> Iterator[SongProcess]:
        """A process for oneself: if there is a choice, one that knows the song, or is alive."""
        process = self._next_process(sha256, progress)
        try:
            progress(0, 1)  # who forgets a song cancels it first: none is loaded afterwards
            yield process
        finally:
            with self._changed:
                if unwanted := self._busy.pop(process):
                    process.tell(Forget(frozenset(unwanted)))
                self._idle.append(process)
                self._changed.notify_all()

    def _next_process(self, sha256: str, progress: Progress) -> SongProcess:
        """Wait for one's turn and for a process that is idle, and take that process."""
        turn = object()
        with self._changed:
            self._turns.append(turn)
        try:
            while True:
                with self._changed:
                    if not self._is_next(turn):
                        self._changed.wait(WAIT_S)
                    if self._is_next(turn):
                        process = max(
                            self._idle, key=lambda each: (sha256 in each.contents, bool(each.pid))
                        )
                        self._idle.remove(process)
                        self._busy[process] = set()
                        return process
                    place = self._turns.index(turn) + 1
                progress(place, 0)  # without the lock: whoever is told may take their time
        finally:
            with self._changed:
                self._turns.remove(turn)
                self._changed.notify_all()

    def _is_next(self, turn: object) -> bool:
        return bool(self._idle) and self._turns[0] is turn


@cache
def shared() -> SongPool:
    """The one of this server; as many processes as its settings say."""
    return SongPool(page_processes())
