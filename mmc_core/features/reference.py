"""The 57 features by plain librosa calls: what each of them means.

`scalars.describe` gives the same numbers without librosa, quicker; `mmc extract --engine librosa`
and the tests hold it to these.
"""

from __future__ import annotations

from collections.abc import Mapping

import librosa
import numpy as np

from mmc_core._typing import Float32
from mmc_core.audio import SR
from mmc_core.features.scalars import PITCH_CLASSES
from mmc_core.features.schema import BY_NAME, ORIGINAL_57

# Of `differences`. Both compute in single precision, which leaves some 1e-6 of a sum.
LIMIT = 1e-4


def describe(y: Float32) -> dict[str, float | str]:
    """The 57 as the original system computed them: one librosa call a feature, all defaults.

    Args:
        y: mono float32 at 22 050 Hz, at least one second. (n,)
    """
    chroma = librosa.feature.chroma_stft(y=y, sr=SR)
    key = PITCH_CLASSES[int(np.argmax(np.sum(chroma, axis=1)))]
    mel = librosa.feature.melspectrogram(y=y, sr=SR)
    by_frame = {
        "rms": librosa.feature.rms(y=y),
        "chroma": chroma,
        "centroid": librosa.feature.spectral_centroid(y=y, sr=SR),
        "rolloff": librosa.feature.spectral_rolloff(y=y + 0.01, sr=SR),
        "zcr": librosa.feature.zero_crossing_rate(y),
        "tonnetz": librosa.feature.tonnetz(y=y, sr=SR),
        "mel": librosa.amplitude_to_db(mel, ref=np.max),
    }
    row: dict[str, float | str] = {
        "scale": "minor" if "#" in key else "major",
        "key": key,
        "tempo": float(librosa.feature.tempo(y=y, sr=SR)[0]),
    }
    for name, values in by_frame.items():
        row[f"{name}_mean"] = float(np.mean(values))
        row[f"{name}_var"] = float(np.var(values))
    for i, coefficient in enumerate(librosa.feature.mfcc(y=y, sr=SR), start=1):
        row[f"mfcc_mean_{i}"] = float(np.mean(coefficient))
        row[f"mfcc_var_{i}"] = float(np.var(coefficient))
    return row


def differences(
    row: Mapping[str, float | str], reference: Mapping[str, float | str], std: Mapping[str, float]
) -> dict[str, float]:
    """How far each of the 57 is off, relative to the reference, or to its standard deviation over
    a dataset where that is larger; of categories and the tempo 0 where they are equal, else
    infinity.
    """
    off = {}
    for name in ORIGINAL_57:
        if BY_NAME[name].categories or name == "tempo":
            off[name] = 0.0 if row[name] == reference[name] else np.inf
        else:
            scale = max(abs(float(reference[name])), std[name])
            off[name] = abs(float(row[name]) - float(reference[name])) / scale
    return off
