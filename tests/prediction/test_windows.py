"""A song in windows."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from mmc_core.audio import CLIP_S, SR, Audio
from mmc_core.prediction.windows import HOP_S, audible_windows, window_starts
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
    assert starts == [s for s in window_starts(audio.duration_s) if s < 26 or s + CLIP_S > 66]
    assert len(starts) < len(window_starts(audio.duration_s))
    assert all(np.array_equal(w.y, audio.cut(start).y) for start, w in audible_windows(audio))
