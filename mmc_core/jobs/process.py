"""The command line as a process of its own: it outlives the page and the server."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from collections.abc import Sequence
from pathlib import Path

from mmc_core.settings import PROJECT

one_at_a_time = threading.Lock()  # between visitors of one server


def begin(arguments: Sequence[str], log: Path, **environment: str) -> subprocess.Popen[bytes]:
    """Start `mmc` with these arguments; what it prints goes to `log`."""
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("wb") as file:
        # A session of its own: what stops the server leaves the process alone.
        return subprocess.Popen(
            [sys.executable, "-m", "mmc_core", *arguments],
            cwd=PROJECT,
            env={**os.environ, **folders(), **environment},
            stdin=subprocess.DEVNULL,
            stdout=file,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )


def folders() -> dict[str, str]:
    """The folders that the environment names, whatever folder the process works in."""
    names = ("MMC_CACHE", "MMC_MODELS", "MMC_DATA_MIRROR")
    return {name: str(Path(os.environ[name]).resolve()) for name in names if os.environ.get(name)}


def printed(log: Path) -> str:
    """What a process has printed so far; nothing where none was begun."""
    return log.read_text(encoding="utf-8", errors="replace") if log.exists() else ""
