"""A process in the sandbox computes on, and changes nothing outside itself."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from mmc_core.settings import PROJECT

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="seccomp is Linux's")

IMPORTS = """\
import ctypes, fcntl, os, resource, signal, socket, subprocess, sys, threading, time
import numpy as np
from mmc_core.workers.sandbox import forbid_system_changes
folder = os.open(".", os.O_RDONLY)
file = os.open("song.mp3", os.O_RDONLY)
if not forbid_system_changes():
    sys.exit(77)
"""
FORBIDDEN = [
    "os.unlink('song.mp3')",
    "os.unlink('song.mp3', dir_fd=folder)",
    "os.rename('song.mp3', 'other.mp3')",
    "os.replace('song.mp3', 'other.mp3')",
    "os.link('song.mp3', 'other.mp3')",
    "os.symlink('song.mp3', 'other.mp3')",
    "os.mkdir('other')",
    "os.rmdir('empty')",
    "os.mkfifo('other')",
    "os.mknod('other')",
    "os.chmod('song.mp3', 0o777)",
    "os.chmod('song.mp3', 0o777, follow_symlinks=True, dir_fd=folder)",
    "os.fchmod(file, 0o777)",
    "os.chown('song.mp3', os.getuid(), os.getgid())",
    "os.fchown(file, os.getuid(), os.getgid())",
    "os.truncate('song.mp3', 0)",
    "os.ftruncate(file, 0)",
    "os.utime('song.mp3', (1, 1))",
    "os.setxattr('song.mp3', 'user.mood', b'sad')",
    "os.open('song.mp3', os.O_RDONLY)",
    "os.open('song.mp3', os.O_WRONLY | os.O_TRUNC)",
    "os.open('other.mp3', os.O_WRONLY | os.O_CREAT)",
    "os.memfd_create('program')",
    "os.listdir(folder)",
    "os.chdir('empty')",
    "os.fork()",
    "os.execv(sys.executable, [sys.executable])",
    "os.posix_spawn(sys.executable, [sys.executable], {})",
    "subprocess.run([sys.executable, '--version'])",
    "os.kill(os.getppid(), 0)",
    "os.kill(os.getpid(), 0)",
    "os.killpg(os.getppid(), 0)",
    "os.pidfd_open(os.getppid())",
    "fcntl.fcntl(file, fcntl.F_SETOWN, os.getppid())",
    "resource.prlimit(os.getppid(), resource.RLIMIT_NOFILE)",
    "os.setpriority(os.PRIO_PROCESS, os.getppid(), 19)",
    "os.sched_setaffinity(os.getppid(), {0})",
    "socket.socket()",
    "socket.socketpair()",
]
IO_URING_SETUP, FCHMODAT2, PTRACE, X32_UNLINK = (
    425,
    452,
    {"x86_64": 101, "aarch64": 117},
    2**30 + 87,
)


def run(code: str, folder: Path) -> str:
    """Return what a process prints that runs the code within a sandbox."""
    (folder / "song.mp3").write_bytes(b"sound")
    (folder / "empty").mkdir()
    (folder / "song.mp3").chmod(0o640)
    done = subprocess.run(
        [sys.executable, "-c", IMPORTS + code],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(PROJECT)},
        capture_output=True,
        text=True,
        timeout=60,
    )
    if done.returncode == 77:
        pytest.skip("this system has no seccomp")
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_nothing_outside_the_process_is_changed(tmp_path: Path) -> None:
    code = (
        f"for deed in {FORBIDDEN!r}:\n"
        "    try:\n"
        "        exec(deed)\n"
        "        print('done', deed)\n"
        "    except PermissionError:\n"
        "        pass\n"
        "    except OSError as error:\n"
        "        print(deed, error)\n"
    )
    assert run(code, tmp_path) == ""
    song = tmp_path / "song.mp3"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["empty", "song.mp3"]
    assert song.read_bytes() == b"sound"
    assert song.stat().st_mode & 0o777 == 0o640


def test_calls_that_python_has_no_name_for_are_refused(tmp_path: Path) -> None:
    numbers = [IO_URING_SETUP, FCHMODAT2, PTRACE.get(os.uname().machine, 101), X32_UNLINK]
    code = f"print(*[ctypes.CDLL(None).syscall(n, b'song.mp3', 0, 0, 0) for n in {numbers}])"
    assert run(code, tmp_path).split() == ["-1"] * len(numbers)
    assert (tmp_path / "song.mp3").exists()


def test_it_computes_on_with_threads_memory_and_open_files(tmp_path: Path) -> None:
    code = (
        "def work():\n"
        "    results.append(float(np.ones((600, 600)) @ np.ones(600) @ np.ones(600)))\n"
        "results = []\n"
        "threads = [threading.Thread(target=work) for _ in range(4)]\n"
        "[thread.start() for thread in threads]\n"
        "[thread.join() for thread in threads]\n"
        "time.sleep(0.01)\n"
        "signal.alarm(60)\n"
        "resource.setrlimit(resource.RLIMIT_CPU, (60, 60))\n"
        "print(results == [360_000.0] * 4, len(bytes(2**28)), os.read(file, 9), time.time() > 0,\n"
        "      len(os.urandom(8)), os.lseek(file, 0, os.SEEK_END), os.fstat(file).st_size)\n"
    )
    assert run(code, tmp_path).split() == ["True", str(2**28), "b'sound'", "True", "8", "5", "5"]
