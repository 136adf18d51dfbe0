"""Correct what nobody can hear of a recording, and models would answer to.

An offset of the samples is subtracted, and rumble below the lowest tones filtered out, where they
hold more than a hundredth of the power. Samples that were scaled far from full scale are scaled to
it. All other sounds are left as they are, to the bit.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import cache
from typing import TypeAlias

import numpy as np

from mmc_core._typing import Float32, Float64
from mmc_core.audio.sound import SR, Audio, Sound, SoundOnDisk
from mmc_core.language import N_

CUTOFF_HZ = 15  # a piano's lowest tone has 27.5 Hz
ORDER = 6
MOST_POWER = 0.01  # of a sound's, that may lie below the cutoff
LEAST_PEAK, MOST_PEAK = 0.05, 2.0  # of recordings; those of 4QAED lie between 0.12 and 1.7
SILENCE_PEAK = 1e-4  # -80 dB of full scale
EDGE = round(0.01 * SR)  # samples at either end, where an offset rings from resampling
RINGING = 0.01  # of the swing at an end, that samples beside it which stand still may have

Write: TypeAlias = Callable[[int, Float32], object]  # from a sample on

OFFSET = N_("An offset of the samples, which nobody hears, was removed.")
RUMBLE = N_("Rumble below {frequency} Hz, which nobody hears, was removed.")
SCALE = N_("The samples reach {peak} times full scale; they were scaled to it.")


@dataclass(frozen=True)
class Flaws:
    """The inaudible flaws of a sound."""

    offset: float  # 0 if it is too small to matter
    has_rumble: bool  # or an offset that changes: more than subtracting the offset removes
    peak: float  # once these are removed

    @property
    def is_misscaled(self) -> bool:
        """Whether the sound is not silent, and its peak is not one of a recording."""
        return self.peak > MOST_PEAK or SILENCE_PEAK <= self.peak < LEAST_PEAK

    @property
    def notes(self) -> tuple[str, ...]:
        """Sentences on what is corrected, in English."""
        notes = []
        if self.has_rumble:
            notes.append(RUMBLE.format(frequency=CUTOFF_HZ))
        elif self.offset:
            notes.append(OFFSET)
        if self.is_misscaled:
            notes.append(SCALE.format(peak=f"{self.peak:.2g}"))
        return tuple(notes)


def find_flaws(sound: Sound) -> Flaws:
    """Measure the offset, the power below the cutoff and the peak of a sound."""
    n, total, power, audible_power = 0, 0.0, 0.0, 0.0
    peak, audible_peak, lowest, highest = 0.0, 0.0, math.inf, -math.inf
    for block, audible, inner in _filtered(sound):
        y = block[inner]
        n += len(y)
        total += float(y.sum(dtype=np.float64))
        power += float(np.square(y, dtype=np.float64).sum())
        audible_power += float(np.square(audible[inner]).sum())
        peak = max(peak, float(np.abs(block).max()))
        audible_peak = max(audible_peak, float(np.abs(audible[inner]).max(initial=0)))
        lowest, highest = float(y.min(initial=lowest)), float(y.max(initial=highest))
    if power - audible_power <= MOST_POWER * power:
        return Flaws(0.0, False, peak)
    offset = total / n
    rest = power - n * offset**2
    if rest - audible_power > MOST_POWER * rest:
        return Flaws(offset, True, audible_peak)
    return Flaws(offset, False, max(highest - offset, offset - lowest))


def correct_on_disk(sound: SoundOnDisk, flaws: Flaws) -> None:
    """Rewrite a sound without its flaws, and add notes on them."""
    if flaws.notes:
        _write_corrected(sound, flaws, sound.write)
        sound.notes += flaws.notes


def corrected(audio: Audio) -> Audio:
    """Return a sound without its flaws, with notes on them."""
    flaws = find_flaws(audio)
    if not flaws.notes:
        return audio
    y = np.empty_like(audio.y)

    def write(start: int, block: Float32) -> None:
        y[start : start + len(block)] = block

    _write_corrected(audio, flaws, write)
    return replace(audio, y=y, notes=(*audio.notes, *flaws.notes))


def _write_corrected(sound: Sound, flaws: Flaws, write: Write) -> None:
    """Write a sound's blocks without its flaws."""
    scale = np.float32(1 / flaws.peak if flaws.is_misscaled else 1.0)
    ends = [_rings(sound, edge, inner) for edge, inner in _ends(sound)]
    position = 0
    for block, audible, _ in _filtered(sound):
        y = audible if flaws.has_rumble else block - np.float32(flaws.offset)
        write(position, scale * y.astype(np.float32))
        position += len(block)
    for (edge, _), rings in zip(_ends(sound), ends, strict=True):
        if rings:
            write(edge, np.zeros(EDGE, dtype=np.float32))


def _ends(sound: Sound) -> tuple[tuple[int, int], tuple[int, int]]:
    """Return where both ends of a sound begin, each with where its inner neighbour begins."""
    last = sound.n_samples - EDGE
    return (0, EDGE), (last, last - EDGE)


def _rings(sound: Sound, edge: int, inner: int) -> bool:
    """Return whether an end of a sound swings where the samples beside it stand still."""
    swing, still = (np.ptp(sound.samples(start, start + EDGE)) for start in (edge, inner))
    return bool(still < RINGING * swing)


def _filtered(sound: Sound) -> Iterator[tuple[Float32, Float64, slice]]:
    """Yield each block, the same without what lies below the cutoff, and where that can be used."""
    from scipy.signal import sosfilt, sosfilt_zi

    offset = sound.samples(0, SR).mean(dtype=np.float64) if sound.n_samples else 0.0
    state = offset * sosfilt_zi(_high_pass())  # as if it had sounded before, too
    position, end = 0, sound.n_samples - EDGE
    for block in sound.blocks():
        audible, state = sosfilt(_high_pass(), block, zi=state)
        yield block, audible, slice(max(0, EDGE - position), max(0, end - position))
        position += len(block)


@cache
def _high_pass() -> Float64:
    """Return the filter's second-order sections."""
    from scipy.signal import butter

    sections: Float64 = butter(ORDER, CUTOFF_HZ, "highpass", fs=SR, output="sos")
    return sections
