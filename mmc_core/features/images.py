"""The original system's three two-dimensional inputs, as networks and eyes see them."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass

import numpy as np

from mmc_core._typing import Float32
from mmc_core.audio import CLIP_S, SR
from mmc_core.features.filters import N_MELS
from mmc_core.features.spectra import N_MFCC, TOP_DB, Spectra, power_to_db
from mmc_core.features.transforms import HOP_LENGTH, N_FFT

CLIP_FRAMES = 1 + int(CLIP_S * SR) // HOP_LENGTH  # 1099

# Raise when a change of code changes an image.
IMAGES_VERSION = 2


@dataclass(frozen=True)
class ImageInput:
    """One kind of image, and the size in pixels to which it is brought."""

    title: str
    width: int
    height: int


IMAGES = {
    "spectrogram": ImageInput("Spectrogram", 300, 300),
    "mfcc": ImageInput("MFCC", 600, 120),
    "mel": ImageInput("Mel spectrogram", 400, 300),
}


def draw(spectra: Spectra, kind: str, *, width: int, height: int) -> Float32:
    """An image of a clip, low frequencies or coefficients first. (height, width)

    Networks learn from sound at one level (`audio.loudness`), and have to be shown such.

    Spectrogram: magnitude in dB re 1. MFCC: the 20 coefficients. Mel: the original's amplitude dB
    of the power, re its maximum. Sound shorter than a clip is repeated to its length, so that
    time is never stretched; then both axes are resampled by Pillow's bilinear filter, which
    averages where it shrinks.

    Args:
        kind: a key of `IMAGES`.
    """
    from PIL import Image

    if kind == "spectrogram":
        values = power_to_db(spectra.power)
    else:
        values = spectra.mfcc if kind == "mfcc" else spectra.mel_amplitude_db
    repeated = values[:, np.arange(CLIP_FRAMES) % values.shape[1]]
    picture = Image.fromarray(np.ascontiguousarray(repeated, dtype=np.float32))
    return np.asarray(picture.resize((width, height), Image.Resampling.BILINEAR))


def fingerprint() -> str:
    """Short hash of all that decides an image's values; a run made under another is refused."""
    settings = [IMAGES_VERSION, SR, CLIP_S, N_FFT, HOP_LENGTH, N_MELS, N_MFCC, TOP_DB]
    return hashlib.sha256(json.dumps(settings).encode()).hexdigest()[:16]
