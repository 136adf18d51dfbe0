"""What breaks around the program: a sentence, and nothing is lost. docs/faults.md lists all."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

import pytest

from mmc_core.datasets.user import store
from mmc_core.settings import PROJECT
from tests.support.sounds import encode, tone

TEXT = (PROJECT / "docs" / "faults.md").read_text(encoding="utf-8")
FULL = (
    "import resource, runpy, signal, sys\n"
    "signal.signal(signal.SIGXFSZ, signal.SIG_IGN)\n"
    "resource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000))\n"
    "sys.argv = ['mmc', *sys.argv[1:]]\n"
    "runpy.run_module('mmc_core', run_name='__main__')\n"
)  # no file may grow beyond 1000 bytes, which is to a program what a full disk is


def mmc(*command: str, code: str = "", **environment: str) -> subprocess.CompletedProcess[str]:
    program = ["-c", code] if code else ["-m", "mmc_core"]
    return subprocess.run(
        [sys.executable, *program, *command],
        cwd=PROJECT,
        env={**os.environ, "PYTHONDONTWRITEBYTECODE": "1", **environment},
        capture_output=True,
        text=True,
    )


def all_files(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file() and path.stat().st_size]


@pytest.fixture
def song(tmp_path: Path) -> Path:
    path = tmp_path / "songs" / "song.wav"
    path.parent.mkdir()
    path.write_bytes(encode(tone(2.0), 22_050, "wav"))
    return path


@pytest.mark.skipif(sys.platform == "win32", reason="limits are Unix's")
@pytest.mark.parametrize(
    "command",
    [
        ["extract", "SONGS", "--out", "OUT/table.parquet"],
        ["predict", "SONGS/song.wav", "--model", "1"],
        ["library", "scan", "SONGS"],
        ["datasets", "build", "faulty", "--from", "data/emopia/features.parquet"],
        ["train", "logistic-regression"],
    ],
    ids=lambda command: command[0],
)
def test_a_disk_that_is_full(command: Sequence[str], song: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    out.mkdir()
    filled = [each.replace("SONGS", str(song.parent)).replace("OUT", str(out)) for each in command]
    written = ["MMC_CACHE", "MMC_LIBRARY", *(["MMC_MODELS"] if command[0] == "train" else [])]
    places = {name: str(out / name) for name in written}
    done = mmc(*filled, code=FULL, **places)
    assert done.returncode == 1, done.stderr
    assert "Traceback" not in done.stderr
    assert re.search(r"(?i)file too large|disk is full|disk I/O error", done.stderr), done.stderr
    assert all(path.stat().st_size <= 1000 for path in all_files(out))
    assert not (out / "table.parquet").exists()  # what a next run resumes may be there
    assert song.exists()


def test_a_cache_that_cannot_be_written(song: Path) -> None:
    nowhere = {"MMC_CACHE": str(song / "cache")}  # below a file there is no folder
    for model in ("1", "best"):
        done = mmc("predict", str(song), "--model", model, "--json", **nowhere)
        assert done.returncode == 0, done.stderr
    done = mmc("models", "fetch", "audioset", **nowhere, MMC_DATA_MIRROR="")
    assert done.returncode == 1
    assert "can be written" in done.stderr
    assert "Traceback" not in done.stderr
    done = mmc("library", "scan", str(song.parent), **nowhere)
    assert done.returncode == 1
    assert "Traceback" not in done.stderr


def test_a_clock_that_goes_back(own_cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    left = store.beside("mine", "new")
    left.mkdir(parents=True)
    now = time.time()
    for later in (-7200, 0):
        monkeypatch.setattr(time, "time", lambda later=later: now + later)
        store.tidy()
        assert left.exists()  # it may be of a build that is under way
    monkeypatch.setattr(time, "time", lambda: now + store.LEFT_S + 60)
    store.tidy()
    assert not left.exists()


def test_every_fault_has_a_test() -> None:
    named = re.findall(r"`(tests/[\w/]+\.py)(?:::(\w+))?`", TEXT)
    assert len(named) == TEXT.count("`tests/") >= 20
    for file, name in named:
        assert f"def {name}" in (PROJECT / file).read_text(encoding="utf-8")
