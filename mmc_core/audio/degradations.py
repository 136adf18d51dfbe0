"""The same music in another file: codec, sample rate, equaliser, limiter.

After M. Mauch and S. Ewert, "The Audio Degradation Toolbox and its application to robustness
evaluation", ISMIR 2013. Each takes and gives samples at 22 050 Hz.
"""

from __future__ import annotations

import io

import numpy as np
import soxr

from mmc_core._typing import Float32
from mmc_core.audio.decode import load_audio
from mmc_core.audio.sound import SR

EQUALISER_HZ = (50.0, 100.0, 300.0, 1000.0, 3000.0, 8000.0)


def coded(y: Float32, container: str, codec: str, rate: int, bit_rate: int) -> Float32:
    """Sound encoded and decoded again; see `encoded`."""
    return load_audio(encoded(y, container, codec, rate, bit_rate), name=codec).y


def encoded(y: Float32, container: str, codec: str, rate: int, bit_rate: int) -> bytes:
    """A file of a sound, by FFmpeg's encoder of that name."""
    import av

    sound = soxr.resample(y, SR, rate).astype(np.float32)
    buffer = io.BytesIO()
    with av.open(buffer, "w", format=container) as media:
        stream = media.add_stream(codec, rate=rate, layout="mono")
        assert isinstance(stream, av.AudioStream)
        stream.bit_rate = bit_rate
        frame = av.AudioFrame.from_ndarray(sound[None, :], format="fltp", layout="mono")
        frame.sample_rate, frame.pts = rate, 0
        to_codec = av.AudioResampler(format=stream.format, layout="mono", rate=rate)
        for part in to_codec.resample(frame):
            media.mux(stream.encode(part))
        media.mux(stream.encode(None))
    return buffer.getvalue()


def through(y: Float32, rate: int) -> Float32:
    """Sound at a lower rate and back: what lies above half of it is lost."""
    lower = soxr.resample(y, SR, rate)
    return np.asarray(soxr.resample(lower, rate, SR), dtype=np.float32)


def equalised(y: Float32, gains_db: Float32) -> Float32:
    """Sound with bands raised or lowered: a gain for each of `EQUALISER_HZ`, and lines between."""
    n_fft = len(y) + len(y) % 2
    octaves = np.log2(np.maximum(np.fft.rfftfreq(n_fft, 1 / SR), 1.0))
    gain = 10 ** (np.interp(octaves, np.log2(EQUALISER_HZ), gains_db) / 20)
    return np.fft.irfft(np.fft.rfft(y, n_fft) * gain, n_fft)[: len(y)].astype(np.float32)


def limited(y: Float32, gain_db: float) -> Float32:
    """Sound made louder than full scale allows, its peaks bent as a limiter would."""
    louder = y * np.float32(10 ** (gain_db / 20))
    return np.tanh(louder).astype(np.float32) if np.abs(louder).max() > 1 else louder
