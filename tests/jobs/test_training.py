"""Trainings from the page: one at a time, begun, watched and stopped through their folder."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from filelock import FileLock

from mmc_core import runs
from mmc_core.errors import RunError
from mmc_core.jobs import training
from mmc_core.jobs.process import folders
from mmc_core.learning import recipes
from mmc_core.runs import provenance, session, writing
from tests.support.runs import write_training


class Process:
    """A process that runs until it is ended."""

    def __init__(self, command: list[str], **given: Any) -> None:
        self.command, self.given = command, given
        self.code: int | None = None

    def poll(self) -> int | None:
        return self.code

    def terminate(self) -> None:
        self.code = -15

    def wait(self) -> None:
        assert self.code is not None


@pytest.fixture
def begun(own_models: Path, monkeypatch: pytest.MonkeyPatch) -> list[Process]:
    """The processes that were begun, none of them real."""
    made: list[Process] = []

    def popen(command: list[str], **given: Any) -> Process:
        made.append(Process(command, **given))
        return made[-1]

    monkeypatch.setattr(subprocess, "Popen", popen)
    monkeypatch.setattr(training, "_started", {})
    monkeypatch.setattr(provenance, "_commit", lambda: None)
    return made


def begin() -> runs.Run:
    return training.start(recipes.load("cnn1d", ["epochs=2"]))


def test_a_training_is_a_process_of_the_command_line(begun: list[Process]) -> None:
    run = begin()
    (process,) = begun
    assert process.command == [sys.executable, "-m", "mmc_core", "train", "--resume", run.name]
    assert process.given["start_new_session"]
    assert run.info.recipe["epochs"] == 2
    assert training.status(run) == runs.WAITING
    assert training.under_way() == run


def test_only_one_is_trained_at_a_time(begun: list[Process]) -> None:
    run = begin()
    stopped = write_training("stopped", status=runs.STOPPED)
    for second in (begin, lambda: training.resume(stopped)):
        with pytest.raises(RunError, match=f"'{run.name}' is in training"):
            second()
    assert len(begun) == 1
    begun[0].code = 1  # it failed before it came to the run
    assert training.status(run) == runs.STOPPED
    training.resume(stopped)
    assert training.under_way() == stopped


def test_a_training_from_a_terminal_counts_too(begun: list[Process]) -> None:
    run = write_training("elsewhere", status=runs.TRAINING)
    assert training.status(run) == runs.STOPPED  # its process is gone
    run.session.folder.mkdir(parents=True)
    with FileLock(run.session.folder / "lock"):
        assert training.status(run) == runs.TRAINING
        with pytest.raises(RunError, match="'elsewhere' is in training"):
            begin()
        training.stop(run)
    assert run.session.is_asked_to_stop()


def test_one_that_another_server_is_about_to_begin_counts_too(begun: list[Process]) -> None:
    run = write_training("elsewhere", status=runs.WAITING)
    run.session.folder.mkdir(parents=True)
    run.session.enter(session.STARTING)
    assert training.status(run) == runs.STOPPED  # its process is gone
    with run.session.starting_lock():
        assert training.status(run) == runs.WAITING
        with pytest.raises(RunError, match="'elsewhere' is in training"):
            begin()
        training.stop(run)  # it is not this server's to end
    begin()
    assert len(begun) == 1


SERVER = """
import subprocess, sys
from mmc_core.errors import RunError
from mmc_core.jobs import process, training
from mmc_core.learning import recipes

asleep = [sys.executable, "-c", "import time; time.sleep(60)"]
process.begin = lambda arguments, log: subprocess.Popen(asleep)
recipe = recipes.load("cnn1d", ["epochs=1"])
print("ready", flush=True)
sys.stdin.readline()
try:
    run = training.start(recipe)
    print("begun", flush=True)
    sys.stdin.readline()
    training.stop(run)
except RunError as error:
    print(f"refused: {error}", flush=True)
"""


def test_two_servers_begin_one_training(own_models: Path) -> None:
    servers = [
        subprocess.Popen(
            [sys.executable, "-c", SERVER],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env={**os.environ, **folders()},
        )
        for _ in range(2)
    ]

    def ask(server: subprocess.Popen[str]) -> None:
        assert server.stdin
        server.stdin.write("\n")
        server.stdin.flush()

    def said(server: subprocess.Popen[str]) -> str:
        assert server.stdout
        return server.stdout.readline()

    try:
        assert [said(server) for server in servers] == ["ready\n"] * 2
        for server in servers:
            ask(server)
        one, other = sorted(said(server) for server in servers)
        assert one == "begun\n"
        assert "is in training" in other or "begins a training" in other
    finally:
        for server in servers:
            server.communicate("\n")


def test_one_that_has_not_begun_is_stopped_at_once(begun: list[Process]) -> None:
    run = begin()
    training.stop(run)
    assert begun[0].code == -15
    assert training.under_way() is None
    training.stop(run)  # nothing to do


def test_one_that_has_ended_is_not_said_to_wait_while_its_process_does(
    begun: list[Process],
) -> None:
    """TensorFlow takes seconds to be gone after the run is finished."""
    run = begin()
    for ended in (runs.FINISHED, runs.STOPPED):
        training._started[run.path] = Process([])  # type: ignore[assignment]
        run.session.enter(session.STARTING)
        assert training.status(run) == runs.WAITING
        with run.session.alone():
            writing.update_info(run, status=runs.TRAINING)
            run.session.enter(session.SCORING)
            assert (training.status(run), training.phase(run)) == (runs.TRAINING, session.SCORING)
            writing.update_info(run, status=ended)
        assert training._started[run.path].poll() is None
        assert training.status(run) == ended
        assert training.phase(run) is None


def test_a_run_in_training_is_not_deleted(begun: list[Process]) -> None:
    run = begin()
    with pytest.raises(RunError, match="is in training"):
        training.delete(run)
    begun[0].code = 1
    training.delete(run)
    assert not run.path.exists()
    assert not run.session.folder.exists()


def test_what_a_process_printed_is_kept(begun: list[Process]) -> None:
    run = begin()
    assert training.log_tail(run) == ""
    begun[0].given["stdout"].close()
    (run.session.folder / training.LOG).write_text("\n".join(map(str, range(100))))
    assert training.log_tail(run).split("\n")[0] == "80"
    assert training.log_tail(write_training("another")) == ""
