"""Hostile files through each face of the project: library, command line, app."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import pandas as pd

from benchmarks.hostile.case import Case
from benchmarks.hostile.work import (
    ANSWERED,
    CRASHED,
    OVER,
    Apart,
    Ended,
    describe_sound,
    read_table,
)
from mmc_core.audio.folders import AUDIO_SUFFIXES
from mmc_core.settings import PROJECT
from mmc_core.wording import escaped

SECONDS, MEMORY_MB = 600.0, 2_000.0  # of one file, on a slow machine
AT_ONCE = 10  # files of one upload
REFUSED = "refused"

Written = Sequence[tuple[Case, Path]]
Ends = Iterator[tuple[Case, Ended]]


def library(sounds: Written, tables: Written) -> Ends:
    """`mmc_core` called from Python, a file at a time."""
    apart = Apart(SECONDS, MEMORY_MB)
    todo: list[tuple[Callable[[Path], Ended], Written]] = [
        (describe_sound, sounds),
        (read_table, tables),
    ]
    for work, written in todo:
        for case, path in written:
            yield case, apart.run(work, path)
    apart.close()


def command_line(sounds: Written, tables: Written) -> Ends:
    """`mmc extract` and `mmc predict` on all sounds at once; `mmc datasets build` a table each."""
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "features.parquet"
        paths = [str(path) for _, path in sounds]
        trouble = _run(["extract", "--jobs", "2", "--out", str(out), "--", *paths])
        table = pd.read_parquet(out) if out.exists() else pd.DataFrame({"path": [], "error": []})
        rows = dict(zip(table["path"], table["error"], strict=True))
        for case, path in sounds:
            yield case, trouble or _of_row(rows, str(path))
        trouble, printed = _printed(["predict", "--json", "--", *paths])
        answers = {each["file"]: each["error"] for each in printed}
        for case, path in sounds:
            yield case, trouble or _of_row(answers, str(path))
        for case, path in tables:
            name = f"hostile-{case.name[:3].decode()}"
            yield case, _run(["datasets", "build", name, "--from", str(path)]) or Ended(ANSWERED)


def scan(sounds: Written, tables: Written) -> Ends:
    """`mmc library scan` of the folder of all sounds."""
    del tables
    with tempfile.TemporaryDirectory() as folder:
        own = {"MMC_LIBRARY": str(Path(folder) / "songs.sqlite")}
        music = sounds[0][1].parent
        trouble = _run(["library", "scan", str(music), "--jobs", "2"], own)
        _, listed = _printed(["library", "list", "--json"], own)
    rows = {each["path"]: each["error"] for each in listed}
    for case, path in sounds:
        if path.suffix in AUDIO_SUFFIXES and path.name[0] != ".":  # others it passes over
            yield case, trouble or _of_row(rows, str(path))


def _of_row(errors: dict[str, Any], path: str) -> Ended:
    """How a row says that its file ended; without a row it was lost."""
    error = next((errors[key] for key in (path, escaped(path)) if key in errors), CRASHED)
    if error == CRASHED:
        return Ended(CRASHED, "the file has no row")
    return Ended(ANSWERED) if error is None or pd.isna(error) else Ended(REFUSED, str(error))


def _run(arguments: list[str], environment: dict[str, str] | None = None) -> Ended | None:
    """What went wrong with a command beside files that failed; None where nothing did.

    A command that refuses its only file says so with a sentence and an exit code.
    """
    return _printed(arguments, environment)[0]


def _printed(
    arguments: list[str], environment: dict[str, str] | None = None
) -> tuple[Ended | None, Any]:
    """The same, and the JSON that was printed, or []."""
    n_files = max(1, len(arguments) - 5)
    try:
        done = subprocess.run(
            [sys.executable, "-m", "mmc_core", *arguments],
            cwd=PROJECT,
            env=os.environ | (environment or {}),
            capture_output=True,
            timeout=SECONDS + 20 * n_files,
        )
    except subprocess.TimeoutExpired:
        return Ended(OVER, "the command did not end"), []
    said = done.stderr.decode(errors="replace")
    if done.returncode not in (0, 1, 2) or "Traceback" in said:
        return Ended(CRASHED, f"exit code {done.returncode}: {said[-300:]}"), []
    refused = re.search("^Error: (.*)", said, re.MULTILINE)
    printed = json.loads(done.stdout) if "--json" in arguments and done.stdout else []
    return (Ended(REFUSED, refused[1]) if refused else None), printed


def app(sounds: Written, tables: Written) -> Ends:
    """Uploads to the running app in Chromium: songs to Predict, tables to Your data."""
    from benchmarks.hostile.browser import visiting

    with tempfile.TemporaryDirectory() as folder, visiting(Path(folder)) as visitor:
        for start in range(0, len(sounds), AT_ONCE):
            part = sounds[start : start + AT_ONCE]
            ends = visitor.predict([path for _, path in part])
            yield from zip((case for case, _ in part), ends, strict=True)
            print(f"  app: {start + len(part)} of {len(sounds)} sounds", flush=True)
        for case, path in tables:
            yield case, visitor.build(path)


TARGETS = {"library": library, "command line": command_line, "scan": scan, "app": app}
