"""A newcomer's walk: the commands of a page, run as they are printed, in a copy of the project.

What is not run says so where it is read: in a comment that begins with `needs` or `takes`.
"""

from __future__ import annotations

import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from dataclasses import dataclass
from pathlib import Path

from mmc_core import list_samples, load_audio, sample
from mmc_core.moods import NAMES
from mmc_core.settings import PROJECT
from tests.support.sounds import encode

LEFT_OUT = re.compile(r"(needs|takes) ")
INSTALLS = re.compile(r"(\S*python3? -m (pip|venv)|pip install|apt install|source) ")
SERVES = re.compile(r"(\S*mmc|python -m mmc_core) app\b")
BLOCK = re.compile(r"^```(\w*)\n((?:.*\n)*?)```$|^((?: {4}\S.*\n)+)", re.MULTILINE)
COPIED = (
    *("*.md", "*.txt", "*.toml", "Makefile", "app.py"),
    *("pages", "mmc_core", "studies", "data", "models", ".streamlit", "docs"),
)
SONG_S = 6


@dataclass(frozen=True)
class Command:
    """A line to type, with what the page says it prints."""

    line: str
    shown: tuple[str, ...] = ()
    comment: str = ""

    @property
    def is_left_out(self) -> bool:
        """By what the page itself says."""
        return bool(LEFT_OUT.match(self.comment))


def commands(text: str) -> list[Command]:
    """Those of a page, in order: of fenced blocks, and of indented ones that have commands."""
    result: list[Command] = []
    for language, fenced, indented in BLOCK.findall(text):
        if language == "console":
            result += _with_output(fenced)
        elif language == "sh" or re.match(r" {4}(make|mmc|python3?) ", indented):
            result += _plain(fenced or re.sub(r"^ {4}", "", indented, flags=re.MULTILINE))
    return result


def _plain(block: str) -> list[Command]:
    result, above = [], ""
    for line in block.splitlines():
        if line.startswith("#"):  # of the line below
            above = line.lstrip("# ")
            continue
        command, _, comment = line.partition(" #")
        result.append(Command(command.strip(), comment=comment.strip() or above))
        above = ""
    return result


def _with_output(block: str) -> list[Command]:
    result: list[Command] = []
    for part in re.split(r"^\$ ", block, flags=re.MULTILINE)[1:]:
        line, *shown = part.splitlines()
        result.append(Command(line, tuple(shown)))
    return result


def unlike(shown: tuple[str, ...], printed: str) -> str | None:
    """The first shown line that was not printed, in this order; numbers may be others."""
    lines = iter(_stable(line) for line in printed.splitlines())
    for line in shown:
        if line != "..." and _stable(line) not in lines:
            return line
    return None


def _stable(line: str) -> str:
    return re.sub(r"[-+]?\d+(\.\d+)?", "0", " ".join(line.split()))


class Walk:
    """A folder as a newcomer has it: the project, some songs, and an empty home."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder / "mmc"
        for pattern in COPIED:
            for path in PROJECT.glob(pattern):
                _copy(path, self.folder / path.name)
        binaries = self.folder / ".venv" / "bin"
        binaries.mkdir(parents=True)
        for name, module in (("python", ""), ("mmc", "-m mmc_core")):
            script = binaries / name
            script.write_text(f'#!/bin/sh\nexec "{sys.executable}" {module} "$@"\n')
            script.chmod(0o755)
        self.environment = {
            **{k: v for k, v in os.environ.items() if not k.startswith(("MMC_", "XDG_"))},
            **{k: v for k, v in os.environ.items() if k == "MMC_DATA_MIRROR"},
            "HOME": str(folder / "home"),
            "PATH": os.pathsep.join([str(binaries), os.environ["PATH"]]),
            "PYTHONPATH": os.pathsep.join([str(self.folder), os.environ.get("PYTHONPATH", "")]),
        }
        self.songs(folder / "home" / "Music")

    def songs(self, music: Path) -> None:
        """Short ones, under all names that the pages use."""
        contents = [_mp3(name) for name in list_samples()[:2]]
        (self.folder / "song.mp3").write_bytes(contents[0])
        for place in ("folder", "songs", "FOLDER", "PATH", str(music)):
            for mood, content in zip(NAMES, contents, strict=False):
                path = self.folder / place / mood / f"{mood} song.mp3"
                path.parent.mkdir(parents=True)
                path.write_bytes(content)

    def run(self, command: Command) -> str | None:
        """What is wrong with it; None where it works as printed."""
        line = command.line
        if command.is_left_out or INSTALLS.match(line):
            return None
        if " fetch " in line and "MMC_DATA_MIRROR" not in self.environment:
            return None
        if line.startswith("make "):
            line = f"make --dry-run {line.removeprefix('make ')}"
        if SERVES.match(line):
            return self.serve(line)
        done = subprocess.run(
            ["bash", "-c", line],
            cwd=self.folder,
            env=self.environment,
            capture_output=True,
            text=True,
            timeout=1800,
        )
        if done.returncode:
            return f"{line}\nexit code {done.returncode}: {done.stdout[-500:]}{done.stderr[-1500:]}"
        missing = unlike(command.shown, done.stdout + done.stderr)
        return missing and f"{line}\ndid not print: {missing}\nbut: {done.stdout}{done.stderr}"

    def serve(self, line: str) -> str | None:
        """Whether a server answers, on a port that is free."""
        with socket.socket() as free:
            free.bind(("localhost", 0))
            port = free.getsockname()[1]
        log = self.folder / "app.log"
        with log.open("w") as output:
            server = subprocess.Popen(
                ["bash", "-c", f"exec {line} --port {port}"],
                cwd=self.folder,
                env=self.environment,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        try:
            for _ in range(480):
                try:
                    urllib.request.urlopen(f"http://localhost:{port}/_stcore/health", timeout=5)
                except (urllib.error.URLError, OSError):
                    if server.poll() is not None:
                        break
                    time.sleep(0.25)
                else:
                    return None
            return f"{line}\ndid not answer: {log.read_text()}"
        finally:
            os.killpg(server.pid, signal.SIGTERM)
            server.wait(60)


def _copy(path: Path, to: Path) -> None:
    if path.is_file():
        to.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(path, to)
    else:
        ignored = shutil.ignore_patterns("__pycache__", "generated", "build")
        shutil.copytree(path, to, ignore=ignored)


def _mp3(name: str) -> bytes:
    sound = load_audio(sample(name)).cut()
    return encode(sound.y[: SONG_S * 22_050, None], 22_050, "mp3")
