"""Every benchmark runs to its end and prints a ratio, or how many of how many, and where it ran."""

from __future__ import annotations

import platform
import re
import subprocess
import sys
from dataclasses import asdict
from pathlib import Path

import pytest

from benchmarks import peers
from benchmarks.__main__ import SCRIPTS as IN_ONE_GO
from benchmarks.__main__ import tables
from benchmarks._ratios import Ratio, read
from mmc_core.settings import PROJECT, data_mirror

FOLDER = PROJECT / "benchmarks"
SCRIPTS = sorted(
    [path.stem for path in FOLDER.glob("[!_]*.py")]
    + [path.parent.name for path in FOLDER.glob("*/__main__.py")]
)
NEED_AUDIO = {"deletion", "same_music"}
RATIO = r"\d+\.\d+ (times|x)|\d+ of \d+|ratio \d+\.\d+|ours \d+\.\d+"


@pytest.mark.slow
@pytest.mark.parametrize("script", SCRIPTS)
def test_it_runs_to_its_end(script: str) -> None:
    if script in NEED_AUDIO and not data_mirror():
        pytest.skip("needs 4QAED's audio: MMC_DATA_MIRROR names no folder")
    command = [sys.executable, "-m", f"benchmarks.{script}", "--quick"]
    done = subprocess.run(command, cwd=PROJECT, capture_output=True, text=True, timeout=600)
    assert done.returncode == 0, done.stderr
    assert re.search(RATIO, done.stdout), done.stdout
    assert f"Python {platform.python_version()}" in done.stdout


def test_there_are_some() -> None:
    assert {"parity", "redraw", "startup", "training"} <= set(SCRIPTS)
    assert set(IN_ONE_GO) <= set(SCRIPTS)


@pytest.mark.slow
def test_in_one_go(tmp_path: Path) -> None:
    kept, document = tmp_path / "results.json", tmp_path / "speed.md"
    document.write_text("Before\n<!-- benchmarks: by a command -->\nold\n<!-- end -->\nAfter\n")
    command = [sys.executable, "-m", "benchmarks", "startup", "--quick"]
    command += ["--keep", str(kept), "--table", str(document)]
    done = subprocess.run(command, cwd=PROJECT, capture_output=True, text=True, timeout=600)
    assert done.returncode == 0, done.stderr
    assert list(read(kept)) == ["startup"]
    text = document.read_text()
    assert text.startswith("Before\n") and text.endswith("<!-- end -->\nAfter\n")
    assert "old" not in text and tables(read(kept)) in text


def test_a_table_has_costs_and_how_many_times() -> None:
    ratio = Ratio("a clip", 50.0, "librosa", 325.0, "ms", goal=4.0)
    part = {
        "command": "python -m benchmarks.peers",
        "machine": "two cores",
        "ratios": [asdict(ratio)],
        "left_out": {"Essentia": "not installed"},
    }
    text = tables({"peers": part, "unknown": {}})
    assert "| a clip | 50.0 ms | librosa | 325 ms | 6.5 | 4 |" in text
    assert "Left out: Essentia (not installed)." in text
    assert "`python -m benchmarks.peers` on two cores." in text


def test_what_is_missing_is_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(peers, "PEERS", Path("nowhere"))
    engines, left_out = peers.engines()
    assert list(engines) == ["mmc", "librosa"]
    assert len(left_out) == 3


def test_the_documentation_has_the_kept_ratios() -> None:
    text = (PROJECT / "docs" / "speed.md").read_text(encoding="utf-8")
    assert tables(read(PROJECT / "benchmarks" / "results.json")) in text
