"""What processes are given to do in tests, in place of answering."""

from __future__ import annotations

import os
import signal
import time
from pathlib import Path

from mmc_core._typing import Progress
from mmc_core.prediction.sound import Song


def process_id(song: Song, progress: Progress) -> int:
    return os.getpid()


def is_known(song: Song, progress: Progress) -> bool:
    """Whether this was asked before of the same loaded sound."""
    known = "asked" in song._frames
    song._frames["asked"] = None  # type: ignore[assignment]
    return known


def end(song: Song, progress: Progress, *_: object) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def fail(song: Song, progress: Progress) -> None:
    raise RuntimeError("the model is broken")


def unsendable(song: Song, progress: Progress) -> object:
    return lambda: None


def wait_for(song: Song, progress: Progress, path: Path) -> str:
    """Tell how far it is, again and again, until a file is there."""
    done = 0
    while not path.exists():
        time.sleep(0.02)
        progress(done := done + 1, 10_000)
    return song.name
