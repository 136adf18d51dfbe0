"""What the pictures of a piece of sound show, in sentences made from its numbers.

Where a number is called high or low, it lies in the upper or lower third of clips of 4QAED.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from mmc_core.audio import SR
from mmc_core.features.display import BPM_RANGE, dbfs
from mmc_core.features.filters import frequencies
from mmc_core.features.scalars import PITCH_CLASSES, key_and_mode
from mmc_core.features.spectra import TEMPOGRAM_FRAMES, Spectra, lag_bpm
from mmc_core.features.transforms import HOP_LENGTH
from mmc_core.language import _, write
from mmc_core.wording import percent

TEMPOGRAM_S = TEMPOGRAM_FRAMES * HOP_LENGTH / SR
Thirds = Mapping[str, tuple[float, float]]  # where the lower and the upper third end
# Those of numbers that are in a feature table are computed from it.
IN_TABLES = {"key_clarity": "key_clarity", "mfcc_2": "mfcc_mean_2"}
# Those of the others, of every twelfth clip in order of name (75); a test computes them again.
THIRDS: Thirds = {
    "tempo_clarity": (0.153, 0.259),
    "span_db": (13.0, 16.9),
    "harmonic_spread": (0.16, 0.253),
    "onsets_per_s": (1.2, 2.25),
}
CLIPPED_DBFS = -0.1
NO_ONSETS_DB = 0.5  # the strongest onset of a sound that only rings
ONSET_PROMINENCE_DB = 1.0  # above twice the median


@dataclass(frozen=True)
class Facts:
    """Numbers of one piece. Times count from the sound's beginning; levels are in dBFS, where 1
    is full scale.
    """

    start_s: float
    duration_s: float
    rms_dbfs: float
    peak_dbfs: float
    loudest_s: float
    loudest_dbfs: float
    quiet_dbfs: float  # 5th percentile of the frames' RMS
    loud_dbfs: float  # 95th
    strongest_hz: float
    rolloff_hz: float
    centroid_hz: float
    centroid_low_hz: float  # 5th percentile
    centroid_high_hz: float  # 95th
    half_energy_hz: float  # at or below which half of the power lies
    most_energy_hz: float  # nine tenths of it
    mel_db: float  # mean of the mel bands, below their maximum
    mel_doubled: float  # the feature that the original made of it
    mfcc_2: float  # dB
    pitch_class: str
    pitch_share: float
    second_pitch_class: str
    tonic: str
    mode: str
    key_clarity: float  # correlation
    harmonic_spread: float  # standard deviation about the mean point of the tonnetz
    tempo_bpm: float
    tempo_clarity: float  # the tempo's mean autocorrelation above the median of 30 to 300 BPM
    zcr: float
    onsets_per_s: float
    strongest_onset_s: float
    strongest_onset_db: float

    @property
    def span_db(self) -> float:
        return self.loud_dbfs - self.quiet_dbfs


def facts(s: Spectra, start_s: float = 0.0) -> Facts:
    """The numbers of a piece that begins at `start_s` in its sound."""
    from scipy.signal import find_peaks

    duration_s = len(s.y) / SR
    quiet, loud = np.percentile(dbfs(s.rms), [5, 95])
    centroid_low, centroid_high = np.percentile(s.centroid, [5, 95])
    pitches = s.chroma.sum(axis=1)
    second, first = np.argsort(pitches, kind="stable")[-2:]
    tonic, mode, key_clarity = key_and_mode(s.chroma_cqt.mean(axis=1))
    bpm = lag_bpm()
    pulse = s.mean_tempogram
    audible = (bpm >= BPM_RANGE[0]) & (bpm <= BPM_RANGE[1])
    clarity = pulse[np.argmin(np.abs(bpm - s.tempo))] - np.median(pulse[audible])
    onsets = s.onset_strength
    prominence = 2 * np.median(onsets) + ONSET_PROMINENCE_DB
    energy = np.cumsum(s.power.mean(axis=1, dtype=np.float64))

    def at(frame: np.intp) -> float:
        return start_s + min(int(frame) * HOP_LENGTH / SR, duration_s)

    return Facts(
        start_s=start_s,
        duration_s=duration_s,
        rms_dbfs=float(dbfs(np.sqrt(np.mean(np.square(s.y, dtype=np.float64))))),
        peak_dbfs=float(dbfs(np.abs(s.y).max())),
        loudest_s=at(np.argmax(s.rms)),
        loudest_dbfs=float(dbfs(s.rms.max())),
        quiet_dbfs=float(quiet),
        loud_dbfs=float(loud),
        strongest_hz=float(frequencies()[np.argmax(s.power.mean(axis=1))]),
        rolloff_hz=float(s.true_rolloff.mean()),
        centroid_hz=float(s.centroid.mean()),
        centroid_low_hz=float(centroid_low),
        centroid_high_hz=float(centroid_high),
        half_energy_hz=float(frequencies()[np.argmax(energy >= 0.5 * energy[-1])]),
        most_energy_hz=float(frequencies()[np.argmax(energy >= 0.9 * energy[-1])]),
        mel_db=float((s.mel_db - s.mel_db.max()).mean()),
        mel_doubled=float(s.mel_amplitude_db.mean()),
        mfcc_2=float(s.mfcc[1].mean()),
        pitch_class=PITCH_CLASSES[first],
        pitch_share=float(pitches[first] / max(pitches.sum(), 1e-12)),
        second_pitch_class=PITCH_CLASSES[second],
        tonic=tonic,
        mode=mode,
        key_clarity=key_clarity,
        harmonic_spread=float(np.sqrt(s.tonnetz.var(axis=1).sum())),
        tempo_bpm=s.tempo,
        tempo_clarity=float(clarity),
        zcr=float(s.zcr.mean()),
        onsets_per_s=len(find_peaks(onsets, prominence=prominence)[0]) / duration_s,
        strongest_onset_s=at(np.argmax(onsets)),
        strongest_onset_db=float(onsets.max()),
    )


def sentences(f: Facts, thirds: Thirds) -> dict[str, str]:
    """What each picture shows, by the names of `pictures.Pictures`.

    Args:
        thirds: of the numbers `IN_TABLES`.
    """
    span = _third(THIRDS["span_db"], f.span_db, _("small"), _("medium"), _("large"))
    dark = _third(thirds["mfcc_2"], f.mfcc_2, _("bright"), _("neither dark nor bright"), _("dark"))
    key = _third(thirds["key_clarity"], f.key_clarity, _("unclear"), _("fairly clear"), _("clear"))
    moves = _third(
        THIRDS["harmonic_spread"],
        f.harmonic_spread,
        _("the harmony changes little"),
        _("the harmony changes moderately"),
        _("the harmony changes much"),
    )
    return {
        "waveform": _waveform(f),
        "spectrogram": _(
            "On average {share} of the magnitude is below {rolloff}. The strongest frequency is "
            "{strongest}.",
            share=percent(0.85),
            rolloff=_hz(f.rolloff_hz),
            strongest=_hz(f.strongest_hz),
        ),
        "mel": _(
            "Half of the energy is below {half}, {share} of it below {most}. The mean level is "
            "{level} dB. (The feature, in doubled dB: {doubled}.)",
            half=_hz(f.half_energy_hz),
            share=percent(0.9),
            most=_hz(f.most_energy_hz),
            level=_minus(write(f.mel_db, ".1f")),
            doubled=_minus(write(f.mel_doubled, ".1f")),
        ),
        "mfcc": _(
            "MFCC 2 compares low bands with high ones. Its mean is {mean} dB: {dark} for popular "
            "music.",
            mean=_minus(write(f.mfcc_2, ".0f")),
            dark=dark,
        ),
        "chroma": _(
            "The strongest pitch class is {strongest}, with {share} of the energy ({equal} if all "
            "were equal), then {second}. The key is most likely {tonic} {mode}; clarity {clarity} "
            "of 1: {clear}. (In tables, “key” is the strongest pitch class; the estimated key is "
            "in “tonic” and “mode”.)",
            strongest=f.pitch_class,
            share=percent(f.pitch_share),
            equal=percent(1 / 12),
            second=f.second_pitch_class,
            tonic=f.tonic,
            mode=_(f.mode),
            clarity=_minus(write(f.key_clarity, ".2f")),
            clear=key,
        ),
        "tonnetz": _(
            "The standard deviation is {deviation:.2f}: {moves}, for popular music.",
            deviation=f.harmonic_spread,
            moves=moves,
        ),
        "tempogram": _pulse(f),
        "rms": _(
            "It is between {low} and {high} for {share} of the time. That range of {range:.0f} dB "
            "is {size} for popular music.",
            low=_db(f.quiet_dbfs),
            high=_db(f.loud_dbfs),
            share=percent(0.9),
            range=f.span_db,
            size=span,
        ),
        "brightness": _(
            "The mean centroid is {mean}; it is mostly between {low} and {high}. The mean roll-off "
            "is {rolloff}.",
            mean=_hz(f.centroid_hz),
            low=_hz(f.centroid_low_hz),
            high=_hz(f.centroid_high_hz),
            rolloff=_hz(f.rolloff_hz),
        ),
        "zcr": _(
            "On average {share} of the samples change sign, as in a tone of {frequency}.",
            share=percent(f.zcr, 1),
            frequency=_hz(f.zcr * SR / 2),
        ),
        "onsets": _onsets(f),
    }


def _waveform(f: Facts) -> str:
    text = _(
        "Loudest at {time:.1f} s, where the RMS is {loudest}. The RMS of all shown is {all}, the "
        "highest peak {peak}.",
        time=f.loudest_s,
        loudest=_db(f.loudest_dbfs),
        all=_db(f.rms_dbfs),
        peak=_db(f.peak_dbfs),
    )
    return text + " " + _("The recording may be distorted (clipped).") if _clipped(f) else text


def _pulse(f: Facts) -> str:
    if f.strongest_onset_db < NO_ONSETS_DB:
        return _("No pulse: no note or beat starts here.")
    if f.duration_s < TEMPOGRAM_S:
        return _(
            "Too short to find a pulse: that needs {seconds:.0f} s of sound.", seconds=TEMPOGRAM_S
        )
    clear = _third(
        THIRDS["tempo_clarity"], f.tempo_clarity, _("weak"), _("fairly clear"), _("clear")
    )
    return _(
        "The tempo is most likely {tempo:.0f} BPM. Its autocorrelation is {clarity} above the "
        "median of all tempos: a {clear} pulse. Half and double the tempo often appear too.",
        tempo=f.tempo_bpm,
        clarity=_minus(write(f.tempo_clarity, ".2f")),
        clear=clear,
    )


def _onsets(f: Facts) -> str:
    if f.strongest_onset_db < NO_ONSETS_DB:
        return _("No onsets: the sound continues without new notes or beats.")
    often = _third(THIRDS["onsets_per_s"], f.onsets_per_s, _("few"), _("average"), _("many"))
    return _(
        "{onsets:.1f} clear onsets per second ({often}, for popular music). The strongest is at "
        "{time:.1f} s.",
        onsets=f.onsets_per_s,
        often=often,
        time=f.strongest_onset_s,
    )


def _third(ends: tuple[float, float], value: float, low: str, middle: str, high: str) -> str:
    below, above = ends
    return low if value < below else high if value > above else middle


def _clipped(f: Facts) -> bool:
    return f.peak_dbfs >= CLIPPED_DBFS


def _minus(number: str) -> str:
    return number.replace("-", "−")


def _db(level: float) -> str:
    return _minus(f"{write(level, '.1f')} dBFS")


def _hz(frequency: float) -> str:
    """A frequency to read: whole hertz below 1 kHz."""
    is_low = frequency < 999.5
    return f"{frequency:.0f} Hz" if is_low else f"{write(frequency / 1000, '.1f')} kHz"
