"""Trainings and comparisons in processes of their own, begun from a page; one at a time."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

from mmc_core import runs
from mmc_core.comparison import store
from mmc_core.errors import MMCError, RunError
from mmc_core.learning.recipes import AnyRecipe
from mmc_core.runs import Run, train
from mmc_core.settings import PROJECT, cache_dir

LOG = "log.txt"
LOG_LINES = 20
LOOK_EVERY_S = 0.3

_started: dict[Path, subprocess.Popen[bytes]] = {}  # by run folder
_comparing: dict[Path, subprocess.Popen[bytes]] = {}  # by what is kept in the end
_one_at_a_time = threading.Lock()  # between visitors of one server


def start(recipe: AnyRecipe) -> Run:
    """Begin to train a recipe into a new run folder, and come back at once.

    Raises:
        RunError: if a training is under way.
        DatasetError: if the recipe's dataset is unknown, or its table or audio is not here.
    """
    with _one_at_a_time:
        _refuse_a_second()
        run = train.prepare(recipe)
        _launch(run)
    return run


def go_on(run: Run) -> None:
    """Train a stopped run further.

    Raises:
        RunError: if a training is under way.
    """
    with _one_at_a_time:
        _refuse_a_second()
        _launch(run)


def stop(run: Run) -> None:
    """Let a run stop after its epoch; one that has not begun yet, at once."""
    if run.session.is_alive():
        run.session.ask_to_stop()
    elif is_starting(run):
        _started[run.path].terminate()
        _started[run.path].wait()


def status(run: Run) -> str:
    """A run's status; waiting is only one whose process is about to begin."""
    if is_starting(run):
        return runs.WAITING
    said = run.status
    return runs.STOPPED if said == runs.WAITING else said


def is_busy(run: Run) -> bool:
    """Whether a process is training the run, or about to."""
    return status(run) in (runs.WAITING, runs.TRAINING)


def under_way() -> Run | None:
    """The training that is under way, whoever began it."""
    found = (run for run in runs.all_runs() if run.info.get("of") == runs.OF_TRAINING)
    return next((run for run in found if is_busy(run)), None)


def is_starting(run: Run) -> bool:
    """Whether its process was begun here and has not come to the run yet."""
    process = _started.get(run.path)
    return process is not None and process.poll() is None and not run.session.is_alive()


def said(run: Run) -> str:
    """The last lines that the run's process printed; nothing where none was begun here."""
    path = run.session.folder / LOG
    if not path.exists():
        return ""
    lines = path.read_text(encoding="utf-8", errors="replace").splitlines()
    return "\n".join(lines[-LOG_LINES:])


def comparing(ids: Sequence[str], moods: Sequence[str]) -> Iterator[tuple[int, int]]:
    """Work a comparison out: steps done, of how many, until it is kept. Whoever stops looking does
    not stop it, and may look again.

    Raises:
        MMCError: if another is being worked out, or it failed.
    """
    path = store.saved_path(ids, moods)
    log = cache_dir() / "comparisons" / f"{path.stem}.log"
    with _one_at_a_time:
        if path not in _comparing or _comparing[path].poll() is not None:
            if any(process.poll() is None for process in _comparing.values()):
                raise MMCError("Another comparison is being worked out; try again in a minute.")
            log.parent.mkdir(parents=True, exist_ok=True)
            arguments = ["compare", *ids, "--moods", ",".join(moods), "--again"]
            _comparing[path] = _begin(arguments, log, MMC_PROGRESS="lines")
    process = _comparing[path]
    while process.poll() is None:
        steps = re.findall(r"^(\d+) of (\d+)$", _read(log), re.MULTILINE)
        yield (int(steps[-1][0]), int(steps[-1][1])) if steps else (0, 1)
        time.sleep(LOOK_EVERY_S)
    if process.returncode:
        said = _read(log).strip().splitlines()
        raise MMCError(f"The comparison could not be worked out. {said[-1] if said else ''}")


def is_comparing(ids: Sequence[str], moods: Sequence[str]) -> bool:
    """Whether a comparison is being worked out here."""
    process = _comparing.get(store.saved_path(ids, moods))
    return process is not None and process.poll() is None


def _refuse_a_second() -> None:
    if busy := under_way():
        raise RunError(f"{busy.name!r} is being trained; stop it, or wait for its end.")


def _launch(run: Run) -> None:
    run.session.folder.mkdir(parents=True, exist_ok=True)
    _started[run.path] = _begin(["train", "--resume", run.name], run.session.folder / LOG)


def _begin(arguments: Sequence[str], log: Path, **environment: str) -> subprocess.Popen[bytes]:
    with log.open("wb") as file:
        # A session of its own: what stops the server leaves the process alone.
        return subprocess.Popen(
            [sys.executable, "-m", "mmc_core", *arguments],
            cwd=PROJECT,
            env={**os.environ, **environment},
            stdin=subprocess.DEVNULL,
            stdout=file,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )


def _read(log: Path) -> str:
    return log.read_text(encoding="utf-8", errors="replace")
