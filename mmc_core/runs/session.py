"""The state of a training: whether a process is at it, its phase, its wish to stop, what it takes
to resume.

All of it lies in the cache, apart from the run folder: nobody else needs it, and once the run is
finished nobody does. The lock tells a training that runs from one that was killed.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zipfile import BadZipFile

from filelock import FileLock, Timeout

from mmc_core.errors import RunError
from mmc_core.files import replacing, write_text
from mmc_core.settings import cache_dir

if TYPE_CHECKING:
    import numpy as np

# What the process of a training does now. It is starting until it has come to the run.
STARTING, LOADING, LEARNING = "starting", "loading", "learning"
SAVING, SCORING = "saving", "scoring"


@dataclass(frozen=True)
class Session:
    """Of the training of the run in a folder."""

    run: Path

    @property
    def folder(self) -> Path:
        """Where it is kept, in the cache; created when it is first written to."""
        place = hashlib.sha256(str(self.run.resolve()).encode()).hexdigest()[:8]
        return cache_dir() / "training" / f"{self.run.name}-{place}"

    @contextmanager
    def alone(self) -> Iterator[None]:
        """Marks the run as being trained, by this process alone. Older wishes to stop are gone.

        Raises:
            RunError: if another process is training it.
        """
        self.folder.mkdir(parents=True, exist_ok=True)
        try:
            with FileLock(self.folder / "lock", timeout=5):
                (self.folder / "stop").unlink(missing_ok=True)
                try:
                    yield
                finally:
                    (self.folder / "phase").unlink(missing_ok=True)
        except Timeout as error:
            raise RunError(
                f"The run {self.run.name!r} is in training already. Wait until it ends, or stop it."
            ) from error

    def is_alive(self) -> bool:
        """Return whether a process is training the run now."""
        return self._is_held("lock")

    def starting_lock(self) -> FileLock:
        """Return the lock that is held from when a process is begun until it has come to the run.

        Any thread may let go of it.
        """
        return FileLock(self.folder / "starting", timeout=5, thread_local=False)

    def is_starting(self) -> bool:
        """Return whether a process was begun that has not come to the run yet."""
        return self.phase() == STARTING and self._is_held("starting")

    def _is_held(self, name: str) -> bool:
        if not (self.folder / name).exists():
            return False
        try:
            # Not at once: another reader may be asking at this very moment.
            with FileLock(self.folder / name, timeout=0.1, poll_interval=0.02):
                return False
        except Timeout:
            return True

    def enter(self, phase: str) -> None:
        """Record what the process does from now on."""
        write_text(phase, self.folder / "phase")

    def phase(self) -> str | None:
        """Return the recorded phase; None if no process is at the run, or it was not recorded."""
        try:
            return (self.folder / "phase").read_text(encoding="utf-8")
        except OSError:
            return None

    def ask_to_stop(self) -> None:
        """Let the process that trains the run stop after its epoch."""
        self.folder.mkdir(parents=True, exist_ok=True)
        (self.folder / "stop").touch()

    def is_asked_to_stop(self) -> bool:
        return (self.folder / "stop").exists()

    def save_state(self, state: Mapping[str, np.ndarray]) -> None:
        """Keep what it takes to resume; whole or not at all."""
        import numpy as np

        arrays: dict[str, Any] = dict(state)
        with replacing(self.folder / "state.npz") as part:
            np.savez(part, **arrays)

    def state(self) -> dict[str, np.ndarray] | None:
        """What `save_state` kept last; None where it kept nothing.

        Raises:
            RunError: if it is damaged.
        """
        import numpy as np

        path = self.folder / "state.npz"
        if not path.exists():
            return None
        try:
            with np.load(path) as saved:
                return dict(saved)
        except (OSError, ValueError, BadZipFile) as error:
            raise RunError(
                f"The saved state of {self.run.name!r} is damaged. Train a new run."
            ) from error

    def clear(self) -> None:
        """Forget what it takes to resume: the run is finished, or a new one of its name."""
        left = self.folder.glob(".*.npz")  # by a process that was killed while it wrote
        for path in (self.folder / "state.npz", self.folder / "stop", *left):
            path.unlink(missing_ok=True)
