"""Trainings in processes of their own, started and stopped from a page; one at a time."""

from __future__ import annotations

import subprocess
import sys
import threading
from pathlib import Path

from mmc_core import runs, train
from mmc_core.errors import RunError
from mmc_core.recipes import AnyRecipe
from mmc_core.runs import Run
from mmc_core.settings import PROJECT

LOG = "log.txt"
LOG_LINES = 20

_started: dict[Path, subprocess.Popen[bytes]] = {}  # by run folder
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
    if run.is_alive():
        run.ask_to_stop()
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
    return process is not None and process.poll() is None and not run.is_alive()


def said(run: Run) -> str:
    """The last lines that the run's process printed; nothing where none was begun here."""
    path = run.scratch / LOG
    if not path.exists():
        return ""
    lines = path.read_text(encoding="utf-8", errors="replace").splitlines()
    return "\n".join(lines[-LOG_LINES:])


def _refuse_a_second() -> None:
    if busy := under_way():
        raise RunError(f"{busy.name!r} is being trained; stop it, or wait for its end.")


def _launch(run: Run) -> None:
    run.scratch.mkdir(parents=True, exist_ok=True)
    command = [sys.executable, "-m", "mmc_core", "train", "--resume", run.name]
    with (run.scratch / LOG).open("wb") as log:
        # A session of its own: what stops the server leaves the training alone.
        _started[run.path] = subprocess.Popen(
            command,
            cwd=PROJECT,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
