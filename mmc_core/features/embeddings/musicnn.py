"""MusiCNN: what a network hears that learned to tag the songs of the Million Song Dataset.

J. Pons and X. Serra, "musicnn: pre-trained convolutional neural networks for music audio tagging",
ISMIR late-breaking session, 2019. Its weights lie in `models/musicnn`, made by `build.py` there.
A frame is the mean and the maximum of 753 responses over three seconds.
"""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

import numpy as np
import scipy.fft
import scipy.sparse

from mmc_core._typing import Float32
from mmc_core.features.filters import mel_filters
from mmc_core.features.transforms import frames, hann
from mmc_core.settings import PROJECT

TITLE = "MusiCNN"
WEIGHTS = "msd"  # of `models/musicnn`
OUTPUTS = ["pools"]
WIDTH = 1506

SR = 16_000
N_FFT = 512
HOP_LENGTH = 256
N_MELS = 96
LEVEL_LUFS = -14.0  # about that of the published recordings it learned from
FRAMES = 187  # of a patch: the three seconds that the network was trained on
PATCH_HOP = 187
BLOCK = 512  # spectra computed at a time


def path() -> Path:
    """Where the network is."""
    return PROJECT / "models" / "musicnn" / f"{WEIGHTS}.onnx"


def mel_spectrogram(y: Float32) -> Float32:
    """Power mel spectrogram of sound at 16 kHz, as log10(1 + 10 000 x). (t, 96)"""
    window, filters = hann(N_FFT).astype(np.float32), _filters()
    pieces = frames(np.pad(y, N_FFT // 2), N_FFT, HOP_LENGTH)
    mel = np.empty((len(pieces), N_MELS), dtype=np.float32)
    for i in range(0, len(pieces), BLOCK):
        spectrum = scipy.fft.rfft(pieces[i : i + BLOCK] * window, axis=1, overwrite_x=True)
        power = np.square(spectrum.real) + np.square(spectrum.imag)
        mel[i : i + BLOCK] = (filters @ power.T).T
    return np.log10(1 + 10_000 * mel)


@lru_cache(maxsize=1)
def _filters() -> scipy.sparse.csr_array:
    return scipy.sparse.csr_array(mel_filters(SR, N_FFT, N_MELS))
