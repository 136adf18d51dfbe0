"""What a decoder does: libsndfile reads what it knows, FFmpeg (through PyAV's wheel) the rest."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from mmc_core._typing import Float32
from mmc_core.audio.containers import (
    USABLE,
    Container,
    File,
    Part,
    has_streams_at_once,
    parts,
    sniff,
)
from mmc_core.audio.extent import Extent, Reading
from mmc_core.audio.signal import Block, to_mono
from mmc_core.errors import DamagedAudio, NoAudioStream, NotAudio

if TYPE_CHECKING:
    import soundfile

BLOCK_SAMPLES = 65_536  # of all channels together


def read(
    file: File,
    write: Callable[[Float32], object],
    again: Callable[[], object],
    reading: Reading,
) -> None:
    """Read a file's mono sound, or that of one channel.

    Args:
        write: called with samples as they come. (n,)
        again: called where what was written is not wanted, and all comes anew.

    Raises:
        ChannelsCancel: if no channel is given, and their mean is not what they sound like.
        AudioError: in the kind that fits.
        Exception: that libraries come up with.
    """
    import soundfile

    name, limit_s, channel = reading.name, reading.limit_s, reading.channel
    extent = reading.extent
    found = sniff(file)
    if found is None:
        raise NotAudio(
            f"{name} is not a sound file that can be read, whatever its name says. "
            f"Expected {USABLE}."
        )
    n_samples = 0
    if found[0].sndfile and not has_streams_at_once(file, *found):
        try:
            for mono in to_mono(_sndfile_blocks(file, *found, extent), name, limit_s, channel):
                write(mono)
                n_samples += len(mono)
        except soundfile.SoundFileError:
            again()  # a codec or a tag that libsndfile does not know; FFmpeg may
            n_samples = 0
    if not n_samples:
        extent.decoded_s = extent.rest_s = 0.0
        for mono in to_mono(ffmpeg_blocks(file, *found, name, extent), name, limit_s, channel):
            write(mono)
            n_samples += len(mono)
    if not n_samples:
        raise damaged(name, "nothing in it makes sense to the decoder")


def damaged(name: str, reason: object) -> DamagedAudio:
    """What is said of a file that no decoder can read."""
    return DamagedAudio(
        f"{name} begins like a sound file but cannot be decoded: {reason}. "
        "It may be cut off or protected; save it again, for example as mp3."
    )


def _sndfile_blocks(
    file: File, container: Container, start: int, extent: Extent
) -> Iterator[Block]:
    import soundfile

    for stream in parts(file, container, start):
        with soundfile.SoundFile(stream) as sound:
            if sound.subtype.startswith("MPEG"):  # mp3 within wav, see MP3
                return
            at_once = max(1, BLOCK_SAMPLES // sound.channels)
            while not extent.is_enough:
                block = sound.read(at_once, dtype="float32", always_2d=True)
                if not len(block):
                    break
                yield sound.samplerate, block
                extent.decoded_s += len(block) / sound.samplerate
            else:
                extent.rest_s += _left_s(sound)


def _left_s(sound: soundfile.SoundFile) -> float:
    """Seconds of a sound that were not read; NaN unless the last sample is where it should be."""
    import soundfile

    position = sound.tell()
    try:
        sound.seek(max(position, sound.frames) - 1)
        is_there = len(sound.read(1)) == 1
    except soundfile.SoundFileError:
        is_there = False
    return (sound.frames - position) / sound.samplerate if is_there else math.nan


def ffmpeg_blocks(
    file: File, container: Container, start: int, name: str, extent: Extent
) -> Iterator[Block]:
    """Sound of all streams in a row; one that cannot be read is passed over if another can."""
    import av

    failures: list[Exception] = []
    streams = parts(file, container, start)
    for stream in streams:
        try:
            yield from _stream_blocks(stream, container, name, extent)
        except (av.error.FFmpegError, NoAudioStream) as error:
            failures.append(error)
    if len(failures) == len(streams):
        raise failures[0]


def _stream_blocks(part: Part, container: Container, name: str, extent: Extent) -> Iterator[Block]:
    """Yield the sound of the stream that the file prefers, or of the next that can be decoded."""
    import av

    before_s, rank = extent.decoded_s, 0
    streams: list[Any] = []
    while not rank or (rank < len(streams) and extent.decoded_s == before_s):
        part.seek(0)
        with av.open(part, "r", format=container.ffmpeg, metadata_errors="replace") as media:
            streams = sorted(media.streams.audio, key=_preference)
            if not streams:
                raise NoAudioStream(
                    f"{name} holds no sound, only other streams. Choose a file with music in it."
                )
            _note_stream(streams[rank], media.streams.audio, extent)
            yield from _blocks(media, streams[rank], extent)
        rank += 1


def _preference(stream: Any) -> tuple[bool, bool, bool]:
    """Return a key that sorts audio streams: decodable, default, and meant for everyone first."""
    from av.stream import Disposition

    special = (
        Disposition.comment
        | Disposition.hearing_impaired
        | Disposition.visual_impaired
        | Disposition.dependent
    )
    is_default = bool(stream.disposition & Disposition.default)
    return stream.codec_context is None, not is_default, bool(stream.disposition & special)


def _note_stream(stream: Any, streams: Sequence[Any], extent: Extent) -> None:
    """Set which stream of a file is read, unless an earlier part of the file had several."""
    if len(streams) > 1 or extent.n_streams == 1:
        names = stream.metadata.get("title"), stream.metadata.get("language")
        extent.stream, extent.n_streams = streams.index(stream) + 1, len(streams)
        extent.stream_title = ", ".join(each for each in names if each and each != "und")


def _blocks(media: Any, stream: Any, extent: Extent) -> Iterator[Block]:
    """Yield a stream's sound as far as it is wanted, and count the rest."""
    import av

    unit_s = _unit_s(stream)
    for packet in media.demux(stream):
        if extent.is_enough:
            if packet.size:  # the last has none
                extent.rest_s += (packet.duration or math.nan) * unit_s
            continue
        try:
            for frame in packet.decode():
                yield frame.sample_rate, _samples(frame)
                extent.decoded_s += frame.samples / frame.sample_rate
        except av.error.FFmpegError:
            continue  # one damaged packet; players go on, too


def _unit_s(stream: Any) -> float:
    """Seconds of the unit in which a stream tells how long packets are; NaN where it is coarser
    than a sample, as the milliseconds of Matroska and ASF.
    """
    is_exact = stream.time_base and stream.rate and stream.time_base * stream.rate <= 1
    return float(stream.time_base) if is_exact else math.nan


def _samples(frame: Any) -> Float32:
    """An FFmpeg frame of any sample format as float32 within ±1: (n_samples, n_channels)."""
    y = frame.to_ndarray()
    y = y.T if frame.format.is_planar else y.reshape(-1, frame.layout.nb_channels)
    if y.dtype.kind == "f":
        return y.astype(np.float32)
    half = 2 ** (8 * y.itemsize - 1)
    return (y.astype(np.float32) - (half if y.dtype.kind == "u" else 0)) / half
