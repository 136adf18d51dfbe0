"""Sound at one level: a volume knob is no mood.

Loudness is that of ITU-R BS.1770-4, with its gates, so that pauses do not count.
"""

from __future__ import annotations

import math
from contextlib import suppress
from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from mmc_core._typing import Float32
from mmc_core.audio.inaudible import LEAST_PEAK, MOST_PEAK
from mmc_core.audio.sound import SR, Sound

LEVEL_LUFS = -23.0  # EBU R 128's
SILENCE_DB = -60.0  # of the loudest sample at that level: what lies under it at an end is silence
GATE_LUFS = -70.0  # what is softer does not count, and sound under 0.4 s has no loudness


@dataclass(frozen=True)
class Levelled(Sound):
    """A sound at -23 LUFS without its silent ends, as models hear it; worked out as it is read.

    What is shorter than 0.4 s, or too uneven to have a loudness, is brought to that mean square.
    A second at least is left of it.
    """

    sound: Sound
    gain: np.float32
    start: int  # sample at which it begins
    end: int

    @property
    def name(self) -> str:  # type: ignore[override]
        return self.sound.name

    @property
    def notes(self) -> tuple[str, ...]:  # type: ignore[override]
        return self.sound.notes

    @property
    def n_samples(self) -> int:
        return self.end - self.start

    @property
    def start_s(self) -> float:
        """The time in the sound at which this one begins, in seconds."""
        return self.start / SR

    def samples(self, start: int, end: int) -> Float32:
        y = self.sound.samples(self.start + start, min(self.start + end, self.end))
        levelled: Float32 = self.gain * y
        return levelled


def levelled(sound: Sound) -> Levelled:
    """A sound at one level, its silent ends left out."""
    gain = np.float32(10 ** ((LEVEL_LUFS - loudness(sound)) / 20))
    first, last, n = None, 0, 0
    for block in sound.blocks():
        heard = np.flatnonzero(np.abs(gain * block) > 10 ** (SILENCE_DB / 20))
        if len(heard):
            first = n + int(heard[0]) if first is None else first
            last = n + int(heard[-1])
        n += len(block)
    if first is None:
        return Levelled(sound, gain, 0, n)
    start = max(0, min(first, n - SR))
    return Levelled(sound, gain, start, max(last + 1, min(start + SR, n)))


def loudness(sound: Sound) -> float:
    """Return the integrated loudness in LUFS, measured by FFmpeg's ebur128.

    The meter ends at 10 LUFS and at the gate: what is far from full scale is scaled to it first.
    """
    peak = sound.peak
    scale = 1.0 if LEAST_PEAK <= peak <= MOST_PEAK or peak == 0 else peak
    return _measured(sound, scale) + 20 * math.log10(scale)


def _measured(sound: Sound, scale: float) -> float:
    """Return the loudness of a sound that is divided by a scale."""
    import av

    graph = av.filter.Graph()
    source = graph.add_abuffer(
        sample_rate=SR, format="flt", layout="mono", time_base=Fraction(1, SR)
    )
    meter, sink = graph.add("ebur128", "metadata=1"), graph.add("abuffersink")
    source.link_to(meter)
    meter.link_to(sink)
    graph.configure()
    measured, n, energy = GATE_LUFS, 0, 0.0
    for samples in sound.blocks():
        y = samples / np.float32(scale)
        block = np.ascontiguousarray(y[None])
        frame = av.AudioFrame.from_ndarray(block, format="flt", layout="mono")
        frame.sample_rate, frame.pts = SR, n
        n += len(y)
        energy += float(np.square(y, dtype=np.float64).sum())
        source.push(frame)
        with suppress(av.error.BlockingIOError):
            while True:
                measured = float(sink.pull().metadata["lavfi.r128.I"])
    if measured > GATE_LUFS:
        return measured
    return 10 * math.log10(energy / n + 1e-12) - 0.691
