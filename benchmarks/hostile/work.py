"""What is done with a file in a process of its own, and how it ended."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path
from typing import Any

from benchmarks.library import family, resident_mb

ANSWERED, CRASHED, OVER = "answered", "crashed", "over limits"


@dataclass(frozen=True)
class Ended:
    """How a case ended: `ANSWERED`, `CRASHED`, `OVER` or the kind of its error."""

    how: str
    sentence: str = ""
    seconds: float = 0.0
    memory_mb: float = 0.0


def describe_sound(path: Path) -> Ended:
    """The library's way from a sound file to features."""
    from mmc_core.errors import AudioError
    from mmc_core.features.extract import extract_features

    try:
        features = extract_features(path)
    except AudioError as error:
        return Ended(error.kind, str(error))
    return Ended(ANSWERED, f"{len(features)} features")


def read_table(path: Path) -> Ended:
    """The library's way from a table to clips with moods."""
    from mmc_core.datasets.user import source
    from mmc_core.errors import DatasetError

    try:
        found = source.read(path)
    except DatasetError as error:
        return Ended("refused", str(error))
    return Ended(ANSWERED, f"{len(found.clips)} clips, {len(found.problems)} problems")


class Apart:
    """A process that is used again until it ends; what it and its own use is watched.

    Args:
        seconds, memory_mb: of one file, more of which is over the limits.
    """

    def __init__(self, seconds: float, memory_mb: float) -> None:
        self._seconds, self._memory_mb = seconds, memory_mb
        self._pool: ProcessPoolExecutor | None = None

    def run(self, work: Callable[[Path], Ended], path: Path) -> Ended:
        if self._pool is None:
            self._pool = ProcessPoolExecutor(1, get_context("spawn"))
        future = self._pool.submit(work, path)
        start, peak = time.perf_counter(), 0.0
        watched, stop = threading.Event(), threading.Event()

        def watch() -> None:
            nonlocal peak
            while not stop.wait(0.02):
                pids = [pid for each in self._processes() for pid in family(each)]
                peak = max(peak, sum(map(resident_mb, pids)))
                watched.set()

        watcher = threading.Thread(target=watch, daemon=True)
        watcher.start()
        try:
            ended = future.result(self._seconds)
        except TimeoutError:
            ended = Ended(OVER, f"no answer in {self._seconds:.0f} s")
        except BrokenProcessPool:
            ended = Ended(CRASHED, "the process ended")
        except Exception as error:  # whatever it is, it should have been a sentence
            ended = Ended(CRASHED, f"{type(error).__name__}: {error}"[:300])
        finally:
            stop.set()
            watcher.join()
        took = time.perf_counter() - start
        if ended.how in (OVER, CRASHED):
            self.close()
        if peak > self._memory_mb:
            ended = Ended(OVER, f"{peak:.0f} MB")
        return Ended(ended.how, ended.sentence, took, peak)

    def _processes(self) -> dict[int, Any]:
        return dict(getattr(self._pool, "_processes", None) or {})

    def close(self) -> None:
        for process in self._processes().values():
            process.kill()
        if self._pool:
            self._pool.shutdown(cancel_futures=True)
        self._pool = None
