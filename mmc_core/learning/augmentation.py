"""The original system's two ways to make another clip out of a clip."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from mmc_core._typing import Float32
from mmc_core.audio import SR

NOISE = 0.02  # standard deviation, full scale being 1
SHIFT_S = 1.0


def noise(y: Float32, *, seed: int) -> Float32:
    """White noise on every sample that is not nought."""
    drawn = np.random.default_rng(seed).normal(0, NOISE, len(y)).astype(np.float32)
    return np.where(y == 0, y, y + drawn)


def time_shift(y: Float32, *, seed: int = 0) -> Float32:
    """Turned around by a second: the last second comes first."""
    return np.roll(y, int(SHIFT_S * SR))


COPIES: dict[str, Callable[..., Float32]] = {"noise": noise, "shift": time_shift}
