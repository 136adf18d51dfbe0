"""Moods that a person corrected: a file a song in a folder of their own, kept with consent alone.

`<folder>/<SHA-256 of the song>.json` is written whole or not at all, so what two processes add at
once is all there, and a song corrected again replaces its file; the one before stays beside it
(`.before`) for `undo`. A file that cannot be read is moved aside (`.damaged`), never written over.
The sound is not kept.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import uuid4

from filelock import FileLock, Timeout

from mmc_core import files
from mmc_core.datasets.user.correction import LONGEST_NAME, Correction
from mmc_core.datasets.user.store import discard
from mmc_core.errors import DatasetError, MMCError, UnknownName
from mmc_core.settings import cache_dir, corrections_dir, corrections_limit
from mmc_core.wording import shown

OFF = "Corrections are switched off (MMC_CORRECTIONS)."
LARGEST_FILE = 1_000_000  # bytes; one of ours takes 30,000
LEAST_PREFIX = 8  # digits of a SHA-256 that name a song
WAIT_S = 10.0  # for another process


def every() -> list[Correction]:
    """All corrections, the newest first. What cannot be read is moved aside."""
    read = [_read(path) for path in _paths()]
    return sorted(filter(None, read), key=lambda each: (each.at, each.sha256), reverse=True)


def of(sha256: str) -> Correction | None:
    """The correction of a song, if there is one."""
    return next((_read(path) for path in _paths() if path.stem == sha256), None)


def count() -> int:
    return len(_paths())


def moved_aside() -> list[Path]:
    """Files that could not be read, under the names that they have now."""
    folder = corrections_dir()
    return sorted(folder.glob("*.damaged")) if folder else []


def add(new: Correction) -> None:
    """Keep a correction, in place of one of the same song.

    Raises:
        MMCError: if corrections are switched off, or there are as many as may be.
        DatasetError: if it cannot be written; what was kept stays as it was.
    """
    with alone() as folder:
        path = folder / f"{new.sha256}.json"
        if not path.exists() and count() >= (most := corrections_limit()):
            raise MMCError(
                f"There are {most:,} corrections already, the most that are kept. Remove some, or "
                "set MMC_MAX_CORRECTIONS."
            )
        with files.replacing(path) as part:
            part.write_text(new.model_dump_json() + "\n", encoding="utf-8")
            if path.exists():
                with files.replacing(_before(path)) as kept:
                    kept.write_bytes(path.read_bytes())


def remove(sha256: str) -> None:
    """Take a song's correction away for good, if there is one."""
    with alone():
        for path in _paths():
            if path.stem == sha256:
                _before(path).unlink(missing_ok=True)
                path.unlink(missing_ok=True)
        discard(dataset_dir())


def undo(sha256: str | None = None) -> Correction | None:
    """Take a song's correction back, the newest by default, and return it. The one that it replaced
    is there again.
    """
    with alone() as folder:
        last = of(sha256) if sha256 else next(iter(every()), None)
        if last:
            path = folder / f"{last.sha256}.json"
            if _before(path).exists():
                _before(path).replace(path)
                discard(dataset_dir())
            else:
                remove(last.sha256)
        return last


def clear() -> int:
    """Take all corrections away for good, also what could not be read. Returns how many."""
    with alone() as folder:
        gone = [*_paths(), *moved_aside()]
        # A killed process leaves hidden ones.
        for path in [*gone, *folder.glob("*.before"), *folder.glob(".*.json")]:
            path.unlink(missing_ok=True)
        discard(dataset_dir())
        return len(gone)


def find(which: str) -> Correction:
    """A correction by the song's name, or by the first digits of its SHA-256.

    Raises:
        UnknownName: if there is none, or more than one.
    """
    saved = every()
    matching = [each for each in saved if each.name == shown(which, LONGEST_NAME)]
    if not matching and len(which) >= LEAST_PREFIX:
        matching = [each for each in saved if each.sha256.startswith(which)]
    if len(matching) == 1:
        return matching[0]
    if not matching:
        raise UnknownName(f"There is no correction of {which!r}; see: mmc corrections list.")
    hashes = ", ".join(each.sha256[:12] for each in matching)
    raise UnknownName(
        f"{len(matching)} songs are called {which!r}; name one by its SHA-256: {hashes}."
    )


@contextmanager
def alone() -> Iterator[Path]:
    """The folder, made where there is none, for this process alone.

    Raises:
        MMCError: if corrections are switched off.
        DatasetError: if the folder cannot be written to, or another process does not let go.
    """
    folder = corrections_dir()
    if folder is None:
        raise MMCError(OFF)
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        # The same object for all of a process, so that whoever has it may ask for it again.
        with FileLock(folder / "lock", timeout=WAIT_S, is_singleton=True):
            yield folder
    except Timeout as error:
        raise DatasetError(f"Another process is using {folder}. Try again in a moment.") from error
    except OSError as error:
        raise DatasetError(
            f"Corrections cannot be written to {folder}: {error.strerror or error}. Those that are "
            "there are unchanged. Check the folder and the space left."
        ) from error


def dataset_dir() -> Path:
    """Where the dataset that is made of them is, in the cache; see `corrected`."""
    return cache_dir() / "corrections"


def stamp() -> str:
    """Changes whenever a correction is added, replaced or taken away; "" where there is none."""
    states = [(path, path.stat()) for path in _paths() if path.exists()]
    return "\n".join(f"{path} {at.st_mtime_ns} {at.st_size}" for path, at in states)


def _paths() -> list[Path]:
    folder = corrections_dir()
    if folder is None or not folder.is_dir():
        return []
    return sorted(path for path in folder.glob("*.json") if not path.name.startswith("."))


def _before(path: Path) -> Path:
    """Where the correction is that a song's was put in place of."""
    return path.with_suffix(".before")


def _read(path: Path) -> Correction | None:
    """What a file holds; None where it was taken away meanwhile, or is damaged: then it is moved
    aside, under a name that nothing has.
    """
    try:
        return _parsed(path)
    except ValueError:
        with alone():
            return _parsed_or_moved(path)  # another process may have written it anew


def _parsed_or_moved(path: Path) -> Correction | None:
    try:
        return _parsed(path)
    except ValueError:
        path.replace(path.with_name(f"{path.stem}-{uuid4().hex[:8]}.damaged"))
        return None


def _parsed(path: Path) -> Correction | None:
    """What a file holds, or None where there is none.

    Raises:
        ValueError: if it is no correction of the song that it is named after.
        DatasetError: if the disk does not give it.
    """
    try:
        if path.stat().st_size > LARGEST_FILE:
            raise ValueError("too large")
        content = path.read_bytes()
    except FileNotFoundError:
        return None
    except OSError as error:
        raise DatasetError(f"{path} cannot be read: {error.strerror or error}.") from error
    read = Correction.model_validate_json(content)  # its errors are ValueErrors
    if read.sha256 != path.stem:
        raise ValueError("of another song")
    return read
