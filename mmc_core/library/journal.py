"""The journal of a library: one row per file in SQLite, written when the file is analysed.

Each row is written whole in one transaction, so that a scan that is killed loses nothing but the
files that were being analysed. Paths are bytes as the system has them, which need not be Unicode.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, fields
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from mmc_core.library.file_state import FileState, read_content, read_state
from mmc_core.library.journal_file import JournalFile
from mmc_core.prediction.result import Features, Prediction
from mmc_core.wording import escaped

AS_JSON = {"notes", "features", "probabilities", "mood_set", "shares"}


@dataclass(frozen=True)
class LibrarySong:
    """The row of one file.

    Args:
        size, mtime_ns, ctime_ns, sha256: of the file in the state that was analysed; see
            `FileState`. `ctime_ns` is None if a program wrote the row that did not know it.
        missing: whether it was no longer there at the last scan.
        error_kind, error: why it cannot be used, see `mmc_core.errors.AudioError.kind`.
        features_by, model_by: fingerprints of all that decides them.
        start_s, features: of the first 25.5 s with sound, as `mmc extract` has them.
        shares: of time by mood, in which each mood is the likeliest.
        mood_changes: how often the likeliest mood changes.
        artist, album_artist, album, title, year, genre, track: the file's own tags.
    """

    path: Path
    size: int
    mtime_ns: int
    sha256: str | None = None
    missing: bool = False
    error_kind: str | None = None
    error: str | None = None
    duration_s: float | None = None
    notes: list[str] = field(default_factory=list)
    features_by: str | None = None
    start_s: float | None = None
    features: Features = field(default_factory=dict)
    model_by: str | None = None
    model: str | None = None
    mood: str | None = None
    probabilities: dict[str, float] | None = None
    arousal: float | None = None
    valence: float | None = None
    mood_set: list[str] = field(default_factory=list)
    abstained: bool = False
    reason: str | None = None
    shares: dict[str, float] = field(default_factory=dict)
    mood_changes: int | None = None
    artist: str | None = None
    album: str | None = None
    title: str | None = None
    year: int | None = None
    genre: str | None = None
    track: int | None = None
    ctime_ns: int | None = None
    album_artist: str | None = None

    @property
    def where(self) -> str:
        """The path as Unicode."""
        return escaped(str(self.path))

    @property
    def label(self) -> str:
        """Artist and title, or the file's name."""
        if self.title:
            return f"{self.artist} – {self.title}" if self.artist else self.title
        return escaped(self.path.stem)

    @property
    def prediction(self) -> Prediction:
        """The model's answer, without its windows and timeline; `file` is the whole path."""
        return Prediction(
            file=str(self.path),
            model=self.model or "",
            duration_s=self.duration_s,
            mood=self.mood,
            probabilities=self.probabilities,
            arousal=self.arousal,
            valence=self.valence,
            mood_set=self.mood_set,
            abstained=self.abstained,
            reason=self.reason,
            notes=self.notes,
            error=self.error,
        )


@dataclass(frozen=True)
class Known:
    """The columns by which a scan recognises a file; see `LibrarySong`."""

    path: Path
    size: int
    mtime_ns: int
    ctime_ns: int | None
    sha256: str | None
    missing: bool
    error_kind: str | None
    features_by: str | None
    model_by: str | None


def describes(row: LibrarySong | Known, state: FileState) -> bool:
    """Return whether a row was made of a file in this state."""
    ctime_ns = state.ctime_ns if row.ctime_ns is None else row.ctime_ns
    return FileState(row.size, row.mtime_ns, ctime_ns) == state


@dataclass(frozen=True)
class Counts:
    """Files of a folder: those that are there, of them those with errors, and those missing."""

    files: int
    errors: int
    missing: int


COLUMNS = tuple(each.name for each in fields(LibrarySong))
KNOWN = ", ".join(each.name for each in fields(Known))


@dataclass(frozen=True)
class Folder:
    """A folder that was scanned: when last, and with which model."""

    path: Path
    scanned_at: datetime
    model: str


