"""What every feature is called, measured in and grouped under, and one line of what it means."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass

from mmc_core.audio import CLIP_S, SR
from mmc_core.features.filters import N_MELS
from mmc_core.features.scalars import PITCH_CLASSES
from mmc_core.features.spectra import N_MFCC
from mmc_core.features.transforms import HOP_LENGTH, N_FFT
from mmc_core.language import _

# Raise when a change of code changes a feature's value.
FEATURES_VERSION = 1

RHYTHM, LOUDNESS, HARMONY = "Rhythm", "Loudness", "Pitch and harmony"
SPECTRUM, TIMBRE = "Spectral shape", "Timbre (MFCC)"

# Width of a histogram's bins, in the feature's unit. Those of the original's R reports where it
# had one; the others by Freedman and Diaconis's rule on 4QAED, rounded to 1, 2 or 5 times a power
# of ten (`density.freedman_diaconis`; a test computes them again).
R_BIN_WIDTHS = {
    "tempo": 6.0,
    "rms_mean": 0.02,
    "tonnetz_mean": 0.01,
    "centroid_mean": 100.0,
    "chroma_mean": 0.02,
    "zcr_mean": 0.01,
}
FD_BIN_WIDTHS: dict[str, float] = {
    "rms_var": 0.001,
    "chroma_var": 0.002,
    "centroid_var": 100000.0,
    "rolloff_mean": 500.0,
    "rolloff_var": 500000.0,
    "zcr_var": 0.0005,
    "tonnetz_var": 0.005,
    "mel_mean": 2.0,
    "mel_var": 20.0,
    "mfcc_mean_1": 20.0,
    "mfcc_var_1": 500.0,
    "mfcc_mean_2": 10.0,
    "mfcc_var_2": 100.0,
    "mfcc_mean_3": 10.0,
    "mfcc_var_3": 50.0,
    "mfcc_mean_4": 5.0,
    "mfcc_var_4": 20.0,
    "mfcc_mean_5": 5.0,
    "mfcc_var_5": 20.0,
    "mfcc_mean_6": 2.0,
    "mfcc_var_6": 20.0,
    "mfcc_mean_7": 2.0,
    "mfcc_var_7": 20.0,
    "mfcc_mean_8": 2.0,
    "mfcc_var_8": 10.0,
    "mfcc_mean_9": 2.0,
    "mfcc_var_9": 10.0,
    "mfcc_mean_10": 2.0,
    "mfcc_var_10": 10.0,
    "mfcc_mean_11": 1.0,
    "mfcc_var_11": 10.0,
    "mfcc_mean_12": 1.0,
    "mfcc_var_12": 10.0,
    "mfcc_mean_13": 1.0,
    "mfcc_var_13": 10.0,
    "mfcc_mean_14": 2.0,
    "mfcc_var_14": 10.0,
    "mfcc_mean_15": 1.0,
    "mfcc_var_15": 10.0,
    "mfcc_mean_16": 2.0,
    "mfcc_var_16": 10.0,
    "mfcc_mean_17": 2.0,
    "mfcc_var_17": 10.0,
    "mfcc_mean_18": 2.0,
    "mfcc_var_18": 10.0,
    "mfcc_mean_19": 1.0,
    "mfcc_var_19": 10.0,
    "mfcc_mean_20": 1.0,
    "mfcc_var_20": 10.0,
    "key_clarity": 0.05,
}


@dataclass(frozen=True)
class Feature:
    """One column of a feature table: a number, or a category.

    Parameters
    ----------
    name : str
        The column's.
    title : str
        For people.
    unit : str
        Of the numbers; "" for a ratio.
    group : str
        The kind of feature, such as "Loudness".
    meaning : str
        What it says of the sound, in a sentence.
    bin_width : float, optional
        Of histograms, in `unit`; None for categories.
    categories : tuple of str, optional
        In the order in which they are shown; empty for numbers.
    original : bool, optional
        Whether it is one of the 57 of the original system.

    Examples
    --------
    >>> import mmc_core as mmc
    >>> next(feature.label for feature in mmc.FEATURES if feature.name == "tempo")
    'Tempo (BPM)'
    """

    name: str
    title: str
    unit: str
    group: str
    meaning: str
    bin_width: float | None = None
    categories: tuple[str, ...] = ()
    original: bool = True

    @property
    def label(self) -> str:
        """Title with unit, for axes, in the language of whoever reads."""
        return f"{_(self.title)} ({_(self.unit)})" if self.unit else _(self.title)


def _number(
    name: str, title: str, unit: str, group: str, meaning: str, *, original: bool = True
) -> Feature:
    width = R_BIN_WIDTHS.get(name) or FD_BIN_WIDTHS.get(name)
    return Feature(name, title, unit, group, meaning, bin_width=width, original=original)


def _mean_and_variance(
    name: str, title: str, unit: str, group: str, mean: str, variance: str
) -> list[Feature]:
    return [
        _number(f"{name}_mean", f"{title}, mean", unit, group, mean),
        _number(f"{name}_var", f"{title}, variance", unit and f"{unit}²", group, variance),
    ]


def _mfcc(i: int) -> list[Feature]:
    what = {
        1: "the overall level, summed over the mel bands",
        2: "the balance of low and high bands (high values sound dark, low ones bright)",
    }.get(i, f"the coefficient with {(i - 1) / 2:g} cosine waves across the mel bands")
    return [
        _number(f"mfcc_mean_{i}", f"MFCC {i}, mean", "dB", TIMBRE, f"Average of {what}."),
        _number(
            f"mfcc_var_{i}", f"MFCC {i}, variance", "dB²", TIMBRE, f"Variance over time of {what}."
        ),
    ]


FEATURES: tuple[Feature, ...] = (
    Feature(
        "scale",
        "“Scale” of the original",
        "",
        HARMONY,
        "The original system's “scale”: minor if the strongest pitch class is a sharp, else major. "
        "This is not the mode; compare it with the estimated mode.",
        categories=("major", "minor"),
    ),
    Feature(
        "key",
        "Strongest pitch class",
        "",
        HARMONY,
        "The note with the most energy in the clip. The original system calls it “key”, but the "
        "tonic may be another note.",
        categories=PITCH_CLASSES,
    ),
    _number(
        "tempo",
        "Tempo",
        "BPM",
        RHYTHM,
        "Beats per minute, from the strongest periodicity of note onsets.",
    ),
    *_mean_and_variance(
        "rms",
        "RMS energy",
        "full scale",
        LOUDNESS,
        "Average loudness of the recording.",
        "How much the loudness changes over time.",
    ),
    *_mean_and_variance(
        "chroma",
        "Chroma",
        "",
        HARMONY,
        "How evenly the energy is spread over the 12 pitch classes: high for noise and dense "
        "harmony, low for single notes.",
        "Contrast between sounding and silent pitch classes.",
    ),
    *_mean_and_variance(
        "centroid",
        "Spectral centroid",
        "Hz",
        SPECTRUM,
        "Centre of gravity of the spectrum: how bright it sounds.",
        "How much the brightness changes over time.",
    ),
    *_mean_and_variance(
        "rolloff",
        "Spectral roll-off",
        "Hz",
        SPECTRUM,
        "The frequency with 85 % of the magnitude below it, once 0.01 is added to every sample, as "
        "the original did: the quieter the recording, the lower.",
        "How much the roll-off frequency changes over time.",
    ),
    *_mean_and_variance(
        "zcr",
        "Zero-crossing rate",
        "",
        SPECTRUM,
        "Share of samples at which the waveform changes sign: high for noise, cymbals, consonants.",
        "How much the zero-crossing rate changes over time.",
    ),
    *_mean_and_variance(
        "tonnetz",
        "Tonnetz",
        "",
        HARMONY,
        "Average position in the tonal space of fifths and thirds, over all six axes.",
        "How far the harmony moves in that space.",
    ),
    # The original took the decibels of an amplitude from the power.
    _number(
        "mel_mean",
        "Mel (doubled dB), mean",
        "2 × dB",
        LOUDNESS,
        "Twice the average level of the mel bands in dB, relative to the clip's maximum; levels "
        "below −40 dB count as −40 dB. Half of it is the level.",
    ),
    _number(
        "mel_var",
        "Mel (doubled dB), variance",
        "4 × dB²",
        LOUDNESS,
        "Four times the variance of those levels over bands and time: low for dense, compressed "
        "music.",
    ),
    *(feature for i in range(1, N_MFCC + 1) for feature in _mfcc(i)),
    Feature(
        "tonic",
        "Tonic (estimated key)",
        "",
        HARMONY,
        "Tonic of the key with the best-fitting Krumhansl-Kessler profile.",
        categories=PITCH_CLASSES,
        original=False,
    ),
    Feature(
        "mode",
        "Mode (estimated)",
        "",
        HARMONY,
        "Major or minor, by the best-fitting Krumhansl-Kessler profile.",
        categories=("major", "minor"),
        original=False,
    ),
    _number(
        "key_clarity",
        "Key clarity",
        "correlation",
        HARMONY,
        "How well the best key profile fits; 1 is a perfect fit.",
        original=False,
    ),
)

BY_NAME = {feature.name: feature for feature in FEATURES}
# Each with a key that stays when its title does not.
GROUP_KEYS = {
    LOUDNESS: "loudness",
    RHYTHM: "rhythm",
    SPECTRUM: "spectrum",
    HARMONY: "harmony",
    TIMBRE: "timbre",
}
GROUPS = tuple(GROUP_KEYS)
ORIGINAL_57 = tuple(feature.name for feature in FEATURES if feature.original)

# Those that a volume knob changes; roll-off, because it is taken of the signal plus 0.01.
OF_LEVEL = ("rms_mean", "rms_var", "mfcc_mean_1", "rolloff_mean", "rolloff_var")


def fingerprint() -> str:
    """Short hash of all that decides the 57 values; a run made under another is refused."""
    settings = [FEATURES_VERSION, SR, CLIP_S, N_FFT, HOP_LENGTH, N_MELS, N_MFCC, ORIGINAL_57]
    return hashlib.sha256(json.dumps(settings).encode()).hexdigest()[:16]
