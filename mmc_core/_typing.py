"""Types that several modules name."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt

Float32 = npt.NDArray[np.float32]  # sound, and pictures of it
Float64 = npt.NDArray[np.float64]
Complex64 = npt.NDArray[np.complex64]
Floats = npt.NDArray[np.floating[Any]]
Ints = npt.NDArray[np.integer[Any]]
Bools = npt.NDArray[np.bool_]
Objects = npt.NDArray[np.object_]  # texts: moods, clips, groups

Progress = Callable[[int, int], None]  # steps done, of how many


def no_progress(done: int, total: int) -> None:
    """Tell nobody."""
