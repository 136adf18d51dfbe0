"""A folder's songs into the journal: what is new or changed is heard, the rest is known.

    find --> known, or renamed? --> hear, in processes --> journal, a file at a time

Only this process writes. A scan that is killed has lost nothing that was written; the next one
hears what is left.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import Any

from filelock import FileLock, Timeout

from mmc_core import runs
from mmc_core._typing import Progress, no_progress
from mmc_core.audio.folders import Found, LeftOut, search
from mmc_core.errors import AudioError, LibraryError
from mmc_core.files import sha256_of
from mmc_core.library.hearing import Task, crashed, features_version, hear, model_version
from mmc_core.library.journal import Journal, Known, LibrarySong
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
    """What a scan did, in files.

    Args:
        heard: new, changed, or stale as the model or the features are others now.
        unchanged: known and as they were.
        moved: known by another name.
        missing: known, and no longer there.
        errors: of the files that are there, those that cannot be used.
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
        """What `mmc library scan --json` prints."""
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
        progress: called with the files that were heard, and of how many.

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
    lock = FileLock(journal.path.with_name(journal.path.name + ".lock"))
    try:
        with lock.acquire(timeout=0):
            return _scan(journal, folder, run, each, retry, progress)
    except Timeout as error:
        raise LibraryError(
            f"Another scan is writing to {journal.path}. Wait until it is done, or choose another "
            "journal with MMC_LIBRARY."
        ) from error


def _scan(
    journal: Journal, folder: Path, run: Run, each: Each, retry: bool, progress: Progress
) -> Scan:
    found = search(folder)
    journal.note_scan(folder, run.name)
    unchanged, moved = _recognise(journal, folder, found.files)
    _mark_missing(journal, folder, found)
    by = features_version(), model_version(run)
    tasks = [
        Task(path, run, *by, features=row is None or row.features_by != by[0])
        for path in found.files
        if (row := unchanged.get(path)) is None or not _is_done(row, *by, retry=retry)
    ]
    progress(0, len(tasks))
    for i, (task, song) in enumerate(each(hear, tasks)):
        journal.save(_with_known_features(journal, task, song or crashed(task)))
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


def _recognise(journal: Journal, folder: Path, files: list[Path]) -> tuple[dict[Path, Known], int]:
    """What is known of files that are as they were, and how many of them had another name."""
    before = {row.path: row for row in journal.known(folder)}
    unchanged, moved = dict[Path, Known](), 0
    for path in files:
        row = before.get(path)
        try:
            state = path.stat()
        except OSError:  # to be heard, which says so
            continue
        if row is None or (row.size, row.mtime_ns) != (state.st_size, state.st_mtime_ns):
            row = _of_same_content(journal, path, state.st_size)
            if row is None:
                continue
            moved += row.path != path
            journal.rename(row.path, path, state.st_mtime_ns)
        unchanged[path] = row
    return unchanged, moved


def _of_same_content(journal: Journal, path: Path, size: int) -> Known | None:
    """What is known of a file's content by a name that is gone, or by its own."""
    rows = [
        row
        for row in journal.known_of_size(size)
        if row.sha256 and (row.path == path or not os.path.lexists(row.path))
    ]
    try:
        digest = sha256_of(path) if rows else None
    except OSError:
        return None
    return next((row for row in rows if row.sha256 == digest), None)


def _mark_missing(journal: Journal, folder: Path, found: Found) -> None:
    """Note which songs are gone. What lies where could not be searched is left as it was."""
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
    """A song of which only the mood was heard, with the features that it has."""
    before = None if task.features or song.error else journal.song(task.path)
    if before is None:
        return song
    return replace(song, start_s=before.start_s, features=before.features)
