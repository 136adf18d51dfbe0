"""What `benchmarks.visitors` works out beside a browser."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

pytest.importorskip("playwright.async_api")

from benchmarks import visitors
from mmc_core.audio import load_audio


def test_the_slope_is_that_of_a_line() -> None:
    assert visitors.slope([5.0, 7.0, 9.0]) == pytest.approx(2.0)
    assert visitors.slope([3.0, 4.0, 3.0]) == pytest.approx(0.0)
    assert visitors.slope([3.0]) == 0.0


def test_songs_differ_so_that_each_is_analysed() -> None:
    (name, content), (other_name, other) = visitors.songs(2, 7)
    assert name != other_name
    assert content != other
    assert load_audio(content).duration_s == pytest.approx(visitors.SONG_S, abs=0.2)


@pytest.mark.skipif(not Path("/proc/self/smaps_rollup").exists(), reason="needs Linux's /proc")
def test_memory_is_read_of_processes_that_are_there() -> None:
    assert visitors.proportional_mb(os.getpid()) > 10
    assert visitors.proportional_mb(2**22 + 1) == 0.0
