"""Replace a file in one step, without losing what another program writes to it meanwhile."""

from __future__ import annotations

import ctypes
import errno
import os
import shutil
import signal
import sys
from contextlib import suppress
from pathlib import Path

from mmc_core.errors import TagError
from mmc_core.files import sha256_of
from mmc_core.wording import shown

EXCHANGE = 2  # of Linux' renameat2
AT_CWD = -100
ASIDE, SPARE = ".old", ".spare"  # after the name of a part: the file that it replaced


def replace(path: Path, part: Path, expected: str, *, mtime_ns: int | None = None) -> None:
    """Let `part` take the place of `path` in one step, with its permissions and owner.

    Args:
        expected: SHA-256 that `path` must have.
        mtime_ns: when the content changed; now by default.

    Raises:
        TagError: if another program has written to `path`. Then its content is there again,
            or in the file that the error names.
        OSError: if that cannot be. Then `path` is unchanged.
    """
    name = shown(path.name)
    changed = f"{name} was changed by another program meanwhile, or is open in it; left as it is."
    if not _is_unchanged(path, expected):
        raise TagError(changed)
    now, was = part.stat(), path.stat()
    shutil.copystat(path, part)
    if (was.st_uid, was.st_gid) != (now.st_uid, now.st_gid):
        with suppress(OSError):
            os.chown(part, was.st_uid, was.st_gid)
            part.chmod(was.st_mode)
    os.utime(part, ns=(was.st_atime_ns, now.st_mtime_ns if mtime_ns is None else mtime_ns))
    synced(part)
    new = sha256_of(part)
    aside, _ = names_aside(part)
    part.replace(aside)  # under this name a killed process leaves nothing that is lost
    try:
        exchange(aside, path)
    except OSError:
        aside.unlink()
        raise
    if os.name != "nt":
        synced(path.parent)
    if _is_unchanged(aside, expected):
        aside.unlink()
        return
    exchange(aside, path)
    if not _is_unchanged(aside, new):
        raise TagError(
            f"{name} was changed by another program, twice meanwhile. The later content is in "
            f"{shown(str(aside), 200)}."
        )
    aside.unlink()
    raise TagError(changed)


def exchange(one: Path, other: Path) -> None:
    """Let two files in a folder change their names: in one step if the system can.

    Otherwise `other` is replaced by `one` in one step, and what it was stays under a second name.

    Raises:
        OSError: if that cannot be. Then both are unchanged.
    """
    if _exchanged(one, other):
        return
    spare = one.with_name(one.name + SPARE)
    try:
        os.link(other, spare, follow_symlinks=False)
    except (OSError, NotImplementedError):  # no file system has to have hard links
        shutil.copy2(other, spare, follow_symlinks=False)
    try:
        one.replace(other)
    except OSError:
        spare.unlink()
        raise
    spare.replace(one)


def _exchanged(one: Path, other: Path) -> bool:
    """Change the names of two files in one step; return whether the system can."""
    if sys.platform != "linux":
        return False
    try:
        rename = ctypes.CDLL(None, use_errno=True).renameat2
    except AttributeError:  # an old C library
        return False
    if rename(AT_CWD, os.fsencode(one), AT_CWD, os.fsencode(other), EXCHANGE) == 0:
        return True
    number = ctypes.get_errno()
    if number in (errno.EINVAL, errno.ENOSYS, errno.ENOTSUP, errno.EPERM):
        return False  # the file system cannot, or a sandbox forbids it
    raise OSError(number, os.strerror(number), str(other))


def names_aside(part: Path) -> tuple[Path, Path]:
    """Return the names that a replaced file may have until its content is known."""
    aside = part.with_name(part.name + ASIDE)
    return aside, aside.with_name(aside.name + SPARE)


def _is_unchanged(path: Path, expected: str) -> bool:
    """Return whether a file has a SHA-256 and no other program can write to it any more."""
    return is_plain_file(path) and not _is_open_to_write(path) and sha256_of(path) == expected


def _is_open_to_write(path: Path) -> bool:
    """Return whether a program has a file open to write; False if the system cannot tell."""
    if sys.platform != "linux":
        return False
    import fcntl

    with path.open("rb") as file:
        try:
            fcntl.fcntl(file, fcntl.F_SETSIG, signal.SIGURG)  # or a program that opens it ends us
            fcntl.fcntl(file, fcntl.F_SETLEASE, fcntl.F_RDLCK)  # given only if no one writes
        except OSError as error:
            return error.errno == errno.EAGAIN
        fcntl.fcntl(file, fcntl.F_SETLEASE, fcntl.F_UNLCK)
    return False


def is_plain_file(path: Path) -> bool:
    return path.is_file() and not path.is_symlink()


def reason(error: BaseException) -> str:
    """Return what the system says of an error, without a full stop."""
    text = getattr(error, "strerror", None) or str(error) or type(error).__name__
    return shown(text, 200).rstrip(".")


def synced(path: Path) -> None:
    """Wait until a file, or the names in a folder, are on disk."""
    is_folder = path.is_dir()
    number = os.open(path, os.O_RDONLY if is_folder or os.name != "nt" else os.O_RDWR)
    try:
        os.fsync(number)
    finally:
        os.close(number)
