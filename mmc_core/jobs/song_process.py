"""A process that works on songs, one after the other, and how it is talked to.

It is connected to whoever began it over this machine's own address, by a secret that its standard
input brought. A `Task` is answered by that it is taken up, by how far it is, by a call for the
song's bytes, and in the end by what came of it. It ends when its standard input does: never later
than whoever began it.
"""

from __future__ import annotations

import os
import secrets
import signal
import subprocess
import sys
import threading
import time
import traceback
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from multiprocessing.connection import Client, Listener
from typing import TYPE_CHECKING, Any

from mmc_core.errors import MMCError, ProcessEnded
from mmc_core.jobs.process import folders
from mmc_core.settings import PROJECT
from mmc_core.wording import shown
from mmc_core.workers.pool import THREADS

if TYPE_CHECKING:  # a process is connected before it loads what it works with
    from mmc_core._typing import Progress
    from mmc_core.jobs.song_work import LoadedSongs
    from mmc_core.runs import Run

HOST = "127.0.0.1"
NICE = 19  # whoever draws pages comes first
TELL_EVERY_S = 0.1  # and ask whether it is still wanted
PATIENCE_S = 5.0  # for a process to end
REMEMBERED = 16  # songs that a process may have loaded
TAKEN, STEP, CONTENT, RESULT, ERROR = "taken", "step", "content", "result", "error"
ENDED_AT_ONCE = (
    "The process that analyses songs ended as it began. Try again; the log of the app may say why."
)


class Cancelled(Exception):
    """What is worked out is not wanted any more."""


@dataclass(frozen=True)
class Task:
    """What is to be worked out of a song, by a function of `song_work`."""

    work: Callable[..., Any]
    arguments: tuple[Any, ...]
    name: str
    sha256: str
    threads: int


@dataclass(frozen=True)
class Forget:
    """Songs that are to be dropped."""

    contents: frozenset[str]


@dataclass(frozen=True)
class WarmUp:
    """A model that will be asked."""

    run: Run


class SongProcess:
    """A process, from the side of whoever began it; one that has ended is begun again."""

    def __init__(self) -> None:
        self.contents: deque[str] = deque(maxlen=REMEMBERED)  # that it may have loaded
        self._process: subprocess.Popen[bytes] | None = None
        self._connection: Any = None

    @property
    def pid(self) -> int | None:
        """Its number while it is alive."""
        process = self._process
        return process.pid if process and process.poll() is None else None

    def start(self) -> None:
        """Begin the process.

        Raises:
            ProcessEnded: if it ends at once.
        """
        self.stop()
        key = secrets.token_hex(32)
        self._process = process = subprocess.Popen(
            [sys.executable, "-c", "from mmc_core.jobs.song_process import main; main()"],
            cwd=PROJECT,
            env={**os.environ, **folders(), **dict.fromkeys(THREADS, "1")},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            start_new_session=True,  # Ctrl-C is for the server, and a group ends as one
        )
        assert process.stdin and process.stdout
        try:
            process.stdin.write(f"{key}\n".encode())
            process.stdin.flush()
            with process.stdout as port:
                self._connection = Client((HOST, int(port.readline())), authkey=key.encode())
        except (OSError, EOFError, ValueError) as error:
            self.stop()
            raise ProcessEnded(ENDED_AT_ONCE) from error

    def run(self, task: Task, content: bytes, progress: Progress) -> Any:
        """What comes of a task.

        Args:
            content: of the song's file, for a process that has not loaded it.
            progress: called with what is done, and of how much; may raise `Cancelled`.

        Raises:
            ProcessEnded: if the process does not live to the task's end.
            Exception: what the task failed with.
        """
        self._hand_over(task)
        self.contents.append(task.sha256)
        try:
            kind, value = self._follow(content, progress)
        except (OSError, EOFError) as error:
            self.stop()
            raise ProcessEnded(
                f"{shown(task.name)} could not be analysed: the process that worked on it has "
                "ended, perhaps for want of memory. Try it again, or a shorter part of it."
            ) from error
        if kind == ERROR:
            raise value
        return value

    def tell(self, message: Forget | WarmUp) -> None:
        """What it is to do while it is idle; a process that has ended need not."""
        if self.pid:
            with suppress(OSError):
                self._connection.send(message)

    def stop(self) -> None:
        """End the process, if there is one, and what it has begun."""
        self.contents.clear()
        if self._connection:
            self._connection.close()
            self._connection = None
        if self._process:
            assert self._process.stdin
            with suppress(OSError):
                self._process.stdin.close()
            try:
                self._process.wait(PATIENCE_S)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()
            self._process = None

    def _hand_over(self, task: Task) -> None:
        """Have the task taken up, if need be by a process that is begun for it.

        One that ends while it is idle may still seem alive here; the task is safe to give again
        until it is taken up.
        """
        if self.pid:
            with suppress(OSError, EOFError):
                return self._give(task)
        self.start()
        try:
            self._give(task)
        except (OSError, EOFError) as error:
            self.stop()
            raise ProcessEnded(ENDED_AT_ONCE) from error

    def _give(self, task: Task) -> None:
        self._connection.send(task)
        self._connection.recv()

    def _follow(self, content: bytes, progress: Progress) -> tuple[str, Any]:
        while True:
            kind, value = self._connection.recv()
            if kind == CONTENT:
                self._connection.send_bytes(content)
            elif kind == STEP:
                self._connection.send(_is_wanted(progress, *value))
            else:
                return kind, value


