"""The file of a library's journal: opened to write or to read, upgraded, and its errors told."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any, Self

from mmc_core.errors import LibraryError
from mmc_core.saved import journal
from mmc_core.settings import library_path
from mmc_core.wording import escaped

# Statements that upgrade the schema by one version each; the first makes version 1 of an empty
# file. Steps are only ever added.
STEPS = (
    """
create table folders (
    path blob primary key,
    scanned_at text not null,
    model text not null
);
create table songs (
    path blob primary key,
    size integer not null, mtime_ns integer not null, sha256 text,
    missing integer not null,
    error_kind text, error text,
    duration_s real, notes text not null,
    features_by text, start_s real, features text not null,
    model_by text, model text, mood text, probabilities text, arousal real, valence real,
    mood_set text not null, abstained integer not null, reason text,
    shares text not null, mood_changes integer,
    artist text, album text, title text, year integer, genre text, track integer
);
create index songs_by_size on songs (size)
""",
    """
alter table songs add column ctime_ns integer;
alter table songs add column album_artist text
""",
)
VERSION = len(STEPS)
DAMAGED = (sqlite3.SQLITE_ERROR, sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)
PATIENCE_S = 30.0  # for other processes that write


class JournalFile:
    """A file of SQLite with the schema of this version, which is made if it does not exist.

    An earlier schema is upgraded. A file that may not be written is read.

    Args:
        path: of the file; `settings.library_path` by default.

    Raises:
        LibraryError: if it cannot be read, or a later version wrote it.
    """

    def __init__(self, path: Path | None = None) -> None:
        self.path = path or library_path()
        self.is_read_only = self.path.exists() and not (
            os.access(self.path, os.W_OK) and os.access(self.path.parent, os.W_OK)
        )
        with self._readable():
            self._db = self._connect()
        try:
            self._prepare()
        except BaseException:
            self._db.close()
            raise

    def _connect(self) -> sqlite3.Connection:
        if self.is_read_only:
            log = self.path.with_name(f"{self.path.name}-wal")
            is_in_use = log.exists() and log.stat().st_size
            address = f"{self.path.absolute().as_uri()}?{'mode=ro' if is_in_use else 'immutable=1'}"
            return sqlite3.connect(address, timeout=PATIENCE_S, isolation_level=None, uri=True)
        self.path.parent.mkdir(parents=True, exist_ok=True)
        return sqlite3.connect(self.path, timeout=PATIENCE_S, isolation_level=None)

    def _prepare(self) -> None:
        version = self._version()
        if version > VERSION:
            raise LibraryError(
                f"A newer program wrote {escaped(str(self.path))}: the journal is of version "
                f"{version}, and this program knows versions up to {VERSION}. Use the newer "
                "program, or choose another journal with MMC_LIBRARY."
            )
        if self.is_read_only:
            if version < VERSION:
                self._upgrade_copy()
            self._run("pragma query_only = on")
            return
        self._run("pragma journal_mode = wal")
        self._run("pragma synchronous = normal")
        if version < VERSION:
            self._upgrade()

    def _version(self) -> int:
        with self._readable():
            return journal.version_of(self._db)

    def _upgrade(self) -> None:
        """Bring the file to this version."""
        with self._readable():
            journal.upgrade(self._db, STEPS)

    def _upgrade_copy(self) -> None:
        """Continue with a temporary copy of this version, as the file may not be written."""
        with self._readable(), closing(self._db) as db:
            self._db = sqlite3.connect("", isolation_level=None)
            db.backup(self._db)
        self._upgrade()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._db.close()

    def _run(self, query: str, values: Sequence[object] = ()) -> list[Any]:
        with self._readable():
            return self._db.execute(query, values).fetchall()

    @contextmanager
    def _transaction(self) -> Iterator[sqlite3.Connection]:
        with self._readable():
            self._db.execute("begin immediate")
            try:
                yield self._db
            except BaseException:
                if self._db.in_transaction:  # a full disk has ended it
                    self._db.execute("rollback")
                raise
            self._db.execute("commit")

    @contextmanager
    def _readable(self) -> Iterator[None]:
        """Raise a sentence in place of errors of SQLite and of the system."""
        try:
            yield
        except sqlite3.Error as error:
            is_damaged = getattr(error, "sqlite_errorcode", 0) & 0xFF in DAMAGED
            raise LibraryError(
                self._why_damaged(error) if is_damaged else self._why(error)
            ) from error
        except OSError as error:
            raise LibraryError(self._why(error.strerror or error)) from error

    def _why(self, error: object) -> str:
        return (
            f"{escaped(str(self.path))} cannot be used as the journal of a library: {error}. Check "
            "the space left, who may write there and, on a network share, whether it has locks; or "
            "choose another place with MMC_LIBRARY."
        )

    def _why_damaged(self, error: object) -> str:
        return (
            f"{escaped(str(self.path))} is damaged, or cannot be used as the journal of a library: "
            f"{error}. A journal has only what scans found, and scanning finds it again: move the "
            "file elsewhere, or choose another place with MMC_LIBRARY, and scan again."
        )