class Journal(JournalFile):
    """The rows of a journal's file.

    Raises:
        LibraryError: if the file cannot be used, as all methods do.
    """

    def songs(
        self, folder: Path | None = None, *, missing: bool = False, features: bool = True
    ) -> Iterator[LibrarySong]:
        """Yield the songs in the order of their paths, those with errors too.

        Args:
            folder: only songs in it; all by default.
            missing: whether those that are no longer there are among them.
            features: whether they have these, most of what is known of a song.
        """
        columns = ", ".join(COLUMNS)
        columns = columns if features else columns.replace(" features,", " '{}',")
        query = f"select {columns} from songs where path >= ? and path < ? "
        query += "and missing <= ? order by path"
        with self._readable():
            for row in self._db.execute(query, (*_within(folder), missing)):
                yield _song(row)

    def song(self, path: Path) -> LibrarySong | None:
        """Return the song of a path, or None."""
        query = f"select {', '.join(COLUMNS)} from songs where path = ?"
        rows = self._run(query, (os.fsencode(path),))
        return _song(rows[0]) if rows else None

    def known(self, folder: Path) -> list[Known]:
        """Return the rows of a folder's files."""
        query = f"select {KNOWN} from songs where path >= ? and path < ?"
        return self._known(query, _within(folder))

    def known_of_size(self, size: int) -> list[Known]:
        """Return the rows of all files of a size, in bytes."""
        return self._known(f"select {KNOWN} from songs where size = ? order by path", (size,))

    def _known(self, query: str, values: Sequence[object]) -> list[Known]:
        rows = self._run(query, values)
        return [Known(Path(os.fsdecode(path)), *others) for path, *others in rows]

    def counts(self, folder: Path | None = None) -> Counts:
        """Count the files of a folder, or all files."""
        query = "select count(*) filter (where not missing), count(*) filter (where not missing "
        query += "and error is not null), count(*) filter (where missing) from songs "
        return Counts(*self._run(query + "where path >= ? and path < ?", _within(folder))[0])

    def save(self, song: LibrarySong) -> None:
        """Write a song in place of the row that its path had."""
        values = [_stored(name, getattr(song, name)) for name in COLUMNS]
        marks = ", ".join("?" * len(COLUMNS))
        self._run(f"insert or replace into songs ({', '.join(COLUMNS)}) values ({marks})", values)

    def rename(self, old: Path, new: Path, state: FileState) -> None:
        """Give a row the path and the state of a file with the same content.

        What was known of the new path is dropped.
        """
        with self._transaction() as db:
            if old != new:
                db.execute("delete from songs where path = ?", (os.fsencode(new),))
            db.execute(
                "update songs set path = ?, mtime_ns = ?, ctime_ns = ?, missing = 0 where path = ?",
                (os.fsencode(new), state.mtime_ns, state.ctime_ns, os.fsencode(old)),
            )

    def current(self, path: Path) -> LibrarySong | None:
        """Return the song of a path if its row is of the file as the file is now.

        A file with another date, or with other permissions, is compared by its content.
        """
        song, state = self.song(path), read_state(path)
        if song is None or state is None or song.size != state.size:
            return None
        if describes(song, state):
            return song
        content = read_content(path)
        return song if content and content[1] == song.sha256 else None

    def rewritten(self, path: Path, before: str, after: str) -> None:
        """Renew the row of a file whose tags this program wrote: its sound is the same.

        A row that was not of the file before is left alone, and so is a file that another program
        has changed since: the next scan analyses it. So is every row of a journal that may not be
        written.

        Args:
            before, after: SHA-256 of the file's content.
        """
        content = None if self.is_read_only else read_content(path)
        if content and content[1] == after:
            state = content[0]
            self._run(
                "update songs set size = ?, mtime_ns = ?, ctime_ns = ?, sha256 = ? "
                "where path = ? and sha256 = ?",
                (state.size, state.mtime_ns, state.ctime_ns, after, os.fsencode(path), before),
            )

    def mark(self, paths: Iterable[Path], *, missing: bool) -> None:
        """Mark files as gone, or as found again."""
        with self._transaction() as db:
            rows = [(missing, os.fsencode(path)) for path in paths]
            db.executemany("update songs set missing = ? where path = ?", rows)

    def folders(self) -> list[Folder]:
        """Return the folders that were scanned, in the order of their paths."""
        rows = self._run("select path, scanned_at, model from folders order by path")
        return [
            Folder(Path(os.fsdecode(path)), datetime.fromisoformat(at), model)
            for path, at, model in rows
        ]

    def note_scan(self, folder: Path, model: str) -> None:
        """Note that a folder is scanned now."""
        self._run(
            "insert or replace into folders values (?, ?, ?)",
            (os.fsencode(folder), datetime.now(UTC).isoformat(timespec="seconds"), model),
        )

    def forget(self, folder: Path) -> int:
        """Drop the rows of a folder's songs; return their number."""
        within = _within(folder)
        with self._transaction() as db:
            n = db.execute("delete from songs where path >= ? and path < ?", within).rowcount
            db.execute("delete from folders where path >= ? and path < ?", within)
            db.execute("delete from folders where path = ?", (os.fsencode(folder),))
        return n


def _within(folder: Path | None) -> tuple[bytes, bytes]:
    """Return two paths: the files of a folder come from the first on and before the second."""
    if folder is None:
        return b"", b"\xff"
    separator = os.fsencode(os.sep)
    start = os.fsencode(folder).rstrip(separator)
    return start + separator, start + bytes([separator[0] + 1])


def _stored(name: str, value: Any) -> Any:
    if name == "path":
        return os.fsencode(value)
    return json.dumps(value, allow_nan=False) if name in AS_JSON else value


def _song(row: Iterable[Any]) -> LibrarySong:
    values = dict(zip(COLUMNS, row, strict=True))
    values |= {name: json.loads(values[name]) for name in AS_JSON}
    values |= {name: bool(values[name]) for name in ("missing", "abstained")}
    return LibrarySong(**(values | {"path": Path(os.fsdecode(values["path"]))}))
