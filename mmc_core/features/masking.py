"""Regions of a sound taken out of it, so that one can hear what is left.

The sound is divided into cells of time and mel band. Where a cell is taken out, the magnitudes of
its short-time Fourier transform fall to the level that each frequency has in its quiet moments;
the phase stays, and the inverse transform makes sound of it again.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
import scipy.fft

from mmc_core._typing import Bools, Float32, Float64
from mmc_core.audio import SR, Audio
from mmc_core.features.embeddings import HEARD_SR
from mmc_core.features.filters import mel_edges
from mmc_core.features.transforms import HOP_LENGTH, N_FFT, hann

if TYPE_CHECKING:  # half a second, which a page that only mentions regions does not need
    from scipy.signal import ShortTimeFFT

FLOOR = 10  # percentile of each frequency's magnitudes that a cell falls to
EDGE = (2.0, 1.0)  # standard deviation of the edges of cells: frequency bins, frames


@dataclass(frozen=True)
class Grid:
    """Cells of a sound: pieces of time of one length, bands of one width in mel.

    Parameters
    ----------
    duration_s : float
        Of the sound.
    n_times, n_bands : int
        How many pieces and bands; the bands reach from 0 to 8 kHz, and the highest takes in what
        lies above, which pretrained networks do not hear.
    """

    duration_s: float
    n_times: int = 8
    n_bands: int = 6

    @property
    def shape(self) -> tuple[int, int]:
        """Bands, times: of all arrays of cells."""
        return self.n_bands, self.n_times

    @property
    def time_edges_s(self) -> Float64:
        """Where pieces begin and end. (n_times + 1,)"""
        return np.linspace(0, self.duration_s, self.n_times + 1)

    @property
    def band_edges_hz(self) -> Float64:
        """Where bands begin and end. (n_bands + 1,)"""
        return mel_edges(HEARD_SR, self.n_bands - 1)

    def place(self, hz: Float64) -> Float64:
        """Where frequencies lie on an axis that is even in mel and whose unit is a band."""
        even = mel_edges(HEARD_SR, 127)
        places: Float64 = np.interp(hz, even, np.linspace(0, self.n_bands, len(even)))
        return places

    def weights(self, removed: Bools, hz: Float64, seconds: Float64) -> Float32:
        """How much of each frequency and frame is taken out, from 0 to 1, with soft edges. (f, t)

        Args:
            removed: (n_bands, n_times) cells that are.
        """
        from scipy.ndimage import gaussian_filter

        band = np.clip(np.searchsorted(self.band_edges_hz, hz, "right") - 1, 0, self.n_bands - 1)
        piece = np.searchsorted(self.time_edges_s, seconds, "right") - 1
        hard = removed[np.ix_(band, np.clip(piece, 0, self.n_times - 1))]
        return gaussian_filter(hard.astype(np.float32), EDGE, mode="nearest")


class Maskable:
    """A sound whose cells can be taken out, transformed once.

    Args:
        sound: at least one second.
        grid: its cells.
    """

    def __init__(self, sound: Audio, grid: Grid) -> None:
        self.sound = sound
        self.grid = grid
        self._spectrum = _transform().stft(sound.y)
        self._magnitude = np.abs(self._spectrum)
        floor = np.percentile(self._magnitude, FLOOR, axis=1, keepdims=True)
        # What is left of each magnitude where it is taken out. (f, t)
        self._fall = np.minimum(1, floor / np.maximum(self._magnitude, 1e-12))

    def without(self, removed: Bools) -> Audio:
        """The sound without some cells (n_bands, n_times).

        The transform is linear: only what is taken out, and only where, is transformed back.
        """
        n = len(self.sound.y)
        weights = self.grid.weights(removed, _transform().f, _transform().t(n))
        touched = np.flatnonzero(weights.any(axis=0))
        y = self.sound.y.astype(np.float64)
        if len(touched):
            first, end = int(touched[0]), int(touched[-1]) + 1
            part = slice(first, end)
            taken = self._spectrum[:, part] * (weights[:, part] * (1 - self._fall[:, part]))
            start, sound = _back(taken, first)
            kept = slice(max(0, -start), n - start)
            y[max(0, start) : start + len(sound)] -= sound[kept]
        return Audio(y.astype(np.float32), self.sound.name)

    def levels(self) -> Float64:
        """Mean power of each cell. (n_bands, n_times)"""
        bands = _within(self.grid.band_edges_hz, _transform().f)
        pieces = _within(self.grid.time_edges_s, _transform().t(len(self.sound.y)))
        power = np.square(self._magnitude)
        return np.array([[power[np.ix_(f, t)].mean() for t in pieces] for f in bands])


def _back(spectrum: npt.NDArray[np.complex128], first: int) -> tuple[int, Float64]:
    """The sound of some frames of the transform, all at once.

    Args:
        spectrum: (f, t) of successive frames.
        first: number of the first.

    Returns:
        The sample of the whole sound at which they begin, before it for the first ones, and they.
    """
    transform = _transform()
    pieces = scipy.fft.irfft(spectrum, n=N_FFT, axis=0).T
    pieces = np.roll(pieces, transform.m_num_mid, axis=1) * transform.dual_win
    n, n_hops = len(pieces), N_FFT // HOP_LENGTH
    hops = np.zeros((n + n_hops - 1, HOP_LENGTH))
    for i, hop in enumerate(pieces.reshape(n, n_hops, HOP_LENGTH).transpose(1, 0, 2)):
        hops[i : i + n] += hop
    return (first + transform.p_min) * HOP_LENGTH - transform.m_num_mid, hops.ravel()


def _within(edges: Float64, places: Float64) -> Sequence[Bools]:
    return [(a <= places) & (places < b) for a, b in pairwise(edges)]


@lru_cache(maxsize=1)
def _transform() -> ShortTimeFFT:
    from scipy.signal import ShortTimeFFT

    return ShortTimeFFT(hann(N_FFT), HOP_LENGTH, SR)
