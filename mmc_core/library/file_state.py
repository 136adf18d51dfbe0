"""The state of a file: size and times, by which a later look tells whether the file is the same."""

from __future__ import annotations

import hashlib
import os
import stat
from dataclasses import dataclass
from pathlib import Path

from mmc_core.files import sha256_of

LARGEST = 2**63 - 1  # integer that SQLite can store
TRIES = 3  # to read a file that another program is writing


@dataclass(frozen=True)
class FileState:
    """Size and times of a file, as SQLite can store them.

    Args:
        size: in bytes.
        mtime_ns: when the content was changed; programs can set it to any date.
        ctime_ns: when the content, the name, the date or the permissions were changed; programs
            cannot set it. On Windows, when the file was made.
    """

    size: int
    mtime_ns: int
    ctime_ns: int


def read_state(path: Path) -> FileState | None:
    """Return the state of a file, or None if it cannot be read. A link's is that of its target."""
    try:
        status = path.stat()
    except OSError:
        return None
    return FileState(status.st_size, clamped(status.st_mtime_ns), clamped(status.st_ctime_ns))


def read_if_same(path: Path, size: int, sha256: str | None) -> bytes | None:
    """Return the content of a file if it is still the one of this size and SHA-256, else None.

    What is returned was read and compared at once: no link that is put in the file's place, before
    or meanwhile, leads to any other content.
    """
    try:
        with open(path, "rb", opener=_open_at_once) as file:
            status = os.fstat(file.fileno())
            if not stat.S_ISREG(status.st_mode) or status.st_size != size:
                return None
            content = file.read(size)
    except OSError:
        return None
    return content if hashlib.sha256(content).hexdigest() == sha256 else None


def _open_at_once(path: str, flags: int) -> int:
    """Open a file without waiting, as a pipe would have to be waited for."""
    return os.open(path, flags | getattr(os, "O_NONBLOCK", 0))


def clamped(number: int) -> int:
    """Return the nearest integer that SQLite can store.

    Nanoseconds of dates before 1677 and after 2262 need more than its 64 bits.

    >>> clamped(2**70) == 2**63 - 1, clamped(-2**70) == -2**63, clamped(7)
    (True, True, 7)
    """
    return max(-LARGEST - 1, min(number, LARGEST))


def read_content(path: Path) -> tuple[FileState, str] | None:
    """Return the state and the SHA-256 that a file had at one moment.

    Returns None if the file cannot be read, or is written by another program all the time.
    """
    for _ in range(TRIES):
        state = read_state(path)
        try:
            sha256 = sha256_of(path)
        except OSError:
            return None
        if state and state == read_state(path):
            return state, sha256
    return None
