"""Scan a folder into the journal: new and changed files are analysed, the others are known.

    find --> known, or renamed? --> hear, in processes --> journal, a file at a time

Only this process writes. A scan that is killed has lost nothing that was written; the next one
hears what is left.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import Any

from filelock import FileLock, Timeout

from mmc_core import runs
from mmc_core._typing import Progress, no_progress
from mmc_core.audio.folders import Found, LeftOut, search
from mmc_core.errors import AudioError, LibraryError
from mmc_core.library.file_state import FileState, read_content, read_state
from mmc_core.library.hearing import Task, crashed, failed, features_version, hear, model_version
from mmc_core.library.journal import Journal, Known, LibrarySong, describes
from mmc_core.runs import Run
from mmc_core.wording import escaped
from mmc_core.workers.cluster import Cluster
from mmc_core.workers.pool import in_processes

# What hears files, in whatever order they are done: None is the row of one that ended its process.
Each = Callable[
    [Callable[[Task], LibrarySong], list[Task]], Iterator[tuple[Task, LibrarySong | None]]
]


@dataclass(frozen=True)
class Scan:
    """The result of a scan, in numbers of files.

    Args:
        heard: files that were analysed: new, changed, or known by another model only.
        unchanged: known files that did not change.
        moved: known files that have another name now.
        missing: known files that no longer exist.
        errors: files that exist and cannot be used.
    """

    folder: Path
    model: str
    heard: int
    unchanged: int
    moved: int
    missing: int
    errors: int
    left_out: list[LeftOut] = field(default_factory=list)

    def to_json(self) -> dict[str, Any]:
        """Return the document that `mmc library scan --json` prints."""
        counts = asdict(self) | {"left_out": [str(each) for each in self.left_out]}
        return counts | {"folder": escaped(str(self.folder))}

    def __str__(self) -> str:
        return (
            f"{escaped(str(self.folder))}: {self.heard:,} files heard, {self.unchanged:,} known "
            f"already, {self.moved:,} of them moved. {self.errors:,} could not be used, "
            f"{self.missing:,} are no longer there. Model {self.model}."
        )

    @property
    def has_failed(self) -> bool:
        """Whether a file could not be used, or sound may be missing."""
        return self.errors > 0 or any(each.is_lost for each in self.left_out)


def scan(
    journal: Journal,
    folder: Path,
    model: str = "best",
    *,
    jobs: int = 1,
    cluster: Cluster | None = None,
    retry: bool = False,
    progress: Progress = no_progress,
) -> Scan:
    """Bring what the journal knows of a folder up to date.

    Args:
        model: as of `mmc_core.predict`.
        jobs: processes; 1 is this one.
        cluster: works in place of them; its workers see the files under the same names.
        retry: whether files that could not be used are tried again though they are the same.
        progress: called with the number of files analysed so far, and of how many.

    Raises:
        LibraryError: if the folder is none, or another scan writes to the journal.
        UnknownName: if there is no such model.
    """
    folder = folder.resolve()
    if not folder.is_dir():
        raise LibraryError(f"{folder} is no folder; expected a folder of music files.")
    run = runs.find(model)
    if cluster:
        cluster.require(model_version, run)
    each = cluster.each if cluster else partial(in_processes, jobs=jobs)
    with _only_scan(journal.path):
        return _scan(journal, folder, run, each, retry, progress)


@contextmanager
def _only_scan(journal: Path) -> Iterator[None]:
    """Keep other scans from writing to a journal."""
    path = journal.with_name(journal.name + ".lock")
    lock = FileLock(path)
    try:
        lock.acquire(timeout=0)
    except Timeout as error:
        raise LibraryError(
            f"Another scan is writing to {escaped(str(journal))}. Wait until it is done, or choose "
            "another journal with MMC_LIBRARY."
        ) from error
    except (OSError, NotImplementedError) as error:
        raise LibraryError(
            f"{escaped(str(path))}, which keeps other scans away, cannot be locked: "
            f"{getattr(error, 'strerror', None) or error}. Check who may write there and, on a "
            "network share, whether it has locks; or choose another place with MMC_LIBRARY."
        ) from error
    try:
        yield
    finally:
        lock.release()


def _scan(
    journal: Journal, folder: Path, run: Run, each: Each, retry: bool, progress: Progress
) -> Scan:
    found = search(folder)
    journal.note_scan(folder, run.name)
    states = {path: read_state(path) for path in found.files}
    unchanged, moved = _match_known_files(journal, folder, states)
    _mark_missing(journal, folder, found)
    by = features_version(), model_version(run)
    tasks = []
    for path, state in states.items():
        row = unchanged.get(path)
        if row is None or not _is_done(row, *by, retry=retry):
            features_of = row.sha256 if row and row.features_by == by[0] else None
            tasks.append(Task(path, run, *by, state, features_of))
    progress(0, len(tasks))
    for i, (task, song) in enumerate(each(hear, tasks)):
        _save(journal, _with_known_features(journal, task, song or crashed(task)))
        progress(i + 1, len(tasks))
    counts = journal.counts(folder)
    return Scan(
        folder=folder,
        model=run.name,
        heard=len(tasks),
        unchanged=len(found.files) - len(tasks),
        moved=moved,
        missing=counts.missing,
        errors=counts.errors,
        left_out=found.left_out,
    )


def _save(journal: Journal, song: LibrarySong) -> None:
    """Write a song, or if SQLite cannot store it, such as a number of 70 bits, its error."""
    try:
        journal.save(song)
    except (OverflowError, TypeError, ValueError) as error:
        bare = LibrarySong(song.path, song.size, song.mtime_ns, model_by=song.model_by)
        journal.save(failed(replace(bare, ctime_ns=song.ctime_ns), error))


def _match_known_files(
    journal: Journal, folder: Path, states: Mapping[Path, FileState | None]
) -> tuple[dict[Path, Known], int]:
    """Return the rows of unchanged files, and how many of them were renamed."""
    before = {row.path: row for row in journal.known(folder)}
    unchanged, moved = dict[Path, Known](), 0
    for path, state in states.items():
        row = before.get(path)
        if state is None:  # analysing it says why
            continue
        if row is None or not describes(row, state):
            row = _find_row_by_content(journal, path, state.size)
            if row is None:
                continue
            moved += row.path != path
        elif row.ctime_ns is None:
            journal.rename(path, path, state)
        unchanged[path] = row
    return unchanged, moved


def _find_row_by_content(journal: Journal, path: Path, size: int) -> Known | None:
    """Return the row of a file with the same SHA-256, which is then the row of this file.

    It is the file's own row, or one whose file no longer exists.
    """
    rows = [
        row
        for row in journal.known_of_size(size)
        if row.sha256 and (row.path == path or not os.path.lexists(row.path))
    ]
    if not rows or not (content := read_content(path)):
        return None
    state, sha256 = content
    row = next((row for row in rows if row.sha256 == sha256), None)
    if row:
        journal.rename(row.path, path, state)
    return row


def _mark_missing(journal: Journal, folder: Path, found: Found) -> None:
    """Mark the songs whose files are gone, except in folders that could not be searched."""
    files, lost = set(found.files), [each.path for each in found.left_out if each.is_lost]
    gone, there = [], []
    for row in journal.known(folder):
        if row.path in files:
            if row.missing:
                there.append(row.path)
        elif not row.missing and not any(row.path.is_relative_to(place) for place in lost):
            gone.append(row.path)
    journal.mark(gone, missing=True)
    journal.mark(there, missing=False)


def _is_done(row: Known, features_by: str, model_by: str, *, retry: bool) -> bool:
    if row.model_by != model_by:
        return False
    if row.error_kind:
        return not retry and row.error_kind != AudioError.kind  # such as who may read it
    return row.features_by == features_by


def _with_known_features(journal: Journal, task: Task, song: LibrarySong) -> LibrarySong:
    """Return a song with the features that are known of its content."""
    before = journal.song(task.path) if task.features_of else None
    if before is None or song.sha256 != task.features_of:
        return song
    return replace(song, start_s=before.start_s, features=before.features)