def _is_wanted(progress: Progress, done: int, total: int) -> bool:
    try:
        progress(done, total)
    except Cancelled:
        return False
    return True


def main() -> None:
    """The process itself."""
    key = sys.stdin.readline().strip()
    threading.Thread(target=_end_with_parent, daemon=True).start()
    if hasattr(os, "nice"):
        os.nice(NICE)
    with Listener((HOST, 0), authkey=key.encode()) as listener:
        sys.stdout.write(f"{listener.address[1]}\n")
        sys.stdout.flush()
        connection = listener.accept()
    os.dup2(2, 1)  # nobody reads what is printed: into the log with it
    with suppress(EOFError, OSError):
        _serve(connection)


def _end_with_parent() -> None:
    while os.read(0, 1):
        pass
    if hasattr(os, "killpg"):
        os.killpg(0, signal.SIGKILL)  # FFmpeg too, if it is at work
    os._exit(0)


def _serve(connection: Any) -> None:
    from mmc_core.jobs import song_work

    songs = song_work.LoadedSongs()
    while True:
        message = connection.recv()
        if isinstance(message, Task):
            connection.send((TAKEN, None))
            _reply(connection, *_worked_out(message, songs, connection))
        elif isinstance(message, Forget):
            songs.forget(message.contents)
        else:
            with suppress(MMCError):
                song_work.warm_up(message.run)


def _worked_out(task: Task, songs: LoadedSongs, connection: Any) -> tuple[str, Any]:
    told = time.monotonic()

    def progress(done: int, total: int) -> None:
        nonlocal told
        if time.monotonic() - told < TELL_EVERY_S:
            return
        told = time.monotonic()
        connection.send((STEP, (done, total)))
        if not connection.recv():
            raise Cancelled

    def content() -> bytes:
        connection.send((CONTENT, None))
        received: bytes = connection.recv_bytes()
        return received

    try:
        song = songs.load(task.sha256, task.name, content)
        song.threads = task.threads
        return RESULT, task.work(song, progress, *task.arguments)
    except (MMCError, Cancelled) as error:
        return ERROR, error
    except Exception as error:  # of the model, say: whoever asked tells of it
        traceback.print_exc()
        return ERROR, error


def _reply(connection: Any, kind: str, value: Any) -> None:
    try:
        connection.send((kind, value))
    except (TypeError, AttributeError, ValueError) as error:  # what cannot be sent
        connection.send((ERROR, RuntimeError(f"{error}: {value!r:.500}")))
