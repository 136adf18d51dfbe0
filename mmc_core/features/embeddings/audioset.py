"""EfficientAT mn04_as: what a network hears that learned the 527 kinds of sound of AudioSet.

F. Schmid, K. Koutini, G. Widmer, "Efficient large-scale audio tagging via Transformer-to-CNN
knowledge distillation", ICASSP 2023, arXiv:2211.04772. Its weights are fetched, not shipped.
"""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

import numpy as np
import scipy.fft
import scipy.sparse

from mmc_core._typing import Float32, Float64, Floats
from mmc_core.features.transforms import frames
from mmc_core.settings import cache_dir

TITLE = "AudioSet network (EfficientAT mn04_as)"
WEIGHTS = "899a8c62"  # the beginning of the SHA-256 of its authors' file
OUTPUTS = ["embedding", "logits"]
WIDTH = 512

SR = 32_000
N_FFT = 1024
WINDOW = 800
HOP_LENGTH = 320
N_MELS = 128
MAX_HZ = 15_000.0
PREEMPHASIS = np.float32(0.97)
LEVEL_LUFS = -23.0
FRAMES = 1000  # of a patch: the ten seconds that the network was trained on
PATCH_HOP = 250
BLOCK = 512  # spectra computed at a time

# Of the 527 kinds of sound, in AudioSet's own order:
MUSIC = slice(137, 282)
SINGING = slice(24, 33)
ROUGHLY = {
    "speech": slice(0, 8),
    "voices": slice(8, 24),
    "noises of people": slice(33, 72),
    "animals": slice(72, 137),
    "nature, machines or noise": slice(282, 527),
}


def path() -> Path:
    """Where the network is, once it was fetched."""
    return cache_dir() / "networks" / f"efficientat-mn04-as-{WEIGHTS}.onnx"


def mel_spectrogram(y: Float32) -> Float32:
    """Mel spectrogram of sound at 32 kHz in the network's own scale. (t, 128)"""
    emphasised = -PREEMPHASIS * y[:-1]
    emphasised += y[1:]
    y = np.pad(emphasised, N_FFT // 2, mode="reflect")
    del emphasised  # of a long song, each of these is large
    window, filters = _window(), _filters()
    pieces = frames(y, N_FFT, HOP_LENGTH)
    mel = np.empty((len(pieces), N_MELS), dtype=np.float32)
    for i in range(0, len(pieces), BLOCK):
        spectrum = scipy.fft.rfft(pieces[i : i + BLOCK] * window, axis=1, overwrite_x=True)
        power = np.square(spectrum.real) + np.square(spectrum.imag)
        mel[i : i + BLOCK] = (filters @ power.T).T
    mel += np.float32(1e-5)
    return (np.log(mel, out=mel) + np.float32(4.5)) / np.float32(5)


def musicality(kinds: Float32) -> float:
    """How much more like music than like anything else a sound is, from its logits (n, 527).

    Log-sum-exp of the kinds of music less that of all else; singing is neither.
    """
    logits = kinds.mean(axis=0, dtype=np.float64)
    music = np.zeros(len(logits), dtype=bool)
    music[MUSIC] = True
    other = ~music
    other[SINGING] = False
    return float(np.logaddexp.reduce(logits[music]) - np.logaddexp.reduce(logits[other]))


def likeliest(kinds: Float32) -> str:
    """What kind of sound logits (n, 527) say it is, roughly."""
    logits = kinds.mean(axis=0, dtype=np.float64)
    return max(ROUGHLY, key=lambda kind: np.logaddexp.reduce(logits[ROUGHLY[kind]]))


@lru_cache(maxsize=1)
def _window() -> Float32:
    """A symmetric Hann window of 800 samples in the middle of a frame."""
    hann = 0.5 - 0.5 * np.cos(2 * np.pi * np.arange(WINDOW) / (WINDOW - 1))
    beside = (N_FFT - WINDOW) // 2
    return np.pad(hann, beside).astype(np.float32)


def kaldi_mel_filters() -> Float64:
    """Triangles of equal height, evenly spaced on mel = 1127 ln(1 + f / 700). (128, 513)"""
    edges = np.linspace(0, _mel(np.array(MAX_HZ)), N_MELS + 2)
    bins = _mel(np.fft.rfftfreq(N_FFT, 1 / SR))
    rising = (bins - edges[:-2, None]) / (edges[1:-1] - edges[:-2])[:, None]
    falling = (edges[2:, None] - bins) / (edges[2:] - edges[1:-1])[:, None]
    filters: Float64 = np.maximum(0, np.minimum(rising, falling))
    return filters


def _mel(hz: Floats) -> Float64:
    mel: Float64 = 1127 * np.log1p(hz / 700)
    return mel


@lru_cache(maxsize=1)
def _filters() -> scipy.sparse.csr_array:
    return scipy.sparse.csr_array(kaldi_mel_filters().astype(np.float32))
