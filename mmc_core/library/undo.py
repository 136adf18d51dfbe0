"""Every file whose tags were written, and what puts it back, byte by byte.

A file is either the old one or the new one, whole, at any moment: the new one is made beside it,
what turns it back is written here and on disk, and only then does it take the old one's place, in
one step of the file system. So the rows need no state that could be wrong after a crash: the file's
SHA-256 says whether it is the new one, or still or again the old one.
"""

from __future__ import annotations

import os
import shutil
import sqlite3
import zlib
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from uuid import uuid4

from mmc_core.errors import TagError
from mmc_core.files import sha256_of
from mmc_core.library.deltas import Delta, restored
from mmc_core.settings import tag_journal_path
from mmc_core.wording import shown

VERSION = 1  # of the schema
SCHEMA = """
begin;
create table changes (
    id integer primary key, run text not null, path blob not null,
    before text not null, after text not null, mtime_ns integer not null,
    delta blob not null, shift integer not null, size integer not null
);
create table parts (path blob primary key);
pragma user_version = 1;
commit;
"""


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

    What a killed process left half written beside the files is taken away first.

    Raises:
        TagError: if it cannot be used, or another process is at it.
    """

    def __init__(self, path: Path | None = None) -> None:
        from filelock import FileLock, Timeout

        self.path = path or tag_journal_path()
        self.path.parent.mkdir(parents=True, exist_ok=True)
        self._lock = FileLock(f"{self.path}.lock", timeout=0)
        try:
            self._lock.acquire()
        except Timeout:
            raise TagError("Tags are being written or undone already; wait for that.") from None
        try:
            with self._readable():
                self._db = self._opened()
                self._sweep()
        except BaseException:
            self._lock.release()
            raise
        self.run = f"{datetime.now(UTC):%Y%m%d-%H%M%S}-{uuid4().hex[:4]}"

    def __enter__(self) -> TagJournal:
        return self

    def __exit__(self, *_: object) -> None:
        self._sweep()
        self._db.close()
        self._lock.release()

    @contextmanager
    def part(self, path: Path) -> Iterator[Path]:
        """A new file beside another, which is gone in the end unless it was moved away."""
        part = path.with_name(f".mmc-{uuid4().hex}{path.suffix}")
        with self._readable():
            self._db.execute("insert into parts values (?)", (os.fsencode(part),))
        try:
            os.close(os.open(part, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
            yield part
        finally:
            part.unlink(missing_ok=True)

    def add(self, change: Change) -> None:
        """Write a change, on disk when this returns."""
        with self._readable():
            self._db.execute(
                "insert into changes (run, path, before, after, mtime_ns, delta, shift, size) "
                "values (?, ?, ?, ?, ?, ?, ?, ?)",
                (
                    *(change.run, os.fsencode(change.path), change.before, change.after),
                    *(change.mtime_ns, change.delta.content),
                    *(change.delta.shift, change.delta.size),
                ),
            )

    def changes(self, run: str | None = None) -> Iterator[Change]:
        """Those of a run, or all; the latest first, as they are to be undone."""
        with self._readable():
            ids = self._db.execute(
                "select id from changes where ?1 is null or run = ?1 order by id desc", (run,)
            ).fetchall()
        for each in ids:
            with self._readable():
                row = self._db.execute(
                    "select run, path, before, after, mtime_ns, delta, shift, size, id "
                    "from changes where id = ?",
                    each,
                ).fetchone()
            of, path, before, after, mtime_ns, content, shift, size, number = row
            way_back = Delta(content, shift, size)
            yield Change(of, Path(os.fsdecode(path)), before, after, mtime_ns, way_back, number)

    def runs(self) -> dict[str, int]:
        """Changed files by run, the oldest first."""
        with self._readable():
            rows = "select run, count(*) from changes group by run order by min(id)"
            return dict(self._db.execute(rows).fetchall())

    def forget(self, change: Change) -> None:
        """Drop a change that is undone."""
        with self._readable():
            self._db.execute("delete from changes where id = ?", (change.id,))

    def _opened(self) -> sqlite3.Connection:
        db = sqlite3.connect(self.path, isolation_level=None)
        try:
            self._prepare(db)
        except BaseException:
            db.close()
            raise
        return db

    def _prepare(self, db: sqlite3.Connection) -> None:
        db.execute("pragma synchronous = extra")  # what is written is on disk
        (version,) = db.execute("pragma user_version").fetchone()
        if version == 0:
            db.executescript(SCHEMA)
        elif version != VERSION:
            raise TagError(
                f"{self.path} is of version {version}; this program reads version {VERSION}. Use "
                "the program that wrote it."
            )

    def _sweep(self) -> None:
        """Take away what is left of unfinished files."""
        for (path,) in self._db.execute("select path from parts").fetchall():
            with suppress(OSError):
                Path(os.fsdecode(path)).unlink(missing_ok=True)
        self._db.execute("delete from parts")

    @contextmanager
    def _readable(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.Error as error:
            raise TagError(
                f"{self.path}, which keeps what undoes tags, cannot be used: {error}. Check the "
                "space left and who may write there."
            ) from error


def undo(change: Change, journal: TagJournal) -> None:
    """Put a file back as it was, and forget the change.

    Raises:
        TagError: if the file is gone or was changed since. Then it is left as it is.
        OSError: if it cannot be written.
    """
    name = shown(str(change.path), 200)
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
        replace(change.path, part, mtime_ns=change.mtime_ns)
    journal.forget(change)


def replace(path: Path, part: Path, *, mtime_ns: int | None = None) -> None:
    """Let `part` take the place of `path` in one step, with its permissions and owner.

    Args:
        mtime_ns: when the content changed; now by default.

    Raises:
        OSError: if that cannot be. Then `path` is as it was.
    """
    now = part.stat()
    was = path.stat()
    shutil.copystat(path, part)
    if (was.st_uid, was.st_gid) != (now.st_uid, now.st_gid):
        with suppress(OSError):
            os.chown(part, was.st_uid, was.st_gid)
            part.chmod(was.st_mode)
    os.utime(part, ns=(was.st_atime_ns, now.st_mtime_ns if mtime_ns is None else mtime_ns))
    synced(part)
    part.replace(path)
    if os.name != "nt":
        synced(path.parent)


def synced(path: Path) -> None:
    """Wait until a file, or the names in a folder, are on disk."""
    is_folder = path.is_dir()
    number = os.open(path, os.O_RDONLY if is_folder or os.name != "nt" else os.O_RDWR)
    try:
        os.fsync(number)
    finally:
        os.close(number)
