"""Types that several modules name."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt

Samples = npt.NDArray[np.float32]  # sound, and pictures of it
Floats = npt.NDArray[np.floating[Any]]
Doubles = npt.NDArray[np.float64]
Complex = npt.NDArray[np.complex64]
Ints = npt.NDArray[np.integer[Any]]
Bools = npt.NDArray[np.bool_]
Objects = npt.NDArray[np.object_]  # texts: moods, names, groups

Progress = Callable[[int, int], None]  # steps done, of how many


def no_progress(done: int, total: int) -> None:
    """Tell nobody."""
