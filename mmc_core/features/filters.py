"""Filters over Fourier bins: mel bands, pitch classes, tonal centroids. As librosa defines them."""

from __future__ import annotations

from functools import lru_cache

import numpy as np

from mmc_core._typing import Float32, Float64
from mmc_core.audio import SR
from mmc_core.features.transforms import N_FFT

N_MELS = 128
N_CHROMA = 12
BLOCK = 16  # filters that are multiplied at a time


class Bands:
    """Filters that are zero outside a band of bins, multiplied without most of their zeros.

    A block of neighbouring filters is a dense matrix over the bins that any of them needs.
    """

    def __init__(self, filters: Float32) -> None:
        self.n = len(filters)
        self._blocks = []
        for i in range(0, len(filters), BLOCK):
            block = filters[i : i + BLOCK]
            bins = np.flatnonzero(block.any(axis=0))
            low, high = (bins[0], bins[-1] + 1) if len(bins) else (0, 1)
            weights = np.ascontiguousarray(block[:, low:high].T)
            self._blocks.append((slice(i, i + BLOCK), slice(low, high), weights))

    def __matmul__(self, S: Float32) -> Float32:
        """Filters (n, f) times spectra (f, t). (n, t)"""
        product = np.empty((S.shape[1], self.n), dtype=np.float32)
        for rows, bins, weights in self._blocks:
            product[:, rows] = S.T[:, bins] @ weights
        return product.T


@lru_cache(maxsize=1)
def frequencies() -> Float64:
    """Centre of each Fourier bin in Hz. (f,)"""
    return np.fft.rfftfreq(N_FFT, 1 / SR).astype(np.float64)


def mel_edges(sr: int = SR, n_mels: int = N_MELS) -> Float64:
    """Where mel bands begin, peak and end, each a place after the other: evenly spaced on
    Slaney's mel scale, linear below 1 kHz, then logarithmic. Hz, (n_mels + 2,)
    """
    log_step = np.log(6.4) / 27
    highest = 15 + np.log(sr / 2 / 1000) / log_step
    mel = np.linspace(0, highest, n_mels + 2)
    edges: Float64 = np.where(mel < 15, mel * 200 / 3, 1000 * np.exp(log_step * (mel - 15)))
    return edges


@lru_cache(maxsize=2)
def mel_filters(sr: int = SR, n_fft: int = N_FFT, n_mels: int = N_MELS) -> Float32:
    """Triangles of equal area on Slaney's mel scale. (n_mels, 1 + n_fft // 2)"""
    edges = mel_edges(sr, n_mels)
    width = np.diff(edges)
    ramps = edges[:, None] - np.fft.rfftfreq(n_fft, 1 / sr)
    triangles = np.minimum(-ramps[:-2] / width[:-1, None], ramps[2:] / width[1:, None])
    area = 2 / (edges[2:] - edges[:-2])
    return (np.maximum(triangles, 0) * area[:, None]).astype(np.float32)


@lru_cache(maxsize=1)
def mel_bands() -> Bands:
    """`mel_filters` of a clip's spectra, to multiply with."""
    return Bands(mel_filters())


@lru_cache(maxsize=128)
def chroma_filters(tuning: float) -> Float32:
    """Share of each Fourier bin in each pitch class, weighted to the octaves around A4. (12, f)

    Args:
        tuning: deviation from A440 in semitones.
    """
    hz = np.linspace(0, SR, N_FFT, endpoint=False)[1:]
    pitch = N_CHROMA * np.log2(hz * 16 / (440.0 * 2.0 ** (tuning / N_CHROMA)))
    pitch = np.concatenate([[pitch[0] - 1.5 * N_CHROMA], pitch])  # the zeroth bin has no pitch
    width = np.concatenate([np.maximum(np.diff(pitch), 1), [1]])
    half = N_CHROMA // 2
    distance = np.remainder(pitch - np.arange(N_CHROMA)[:, None] + half, N_CHROMA) - half
    weights = np.exp(-0.5 * (2 * distance / width) ** 2)
    weights /= np.sqrt(np.sum(weights**2, axis=0))
    weights *= np.exp(-0.5 * ((pitch / N_CHROMA - 5) / 2) ** 2)
    from_c = np.roll(weights, -3, axis=0)
    return from_c[:, : N_FFT // 2 + 1].astype(np.float32)


@lru_cache(maxsize=1)
def tonal_centroid_matrix() -> Float32:
    """Circles of fifths, minor thirds and major thirds: sine and cosine of each. (6, 12)"""
    turns = np.multiply.outer([7 / 6, 7 / 6, 3 / 2, 3 / 2, 2 / 3, 2 / 3], np.arange(N_CHROMA))
    turns[::2] -= 0.5
    radius = np.array([1, 1, 1, 1, 0.5, 0.5])
    return (radius[:, None] * np.cos(np.pi * turns)).astype(np.float32)
