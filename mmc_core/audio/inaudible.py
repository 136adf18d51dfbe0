"""Remove inaudible parts of a recording that change the answers of models.

The mean of the samples is subtracted. Rumble below the lowest tones, such as an offset that
changes, is filtered out if it holds more than a hundredth of the power. Samples far from full
scale are scaled to it. Only models hear the result: tables of features describe the decoded
samples, like librosa.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cache

import numpy as np

from mmc_core._typing import Float32, Float64
from mmc_core.audio.sound import BLOCK_SAMPLES, SR, Sound
from mmc_core.language import N_

CUTOFF_HZ = 15  # a piano's lowest tone has 27.5 Hz
ORDER = 6
SETTLED = SR  # samples after which the filter does not remember where it began
STEP = 90  # samples whose mean stands for them where rumble is measured: 245 Hz
MOST_POWER = 0.01  # of a sound's, beyond which rumble is removed, and an offset told
LEAST_PEAK, MOST_PEAK = 0.05, 2.0  # of recordings; those of 4QAED lie between 0.12 and 1.7
SILENCE_PEAK = 1e-4  # -80 dB of full scale
EDGE = round(0.01 * SR)  # samples at either end, where resampling lets an offset ring
RINGING = 0.01  # of the range at an end: samples next to it that vary less stand still

OFFSET = N_("An offset of the samples, which nobody hears, was removed.")
RUMBLE = N_("Rumble below {frequency} Hz, which nobody hears, was removed.")
SCALE = N_("The samples reach {peak} times full scale; they were scaled to it.")


@dataclass(frozen=True)
class Audible(Sound):
    """A sound without offset and rumble and at a usual scale, computed when it is read.

    Args:
        sound: the decoded sound.
        offset: mean of its samples.
        has_rumble: whether rumble is filtered out.
        still_ends: whether the first and the last samples are the ringing of a resampled offset
            in silence, which is set to zero.
        scale: factor of the samples.
        notes: sentences on how the sound was read, and on each removal that is not small.
    """

    sound: Sound
    offset: float
    has_rumble: bool
    still_ends: tuple[bool, bool]
    scale: float = 1.0
    notes: tuple[str, ...] = ()

    @property
    def name(self) -> str:  # type: ignore[override]
        return self.sound.name

    @property
    def n_samples(self) -> int:
        return self.sound.n_samples

    def samples(self, start: int, end: int) -> Float32:
        lead = min(start, SETTLED) if self.has_rumble else 0
        y = self.sound.samples(start - lead, end) - np.float32(self.offset)
        if self.has_rumble:
            y = _without_rumble(y)[lead:]
        last = self.n_samples - EDGE
        for edge, is_still in zip((0, last), self.still_ends, strict=True):
            if is_still:
                y[max(edge - start, 0) : max(edge + EDGE - start, 0)] = 0
        scaled: Float32 = np.float32(self.scale) * y
        return scaled


def audible(sound: Sound) -> Audible:
    """Return a sound without its inaudible parts, with notes on what was removed."""
    offset, power, low_power = _measure(sound)
    has_rumble = low_power > MOST_POWER * power
    last = sound.n_samples - EDGE
    still_ends = _rings(sound, 0, EDGE), _rings(sound, last, last - EDGE)
    heard = Audible(sound, offset, has_rumble, still_ends)
    notes, scale = [*sound.notes], 1.0
    if has_rumble:
        notes.append(RUMBLE.format(frequency=CUTOFF_HZ))
    elif offset**2 > MOST_POWER * (power + offset**2):
        notes.append(OFFSET)
    if (peak := heard.peak) > MOST_PEAK or SILENCE_PEAK <= peak < LEAST_PEAK:
        notes.append(SCALE.format(peak=f"{peak:.2g}"))
        scale = 1 / peak
    return replace(heard, scale=scale, notes=tuple(notes))


def is_silent(sound: Sound) -> bool:
    """Return whether a sound stays within -80 dB of full scale around its mean."""
    lowest, highest = math.inf, -math.inf
    for y in _inner_blocks(sound):
        lowest, highest = min(lowest, float(y.min())), max(highest, float(y.max()))
    return highest - lowest < 2 * SILENCE_PEAK


def _measure(sound: Sound) -> tuple[float, float, float]:
    """Return a sound's mean, its power about the mean, and the power of its rumble."""
    from scipy.signal import sosfilt

    n, total, power = 0, 0.0, 0.0
    steps = [np.zeros(0)]
    for y in _inner_blocks(sound):
        n += len(y)
        total += float(y.sum(dtype=np.float64))
        power += float(np.square(y, dtype=np.float64).sum())
        whole = y[: len(y) // STEP * STEP].reshape(-1, STEP)
        steps.append(whole.mean(axis=1, dtype=np.float64))
    offset = total / n
    low = sosfilt(_filter("lowpass", SR / STEP), np.concatenate(steps) - offset)
    return offset, power / n - offset**2, float(np.square(low).mean()) if len(low) else 0.0


def _inner_blocks(sound: Sound) -> Iterator[Float32]:
    """Yield the blocks of a sound, but for its ends, where an offset may ring."""
    edge = EDGE if sound.n_samples >= 4 * EDGE else 0
    last = sound.n_samples - edge
    for start in range(edge, last, BLOCK_SAMPLES):
        yield sound.samples(start, min(start + BLOCK_SAMPLES, last))


def _rings(sound: Sound, edge: int, inner: int) -> bool:
    """Return whether an end of a sound swings although the samples next to it stand still.

    Args:
        edge, inner: samples at which the end and its neighbour begin.
    """
    if sound.n_samples < 4 * EDGE:
        return False
    swing, still = (np.ptp(sound.samples(start, start + EDGE)) for start in (edge, inner))
    return bool(still < RINGING * swing)


def _without_rumble(y: Float32) -> Float32:
    from scipy.signal import sosfilt, sosfilt_zi

    sections = _filter("highpass", SR)
    before = y[: SETTLED // 10].mean(dtype=np.float64) if len(y) else 0.0
    filtered, _ = sosfilt(sections, y, zi=before * sosfilt_zi(sections))  # as if it went before
    return np.asarray(filtered, dtype=np.float32)


@cache
def _filter(kind: str, rate: float) -> Float64:
    """Return the second-order sections of a filter at the cutoff."""
    from scipy.signal import butter

    sections: Float64 = butter(ORDER, CUTOFF_HZ, kind, fs=rate, output="sos")
    return sections
