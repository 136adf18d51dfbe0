"""Tuning, and the constant-Q transform that follows it. As librosa defines them."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
import scipy.fft
import soxr

from mmc_core._typing import Complex64, Float32
from mmc_core.audio import SR
from mmc_core.features.filters import frequencies
from mmc_core.features.transforms import HOP_LENGTH, N_FFT, stft_blocks

CQT_OCTAVES = 7
CQT_BINS_PER_OCTAVE = 36
CQT_FMIN = 440.0 * 2.0 ** (-45 / 12)  # C1


def estimate_tuning(S: Float32, *, bins_per_octave: int) -> float:
    """Commonest deviation of the spectral peaks from A440's grid, in bins, to 0.01.

    Peaks are interpolated parabolically (J. O. Smith, "Spectral Audio Signal Processing"),
    between 150 and 4000 Hz, above a tenth of their frame's maximum; of these the louder half.
    """
    low, high = np.searchsorted(frequencies(), [150.0, 4000.0])
    by_time = S.T
    some = by_time[:, low - 1 : high + 1]
    before, centre, after = some[:, :-2], some[:, 1:-1], some[:, 2:]
    loud = centre > 0.1 * by_time.max(axis=1)[:, None]
    peaks = (centre > before) & (centre >= after) & loud
    at = np.unravel_index(np.flatnonzero(peaks), peaks.shape)  # quicker than np.nonzero
    if not len(at[0]):
        return 0.0
    centre, before, after = centre[at], before[at], after[at]
    # Single and double precision are where librosa has them: a count more or less can decide
    # which bin of the histogram is the fullest, and with it the tuning.
    slope = (after - before).astype(np.float64) / 2
    curvature = (after + before).astype(np.float64) - 2.0 * centre
    inside = np.abs(slope) < np.abs(curvature)
    shift = np.where(inside, -slope / np.where(inside, curvature, 1), 0).astype(np.float32)
    height = centre + 0.5 * slope.astype(np.float32) * shift
    pitch = ((at[1] + low + shift) * SR / N_FFT).astype(np.float32)[height >= np.median(height)]
    deviation = np.mod(bins_per_octave * np.log2(pitch / (440.0 / 16)), 1.0)
    deviation[deviation >= 0.5] -= 1.0
    counts, edges = np.histogram(deviation, 100, (-0.5, 0.5))
    return float(edges[np.argmax(counts)])


def constant_q(y: Float32, tuning: float) -> Float32:
    """Magnitude of the constant-Q transform, 36 bins an octave from C1. (252, t)

    Recursive as in Schoerkhuber & Klapuri 2010: the top octave's filters serve every octave,
    the signal being halved in rate from one to the next.

    Args:
        tuning: deviation from A440 in bins of 1/36 octave.
    """
    n_fft, bins, basis, lengths = _constant_q_basis(tuning)
    octaves, hop_length = [], HOP_LENGTH
    for octave in range(CQT_OCTAVES):
        blocks = stft_blocks(y, n_fft=n_fft, hop_length=hop_length)
        response = np.concatenate([np.abs(spectra[:, bins] @ basis) for _, spectra in blocks])
        # The halvings keep the signal's energy; filter lengths count at the first rate.
        octaves.append((response / np.sqrt(lengths / 2**octave)).T)
        if octave < CQT_OCTAVES - 1:
            hop_length //= 2
            y = soxr.resample(y, 2, 1, quality="HQ")
    n_frames = min(octave.shape[1] for octave in octaves)
    return np.concatenate([octave[:, :n_frames] for octave in reversed(octaves)])


@lru_cache(maxsize=128)
def _constant_q_basis(tuning: float) -> tuple[int, slice, Complex64, Float32]:
    """Length of the transform, the bins that the top octave's filters need, their weights
    (bins, 36), and lengths in samples.
    """
    step = 1 / CQT_BINS_PER_OCTAVE
    k = np.arange(CQT_BINS_PER_OCTAVE) + (CQT_OCTAVES - 1) * CQT_BINS_PER_OCTAVE + tuning
    centres = CQT_FMIN * 2.0 ** (k * step)
    bandwidth = (2.0 ** (2 * step) - 1) / (2.0 ** (2 * step) + 1)
    lengths = SR / (centres * bandwidth)
    n_fft = 2 ** int(np.ceil(np.log2(lengths.max())))
    filters = np.zeros((len(centres), n_fft), dtype=np.complex64)
    for row, centre, length in zip(filters, centres, lengths, strict=True):
        n = np.arange(-length // 2, length // 2)
        window = 0.5 - 0.5 * np.cos(2 * np.pi * np.arange(len(n)) / len(n))
        start = (n_fft - len(n)) // 2
        row[start : start + len(n)] = window * np.exp(2j * np.pi * centre / SR * n) / window.sum()
    filters *= (lengths / n_fft)[:, None]
    basis = scipy.fft.fft(filters, axis=1)[:, : n_fft // 2 + 1]
    basis = _without_tails(basis).astype(np.complex64)
    needed = np.flatnonzero(basis.any(axis=0))
    bins = slice(int(needed[0]), int(needed[-1]) + 1)
    return n_fft, bins, np.ascontiguousarray(basis[:, bins].T), lengths.astype(np.float32)


def _without_tails(basis: Complex64, share: float = 0.01) -> Complex64:
    """Zero each row's smallest entries that together hold less than `share` of its magnitude."""
    size = np.abs(basis)
    ascending = np.sort(size, axis=1)
    held = np.cumsum(ascending / size.sum(axis=1, keepdims=True), axis=1)
    smallest_kept = np.take_along_axis(ascending, np.argmax(held >= share, axis=1)[:, None], axis=1)
    return np.where(size >= smallest_kept, basis, 0)
