"""The original system's 57 numbers of a clip, and beside them a true key and mode."""

from __future__ import annotations

import numpy as np

from mmc_core._typing import Float32, Float64
from mmc_core.features.spectra import N_MFCC, Spectra

PITCH_CLASSES = ("C", "C#", "D", "D#", "E", "F", "F#", "G", "G#", "A", "A#", "B")

# Perceived fit of each pitch class in a key, from its tonic up (Krumhansl & Kessler,
# Psychological Review 89(4), 1982).
KEY_PROFILES = {
    "major": (6.35, 2.23, 3.48, 2.33, 4.38, 4.09, 2.52, 5.19, 2.39, 3.66, 2.29, 2.88),
    "minor": (6.33, 2.68, 3.52, 5.38, 2.60, 3.53, 2.54, 4.75, 3.98, 2.69, 3.34, 3.17),
}


def describe(y: Float32) -> dict[str, float | str]:
    """All scalar features of a clip, in the order of `schema.FEATURES`.

    Args:
        y: mono float32 at 22 050 Hz, at least one second.
    """
    return describe_spectra(Spectra(y))


def describe_spectra(s: Spectra) -> dict[str, float | str]:
    """The same of a clip whose spectra serve something else as well."""
    loudest = PITCH_CLASSES[int(np.argmax(s.chroma.sum(axis=1)))]
    row: dict[str, float | str] = {
        # The original's "scale" is no mode: it says whether the loudest note has a sharp.
        "scale": "minor" if "#" in loudest else "major",
        "key": loudest,
        "tempo": s.tempo,
    }
    for name, values in (
        ("rms", s.rms),
        ("chroma", s.chroma),
        ("centroid", s.centroid),
        ("rolloff", s.rolloff),
        ("zcr", s.zcr),
        ("tonnetz", s.tonnetz),
        ("mel", s.mel_amplitude_db),
    ):
        row[f"{name}_mean"] = float(np.mean(values))
        row[f"{name}_var"] = float(np.var(values))
    for i in range(N_MFCC):
        row[f"mfcc_mean_{i + 1}"] = float(np.mean(s.mfcc[i]))
        row[f"mfcc_var_{i + 1}"] = float(np.var(s.mfcc[i]))
    tonic, mode, clarity = key_and_mode(s.chroma_cqt.mean(axis=1))
    return row | {"tonic": tonic, "mode": mode, "key_clarity": clarity}


def key_and_mode(chroma: Float32 | Float64) -> tuple[str, str, float]:
    """Key by correlating pitch-class energy with the 24 rotated key profiles.

    Args:
        chroma: mean energy of the 12 pitch classes from C. (12,)

    Returns:
        Tonic, "major" or "minor", and the winning correlation (-1 to 1); a flat chroma, which
        has no key, gives C major with 0.
    """
    if np.ptp(chroma) == 0:
        return "C", "major", 0.0
    keys = [(tonic, mode) for mode in KEY_PROFILES for tonic in PITCH_CLASSES]
    profiles = [np.roll(KEY_PROFILES[mode], PITCH_CLASSES.index(tonic)) for tonic, mode in keys]
    fits = np.corrcoef(chroma, profiles)[0, 1:]
    best = int(np.argmax(fits))
    return *keys[best], float(fits[best])
