"""A song in windows."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mmc_core.audio import CLIP_S, SR, Audio
from mmc_core.prediction.windows import HOP_S, audible_windows, shares_of_time, window_starts
from tests.support.sounds import white_noise


def test_windows_start_every_half_and_the_last_ends_with_the_song() -> None:
    for duration, starts in {
        1.0: [0],
        25.5: [0],
        30.0: [0, 4.5],
        38.25: [0, 12.75],
        51.0: [0, 12.75, 25.5],
        60.0: [0, 12.75, 25.5, 34.5],
    }.items():
        assert window_starts(duration) == starts, duration


@given(st.floats(1, 3600))
def test_windows_cover_the_song(duration: float) -> None:
    starts = window_starts(duration)
    assert starts[0] == 0
    assert starts[-1] + CLIP_S >= duration - 1e-6
    assert all(0 < b - a <= HOP_S + 1e-6 for a, b in pairwise(starts))
    assert len(starts) == len(set(starts))


def test_silent_windows_are_passed_over() -> None:
    silence = np.zeros(round(40 * SR), dtype=np.float32)
    sound = white_noise(26).y
    audio = Audio(np.concatenate([sound, silence, sound]))
    starts = [start for start, _ in audible_windows(audio)]
    assert all(length == CLIP_S for _, length in audible_windows(audio))
    assert starts == [s for s in window_starts(audio.duration_s) if s < 26 or s + CLIP_S > 66]
    assert len(starts) < len(window_starts(audio.duration_s))


def test_every_second_counts_alike() -> None:
    assert shares_of_time([(0, 25.5)]).tolist() == [1]
    # Of 38.25 s the middle third is in both windows.
    assert shares_of_time([(0, 25.5), (12.75, 38.25)]) == pytest.approx([0.5, 0.5])
    # Two windows that are nearly one weigh as one.
    nearly = shares_of_time([(0, 25.5), (12.75, 38.25), (12.8, 38.3)])
    assert nearly == pytest.approx([0.444, 0.278, 0.278], abs=1e-3)
    # A silent gap weighs nothing.
    assert shares_of_time([(0, 25.5), (60, 85.5)]) == pytest.approx([0.5, 0.5])


@given(st.floats(26, 900))
def test_shares_of_time_are_of_one(duration: float) -> None:
    weights = shares_of_time([(start, start + CLIP_S) for start in window_starts(duration)])
    assert weights.sum() == pytest.approx(1)
    assert (weights > 0).all()
