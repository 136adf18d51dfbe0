"""Bytes in, sound out: what a file really is, whether it may be used, and its samples.

Everything is brought to mono (mean of the channels), 22 050 Hz, float32. A file is known by its
first bytes, never by its name. libsndfile reads what it knows. FFmpeg, through PyAV's wheel,
reads the rest and is not trusted with it: an m4a of 629 bytes can make it take 2 GB. It works in
a process of its own that has little memory, opens no file and is ended if it takes too long.
"""

from __future__ import annotations

import io
import json
import re
import stat
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import groupby
from operator import itemgetter
from pathlib import Path
from typing import Any, BinaryIO

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
from mmc_core.settings import PROJECT, Limits, command_line_limits

SR = 22_050  # Hz
CLIP_S = 25.5  # seconds that one row of a feature table describes
CLIP_SAMPLES = round(CLIP_S * SR)
MIN_DURATION_S = 1.0
SILENCE_PEAK = 1e-4  # -80 dB of full scale
LOUDEST_PEAK = 1e6  # no recording is this far above full scale (1.0)
BLOCK_SAMPLES = 65_536  # of all channels together
SAMPLE_RATES = (2_000, 768_000)  # Hz; outside, a header lies
MAX_CHANNELS = 64
MAX_ID3_TAGS = 16
HEAD_BYTES = 65_536  # an mp3 may begin with so many zeros
FFMPEG_BYTES = 2**30  # of memory
FFMPEG_S = 60.0  # and a twentieth of the longest duration accepted

USABLE = "wav, flac, ogg, opus, mp3, m4a, aac, wma, aiff or webm"

Mono = npt.NDArray[np.float32]
Block = tuple[int, npt.NDArray[np.float32]]  # rate in Hz, samples (n_samples, n_channels)


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
        name: what to call it; a path's own name by default. Messages shorten it.
        limits: the largest size and duration accepted; the command line's by default. Size is
            checked before reading, duration while decoding.

    Raises:
        AudioError: in the kind that fits; see `mmc_core.errors`. Never anything else.
    """
    limits = limits or command_line_limits()
    if not name:
        name = (source.name or str(source)) if isinstance(source, Path) else "The file"
    try:
        with _open(source, shown(name), limits) as file:
            return Audio(_load(file, shown(name), limits), name)
    except (OSError, ValueError, MemoryError) as error:
        reason = getattr(error, "strerror", None) or error
        raise AudioError(f"{shown(name)} could not be read: {reason}. Check the path.") from error


@contextmanager
def _open(source: Path | bytes, name: str, limits: Limits) -> Iterator[io.FileIO]:
    """A file of the system's, as decoders in C and in other processes want it: unbuffered."""
    if isinstance(source, bytes):
        _check_size(len(source), name, limits)
        with tempfile.TemporaryFile(buffering=0) as file:
            rest = memoryview(source)
            while rest:
                rest = rest[file.write(rest) :]
            yield file
        return
    status = source.stat()
    if not stat.S_ISREG(status.st_mode):  # opening a pipe would wait for ever
        raise AudioError(f"{name} is a folder or a device; choose a file.")
    _check_size(status.st_size, name, limits)
    with source.open("rb", buffering=0) as file:
        yield file


def shown(name: str, longest: int = 60) -> str:
    """A file's name fit for a message: one line, printable, its middle left out if too long."""
    name = "".join(c if c.isprintable() else "\N{REPLACEMENT CHARACTER}" for c in name)
    tail = longest // 3
    return name if len(name) <= longest else f"{name[: longest - tail - 1]}…{name[-tail:]}"


def _check_size(size: int, name: str, limits: Limits) -> None:
    if size == 0:
        raise EmptyFile(f"{name} is empty (0 bytes). Choose a file that holds sound.")
    if size > limits.size_bytes:
        raise TooLarge(
            f"{name} has {size / 1e6:.1f} MB; at most {limits.size_bytes / 1e6:.1f} MB are "
            "accepted. Cut it or save it compressed, as mp3 or ogg."
        )


def _load(file: io.FileIO, name: str, limits: Limits) -> Mono:
    y = _decode(file, name, limits.duration_s)
    if len(y) < MIN_DURATION_S * SR:
        raise TooShort(
            f"{name} lasts {len(y) / SR:.2f} s; at least {MIN_DURATION_S:.0f} s is needed, "
            f"and {CLIP_S} s is best."
        )
    if max(y.max(), -y.min()) < SILENCE_PEAK:
        raise SilentAudio(f"{name} is silent: it never rises above -80 dB. Check the recording.")
    return y


# ---- what a file is -------------------------------------------------------------------------


