"""Short-time Fourier transforms, and what is summed over the same frames. Frames are librosa's."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from typing import Any, TypeVar

import numpy as np
import numpy.typing as npt
import scipy.fft

from mmc_core._typing import Complex64, Float32, Float64

N_FFT = 2048  # samples
HOP_LENGTH = 512  # samples
BLOCK = 32  # frames that are transformed at a time: they stay in the processor's cache

Number = TypeVar("Number", bound=np.generic)


def frames(y: npt.NDArray[Number], length: int, hop_length: int) -> npt.NDArray[Number]:
    """Overlapping pieces of `y` as a view. (t, length)"""
    return np.lib.stride_tricks.sliding_window_view(y, length)[::hop_length]


@lru_cache(maxsize=8)
def hann(length: int) -> Float64:
    """Periodic Hann window."""
    return 0.5 - 0.5 * np.cos(2 * np.pi * np.arange(length) / length)


def stft_blocks(
    y: Float32, *, n_fft: int, hop_length: int, window: Float64 | None = None
) -> Iterator[tuple[slice, Complex64]]:
    """Centred short-time Fourier transform with zero-padded ends, some frames at a time: which
    they are, and their spectra. (at most BLOCK, 1 + n_fft // 2)

    Computed in the precision of `window`, single without one; kept in single. What is worked out
    from a block is found in the processor's cache, and little memory is asked of the system.
    """
    typed: npt.NDArray[Any] = y if window is None else y.astype(window.dtype)
    pieces = frames(np.pad(typed, n_fft // 2), n_fft, hop_length)
    for i in range(0, len(pieces), BLOCK):
        block = pieces[i : i + BLOCK]
        spectra = scipy.fft.rfft(block if window is None else block * window, axis=1)
        yield slice(i, i + len(block)), spectra.astype(np.complex64, copy=False)


def stft(y: Float32, *, n_fft: int, hop_length: int, window: Float64 | None = None) -> Complex64:
    """`stft_blocks` of all frames. (1 + n_fft // 2, t)"""
    blocks = stft_blocks(y, n_fft=n_fft, hop_length=hop_length, window=window)
    return np.concatenate([spectra for _, spectra in blocks]).T


def by_hop(padded: npt.NDArray[Number], n_frames: int) -> npt.NDArray[Number]:
    """A padded signal cut into the hops that `n_frames` frames share. (hops, HOP_LENGTH)"""
    hops = n_frames - 1 + N_FFT // HOP_LENGTH
    return padded[: hops * HOP_LENGTH].reshape(hops, HOP_LENGTH)


def over_frames(sums: Float64) -> Float64:
    """Sums of hops to sums of frames. (t,)"""
    total: Float64 = frames(sums, N_FFT // HOP_LENGTH, 1).sum(axis=1)
    return total
