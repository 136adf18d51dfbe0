"""Ways to make another clip out of a training clip: the original system's two, and other files
of the same music.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from mmc_core._typing import Float32
from mmc_core.audio import SR
from mmc_core.audio.degradations import EQUALISER_HZ, coded, equalised, limited, through

NOISE = 0.02  # standard deviation, full scale being 1
SHIFT_S = 1.0


def noise(y: Float32, *, seed: int) -> Float32:
    """White noise on every sample that is not nought."""
    drawn = np.random.default_rng(seed).normal(0, NOISE, len(y)).astype(np.float32)
    return np.where(y == 0, y, y + drawn)


def time_shift(y: Float32, *, seed: int = 0) -> Float32:
    """Turned around by a second: the last second comes first."""
    return np.roll(y, int(SHIFT_S * SR))


def degraded(y: Float32, *, seed: int) -> Float32:
    """Begun up to 1.5 s later, equalised, encoded or at a lower rate, and perhaps limited."""
    rng = np.random.default_rng(seed)
    y = y[int(rng.uniform(0, 1.5) * SR) :]
    if rng.random() < 0.7:
        y = equalised(y, rng.uniform(-6, 6, len(EQUALISER_HZ)).astype(np.float32))
    match rng.integers(5):
        case 0:
            y = coded(y, "mp3", "libmp3lame", 44_100, int(rng.choice([48, 64, 96, 128])) * 1000)
        case 1:
            y = coded(y, "adts", "aac", 44_100, int(rng.choice([48, 64, 96])) * 1000)
        case 2:
            y = coded(y, "ogg", "libopus", 48_000, int(rng.choice([24, 32, 64])) * 1000)
        case 3:
            y = through(y, int(rng.choice([8000, 11_025, 12_000, 16_000])))
    if rng.random() < 0.3:
        y = _louder(y, float(rng.uniform(3, 10)))
    return y


def loud(y: Float32, *, seed: int) -> Float32:
    """Mastered louder: through a limiter, 3 to 12 dB above full scale."""
    return _louder(y, float(np.random.default_rng(seed).uniform(3, 12)))


def _louder(y: Float32, gain_db: float) -> Float32:
    peak = np.abs(y).max(initial=0)
    return limited(y / peak, gain_db) if peak > 0 else y


COPIES: dict[str, Callable[..., Float32]] = {
    "noise": noise,
    "shift": time_shift,
    "degraded": degraded,
    "loud": loud,
}
