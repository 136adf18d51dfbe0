"""Bytes in, sound out: what a file really is, whether it may be used, and its samples.

Everything is brought to mono (mean of the channels), 22 050 Hz, float32. A file is known by its
first bytes, never by its name. libsndfile reads what it knows; FFmpeg, through PyAV's wheel,
reads the rest, and is told the container so that it cannot pick one that opens other files.
"""

from __future__ import annotations

import io
import os
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

import numpy as np
import numpy.typing as npt
import soxr

from mmc_core.errors import (
    AudioError,
    DamagedAudio,
    EmptyFile,
    NoAudioStream,
    NotAudio,
    NotFiniteAudio,
    SilentAudio,
    TooLarge,
    TooLong,
    TooShort,
)
from mmc_core.settings import Limits, command_line_limits

SR = 22_050  # Hz
CLIP_S = 25.5  # seconds that one row of a feature table describes
CLIP_SAMPLES = round(CLIP_S * SR)
MIN_DURATION_S = 1.0
SILENCE_PEAK = 1e-4  # -80 dB of full scale
LOUDEST_PEAK = 1e6  # no recording is this far above full scale (1.0)
BLOCK_SAMPLES = 65_536
SAMPLE_RATES = (2_000, 768_000)  # Hz; outside, a header lies
MAX_CHANNELS = 64

USABLE = "wav, flac, ogg, opus, mp3, m4a, aac, wma, aiff or webm"

Mono = npt.NDArray[np.float32]


@dataclass(frozen=True)
class Audio:
    """One sound. `y` is mono float32 at 22 050 Hz, (n_samples,)."""

    y: Mono
    name: str = ""

    @property
    def duration_s(self) -> float:
        return len(self.y) / SR

    def cut(self, start_s: float = 0.0, duration_s: float = CLIP_S) -> Audio:
        """A piece of it, shorter where the sound ends first."""
        start = round(start_s * SR)
        return Audio(self.y[start : start + round(duration_s * SR)], self.name)


def load_audio(source: Path | bytes, *, name: str = "", limits: Limits | None = None) -> Audio:
    """Decode a whole file.

    Args:
        source: a path, or a file's content.
        name: what to call it in messages; a path's own name by default.
        limits: the largest size and duration accepted; the command line's by default. Size is
            checked before reading, duration while decoding.

    Raises:
        AudioError: in the kind that fits; see `mmc_core.errors`.
    """
    limits = limits or command_line_limits()
    if isinstance(source, bytes):
        return _load(io.BytesIO(source), len(source), name or "The file", limits)
    name = name or source.name
    try:
        with source.open("rb") as file:
            return _load(file, os.fstat(file.fileno()).st_size, name, limits)
    except OSError as error:
        raise AudioError(f"{name} could not be opened: {error.strerror}.") from error


def _load(file: BinaryIO, size: int, name: str, limits: Limits) -> Audio:
    if size == 0:
        raise EmptyFile(f"{name} is empty (0 bytes). Choose a file that holds sound.")
    if size > limits.size_bytes:
        raise TooLarge(
            f"{name} has {size / 1e6:.0f} MB; at most {limits.size_bytes / 1e6:.0f} MB are "
            "accepted. Cut it or save it compressed, as mp3 or ogg."
        )
    container = sniff(file.read(64))
    if container is None:
        raise NotAudio(
            f"{name} is not a sound file that can be read, whatever its name says. "
            f"Expected {USABLE}."
        )
    y = _decode(file, container, name, limits.duration_s)
    if len(y) < MIN_DURATION_S * SR:
        raise TooShort(
            f"{name} lasts {len(y) / SR:.2f} s; at least {MIN_DURATION_S:.0f} s is needed, "
            f"and {CLIP_S} s is best."
        )
    if np.abs(y).max() < SILENCE_PEAK:
        raise SilentAudio(f"{name} is silent: it never rises above -80 dB. Check the recording.")
    return Audio(y, name)


# ---- what a file is -------------------------------------------------------------------------


@dataclass(frozen=True)
class Container:
    """How to open a kind of file: by libsndfile if it knows it, else by FFmpeg under a name."""

    sndfile: bool
    ffmpeg: str