@dataclass(frozen=True)
class Container:
    """How to open a kind of file: by libsndfile if it knows it, else by FFmpeg under a name.

    FFmpeg is told the name so that it cannot take a file for a playlist of others.
    """

    ffmpeg: str
    sndfile: bool = True


# libsndfile cuts an mp3 of variable bitrate without an index short, spoils the seams of blocks
# (it is seeked after each), and prints of errors. FFmpeg's samples are the same to 2e-6.
MP3 = Container("mp3", sndfile=False)

SIGNATURES: tuple[tuple[bytes, Container], ...] = (
    (rb"(RIFF|RIFX|RF64|BW64).{4}WAVE", Container("wav")),
    (rb"riff\x2e\x91\xcf\x11", Container("w64")),
    (rb"FORM.{4}AIF[FC]", Container("aiff")),
    (rb"fLaC", Container("flac")),
    (rb"OggS", Container("ogg")),
    (rb"caff", Container("caf")),
    (rb"\.snd", Container("au")),
    (rb".{4}ftyp", Container("mov", sndfile=False)),
    (rb"\x30\x26\xb2\x75\x8e\x66\xcf\x11", Container("asf", sndfile=False)),
    (rb"\x1a\x45\xdf\xa3", Container("matroska", sndfile=False)),
    (rb"wvpk", Container("wv", sndfile=False)),
    (rb"MAC ", Container("ape", sndfile=False)),
    (rb"ADIF|\xff[\xf0\xf1\xf8\xf9]", Container("aac", sndfile=False)),
)
MP3_START = rb"\0*(ID3|\xff[\xe2-\xe5\xf2-\xf5\xfa-\xfd][^\xf0-\xff])"  # any MPEG, layers 2, 3


def sniff(file: io.FileIO) -> Container | None:
    """What the first bytes of a file say it is, or None where that is no sound we know."""
    tags, head = _after_id3(file)
    for signature, container in SIGNATURES:
        if re.match(signature, head, re.DOTALL):
            return container
    return MP3 if tags or re.match(MP3_START, head) else None


def _after_id3(file: io.FileIO) -> tuple[int, bytes]:
    """How many ID3 tags a file begins with, as any kind of sound may, and what follows them."""
    position = 0
    for tags in range(MAX_ID3_TAGS):
        file.seek(position)
        head = file.read(HEAD_BYTES)
        if len(head) < 10 or not head.startswith(b"ID3"):
            return tags, head
        position += 10 + sum((byte & 127) << 7 * i for i, byte in enumerate(head[9:5:-1]))
    return MAX_ID3_TAGS, b""


# ---- decoding -------------------------------------------------------------------------------


def _decode(file: io.FileIO, name: str, limit_s: float) -> Mono:
    import soundfile

    container = sniff(file)
    if container is None:
        raise NotAudio(
            f"{name} is not a sound file that can be read, whatever its name says. "
            f"Expected {USABLE}."
        )
    if container.sndfile:
        try:
            if mono := list(_to_mono(_sndfile_blocks(file), name, limit_s)):
                return np.concatenate(mono)
        except soundfile.SoundFileError:
            pass  # a codec or a tag that libsndfile does not know; FFmpeg may
    return _decode_apart(file, container, name, limit_s)


def _to_mono(blocks: Iterable[Block], name: str, limit_s: float) -> Iterator[Mono]:
    """Check and resample blocks as they come, giving up as soon as they prove unusable."""
    seconds = 0.0
    for rate, run in groupby(blocks, key=itemgetter(0)):
        if not SAMPLE_RATES[0] <= rate <= SAMPLE_RATES[1]:
            raise DamagedAudio(
                f"{name} says it has {rate} samples a second; expected {SAMPLE_RATES[0]} to "
                f"{SAMPLE_RATES[1]}. Save it again."
            )
        resample = soxr.ResampleStream(rate, SR, 1, dtype="float32", quality="HQ")
        for _, block in run:
            seconds += len(block) / rate
            _check_block(block, name)
            if round(seconds, 3) > limit_s:
                raise TooLong(
                    f"{name} lasts longer than {_duration(limit_s)}, the most that is "
                    "accepted. Cut it into songs."
                )
            yield resample.resample_chunk(block.mean(axis=1))
        yield resample.resample_chunk(np.empty(0, dtype=np.float32), last=True)


def _duration(seconds: float) -> str:
    return f"{seconds / 60:g} minutes" if seconds >= 60 else f"{seconds:g} s"


