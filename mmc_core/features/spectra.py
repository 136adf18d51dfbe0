"""Time-frequency pictures of one clip, each computed once and only when asked for.

Every definition is librosa 0.11's with its default settings, written on NumPy and SciPy alone:
importing librosa costs a second in every process and a numba compilation on every new machine,
and serving a song should pay neither. `tests/test_parity.py` holds the two together.
"""

from __future__ import annotations

from functools import cached_property, lru_cache
from typing import TypeVar

import numpy as np
import scipy.fft
import soxr

from mmc_core._typing import Complex64, Float32, Float64
from mmc_core.audio import SR

N_FFT = 2048  # samples
HOP_LENGTH = 512  # samples
N_MELS = 128
N_MFCC = 20
N_CHROMA = 12
TOP_DB = 80.0  # dynamic range kept by every dB scale

CQT_OCTAVES = 7
CQT_BINS_PER_OCTAVE = 36
CQT_FMIN = 440.0 * 2.0 ** (-45 / 12)  # C1
TEMPOGRAM_FRAMES = int(8.0 * SR / HOP_LENGTH)  # 8 s of autocorrelation
TEMPO_PRIOR_BPM = 120.0
MAX_TEMPO_BPM = 320.0


Real = TypeVar("Real", Float32, Float64)

