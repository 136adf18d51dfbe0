"""Bytes in, sound out: whether a file may be used, and its samples.

Decoders read it, in processes of their own.
"""

from __future__ import annotations

import io
import stat
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, cast

from mmc_core.audio import decoder
from mmc_core.audio.extent import Extent, Reading
from mmc_core.audio.inaudible import is_silent
from mmc_core.audio.phase import ChannelsCancel
from mmc_core.audio.signal import too_long
from mmc_core.audio.sound import CLIP_S, Audio, SoundOnDisk
from mmc_core.errors import (
    NO_ROOM,
    AudioError,
    EmptyFile,
    SilentAudio,
    TooLarge,
    TooShort,
    describe_temporary_fault,
)
from mmc_core.settings import Limits, command_line_limits
from mmc_core.wording import shown

MIN_DURATION_S = 1.0


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
    sound = open_audio(source, name=name, limits=limits)
    return Audio(sound.samples(0, sound.n_samples), sound.name, sound.notes)


def open_audio(
    source: Path | str | bytes, *, name: str = "", limits: Limits | None = None
) -> SoundOnDisk:
    """Decode a file of any length to a temporary file; see `load_audio`.

    Args:
        source, name, limits: as of `load_audio`.

    Raises:
        AudioError: in the kind that fits.
    """
    return _checked(_opened(source, name, limits, Extent()))


def _checked(sound: SoundOnDisk) -> SoundOnDisk:
    """Return a sound, or refuse it as too short or silent."""
    name = shown(sound.name)
    if sound.duration_s < MIN_DURATION_S:
        raise TooShort(
            f"{name} lasts {sound.duration_s:.2f} s; at least {MIN_DURATION_S:.0f} s is needed, "
            f"and {CLIP_S} s is best."
        )
    if is_silent(sound):
        sentences = f"{name} is silent: it never rises above -80 dB.", *sound.notes
        raise SilentAudio(" ".join([*sentences, "Check the recording."]))
    return sound


def open_beginning(
    source: Path | str | bytes, seconds: float, *, limits: Limits | None = None
) -> tuple[SoundOnDisk, float]:
    """At least the first seconds of a file, and how long all of it is, in seconds.

    Of a longer file no more is decoded; its length is then what the file says, to a frame of its
    codec. Nothing is known of the rest, such as that it is damaged, and whether channels cancel,
    the beginning alone decides. All is decoded where the file says nothing of its length that can
    be believed.

    Args:
        source, limits: as of `load_audio`.
        seconds: how much is wanted.

    Raises:
        AudioError: in the kind that fits.
    """
    extent = Extent(seconds)
    sound = _opened(source, "", limits, extent)
    if extent.rest_s > 0:
        return sound, extent.length_s
    sound = open_audio(source, limits=limits) if extent.rest_s else _checked(sound)
    return sound, sound.duration_s


def _opened(
    source: Path | str | bytes, name: str, limits: Limits | None, extent: Extent
) -> SoundOnDisk:
    if isinstance(source, str):
        source = Path(source)
    limits = limits or command_line_limits()
    if not name:
        name = (source.name or str(source)) if isinstance(source, Path) else "The file"
    try:
        with _open(source, shown(name), limits) as file:
            return _load(file, name, limits, extent)
    except OSError as error:
        if error.errno in NO_ROOM:
            raise _no_room(name, error) from error
        reason = error.strerror or error
        raise AudioError(f"{shown(name)} could not be read: {reason}. Check the path.") from error
    except (ValueError, MemoryError) as error:
        raise AudioError(f"{shown(name)} could not be read: {error}. Check the path.") from error


def _temporary_file(name: str, buffering: int = -1) -> IO[bytes]:
    """Open a file that is gone when it is closed.

    Raises:
        AudioError: if there is no folder for it; it names the file that is decoded.
    """
    try:
        return tempfile.TemporaryFile(buffering=buffering)
    except OSError as error:
        raise _no_room(name, error) from error


def _no_room(name: str, error: OSError) -> AudioError:
    return AudioError(f"{shown(name)} could not be decoded: {describe_temporary_fault(error)}.")


@contextmanager
def _open(source: Path | bytes, name: str, limits: Limits) -> Iterator[io.FileIO]:
    """Open a source as a file of the system, unbuffered, as decoders in other processes need it."""
    if isinstance(source, bytes):
        check_size(len(source), name, limits)
        with cast(io.FileIO, _temporary_file(name, buffering=0)) as file:
            rest = memoryview(source)
            while rest:
                rest = rest[file.write(rest) :]
            yield file
        return
    status = source.stat()
    if not stat.S_ISREG(status.st_mode):  # opening a pipe would wait for ever
        raise AudioError(f"{name} is a folder or a device; choose a file.")
    check_size(status.st_size, name, limits)
    with source.open("rb", buffering=0) as file:
        yield file


def check_size(size: int, name: str, limits: Limits) -> None:
    """Refuse a file that is empty or larger than is accepted."""
    if size == 0:
        raise EmptyFile(f"{name} is empty (0 bytes). Choose a file that holds sound.")
    if size > limits.size_bytes:
        raise TooLarge(
            f"{name} has {size / 1e6:.1f} MB; at most {limits.size_bytes / 1e6:.1f} MB are "
            "accepted. Cut it or save it compressed, as mp3 or ogg."
        )


def _load(file: io.FileIO, name: str, limits: Limits, extent: Extent) -> SoundOnDisk:
    decoded = _temporary_file(name)  # closed with the sound that reads it
    try:
        notes = _decode_some_channel(file, decoded, shown(name), limits.duration_s, extent)
        if round(extent.length_s, 3) > limits.duration_s:
            raise too_long(shown(name), limits.duration_s)
        decoded.flush()
        return SoundOnDisk(decoded, name, notes)
    except BaseException:
        decoded.close()
        raise


def _decode_some_channel(
    file: io.FileIO, decoded: IO[bytes], name: str, limit_s: float, extent: Extent
) -> tuple[str, ...]:
    """Write the mean of a file's channels, or one where they cancel; return notes on that."""
    try:
        decoder.decode(file, decoded, Reading(name, limit_s, None, extent))
    except ChannelsCancel as cancelled:
        decoded.seek(0)
        decoded.truncate()
        decoder.decode(file, decoded, Reading(name, limit_s, cancelled.channel, extent))
        return (*extent.notes, cancelled.note)
    return extent.notes
