"""Bytes in, sound out: whether a file may be used, and its samples.

libsndfile reads what it knows; FFmpeg, apart, reads the rest.
"""

from __future__ import annotations

import io
import stat
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np

from mmc_core._typing import Float32
from mmc_core.audio.containers import USABLE, Container, parts, sniff
from mmc_core.audio.ffmpeg import decode_apart
from mmc_core.audio.phase import ChannelsCancel
from mmc_core.audio.signal import CLIP_S, SILENCE_PEAK, SR, Audio, Block, to_mono
from mmc_core.errors import AudioError, EmptyFile, NotAudio, SilentAudio, TooLarge, TooShort
from mmc_core.settings import Limits, command_line_limits
from mmc_core.wording import shown

MIN_DURATION_S = 1.0
BLOCK_SAMPLES = 65_536  # of all channels together


def load_audio(
    source: Path | str | bytes, *, name: str = "", limits: Limits | None = None
) -> Audio:
    """Decode a whole file: wav, flac, ogg, opus, mp3, m4a, aac, wma and what FFmpeg knows.

    Parameters
    ----------
    source : path, str or bytes
        A path, or a file's content. What it is, its first bytes say, not its name.
    name : str, optional
        What to call it; a path's own name by default. Messages shorten it.
    limits : Limits, optional
        The largest size and duration accepted; 2 GB and 6 hours by default. Size is checked
        before reading, duration while decoding.

    Returns
    -------
    Audio
        Mono (the mean of the channels), 22 050 Hz, float32. Where the channels cancel in their
        mean, one of them is read, and `notes` says so. Streams in a row are all heard.

    Raises
    ------
    AudioError
        In the kind that fits, such as `TooShort` below one second. Never anything else.

    Examples
    --------
    >>> import mmc_core as mmc
    >>> audio = mmc.load_audio(mmc.sample("joplin-entertainer"))
    >>> audio.y.dtype, round(audio.duration_s)
    (dtype('float32'), 53)
    """
    if isinstance(source, str):
        source = Path(source)
    limits = limits or command_line_limits()
    if not name:
        name = (source.name or str(source)) if isinstance(source, Path) else "The file"
    try:
        with _open(source, shown(name), limits) as file:
            return _load(file, name, limits)
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


def _check_size(size: int, name: str, limits: Limits) -> None:
    if size == 0:
        raise EmptyFile(f"{name} is empty (0 bytes). Choose a file that holds sound.")
    if size > limits.size_bytes:
        raise TooLarge(
            f"{name} has {size / 1e6:.1f} MB; at most {limits.size_bytes / 1e6:.1f} MB are "
            "accepted. Cut it or save it compressed, as mp3 or ogg."
        )


def _load(file: io.FileIO, name: str, limits: Limits) -> Audio:
    notes: tuple[str, ...] = ()
    try:
        y = _decode(file, shown(name), limits.duration_s)
    except ChannelsCancel as cancelled:
        y = _decode(file, shown(name), limits.duration_s, cancelled.channel)
        notes = (cancelled.note,)
    name_shown = shown(name)
    if len(y) < MIN_DURATION_S * SR:
        raise TooShort(
            f"{name_shown} lasts {len(y) / SR:.2f} s; at least {MIN_DURATION_S:.0f} s is needed, "
            f"and {CLIP_S} s is best."
        )
    if max(y.max(), -y.min()) < SILENCE_PEAK:
        raise SilentAudio(
            f"{name_shown} is silent: it never rises above -80 dB. Check the recording."
        )
    return Audio(y, name, notes)


def _decode(file: io.FileIO, name: str, limit_s: float, channel: int | None = None) -> Float32:
    """Mono sound of a file; of one channel where that is given.

    Raises:
        ChannelsCancel: if no channel is given, and their mean is not what they sound like.
    """
    import soundfile

    found = sniff(file)
    if found is None:
        raise NotAudio(
            f"{name} is not a sound file that can be read, whatever its name says. "
            f"Expected {USABLE}."
        )
    container, start = found
    if container.sndfile:
        try:
            blocks = _sndfile_blocks(file, container, start)
            if mono := list(to_mono(blocks, name, limit_s, channel)):
                return np.concatenate(mono)
        except soundfile.SoundFileError:
            pass  # a codec or a tag that libsndfile does not know; FFmpeg may
    return decode_apart(file, container, start, name, limit_s, channel)


def _sndfile_blocks(file: io.FileIO, container: Container, start: int) -> Iterator[Block]:
    import soundfile

    streams = parts(file, container, start)
    is_whole = len(streams) == 1 and start == 0
    file.seek(0)
    for stream in streams:
        source = file.fileno() if is_whole else stream
        with soundfile.SoundFile(source, closefd=False) as sound:
            if sound.subtype.startswith("MPEG"):  # mp3 within wav, see MP3
                return
            at_once = max(1, BLOCK_SAMPLES // sound.channels)
            while len(block := sound.read(at_once, dtype="float32", always_2d=True)):
                yield sound.samplerate, block