SIGNATURES: tuple[tuple[int, bytes, Container], ...] = (
    (8, b"WAVE", Container(True, "wav")),
    (0, b"FORM", Container(True, "aiff")),
    (0, b"fLaC", Container(True, "flac")),
    (0, b"OggS", Container(True, "ogg")),
    (0, b"caff", Container(True, "caf")),
    (0, b".snd", Container(True, "au")),
    (0, b"ID3", Container(True, "mp3")),
    (4, b"ftyp", Container(False, "mov")),
    (0, bytes.fromhex("3026b2758e66cf11"), Container(False, "asf")),
    (0, bytes.fromhex("1a45dfa3"), Container(False, "matroska")),
    (0, b"ADIF", Container(False, "aac")),
    (0, b"wvpk", Container(False, "wv")),
    (0, b"MAC ", Container(False, "ape")),
)


def sniff(head: bytes) -> Container | None:
    """What the first bytes of a file say it is, or None where that is no sound we know."""
    for offset, signature, container in SIGNATURES:
        if head[offset : offset + len(signature)] == signature:
            return container
    if len(head) >= 4 and head[0] == 0xFF and head[1] & 0xE0 == 0xE0:  # MPEG frame sync
        version, layer = head[1] >> 3 & 3, head[1] >> 1 & 3
        if layer == 0:
            return Container(False, "aac") if head[1] & 0xF0 == 0xF0 else None
        bitrate, rate = head[2] >> 4, head[2] >> 2 & 3
        return Container(True, "mp3") if version != 1 and bitrate != 15 and rate != 3 else None
    return None


# ---- decoding -------------------------------------------------------------------------------


def _decode(file: BinaryIO, container: Container, name: str, limit_s: float) -> Mono:
    import soundfile

    if container.sndfile:
        try:
            file.seek(0)
            with soundfile.SoundFile(file) as sound:
                return _collect(_blocks(sound), sound.samplerate, sound.channels, name, limit_s)
        except soundfile.LibsndfileError:
            pass  # a codec or a tag that libsndfile does not know; FFmpeg may
    return _decode_ffmpeg(file, container, name, limit_s)


def _blocks(sound) -> Iterator[npt.NDArray[np.float32]]:  # type: ignore[no-untyped-def]
    while len(block := sound.read(BLOCK_SAMPLES, dtype="float32", always_2d=True)):
        yield block.mean(axis=1)


def _decode_ffmpeg(file: BinaryIO, container: Container, name: str, limit_s: float) -> Mono:
    import av
    import av.error
    import av.logging

    av.logging.set_level(av.logging.PANIC)
    file.seek(0)
    try:
        with closing(av.open(file, format=container.ffmpeg, metadata_errors="ignore")) as media:
            if not media.streams.audio:
                raise NoAudioStream(
                    f"{name} holds no sound, only other streams. Choose a file with music in it."
                )
            stream = media.streams.audio[0]
            stream.thread_type = "AUTO"
            resampler = av.AudioResampler(format="fltp")
            blocks = (
                np.asarray(converted.to_ndarray(), dtype=np.float32).mean(axis=0)
                for frame in media.decode(stream)
                for converted in resampler.resample(frame)
            )
            return _collect(blocks, stream.rate or 0, stream.channels, name, limit_s)
    except (av.error.FFmpegError, ValueError) as error:
        raise DamagedAudio(
            f"{name} begins like a sound file but cannot be decoded ({error}). "
            "It may be cut off or protected; save it again, for example as mp3."
        ) from error


def _collect(
    blocks: Iterator[npt.NDArray[np.float32]], rate: int, channels: int, name: str, limit_s: float
) -> Mono:
    """Resample a stream of mono blocks, giving up as soon as it proves too long or not sound."""
    if not SAMPLE_RATES[0] <= rate <= SAMPLE_RATES[1] or channels > MAX_CHANNELS:
        raise DamagedAudio(
            f"{name} says it has {channels} channels at {rate} Hz; expected 1 to {MAX_CHANNELS} "
            f"channels at {SAMPLE_RATES[0]} to {SAMPLE_RATES[1]} Hz. Save it again."
        )
    resample = soxr.ResampleStream(rate, SR, 1, dtype="float32", quality="HQ")
    collected, n_samples = [], 0
    for block in blocks:
        n_samples += len(block)
        if n_samples > limit_s * rate:
            raise TooLong(
                f"{name} lasts longer than {limit_s / 60:.0f} minutes, the most that is accepted. "
                "Cut it into songs."
            )
        if not np.all(np.abs(block) < LOUDEST_PEAK):  # NaN compares false
            raise NotFiniteAudio(
                f"{name} holds samples that are not numbers or beyond any loudness. "
                "Save it again as 16-bit wav or flac."
            )
        collected.append(resample.resample_chunk(block))
    collected.append(resample.resample_chunk(np.empty(0, dtype=np.float32), last=True))
    return np.concatenate(collected)
