"""A song in windows of the length that models learn from.

A window is 25.5 s, as in training, and windows overlap by half; the last one ends with the song.
Sound of 1 to 25.5 s is one shorter window.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from mmc_core._typing import Float64
from mmc_core.audio import CLIP_S, SILENCE_PEAK, Sound

HOP_S = CLIP_S / 2


def window_starts(duration_s: float) -> list[float]:
    """Where windows begin, in seconds: every half window, and one that ends with the sound."""
    last = max(0.0, duration_s - CLIP_S)
    return [*np.arange(0.0, last, HOP_S).tolist(), last]


def audible_windows(sound: Sound) -> list[tuple[float, float]]:
    """Where each window begins, and how long it is, in seconds. Silent parts are skipped."""
    windows = ((start, sound.cut(start)) for start in window_starts(sound.duration_s))
    return [
        (start, window.duration_s)
        for start, window in windows
        if np.abs(window.y).max() >= SILENCE_PEAK
    ]


def shares_of_time(windows: Sequence[tuple[float, float]]) -> Float64:
    """Weights of windows in which every second that any of them covers counts alike. (n,)

    A second is shared by the windows that it is in: the first and last half window, which only one
    covers, weigh as much as any other, and two windows that are nearly one do not count twice.
    """
    starts, ends = np.array(windows).T
    edges = np.unique(np.concatenate([starts, ends]))
    middles = (edges[:-1] + edges[1:]) / 2
    covers = (starts[:, None] <= middles) & (middles < ends[:, None])  # (windows, pieces)
    shared = np.diff(edges) / np.maximum(covers.sum(axis=0), 1)
    seconds = (covers * shared).sum(axis=1)
    weights: Float64 = seconds / seconds.sum()
    return weights