BOXCAR: Float32 = np.ones(1, dtype=np.float32)


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
        return np.abs(self.stft)

    @cached_property
    def power(self) -> Float32:
        """Power spectrogram. (f, t)"""
        return np.square(self.magnitude)

    @cached_property
    def mel_power(self) -> Float32:
        """Power mel spectrogram, 128 Slaney bands to 11 025 Hz. (128, t)"""
        return mel_filters() @ self.power

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

    @cached_property
    def tempogram(self) -> Float64:
        """Autocorrelation of the onset strength in 8 s windows, each frame's largest being 1.

        A row a lag in frames, from 0; see `lag_bpm`. (344, t)
        """
        ramp = TEMPOGRAM_FRAMES // 2
        onsets = np.pad(self.onset_strength, ramp, mode="linear_ramp", end_values=0)
        windows = frames(onsets, TEMPOGRAM_FRAMES, 1)[: len(self.onset_strength)]
        n_fft = scipy.fft.next_fast_len(2 * TEMPOGRAM_FRAMES - 1, real=True)
        spectrum = scipy.fft.rfft(windows * hann(TEMPOGRAM_FRAMES), n=n_fft, axis=1)
        lags = scipy.fft.irfft(np.square(np.abs(spectrum)), n=n_fft, axis=1)[:, :TEMPOGRAM_FRAMES]
        return normalise(lags.T, np.inf)

    @cached_property
    def mean_tempogram(self) -> Float64:
        """`tempogram` averaged over time. (344,)"""
        averaged: Float64 = self.tempogram.mean(axis=1)
        return averaged

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
        power = frames(np.pad(self.y, N_FFT // 2), N_FFT, HOP_LENGTH)
        return np.sqrt(np.mean(np.square(power), axis=1))

    @cached_property
    def centroid(self) -> Float64:
        """Magnitude-weighted mean frequency. Hz, (t,)"""
        return frequencies() @ normalise(self.magnitude, 1)

    @cached_property
    def rolloff(self) -> Float64:
        """The original's roll-off: `true_rolloff` of the signal plus 0.01, so that a quiet one's is
        lower. Hz, (t,)
        """
        return _rolloff(np.abs(self.stft + _offset_stft(len(self.y), 0.01)))

    @cached_property
    def true_rolloff(self) -> Float64:
        """Frequency below which lies 85 % of the magnitude; 0 in silence. Hz, (t,)"""
        return _rolloff(self.magnitude)

    @cached_property
    def zcr(self) -> Float64:
        """Share of a frame's samples at which the sign changes. (t,)"""
        y = np.pad(self.y, N_FFT // 2, mode="edge")
        negative = np.signbit(np.where(np.abs(y) <= 1e-10, 0, y))
        crossings = np.concatenate([[0], np.cumsum(negative[1:] != negative[:-1])])
        starts = np.arange(0, len(y) - N_FFT + 1, HOP_LENGTH)
        return (crossings[starts + N_FFT - 1] - crossings[starts]) / N_FFT


def _rolloff(magnitude: Float32) -> Float64:
    below = np.cumsum(magnitude, axis=0, dtype=np.float64)
    return frequencies()[np.argmax(below >= 0.85 * below[-1], axis=0)]


# ---- transforms -----------------------------------------------------------------------------


def frames(y: Float32, length: int, hop_length: int) -> Float32:
    """Overlapping pieces of `y` as a view. (t, length)"""
    return np.lib.stride_tricks.sliding_window_view(y, length)[::hop_length]


@lru_cache(maxsize=8)
def hann(length: int) -> Float64:
    """Periodic Hann window."""
    return 0.5 - 0.5 * np.cos(2 * np.pi * np.arange(length) / length)


def stft(
    y: Float32, *, n_fft: int, hop_length: int, window: Float32 | Float64 = BOXCAR
) -> Complex64:
    """Centred short-time Fourier transform with zero-padded ends. (1 + n_fft // 2, t)

    Computed in the precision of `window`, kept in single.
    """
    pieces = frames(np.pad(y, n_fft // 2), n_fft, hop_length) * window
    return scipy.fft.rfft(pieces, axis=1, overwrite_x=True).T.astype(np.complex64)


@lru_cache(maxsize=4)
def _offset_stft(n_samples: int, offset: float) -> Complex64:
    """What adding a constant to a signal adds to its transform: it is linear."""
    constant = np.full(n_samples, offset, dtype=np.float32)
    return stft(constant, n_fft=N_FFT, hop_length=HOP_LENGTH, window=hann(N_FFT))


def constant_q(y: Float32, tuning: float) -> Float32:
    """Magnitude of the constant-Q transform, 36 bins an octave from C1. (252, t)

    Recursive as in Schoerkhuber & Klapuri 2010: the top octave's filters serve every octave,
    the signal being halved in rate from one to the next.

    Args:
        tuning: deviation from A440 in bins of 1/36 octave.
    """
    basis, lengths = _constant_q_basis(tuning)
    octaves, hop_length = [], HOP_LENGTH
    for octave in range(CQT_OCTAVES):
        response = basis @ stft(y, n_fft=2 * (basis.shape[1] - 1), hop_length=hop_length)
        # The halvings keep the signal's energy; filter lengths count at the first rate.
        octaves.append(np.abs(response) / np.sqrt(lengths)[:, None])
        if octave < CQT_OCTAVES - 1:
            hop_length //= 2
            y = (np.sqrt(2) * soxr.resample(y, 2, 1, quality="HQ")).astype(np.float32)
    n_frames = min(octave.shape[1] for octave in octaves)
    return np.concatenate([octave[:, :n_frames] for octave in reversed(octaves)])


@lru_cache(maxsize=128)
def _constant_q_basis(tuning: float) -> tuple[Complex64, Float32]:
    """Filters of the top octave in the frequency domain (36, 1 + n_fft // 2), and lengths."""
    step = 1 / CQT_BINS_PER_OCTAVE
    k = np.arange(CQT_BINS_PER_OCTAVE) + (CQT_OCTAVES - 1) * CQT_BINS_PER_OCTAVE + tuning
    centres = CQT_FMIN * 2.0 ** (k * step)
    bandwidth = (2.0 ** (2 * step) - 1) / (2.0 ** (2 * step) + 1)
    lengths = SR / (centres * bandwidth)
    n_fft = 2 ** int(np.ceil(np.log2(lengths.max())))
    filters = np.zeros((len(centres), n_fft), dtype=np.complex64)
    for row, centre, length in zip(filters, centres, lengths, strict=True):
        n = np.arange(-length // 2, length // 2)
        window = 0.5 - 0.5 * np.cos(2 * np.pi * np.arange(len(n)) / len(n))
        start = (n_fft - len(n)) // 2
        row[start : start + len(n)] = window * np.exp(2j * np.pi * centre / SR * n) / window.sum()
    filters *= (lengths / n_fft)[:, None]
    basis = scipy.fft.fft(filters, axis=1)[:, : n_fft // 2 + 1]
    return _without_tails(basis).astype(np.complex64), lengths.astype(np.float32)


def _without_tails(basis: Complex64, share: float = 0.01) -> Complex64:
    """Zero each row's smallest entries that together hold less than `share` of its magnitude."""
    size = np.abs(basis)
    ascending = np.sort(size, axis=1)
    held = np.cumsum(ascending / size.sum(axis=1, keepdims=True), axis=1)
    smallest_kept = np.take_along_axis(ascending, np.argmax(held >= share, axis=1)[:, None], axis=1)
    return np.where(size >= smallest_kept, basis, 0)


# ---- scales and filters ---------------------------------------------------------------------


@lru_cache(maxsize=1)
def frequencies() -> Float64:
    """Centre of each Fourier bin in Hz. (f,)"""
    return np.fft.rfftfreq(N_FFT, 1 / SR).astype(np.float64)


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


def estimate_tuning(S: Float32, *, bins_per_octave: int) -> float:
    """Commonest deviation of the spectral peaks from A440's grid, in bins, to 0.01.

    Peaks are interpolated parabolically (J. O. Smith, "Spectral Audio Signal Processing"),
    between 150 and 4000 Hz, above a tenth of their frame's maximum; of these the louder half.
    """
    low, high = np.searchsorted(frequencies(), [150.0, 4000.0])
    centre, before, after = S[low:high], S[low - 1 : high - 1], S[low + 1 : high + 1]
    peak = (centre > before) & (centre >= after) & (centre > 0.1 * S.max(axis=0))
    if not peak.any():
        return 0.0
    bins = np.nonzero(peak)[0] + low
    centre, before, after = centre[peak], before[peak], after[peak]
    # Single and double precision are where librosa has them: a count more or less can decide
    # which bin of the histogram is the fullest, and with it the tuning.
    slope = (after - before).astype(np.float64) / 2
    curvature = (after + before).astype(np.float64) - 2.0 * centre
    inside = np.abs(slope) < np.abs(curvature)
    shift = np.where(inside, -slope / np.where(inside, curvature, 1), 0).astype(np.float32)
    height = centre + 0.5 * slope.astype(np.float32) * shift
    pitch = ((bins + shift) * SR / N_FFT).astype(np.float32)[height >= np.median(height)]
    deviation = np.mod(bins_per_octave * np.log2(pitch / (440.0 / 16)), 1.0)
    deviation[deviation >= 0.5] -= 1.0
    counts, edges = np.histogram(deviation, np.linspace(-0.5, 0.5, 101))
    return float(edges[np.argmax(counts)])
