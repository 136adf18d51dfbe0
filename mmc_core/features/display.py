"""What a piece of sound looks like: `Spectra` pooled to what a screen shows.

A picture is small numbers in a small type, since it is sent to a browser; pooling keeps the
loudest of what falls together where levels are shown, so that a thin line stays as loud as it is,
and the mean elsewhere.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from mmc_core._typing import Float32, Float64, Ints
from mmc_core.audio import SR
from mmc_core.features.filters import frequencies, mel_edges
from mmc_core.features.scalars import PITCH_CLASSES
from mmc_core.features.spectra import TOP_DB, Spectra, lag_bpm
from mmc_core.features.transforms import HOP_LENGTH, N_FFT

MAX_COLUMNS = 400  # of a picture: a point of time each
BINS_A_ROW = 8  # of the spectrogram
BANDS_A_ROW = 2  # of the mel spectrogram
FULL_SCALE_SINE = N_FFT / 4  # magnitude of a sine that reaches ±1, under a Hann window
FLOOR_DBFS = -120.0  # quieter than this is drawn as this
BPM_RANGE = (30.0, 300.0)
TONNETZ_AXES = ("5 sin", "5 cos", "m3 sin", "m3 cos", "M3 sin", "M3 cos")

Small = npt.NDArray[np.int8] | npt.NDArray[np.uint8] | npt.NDArray[np.int16] | Float32


@dataclass(frozen=True)
class Picture:
    """Rows over time: what each is called, and where it stands on its scale."""

    cells: Small  # (rows, columns)
    rows: tuple[str, ...]
    scale: Float64  # (rows,)


@dataclass(frozen=True)
class Pictures:
    """All pictures of one piece on one axis of time; each is a row or several, by name."""

    time_s: Float64  # middle of each column, counted from the sound's beginning
    step_s: float
    of: dict[str, Picture]

    def table(self, names: Sequence[str]) -> pd.DataFrame:
        """Their numbers, a row a point of time: `time_s`, then a column a row of each picture."""
        columns: dict[str, npt.NDArray[np.generic]] = {"time_s": self.time_s.round(3)}
        for name in names:
            picture = self.of[name]
            for row, values in zip(picture.rows, picture.cells, strict=True):
                columns[row if row.startswith(name) else f"{name}: {row}"] = values
        return pd.DataFrame(columns)


def pictures(s: Spectra, start_s: float = 0.0) -> Pictures:
    """Every picture of a piece.

    Args:
        s: of the piece.
        start_s: where the piece begins in its sound.
    """
    n_frames = s.magnitude.shape[1]
    width = -(-n_frames // MAX_COLUMNS)  # frames a column
    starts = np.arange(0, n_frames, width)
    middles = (starts + np.minimum(starts + width, n_frames) - 1) / 2

    def loudest(values: Float32) -> Float32:
        return np.maximum.reduceat(values, starts, axis=1)

    def mean(values: npt.NDArray[np.floating]) -> Float32:
        values = np.atleast_2d(values)[:, :n_frames]
        values = np.pad(values, ((0, 0), (0, n_frames - values.shape[1])), mode="edge")
        sums = np.add.reduceat(values, starts, axis=1, dtype=np.float64)
        return (sums / np.diff(starts, append=n_frames)).astype(np.float32)

    spectrum = np.maximum.reduceat(
        s.magnitude[:-1], np.arange(0, len(s.magnitude) - 1, BINS_A_ROW), axis=0
    )
    spectrum_at = frequencies()[:-1].reshape(-1, BINS_A_ROW).mean(axis=1)
    bands = np.maximum.reduceat(s.mel_db, np.arange(0, len(s.mel_db), BANDS_A_ROW), axis=0)
    bands_at = mel_edges()[1:-1].reshape(-1, BANDS_A_ROW).mean(axis=1)
    mfcc = mean(s.mfcc)
    lags = np.flatnonzero((lag_bpm() >= BPM_RANGE[0]) & (lag_bpm() <= BPM_RANGE[1]))[::-1]
    levels = np.stack([s.centroid, s.true_rolloff])
    return Pictures(
        start_s + middles * HOP_LENGTH / SR,
        width * HOP_LENGTH / SR,
        {
            "waveform": _lines(_envelope(s.y, starts), "lowest", "highest"),
            "spectrogram": Picture(
                _decibels(loudest(dbfs(spectrum / FULL_SCALE_SINE))),
                tuple(f"{hz:.0f} Hz" for hz in spectrum_at),
                spectrum_at,
            ),
            "mel": Picture(
                _decibels(loudest(bands) - s.mel_db.max()),
                tuple(f"{hz:.0f} Hz" for hz in bands_at),
                bands_at,
            ),
            "mfcc": Picture(
                mfcc.round().astype(np.int16),
                tuple(f"MFCC {i + 1}" for i in range(len(mfcc))),
                np.arange(1.0, len(mfcc) + 1),
            ),
            "chroma": Picture(_percent(mean(s.chroma)), PITCH_CLASSES, np.arange(12.0)),
            "tonnetz": Picture(mean(s.tonnetz), TONNETZ_AXES, np.arange(6.0)),
            "tempogram": Picture(
                _percent(mean(s.tempogram[lags])),
                tuple(f"{bpm:.1f} BPM" for bpm in lag_bpm()[lags]),
                lag_bpm()[lags],
            ),
            "rms": _lines(dbfs(np.sqrt(mean(np.square(s.rms)))), "RMS (dBFS)"),
            "brightness": _lines(mean(levels), "centroid (Hz)", "roll-off (Hz)"),
            "zcr": _lines(mean(s.zcr), "zero-crossing rate"),
            "onsets": _lines(loudest(np.atleast_2d(s.onset_strength)), "onset strength (dB)"),
        },
    )


def dbfs(amplitude: npt.NDArray[np.floating]) -> Float32:
    """Amplitudes in dB of full scale: 1 is 0 dBFS, nothing is -120 dBFS."""
    quietest = 10.0 ** (FLOOR_DBFS / 20)
    return (20.0 * np.log10(np.maximum(amplitude, quietest))).astype(np.float32)


def _lines(values: Float32, *names: str) -> Picture:
    return Picture(values.astype(np.float32), names, np.arange(float(len(names))))


def _envelope(y: Float32, starts: Ints) -> Float32:
    """The lowest and the highest sample around each column's frames. (2, columns)"""
    around = np.pad(y, HOP_LENGTH // 2, mode="edge")  # a frame is centred on its hop
    at = np.minimum(starts * HOP_LENGTH, len(around) - 1)
    return np.stack([np.minimum.reduceat(around, at), np.maximum.reduceat(around, at)])


def _decibels(values: Float32) -> npt.NDArray[np.int8]:
    """Whole dB, 80 dB deep."""
    return np.maximum(values, values.max() - TOP_DB).round().clip(-128, 127).astype(np.int8)


def _percent(values: Float32) -> npt.NDArray[np.uint8]:
    return (100 * values).round().clip(0, 100).astype(np.uint8)
