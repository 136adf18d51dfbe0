"""What can go wrong, by kind. Every message says what was got, what was expected, what to do."""

from __future__ import annotations

import errno
import tempfile
from typing import ClassVar

NO_ROOM = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EROFS}  # only writing fails so


class MMCError(Exception):
    """Base of all errors that a person can do something about.

    `exit_code` is the command line's: 1 where a file or a download failed, 2 for wrong use.
    """

    exit_code: ClassVar[int] = 2


class AudioError(MMCError):
    """A file that cannot be used as sound. `kind` is a stable short name for scripts."""

    exit_code = 1
    kind: ClassVar[str] = "audio"


class EmptyFile(AudioError):
    kind = "empty"


class NotAudio(AudioError):
    kind = "not-audio"


class NoAudioStream(AudioError):
    kind = "no-audio-stream"


class DamagedAudio(AudioError):
    kind = "damaged"


class TooLarge(AudioError):
    kind = "too-large"


class TooLong(AudioError):
    kind = "too-long"


class TooShort(AudioError):
    kind = "too-short"


class SilentAudio(AudioError):
    kind = "silent"


class NotFiniteAudio(AudioError):
    kind = "not-finite"


class ProcessEnded(AudioError):
    """A file over which the process that worked on it ended."""

    kind = "crashed"


class UnknownName(MMCError):
    """A dataset, recipe or run that there is none of by that name."""


class DatasetError(MMCError):
    """A dataset that is not there yet, or not as it should be."""

    exit_code = 1


class RunError(MMCError):
    """A run folder that is incomplete or made for other features."""


class DamagedFile(MMCError):
    """A saved file that is not, or no longer, what this program writes."""

    exit_code = 1


class NewerFile(MMCError):
    """A saved file that a newer version of this program wrote; it is left as it is."""

    exit_code = 1


class RecipeError(MMCError):
    """A setting of a training recipe that makes no sense."""


class TrainingStopped(MMCError):
    """A training that was asked to stop before its end."""

    exit_code = 1


class MissingNetwork(MMCError):
    """A pretrained network that is fetched, and is not on this machine."""

    exit_code = 1


class ClassVoteError(MMCError):
    """A class vote that there is none of, that is full or closed, or a vote that is no place."""


class FilterError(MMCError):
    """A filter of clips that cannot be read, or that takes too long."""


class LibraryError(MMCError):
    """A library whose journal cannot be used, or a folder that is not in it."""

    exit_code = 1


class StorageError(MMCError):
    """Object storage that cannot be read or written, or that holds something else."""

    exit_code = 1


class ClusterError(MMCError):
    """A Dask scheduler or worker that does not answer, or differs from this machine."""

    exit_code = 1


class TagError(MMCError):
    """A file whose tags cannot be read, or are better left as they are."""

    exit_code = 1


class MachineError(MMCError):
    """Something that the machine lacks, such as processes."""

    exit_code = 1


def describe_os_error(error: OSError) -> str:
    """Return what failed and with which file; without one, where temporary files are written."""
    if error.filename is not None or error.errno is None:
        return str(error)
    return (
        f"{error.strerror}; the system does not name the file. Temporary files are written to "
        f"{temporary_folder()}, which TMPDIR moves"
    )


def describe_temporary_fault(error: OSError) -> str:
    """Return why no temporary file can be written, the folder, and the setting that moves it."""
    return (
        f"the temporary folder {temporary_folder()} cannot be written: {error.strerror or error}. "
        "Free space there, or set TMPDIR to another folder"
    )


def temporary_folder() -> str:
    """Return the folder of temporary files, or nothing if no folder can be used."""
    try:
        return tempfile.gettempdir()
    except OSError:
        return ""
