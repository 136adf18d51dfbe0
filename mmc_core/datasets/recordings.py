"""Clips cut from one recording, told by their sound: at other levels, places, speeds or polarity.

Two clips are of one recording where they agree in three seconds. In 4QAED the two pairs that are
so agree by 0.96, all others by less than 0.7.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from scipy import fft

from mmc_core._typing import Float32
from mmc_core.audio import SR

AGREE = 0.75  # correlation of the seconds that agree best
SECONDS = 3
# Correlation of the whole clips from which seconds are looked at: speeds that drift apart leave
# 0.26 of a recording's, and no two of the others have more than 0.19.
ALIKE = 0.1
EVERY = 20  # samples that become one: at 1102.5 Hz recordings differ enough
RATE = SR / EVERY
BATCH = 64


class Match(NamedTuple):
    """Two clips of one recording, by their places; the other begins `time_shift_s` later in it."""

    first: int
    second: int
    correlation: float  # mean of the three seconds that agree best, whatever their polarity
    time_shift_s: float


def low_rate(y: Float32) -> Float32:
    """Sound as it is compared: at 1102.5 Hz, low frequencies softened."""
    # A second to import, which listing the datasets does not need.
    from scipy.signal import lfilter, resample_poly

    low: Float32 = lfilter([1, -0.97], [1], resample_poly(y, 1, EVERY)).astype(np.float32)
    return low


def matches(sounds: Sequence[Float32]) -> list[Match]:
    """Every pair of clips of one recording, of sounds as `low_rate` gives them.

    Takes a third of a millisecond a pair.
    """
    if not sounds:
        return []
    n = fft.next_fast_len(2 * max(map(len, sounds)), real=True)
    spectra = np.stack([fft.rfft(_unit(sound), n) for sound in sounds]).astype(np.complex64)
    matched = []
    for i in range(len(sounds) - 1):
        for start in range(i + 1, len(sounds), BATCH):
            correlation = np.abs(fft.irfft(spectra[i] * spectra[start : start + BATCH].conj(), n))
            for row in np.flatnonzero(correlation.max(axis=1) > ALIKE):
                j, lag = start + int(row), int(correlation[row].argmax())
                lag = lag if lag < n // 2 else lag - n
                # Between two samples, the peak is beside the best of them.
                agreement, lag = max(
                    (_agreement(sounds[i], sounds[j], k), k) for k in (lag - 1, lag, lag + 1)
                )
                if agreement > AGREE:
                    matched.append(Match(i, j, agreement, lag / RATE))
    return matched


def _unit(y: Float32) -> Float32:
    centred = y - y.mean()
    unit: Float32 = centred / (np.linalg.norm(centred) + 1e-12)
    return unit


def _agreement(one: Float32, other: Float32, lag: int) -> float:
    """Correlation of the seconds that agree best, once the first clip is moved by `lag`."""
    from scipy.signal import hilbert

    second = int(RATE)
    one, other = one[max(lag, 0) :], other[max(-lag, 0) :]
    n = min(len(one), len(other)) // second
    if n < SECONDS:
        return 0.0
    u, v = one[: n * second].reshape(n, second), other[: n * second].reshape(n, second)
    u, v = hilbert(u), hilbert(v)  # a lag between two samples turns phases, and no more
    energy = np.linalg.norm(u, axis=1) * np.linalg.norm(v, axis=1)
    correlation = np.abs((u * v.conj()).sum(axis=1)) / (energy + 1e-12)
    return float(np.sort(correlation)[-SECONDS:].mean())
