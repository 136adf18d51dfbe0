"""Sound at one level: a volume knob is no mood.

Loudness is that of ITU-R BS.1770-4, with its gates, so that pauses do not count.
"""

from __future__ import annotations

import warnings

import numpy as np

from mmc_core._typing import Float32
from mmc_core.audio.signal import SR, Audio

LEVEL_LUFS = -23.0  # EBU R 128's
SILENCE_DB = -60.0  # of the loudest sample at that level: what lies under it at an end is silence
BLOCK_S = 0.4  # of BS.1770; shorter sound has no loudness


def at_one_level(audio: Audio) -> Audio:
    """A sound at -23 LUFS, its length as it was.

    What is softer than any loudness that can be measured, or shorter than 0.4 s, is brought to the
    same mean square.
    """
    gain = np.float32(10 ** ((LEVEL_LUFS - loudness(audio.y)) / 20))
    return Audio(audio.y * gain, audio.name)


def without_silent_ends(audio: Audio) -> tuple[float, Audio]:
    """What is heard of a sound at one level, and where that begins in it, in seconds."""
    heard = np.flatnonzero(np.abs(audio.y) > 10 ** (SILENCE_DB / 20))
    if not len(heard):
        return 0.0, audio
    return float(heard[0] / SR), Audio(audio.y[heard[0] : heard[-1] + 1], audio.name)


def loudness(y: Float32) -> float:
    """Integrated loudness of one channel at 22 050 Hz, in LUFS."""
    import pyloudnorm

    if len(y) > BLOCK_S * SR:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of means of nothing, where all is under the gate
            measured = float(pyloudnorm.Meter(SR).integrated_loudness(y))
        if np.isfinite(measured):
            return measured
    return float(10 * np.log10(np.mean(np.square(y, dtype=np.float64)) + 1e-12)) - 0.691
