"""Every file whose tags were written, and what puts it back, byte by byte.

A file is either the old one or the new one, whole, at any moment: the new one is made in the same
folder, the way back is written here and on disk, and only then the two change their names, in one
step of the file system. The replaced file stays in the folder until its SHA-256 is found to be the one
that was tagged: if another program has written to it meanwhile, it is put back. So the rows need no
state that could be wrong after a crash: the file's SHA-256 says whether it is the new one, or still
or again the old one.
"""

from __future__ import annotations

import ctypes
import dataclasses
import errno
import os
import shutil
import signal
import sqlite3
import sys
import zlib
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from uuid import uuid4

from mmc_core.errors import TagError
from mmc_core.files import sha256_of
from mmc_core.library.deltas import Delta, restored
from mmc_core.settings import tag_journal_path
from mmc_core.wording import shown

# What brings the schema from each version to the next.
STEPS = (
    """
begin;
create table changes (
    id integer primary key, run text not null, path blob not null,
    before text not null, after text not null, mtime_ns integer not null,
    delta blob not null, shift integer not null, size integer not null
);
create table parts (path blob primary key);
pragma user_version = 1;
commit;
""",
)
LARGEST = 2**63 - 1  # whole number in SQLite
EXCHANGE = 2  # of Linux' renameat2
AT_CWD = -100
ASIDE, SPARE = ".old", ".spare"  # after the name of a part: the file that it replaced


@dataclass(frozen=True)
class Change:
    """A file whose tags were written.

    Args:
        run: which call of `mmc library tag` it was.
        path: of the file itself, not of a link to it.
        before, after: SHA-256 of its content.
        mtime_ns: when its content had changed before.
        delta: from the new content back to the old.
    """

    run: str
    path: Path
    before: str
    after: str
    mtime_ns: int
    delta: Delta
    id: int = 0


