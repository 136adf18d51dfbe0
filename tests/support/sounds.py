"""Sounds made by arithmetic and files made of them, so that tests need none from outside."""

from __future__ import annotations

import io
from pathlib import Path

import av
import numpy as np
import soundfile

from mmc_core._typing import Float32
from mmc_core.audio import SR, Audio

Samples = Float32

SNDFILE = {  # libsndfile's format and subtype
    "wav": ("WAV", "PCM_16"),
    "wav24": ("WAV", "PCM_24"),
    "wavfloat": ("WAV", "FLOAT"),
    "aiff": ("AIFF", "PCM_16"),
    "flac": ("FLAC", "PCM_16"),
    "ogg": ("OGG", "VORBIS"),
    "opus": ("OGG", "OPUS"),
    "mp3": ("MP3", "MPEG_LAYER_III"),
}
FFMPEG = {  # FFmpeg's container and encoder
    "m4a": ("ipod", "aac"),
    "alac": ("ipod", "alac"),
    "aac": ("adts", "aac"),
    "wma": ("asf", "wmav2"),
    "webm": ("webm", "libopus"),
    "mp4": ("mp4", "aac"),
    "mkv": ("matroska", "flac"),
    "mp3wav": ("wav", "libmp3lame"),
    "oggflac": ("ogg", "flac"),
    "mp2": ("mp2", "mp2"),
    "mov": ("mov", "aac"),
    "avi": ("avi", "libmp3lame"),
    "flv": ("flv", "aac"),
    "mpeg": ("mpeg", "mp2"),
    "mpegts": ("mpegts", "aac"),
    "wv": ("wv", "wavpack"),
    "tta": ("tta", "tta"),
    "ac3": ("ac3", "ac3"),
    "amr": ("amr", "libopencore_amrnb"),
}


def tone(
    duration_s: float = 2.0, rate: int = 44_100, frequencies: tuple[float, ...] = (440.0,)
) -> Samples:
    """Half-scale sines, a channel for each frequency in Hz: (n_samples, n_channels)."""
    seconds = np.arange(round(duration_s * rate)) / rate
    return (0.5 * np.sin(2 * np.pi * np.outer(seconds, frequencies))).astype(np.float32)


def write_tone(path: Path, frequency: float, duration_s: float = 1.5) -> Path:
    """Write a WAV file of one sine, in Hz, making its folder; return its path."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(encode(tone(duration_s, 22_050, (frequency,)), 22_050, "wav"))
    return path


def white_noise(seconds: float) -> Audio:
    """Loaded sound that no mood is certain of."""
    y = np.random.default_rng(0).normal(0, 0.1, round(seconds * SR)).astype(np.float32)
    return Audio(y, "noise.wav")


def encode(y: Samples, rate: int, kind: str, *, subtype: str | None = None) -> bytes:
    """A file's content. `y` is (n_samples, n_channels), `kind` a key of SNDFILE or FFMPEG."""
    buffer = io.BytesIO()
    if kind in SNDFILE:
        container, usual = SNDFILE[kind]
        with soundfile.SoundFile(
            buffer, "w", rate, y.shape[1], subtype or usual, format=container
        ) as file:
            for start in range(0, len(y), rate):  # libsndfile crashes over minutes of vorbis
                file.write(y[start : start + rate])
    else:
        _encode_ffmpeg(buffer, y, rate, *FFMPEG[kind])
    return buffer.getvalue()


def video(duration_s: float = 2.0, sound: Samples | None = None) -> bytes:
    """An mp4 of grey pictures, with `sound` (n_samples, n_channels) at 44 100 Hz if given."""
    buffer = io.BytesIO()
    with av.open(buffer, "w", format="mp4") as media:
        pictures = media.add_stream("mpeg4", rate=10)
        pictures.width, pictures.height, pictures.pix_fmt = 32, 32, "yuv420p"
        if sound is not None:
            _add_sound(media, sound, 44_100, "aac")
        grey = np.full((32, 32, 3), 128, dtype=np.uint8)
        for _ in range(round(duration_s * 10)):
            media.mux(pictures.encode(av.VideoFrame.from_ndarray(grey)))
        media.mux(pictures.encode(None))
    return buffer.getvalue()


def _encode_ffmpeg(buffer: io.BytesIO, y: Samples, rate: int, container: str, codec: str) -> None:
    with av.open(buffer, "w", format=container) as media:
        _add_sound(media, y, rate, codec)


def _add_sound(media: av.container.OutputContainer, y: Samples, rate: int, codec: str) -> None:
    layout = {1: "mono", 2: "stereo", 6: "5.1"}[y.shape[1]]
    stream = media.add_stream(codec, rate=rate, layout=layout)
    assert isinstance(stream, av.AudioStream)
    stream.bit_rate = 128_000
    frame = av.AudioFrame.from_ndarray(np.ascontiguousarray(y.T), format="fltp", layout=layout)
    frame.sample_rate, frame.pts = rate, 0
    media.mux(stream.encode(frame))
    media.mux(stream.encode(None))
