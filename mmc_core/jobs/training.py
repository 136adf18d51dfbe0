"""Trainings in processes of their own, begun from a page; one at a time among all servers."""

from __future__ import annotations

import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Thread

from filelock import FileLock, Timeout

from mmc_core import runs
from mmc_core.errors import RunError
from mmc_core.jobs import process
from mmc_core.learning.recipes import AnyRecipe
from mmc_core.runs import Run, keeping, train
from mmc_core.runs.session import STARTING
from mmc_core.settings import cache_dir

LOG = "log.txt"
LOG_LINES = 20
POLL_S = 0.1

_started: dict[Path, subprocess.Popen[bytes]] = {}  # by run folder


def start(recipe: AnyRecipe) -> Run:
    """Begin to train a recipe into a new run folder, and come back at once.

    Raises:
        RunError: if a training is under way.
        DatasetError: if the recipe's dataset is unknown, or its table or audio is not here.
    """
    with _only_training():
        run = train.prepare(recipe)
        _launch(run)
    return run


def resume(run: Run) -> None:
    """Train a stopped run further.

    Raises:
        RunError: if a training is under way.
    """
    with _only_training():
        _launch(run)


def stop(run: Run) -> None:
    """Let a run stop after its epoch; if this server began it and it is starting, at once."""
    if run.session.is_alive():
        run.session.ask_to_stop()
    elif run.path in _started and is_starting(run):
        _started[run.path].terminate()
        _started[run.path].wait()


def status(run: Run) -> str:
    """A run's status; waiting is only one whose process is about to begin."""
    if is_starting(run):
        return runs.WAITING
    # Read again, and after the phase: a process that has just come to the run has written both.
    written = Run(run.path).status
    return runs.STOPPED if written == runs.WAITING else written


def is_busy(run: Run) -> bool:
    """Whether a process is training the run, or about to."""
    return status(run) in (runs.WAITING, runs.TRAINING)


def under_way() -> Run | None:
    """The training that is under way, whoever began it."""
    trainings = (run for run in runs.all_runs() if run.is_training)
    return next((run for run in trainings if is_busy(run)), None)


def is_starting(run: Run) -> bool:
    """Return whether a run's process was begun, by any server, and has not come to the run yet."""
    if job := _started.get(run.path):
        return job.poll() is None and run.session.phase() == STARTING
    return run.session.is_starting()


def phase(run: Run) -> str | None:
    """Return what the process that trains a run does now; None if none is at it."""
    return run.session.phase() if is_busy(run) else None


def delete(run: Run) -> None:
    """Remove a run for good.

    Raises:
        RunError: if it has to stay; see `keeping.why_kept`.
    """
    with process.one_at_a_time:
        if is_busy(run):
            raise RunError(f"{run.name!r} is in training. Wait until it ends, or stop it.")
        keeping.delete(run)


def log_tail(run: Run) -> str:
    """The last lines that the run's process printed; nothing where none was begun here."""
    lines = process.printed(run.session.folder / LOG).splitlines()
    return "\n".join(lines[-LOG_LINES:])


@contextmanager
def _only_training() -> Iterator[None]:
    """Keep all servers of this cache from beginning a training, while this one does.

    Raises:
        RunError: if a training is under way, or another server is about to begin one.
    """
    lock = cache_dir() / "training" / "begin.lock"
    lock.parent.mkdir(parents=True, exist_ok=True)
    try:
        with process.one_at_a_time, FileLock(lock, timeout=5):
            if busy := under_way():
                raise RunError(f"{busy.name!r} is in training. Wait until it ends, or stop it.")
            yield
    except Timeout as error:
        raise RunError("Another server begins a training. Try again in a moment.") from error


def _launch(run: Run) -> None:
    run.session.folder.mkdir(parents=True, exist_ok=True)
    lock = run.session.starting_lock()
    lock.acquire()
    run.session.enter(STARTING)
    job = process.begin(["train", "--resume", run.name], run.session.folder / LOG)
    _started[run.path] = job
    Thread(target=_release_when_begun, args=(run, job, lock), daemon=True).start()


def _release_when_begun(run: Run, job: subprocess.Popen[bytes], lock: FileLock) -> None:
    while job.poll() is None and run.session.phase() == STARTING:
        time.sleep(POLL_S)
    lock.release()