def _check_block(block: npt.NDArray[np.float32], name: str) -> None:
    if block.shape[1] > MAX_CHANNELS:
        raise DamagedAudio(
            f"{name} says it has {block.shape[1]} channels; expected 1 to {MAX_CHANNELS}. "
            "Save it again in stereo."
        )
    if not np.all(np.abs(block) < LOUDEST_PEAK):  # NaN compares false
        raise NotFiniteAudio(
            f"{name} holds samples that are not numbers or beyond any loudness. "
            "Save it again as 16-bit wav or flac."
        )


def _sndfile_blocks(file: io.FileIO) -> Iterator[Block]:
    import soundfile

    file.seek(0)
    with soundfile.SoundFile(file.fileno(), closefd=False) as sound:
        if sound.subtype.startswith("MPEG"):  # mp3 within wav, see MP3
            return
        at_once = max(1, BLOCK_SAMPLES // sound.channels)
        while len(block := sound.read(at_once, dtype="float32", always_2d=True)):
            yield sound.samplerate, block


# ---- FFmpeg, in a process of its own ----------------------------------------------------------


def _decode_apart(file: io.FileIO, container: Container, name: str, limit_s: float) -> Mono:
    """What `_child` makes of a file; it cannot take this process with it."""
    command = [sys.executable, "-m", "mmc_core.audio", container.ffmpeg, name, str(limit_s)]
    try:
        child = subprocess.run(  # noqa: S603
            command, stdin=file, capture_output=True, cwd=PROJECT, timeout=FFMPEG_S + limit_s / 20
        )
    except subprocess.TimeoutExpired:
        raise _damaged(name, "it takes too long") from None
    if child.returncode == 0 and child.stdout:
        return np.frombuffer(child.stdout, dtype=np.float32).copy()
    try:
        kind, message = json.loads(child.stderr.strip().rpartition(b"\n")[2])
    except ValueError:  # it was ended, or had nothing to say
        raise _damaged(name, "nothing in it makes sense to the decoder") from None
    raise next(error for error in AudioError.__subclasses__() if error.kind == kind)(message)


def _child(container: str, name: str, limit_s: float) -> None:
    """Decode standard input to mono float32 on standard output; an error is JSON on stderr."""
    import av.audio.stream  # all that is loaded late otherwise, when no file can be opened
    import av.subtitles.stream
    import av.video.stream

    _limit_this_process()
    try:
        for mono in _to_mono(_ffmpeg_blocks(sys.stdin.buffer, container, name), name, limit_s):
            sys.stdout.buffer.write(mono.tobytes())
    except AudioError as error:
        sys.exit(json.dumps([error.kind, str(error)]))
    except Exception as error:  # whatever FFmpeg and PyAV may come up with
        reason = error.strerror if isinstance(error, av.error.FFmpegError) else error
        sys.exit(json.dumps([DamagedAudio.kind, str(_damaged(name, reason))]))


def _limit_this_process() -> None:
    try:
        import resource
    except ImportError:  # Windows has no such limits
        return
    used = Path("/proc/self/statm")
    if used.exists():  # beside what NumPy has set aside, which is much on many cores
        most = int(used.read_text().split()[0]) * resource.getpagesize() + FFMPEG_BYTES
        resource.setrlimit(resource.RLIMIT_AS, (most, most))
    resource.setrlimit(resource.RLIMIT_NOFILE, (0, 0))


def _ffmpeg_blocks(file: BinaryIO, container: str, name: str) -> Iterator[Block]:
    import av

    file.seek(0)
    with av.open(file, "r", format=container, metadata_errors="replace") as media:
        if not media.streams.audio:
            raise NoAudioStream(
                f"{name} holds no sound, only other streams. Choose a file with music in it."
            )
        for packet in media.demux(media.streams.audio[0]):
            try:
                for frame in packet.decode():
                    yield frame.sample_rate, _samples(frame)
            except av.error.FFmpegError:
                continue  # one damaged packet; players go on, too


def _samples(frame: Any) -> npt.NDArray[np.float32]:
    """An FFmpeg frame of any sample format as float32 within ±1: (n_samples, n_channels)."""
    y = frame.to_ndarray()
    y = y.T if frame.format.is_planar else y.reshape(-1, frame.layout.nb_channels)
    if y.dtype.kind == "f":
        return y.astype(np.float32)
    half = 2 ** (8 * y.itemsize - 1)
    return (y.astype(np.float32) - (half if y.dtype.kind == "u" else 0)) / half


def _damaged(name: str, reason: object) -> DamagedAudio:
    return DamagedAudio(
        f"{name} begins like a sound file but cannot be decoded: {reason}. "
        "It may be cut off or protected; save it again, for example as mp3."
    )


if __name__ == "__main__":
    _child(sys.argv[1], sys.argv[2], float(sys.argv[3]))