class TagJournal:
    """The changes that can be undone, in a file of SQLite; one process at a time has it open.

    Files that a killed process left half written are removed first.

    Args:
        path: of the file; `settings.tag_journal_path` by default.
        only_read: whether nothing is written to it, so that it may be read-only.

    Attributes:
        kept: sentences on files that a killed process replaced and that another had changed.

    Raises:
        TagError: if it cannot be used, or another process is at it.
    """

    def __init__(self, path: Path | None = None, *, only_read: bool = False) -> None:
        self.path = path or tag_journal_path()
        self.kept: list[str] = []
        self.run = f"{datetime.now(UTC):%Y%m%d-%H%M%S}-{uuid4().hex[:4]}"
        with self._usable(), ExitStack() as stack:
            if not only_read:
                self.path.parent.mkdir(parents=True, exist_ok=True)
                stack.enter_context(self._locked())
            self._db = stack.enter_context(closing(self._connect(only_read)))
            self._prepare()
            if not only_read:
                self._sweep()
            self._open = stack.pop_all()

    def __enter__(self) -> TagJournal:
        return self

    def __exit__(self, *_: object) -> None:
        self._open.close()

    @contextmanager
    def part(self, path: Path) -> Iterator[Path]:
        """Yield a new file in the folder of another; remove it in the end unless it was renamed."""
        part = path.with_name(f".mmc-{uuid4().hex}{path.suffix}")
        with self._usable(path):
            self._db.execute("insert into parts values (?)", (os.fsencode(part),))
        try:
            os.close(os.open(part, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
            yield part
        finally:
            part.unlink(missing_ok=True)

    def add(self, change: Change) -> Change:
        """Write a change to disk; return it with its number."""
        with self._usable(change.path):
            row = self._db.execute(
                "insert into changes (run, path, before, after, mtime_ns, delta, shift, size) "
                "values (?, ?, ?, ?, ?, ?, ?, ?)",
                (
                    *(change.run, os.fsencode(change.path), change.before, change.after),
                    *(_storable(change.mtime_ns), change.delta.content),
                    *(change.delta.shift, change.delta.size),
                ),
            )
        return dataclasses.replace(change, id=row.lastrowid or 0)

    def changes(self, run: str | None = None) -> Iterator[Change]:
        """Yield the changes of a run, or of all runs; the latest first."""
        with self._usable():
            ids = self._db.execute(
                "select id from changes where ?1 is null or run = ?1 order by id desc", (run,)
            ).fetchall()
        for each in ids:
            with self._usable():
                row = self._db.execute(
                    "select run, path, before, after, mtime_ns, delta, shift, size, id "
                    "from changes where id = ?",
                    each,
                ).fetchone()
            of, path, before, after, mtime_ns, content, shift, size, number = row
            way_back = Delta(content, shift, size)
            place = Path(os.fsdecode(path))
            yield Change(of, place, before, after, int(mtime_ns), way_back, number)

    def runs(self) -> dict[str, int]:
        """Return how many changes each run has, the oldest first."""
        with self._usable():
            rows = "select run, count(*) from changes group by run order by min(id)"
            return dict(self._db.execute(rows).fetchall())

    def forget(self, change: Change) -> None:
        """Drop a change that is undone."""
        with self._usable(change.path):
            self._db.execute("delete from changes where id = ?", (change.id,))

    @contextmanager
    def _locked(self) -> Iterator[None]:
        from filelock import FileLock, Timeout

        lock = FileLock(f"{self.path}.lock", timeout=0)
        try:
            lock.acquire()
        except Timeout:
            raise TagError("Tags are being written or undone already; wait for that.") from None
        except NotImplementedError as error:  # the file system has no locks
            raise OSError(errno.ENOTSUP, "its folder has no locks") from error
        try:
            yield
        finally:
            lock.release()

    def _connect(self, only_read: bool) -> sqlite3.Connection:
        if only_read and self.path.exists():
            address = f"{self.path.absolute().as_uri()}?mode=ro"
            return sqlite3.connect(address, uri=True, isolation_level=None)
        return sqlite3.connect(":memory:" if only_read else self.path, isolation_level=None)

    def _prepare(self) -> None:
        self._db.execute("pragma synchronous = extra")  # what is written is on disk
        (version,) = self._db.execute("pragma user_version").fetchone()
        if version > len(STEPS):
            raise TagError(
                f"{self.path} was written by a newer version of this program; use that version, "
                "or another file (MMC_TAG_JOURNAL)."
            )
        for step in STEPS[version:]:
            self._db.executescript(step)

    def _sweep(self) -> None:
        """Remove unfinished files, but no content that exists nowhere else."""
        for (stored,) in self._db.execute("select path from parts").fetchall():
            part = Path(os.fsdecode(stored))
            with suppress(OSError):
                part.unlink(missing_ok=True)
            for replaced in _names_aside(part):
                self._sweep_replaced(replaced)
            if not any(map(os.path.lexists, (part, *_names_aside(part)))):
                with suppress(sqlite3.Error):  # a row of a file that is gone does no harm
                    self._db.execute("delete from parts where path = ?", (stored,))

    def _sweep_replaced(self, path: Path) -> None:
        known = "select 1 from changes where ?1 in (before, after)"
        try:
            if os.path.lexists(path):
                if _is_file(path) and self._db.execute(known, (sha256_of(path),)).fetchone():
                    path.unlink()
                else:
                    self.kept.append(
                        f"{shown(str(path), 200)} was changed by another program while its tags "
                        "were written; give it the name of the song, or remove it."
                    )
        except OSError as error:
            self.kept.append(f"{shown(str(path), 200)} could not be removed: {reason(error)}.")

    @contextmanager
    def _usable(self, song: Path | None = None) -> Iterator[None]:
        try:
            yield
        except (sqlite3.Error, OSError) as error:
            of = f"{shown(song.name)}: " if song else ""
            raise TagError(
                f"{of}{shown(str(self.path), 200)}, which keeps what undoes tags, cannot be used: "
                f"{reason(error)}. Check the space left and who may write there, or set "
                "MMC_TAG_JOURNAL to a file elsewhere."
            ) from error


def undo(change: Change, journal: TagJournal) -> None:
    """Restore the bytes of a file from before a change, and forget the change.

    Raises:
        TagError: if the file is gone, was changed since or cannot be written. Then it is not
            changed.
    """
    name = shown(str(change.path), 200)
    try:
        _undo(change, journal, name)
    except TagError:
        raise
    except Exception as error:  # of one file, whatever it is: the others are put back
        raise TagError(
            f"{name} could not be put back: {reason(error)}. Check the space left and who may "
            "write there, then undo again."
        ) from error


def _undo(change: Change, journal: TagJournal, name: str) -> None:
    if not change.path.is_file():
        raise TagError(f"{name} is no longer there; put it back in its place, then undo again.")
    now = sha256_of(change.path)
    if now == change.before:  # never replaced, or put back already
        journal.forget(change)
        return
    if now != change.after:
        raise TagError(f"{name} was changed since its tags were written; left as it is.")
    with journal.part(change.path) as part:
        try:
            with part.open("wb") as file:
                file.writelines(restored(change.delta, change.path))
        except zlib.error as error:
            raise TagError(f"What undoes the tags of {name} is damaged: {error}.") from error
        if sha256_of(part) != change.before:
            raise TagError(f"What undoes the tags of {name} is damaged; left as it is.")
        replace(change.path, part, change.after, mtime_ns=change.mtime_ns)
    journal.forget(change)


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
    aside, _ = _names_aside(part)
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


def _names_aside(part: Path) -> tuple[Path, Path]:
    """Return the names that a replaced file may have until its content is known."""
    aside = part.with_name(part.name + ASIDE)
    return aside, aside.with_name(aside.name + SPARE)


def _is_unchanged(path: Path, expected: str) -> bool:
    """Return whether a file has a SHA-256 and no other program can write to it any more."""
    return _is_file(path) and not _is_open_to_write(path) and sha256_of(path) == expected


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


def _is_file(path: Path) -> bool:
    return path.is_file() and not path.is_symlink()


def _storable(number: int) -> int | bytes:
    """Return a whole number as SQLite keeps it; as digits if it has more than 64 bits."""
    return number if -LARGEST <= number <= LARGEST else str(number).encode()


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
