"""Clips of one recording are told by their sound."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.signal import resample

from mmc_core._typing import Float32
from mmc_core.audio import SR
from mmc_core.datasets import recordings


def music(seed: int, seconds: float = 20) -> Float32:
    """Noise under 500 Hz whose loudness changes."""
    rng = np.random.default_rng(seed)
    low = resample(rng.normal(size=int(seconds * 1000)), int(seconds * SR))
    return (low * (1.2 + np.sin(np.arange(len(low)) / SR * 5))).astype(np.float32)


def test_one_recording_is_known_again_at_another_level_place_and_polarity() -> None:
    y = music(1)
    sounds = [
        y[: 12 * SR],
        music(2, 12),
        -0.1 * y[3 * SR : 15 * SR] + 0.02 * music(3, 12),
        music(4, 12),
    ]
    (match,) = recordings.matches([recordings.low_rate(sound) for sound in sounds])
    assert (match.first, match.second) == (0, 2)
    assert match.correlation > 0.9
    assert match.time_shift_s == pytest.approx(3, abs=0.01)


def test_silence_and_short_sounds_match_nothing() -> None:
    silence, short = np.zeros(5 * SR, np.float32), music(1)[:SR]
    low = [recordings.low_rate(sound) for sound in (silence, silence, short, short)]
    assert recordings.matches(low) == []
    assert recordings.matches([]) == []
