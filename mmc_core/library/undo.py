"""Every file whose tags were written, and what puts it back, byte by byte.

A file is either the old one or the new one, whole, at any moment: the new one is made in the same
folder, the way back is written here and on disk, and only then the two change their names, in one
step of the file system. The replaced file stays in the folder until its SHA-256 is found to be the
one that was tagged: if another program has written to it meanwhile, it is put back. So the rows
need no state that could be wrong after a crash: the file's SHA-256 says whether it is the new one,
or still or again the old one.
"""

from __future__ import annotations

import dataclasses
import errno
import os
import sqlite3
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
from mmc_core.library.file_state import LARGEST
from mmc_core.library.replacing import is_plain_file, names_aside, reason, replace
from mmc_core.saved.journal import upgrade, version_of
from mmc_core.settings import tag_journal_path
from mmc_core.wording import shown

# What brings the schema from each version to the next.
STEPS = (
    """
create table changes (
    id integer primary key, run text not null, path blob not null,
    before text not null, after text not null, mtime_ns integer not null,
    delta blob not null, shift integer not null, size integer not null
);
create table parts (path blob primary key)
""",
)


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
                    change.run,
                    os.fsencode(change.path),
                    change.before,
                    change.after,
                    _storable(change.mtime_ns),
                    change.delta.content,
                    change.delta.shift,
                    change.delta.size,
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
        version = version_of(self._db)
        if version > len(STEPS):
            raise TagError(
                f"{self.path} was written by a newer version of this program; use that version, "
                "or another file (MMC_TAG_JOURNAL)."
            )
        if version < len(STEPS):
            upgrade(self._db, STEPS)

    def _sweep(self) -> None:
        """Remove unfinished files, but no content that exists nowhere else."""
        for (stored,) in self._db.execute("select path from parts").fetchall():
            part = Path(os.fsdecode(stored))
            with suppress(OSError):
                part.unlink(missing_ok=True)
            for replaced in names_aside(part):
                self._sweep_replaced(replaced)
            if not any(map(os.path.lexists, (part, *names_aside(part)))):
                with suppress(sqlite3.Error):  # a row of a file that is gone does no harm
                    self._db.execute("delete from parts where path = ?", (stored,))

    def _sweep_replaced(self, path: Path) -> None:
        known = "select 1 from changes where ?1 in (before, after)"
        try:
            if os.path.lexists(path):
                if is_plain_file(path) and self._db.execute(known, (sha256_of(path),)).fetchone():
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


def _storable(number: int) -> int | bytes:
    """Return a whole number as SQLite keeps it; as digits if it has more than 64 bits."""
    return number if -LARGEST <= number <= LARGEST else str(number).encode()
