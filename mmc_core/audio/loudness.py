"""Sound at one level: a volume knob is no mood.

Loudness is that of ITU-R BS.1770-4, with its gates, so that pauses do not count.
"""

from __future__ import annotations

from contextlib import suppress
from fractions import Fraction

import numpy as np

from mmc_core._typing import Float32
from mmc_core.audio.signal import SR, Audio

LEVEL_LUFS = -23.0  # EBU R 128's
SILENCE_DB = -60.0  # of the loudest sample at that level: what lies under it at an end is silence
GATE_LUFS = -70.0  # what is softer does not count, and sound under 0.4 s has no loudness
LEAD_S = 3.0  # silence before a clip that is a part of it; the datasets' clips have up to 2.2
BLOCK = 10 * SR  # samples measured at a time


def at_one_level(audio: Audio) -> Audio:
    """A sound at -23 LUFS, its length as it was.

    What is softer than any loudness that can be measured, or shorter than 0.4 s, is brought to the
    same mean square.
    """
    gain = np.float32(10 ** ((LEVEL_LUFS - loudness(audio.y)) / 20))
    return Audio(audio.y * gain, audio.name)


def without_silent_ends(audio: Audio) -> tuple[float, Audio]:
    """What is heard of a sound at one level, a second at least; where it begins, in seconds."""
    heard = np.abs(audio.y) > 10 ** (SILENCE_DB / 20)
    if not heard.any():
        return 0.0, audio
    start = max(0, min(int(heard.argmax()), len(audio.y) - SR))
    end = max(len(heard) - int(heard[::-1].argmax()), start + SR)
    return start / SR, Audio(audio.y[start:end], audio.name)


def first_clip(audio: Audio) -> tuple[float, Audio]:
    """What a row of features describes, and where it begins, in seconds: the first 25.5 s, from the
    first sound on where more than `LEAD_S` of silence is before it.
    """
    lead = np.abs(audio.y[: round(LEAD_S * SR)])
    if lead.max() > 10 ** ((SILENCE_DB - LEVEL_LUFS) / 20):  # silence beside no music
        return 0.0, audio.cut()
    start_s, _ = without_silent_ends(at_one_level(audio))
    start_s = start_s if start_s > LEAD_S else 0.0
    return start_s, audio.cut(start_s)


def loudness(y: Float32) -> float:
    """Integrated loudness of one channel at 22 050 Hz, in LUFS, measured by FFmpeg's ebur128."""
    import av

    graph = av.filter.Graph()
    source = graph.add_abuffer(
        sample_rate=SR, format="flt", layout="mono", time_base=Fraction(1, SR)
    )
    meter, sink = graph.add("ebur128", "metadata=1"), graph.add("abuffersink")
    source.link_to(meter)
    meter.link_to(sink)
    graph.configure()
    measured = GATE_LUFS
    for start in range(0, len(y), BLOCK):
        block = np.ascontiguousarray(y[None, start : start + BLOCK])
        frame = av.AudioFrame.from_ndarray(block, format="flt", layout="mono")
        frame.sample_rate, frame.pts = SR, start
        source.push(frame)
        with suppress(av.error.BlockingIOError):
            while True:
                measured = float(sink.pull().metadata["lavfi.r128.I"])
    if measured > GATE_LUFS:
        return measured
    return float(10 * np.log10(np.mean(np.square(y, dtype=np.float64)) + 1e-12)) - 0.691
