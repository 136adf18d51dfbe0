"""Every benchmark runs to its end and prints a ratio, or how many of how many, and where it ran."""

from __future__ import annotations

import platform
import re
import subprocess
import sys

import pytest

from mmc_core.settings import PROJECT, data_mirror

SCRIPTS = sorted(path.stem for path in (PROJECT / "benchmarks").glob("[!_]*.py"))
RATIO = r"\d+\.\d+ (times|x)|\d+ of \d+|ratio \d+\.\d+|ours \d+\.\d+"


@pytest.mark.slow
@pytest.mark.parametrize("script", SCRIPTS)
def test_it_runs_to_its_end(script: str) -> None:
    if script == "same_music" and not data_mirror():
        pytest.skip("needs 4QAED's audio: MMC_DATA_MIRROR names no folder")
    command = [sys.executable, "-m", f"benchmarks.{script}", "--quick"]
    done = subprocess.run(command, cwd=PROJECT, capture_output=True, text=True, timeout=600)
    assert done.returncode == 0, done.stderr
    assert re.search(RATIO, done.stdout), done.stdout
    assert f"Python {platform.python_version()}" in done.stdout


def test_there_are_some() -> None:
    assert {"parity", "redraw", "startup", "training"} <= set(SCRIPTS)
