"""Time-frequency pictures of one clip, each computed once and only when asked for.

Every definition is librosa 0.11's with its default settings, written on NumPy and SciPy alone:
importing librosa costs a second in every process and a numba compilation on every new machine,
and serving a song should pay neither. `tests/features/test_parity.py` holds the two together.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property, lru_cache
from typing import TypeVar

import numpy as np
import scipy.fft

from mmc_core._typing import Complex64, Float32, Float64
from mmc_core.audio import SR
from mmc_core.features.filters import (
    N_CHROMA,
    chroma_filters,
    frequencies,
    mel_bands,
    tonal_centroid_matrix,
)
from mmc_core.features.pitch import (
    CQT_BINS_PER_OCTAVE,
    CQT_OCTAVES,
    constant_q,
    estimate_tuning,
)
from mmc_core.features.transforms import (
    BLOCK,
    HOP_LENGTH,
    N_FFT,
    by_hop,
    frames,
    hann,
    over_frames,
    stft,
    stft_blocks,
)

N_MFCC = 20
TOP_DB = 80.0  # dynamic range kept by every dB scale

TEMPOGRAM_FRAMES = int(8.0 * SR / HOP_LENGTH)  # 8 s of autocorrelation
TEMPO_PRIOR_BPM = 120.0
MAX_TEMPO_BPM = 320.0
ROLLOFF = 0.85  # of the magnitude
ROLLOFF_BLOCK = 25  # bins; a divisor of 1025

Real = TypeVar("Real", Float32, Float64)


class Spectra:
    """Spectrograms of a clip and what is measured frame by frame, each computed when asked for.

    As librosa's functions of these names give them. Shapes: f = 1025 frequencies, t = 1 +
    len(y) // 512 frames.

    Parameters
    ----------
    y : ndarray of float32, (n_samples,)
        One channel at 22 050 Hz, at least one second long.

    Examples
    --------
    >>> import mmc_core as mmc
    >>> spectra = mmc.Spectra(mmc.load_audio(mmc.sample("joplin-entertainer")).cut().y)
    >>> spectra.mfcc.shape, spectra.chroma.shape
    ((20, 1099), (12, 1099))
    """

    def __init__(self, y: Float32) -> None:
        self.y = np.ascontiguousarray(y, dtype=np.float32)

    @cached_property
    def stft(self) -> Complex64:
        """Short-time Fourier transform, periodic Hann window, zero-padded ends. (f, t)"""
        return stft(self.y, n_fft=N_FFT, hop_length=HOP_LENGTH, window=hann(N_FFT))

    @cached_property
    def magnitude(self) -> Float32:
        """Magnitude spectrogram. (f, t)"""
        return self._magnitude_and_lowest[0]

    @cached_property
    def _magnitude_and_lowest(self) -> tuple[Float32, Complex64]:
        """Magnitude spectrogram (f, t), and the lowest two bins of the transform (2, t)."""
        magnitude = np.empty((self._n_frames, len(frequencies())), dtype=np.float32)
        lowest = np.empty((self._n_frames, 2), dtype=np.complex64)
        blocks = stft_blocks(self.y, n_fft=N_FFT, hop_length=HOP_LENGTH, window=hann(N_FFT))
        for rows, spectra in blocks:
            np.abs(spectra, out=magnitude[rows])
            lowest[rows] = spectra[:, :2]
        return magnitude.T, lowest.T

    @cached_property
    def power(self) -> Float32:
        """Power spectrogram. (f, t)"""
        return np.square(self.magnitude)

    @cached_property
    def mel_power(self) -> Float32:
        """Power mel spectrogram, 128 Slaney bands to 11 025 Hz. (128, t)"""
        return mel_bands() @ self.power

    @cached_property
    def mel_db(self) -> Float32:
        """`mel_power` in dB re 1, 80 dB deep. (128, t)"""
        return power_to_db(self.mel_power)

    @cached_property
    def mel_amplitude_db(self) -> Float32:
        """The original's mel picture: *amplitude* dB of the *power*, re its maximum. (128, t)"""
        return power_to_db(np.square(self.mel_power), relative=True)

    @cached_property
    def mfcc(self) -> Float32:
        """Orthonormal type-II cosine transform of `mel_db`, first 20 coefficients. (20, t)"""
        return scipy.fft.dct(self.mel_db, axis=0, type=2, norm="ortho")[:N_MFCC]

    @cached_property
    def chroma(self) -> Float32:
        """Energy of the 12 pitch classes from C, each frame's largest being 1. (12, t)"""
        tuning = estimate_tuning(self.power, bins_per_octave=N_CHROMA)
        return normalise(chroma_filters(tuning) @ self.power, np.inf)

    @cached_property
    def chroma_cqt(self) -> Float32:
        """The same from a constant-Q transform of 7 octaves from C1. (12, t)"""
        tuning = estimate_tuning(self.magnitude, bins_per_octave=CQT_BINS_PER_OCTAVE)
        loudness = constant_q(self.y, tuning)
        # Three bins a semitone, centred on it; octaves folded.
        bins = np.roll(loudness.reshape(CQT_OCTAVES, -1, loudness.shape[1]).sum(axis=0), 1, axis=0)
        return normalise(bins.reshape(N_CHROMA, -1, bins.shape[1]).sum(axis=1), np.inf)

    @cached_property
    def tonnetz(self) -> Float32:
        """Tonal centroid in fifths, minor and major thirds (Harte et al. 2006). (6, t)"""
        return tonal_centroid_matrix() @ normalise(self.chroma_cqt, 1)

    @cached_property
    def onset_strength(self) -> Float32:
        """Mean rise in dB over the mel bands since the frame before. (t,)"""
        rise = np.maximum(np.diff(self.mel_db, axis=1), 0).mean(axis=0)
        shift = 1 + N_FFT // (2 * HOP_LENGTH)  # one for the difference, two for the centred frames
        return np.pad(rise, (shift, 0))[: self.mel_db.shape[1]]

    def _pulse(self) -> Iterator[tuple[Float64, Float64]]:
        """Power spectrum of the onset strength in 8 s windows, padded so that correlation does not
        wrap (t, bins), and the energy of each window (t,); some windows at a time.
        """
        ramp = TEMPOGRAM_FRAMES // 2
        onsets = np.pad(self.onset_strength, ramp, mode="linear_ramp", end_values=0)
        every = frames(onsets, TEMPOGRAM_FRAMES, 1)[: len(self.onset_strength)]
        for i in range(0, len(every), BLOCK):
            windows = every[i : i + BLOCK] * hann(TEMPOGRAM_FRAMES)
            spectrum = scipy.fft.rfft(windows, n=_pulse_length(), axis=1)
            power = np.square(spectrum.real) + np.square(spectrum.imag)
            yield power, np.square(windows).sum(axis=1)

    @cached_property
    def tempogram(self) -> Float64:
        """Autocorrelation of the onset strength in 8 s windows, each frame's largest being 1.

        A row a lag in frames, from 0; see `lag_bpm`. (344, t)
        """
        power = np.concatenate([power for power, _ in self._pulse()])
        lags = scipy.fft.irfft(power, n=_pulse_length(), axis=1)[:, :TEMPOGRAM_FRAMES]
        return normalise(lags.T, np.inf)

    @cached_property
    def mean_tempogram(self) -> Float64:
        """`tempogram` averaged over time. (344,)

        The largest correlation of a window is that at lag 0, its energy; so the average can be
        taken before the transform.
        """
        total: Float64 = np.zeros(1 + _pulse_length() // 2)
        for power, energy in self._pulse():
            sounds = energy >= np.finfo(energy.dtype).tiny
            total += np.divide(1, energy, out=np.zeros_like(energy), where=sounds) @ power
        lags: Float64 = scipy.fft.irfft(total / self._n_frames, n=_pulse_length())
        return lags[:TEMPOGRAM_FRAMES]

    @cached_property
    def tempo(self) -> float:
        """Strongest period under a log-normal prior around 120 BPM, one octave wide. BPM"""
        bpm = lag_bpm()
        with np.errstate(divide="ignore"):
            prior = -0.5 * np.log2(bpm / TEMPO_PRIOR_BPM) ** 2
        prior[bpm >= MAX_TEMPO_BPM] = -np.inf
        return float(bpm[np.argmax(np.log1p(1e6 * self.mean_tempogram) + prior)])

    @cached_property
    def rms(self) -> Float32:
        """Root mean square of each frame. (t,)"""
        hops = by_hop(np.pad(self.y, N_FFT // 2), self._n_frames)
        energy = over_frames(np.einsum("ij,ij->i", hops, hops).astype(np.float64))
        return np.sqrt(energy / N_FFT).astype(np.float32)

    @cached_property
    def centroid(self) -> Float64:
        """Magnitude-weighted mean frequency; 0 in silence. Hz, (t,)"""
        total = self.magnitude.sum(axis=0)
        total[total < np.finfo(total.dtype).tiny] = 1
        return (frequencies().astype(np.float32) @ self.magnitude / total).astype(np.float64)

    @cached_property
    def rolloff(self) -> Float64:
        """The original's roll-off: `true_rolloff` of the signal plus 0.01, so that a quiet one's is
        lower. Hz, (t,)
        """
        magnitude, lowest = self._magnitude_and_lowest
        # A constant is in the lowest two bins of all frames but those that the ends cut.
        constant = 0.01 * scipy.fft.rfft(hann(N_FFT))[:2, None]
        low = magnitude[:ROLLOFF_BLOCK].copy()
        low[:2] = np.abs(lowest + constant)
        hz, cut = _rolloff(magnitude, low), N_FFT // (2 * HOP_LENGTH)
        for y, ends in (
            (self.y[:N_FFT], slice(cut)),
            (self.y[(self._n_frames - 2 * cut) * HOP_LENGTH :], slice(-cut, None)),
        ):
            end = stft(y + 0.01, n_fft=N_FFT, hop_length=HOP_LENGTH, window=hann(N_FFT))
            hz[ends] = _rolloff(np.abs(end[:, ends]))
        return hz

    @cached_property
    def true_rolloff(self) -> Float64:
        """Frequency below which lies 85 % of the magnitude; 0 in silence. Hz, (t,)"""
        return _rolloff(self.magnitude)

    @cached_property
    def zcr(self) -> Float64:
        """Share of a frame's samples at which the sign changes. (t,)"""
        negative = np.pad(self.y < -1e-10, N_FFT // 2, mode="edge")
        changes = np.zeros(len(negative), dtype=np.uint8)
        np.not_equal(negative[1:], negative[:-1], out=changes[1:].view(bool))
        hops = by_hop(changes, self._n_frames)
        within = over_frames(hops.sum(axis=1, dtype=np.float64)) - hops[: self._n_frames, 0]
        return within / N_FFT

    @property
    def _n_frames(self) -> int:
        return 1 + len(self.y) // HOP_LENGTH


@lru_cache(maxsize=1)
def _pulse_length() -> int:
    length: int = scipy.fft.next_fast_len(2 * TEMPOGRAM_FRAMES - 1, real=True)
    return length


def _rolloff(magnitude: Float32, low: Float32 | None = None) -> Float64:
    """Where the sum from below reaches 85 %: first which block of bins, then which of its bins.

    Args:
        low: what stands in place of the lowest block. (ROLLOFF_BLOCK, t)
    """
    blocks = magnitude.T.reshape(magnitude.shape[1], -1, ROLLOFF_BLOCK)
    sums = np.cumsum(blocks @ np.ones(ROLLOFF_BLOCK, dtype=np.float32), axis=1, dtype=np.float64)
    if low is not None:
        sums += (low.sum(axis=0) - sums[:, 0])[:, None]
    wanted = ROLLOFF * sums[:, -1:]
    frame, block = np.arange(len(sums)), np.argmax(sums >= wanted, axis=1)
    bins = blocks[frame, block]
    if low is not None:
        bins[block == 0] = low.T[block == 0]
    within = np.cumsum(bins, axis=1, dtype=np.float64)
    within += (sums[frame, block] - within[:, -1])[:, None]
    within[:, -1] = np.inf  # rounding must not lead past the block
    return frequencies()[block * ROLLOFF_BLOCK + np.argmax(within >= wanted, axis=1)]


# ---- scales ---------------------------------------------------------------------------------


def normalise(S: Real, order: float) -> Real:
    """Columns of `S` divided by their norm; columns of nothing stay nothing."""
    size = np.abs(S)
    norm = size.max(axis=0) if order == np.inf else size.sum(axis=0)
    norm[norm < np.finfo(S.dtype).tiny] = 1
    normalised: Real = S / norm
    return normalised


def power_to_db(S: Float32, *, relative: bool = False) -> Float32:
    """10 log10 of power, floored at 1e-10 and at 80 dB under its maximum; re 1 or re maximum."""
    db = 10.0 * np.log10(np.maximum(S, np.float32(1e-10)))
    loudest = db.max()
    return np.maximum(db, loudest - TOP_DB) - (loudest if relative else np.float32(0))


@lru_cache(maxsize=1)
def lag_bpm() -> Float64:
    """Pulse of which each lag of a tempogram is the period; infinite for the first. BPM, (344,)"""
    with np.errstate(divide="ignore"):
        bpm: Float64 = 60.0 * SR / (HOP_LENGTH * np.arange(TEMPOGRAM_FRAMES, dtype=float))
    return bpm
