"""Moods that a person corrected: a file a song in a folder of their own, kept with consent alone.

`<folder>/<SHA-256 of the file>-<SHA-256 of its sound>.json` is written whole or not at all, so what
two processes add at once is all there. A song is the same song if either hash is: tags change the
file, another decoder may change the sound, and earlier versions kept the file's alone. A song
corrected again replaces its file; the one before stays beside it (`.before`) for `undo`. A file
that cannot be read is moved aside (`.damaged`), never written over; one that a newer version wrote
stays where it is. The sound is not kept.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from uuid import uuid4

from filelock import FileLock, Timeout

from mmc_core import files
from mmc_core.datasets.user.store import discard
from mmc_core.errors import DamagedFile, DatasetError, MMCError, NewerFile, UnknownName
from mmc_core.saved.correction import CORRECTION, LONGEST_NAME, Correction
from mmc_core.settings import cache_dir, corrections_dir, corrections_limit
from mmc_core.wording import shown

OFF = "Corrections are switched off (MMC_CORRECTIONS)."
KEPT, BEFORE = ".json", ".before"  # endings: of corrections, and of those that they replaced
LARGEST_FILE = 1_000_000  # bytes; one of ours takes 30,000
LEAST_PREFIX = 8  # digits of a SHA-256 that name a song
WAIT_S = 10.0  # for another process


def every() -> list[Correction]:
    """All corrections, the newest first. What cannot be read is moved aside."""
    read = [_read(path) for path in _paths()]
    return sorted(filter(None, read), key=lambda each: (each.at, each.sha256), reverse=True)


def of(*hashes: str) -> Correction | None:
    """Return the correction of a song by the SHA-256 of its file or sound; None if it has none."""
    return next(filter(None, map(_read, _paths_of(hashes))), None)


def count() -> int:
    return len(_paths())


def moved_aside() -> list[Path]:
    """Files that could not be read, under the names that they have now."""
    folder = corrections_dir()
    return sorted(folder.glob("*.damaged")) if folder else []


def newer() -> list[str]:
    """Return what is said of files that a newer version of the program wrote; they stay."""
    return [said for path in _paths() if (said := _why_newer(path))]


def add(new: Correction) -> None:
    """Keep a correction, in place of one of the same song.

    Raises:
        MMCError: if corrections are switched off, or there are as many as may be.
        DatasetError: if it cannot be written; what was kept stays as it was.
        NewerFile: if a newer version of the program wrote the song's correction.
    """
    with alone() as folder:
        path = folder / f"{'-'.join(new.hashes)}.json"
        earlier = _paths_of(new.hashes)
        for each in earlier:
            if said := _why_newer(each):
                raise NewerFile(said)
        if not earlier and count() >= (most := corrections_limit()):
            raise MMCError(
                f"There are {most:,} corrections already, the most that are kept. Remove some, or "
                "set MMC_MAX_CORRECTIONS."
            )
        with files.replacing(path) as part:
            part.write_text(json.dumps(CORRECTION.to_json(new)) + "\n", encoding="utf-8")
            older = {before for each in earlier for before in _paths_of(_hashes(each), BEFORE)}
            for each in earlier:
                with files.replacing(each.with_suffix(BEFORE)) as kept:
                    kept.write_bytes(each.read_bytes())
        _unlink(older.difference(each.with_suffix(BEFORE) for each in earlier))
        _unlink(each for each in earlier if each != path)


def rename(before: str, after: str) -> None:
    """Have a song's correction, if there is one, name its file by another content: tags were
    written into it.

    Args:
        before, after: the SHA-256 of the file's content.
    """
    if not _paths_of([before]):
        return
    with alone() as folder:
        for path in _paths_of([before]):
            if saved := _read(path):
                new = replace(saved, sha256=after)
                with files.replacing(folder / f"{'-'.join(new.hashes)}.json") as part:
                    part.write_text(json.dumps(CORRECTION.to_json(new)) + "\n", encoding="utf-8")
                _unlink([path])


def remove(sha256: str) -> None:
    """Remove a song's correction for good, if there is one, with the one that it replaced.

    Args:
        sha256: the SHA-256 of the song's file or of its sound.
    """
    with alone():
        for path in _paths_of([sha256]):
            _unlink([*_paths_of(_hashes(path), BEFORE), path])
        discard(dataset_dir())


def undo(sha256: str | None = None) -> Correction | None:
    """Take a song's correction back, the newest by default, and return it. The one that it replaced
    is there again.
    """
    with alone():
        last = of(sha256) if sha256 else next(iter(every()), None)
        if last:
            replaced = _paths_of(last.hashes, BEFORE)
            for path in replaced:
                path.replace(path.with_suffix(KEPT))
            back = {path.stem for path in replaced}
            _unlink(path for path in _paths_of(last.hashes) if path.stem not in back)
            discard(dataset_dir())
        return last


def clear() -> int:
    """Take all corrections away for good, also what could not be read. Returns how many."""
    with alone() as folder:
        gone = [*_paths(), *moved_aside()]
        _unlink([*gone, *_paths(BEFORE), *folder.glob(".*.json")])  # hidden: of a killed process
        discard(dataset_dir())
        return len(gone)


def find(which: str) -> Correction:
    """Return the correction of a song by its name, or by the first digits of one of its SHA-256.

    Raises:
        UnknownName: if there is none, or more than one.
    """
    saved = every()
    matching = [each for each in saved if each.name == shown(which, LONGEST_NAME)]
    if not matching and len(which) >= LEAST_PREFIX:
        matching = [each for each in saved if any(h.startswith(which) for h in each.hashes)]
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


def _paths(suffix: str = KEPT) -> list[Path]:
    folder = corrections_dir()
    if folder is None or not folder.is_dir():
        return []
    return sorted(path for path in folder.glob(f"*{suffix}") if not path.name.startswith("."))


def _paths_of(hashes: Iterable[str], suffix: str = KEPT) -> list[Path]:
    """Return the files of one song: those whose names have one of these SHA-256 values."""
    wanted = set(hashes)
    return [path for path in _paths(suffix) if wanted.intersection(_hashes(path))]


def _hashes(path: Path) -> list[str]:
    return path.stem.split("-")


def _unlink(paths: Iterable[Path]) -> None:
    for path in paths:
        path.unlink(missing_ok=True)


def _read(path: Path) -> Correction | None:
    """Return what a file holds; None where it was taken away meanwhile, where a newer version wrote
    it, or where it is damaged: then it is moved aside, under a name that nothing has.
    """
    try:
        return _parsed(path)
    except NewerFile:
        return None
    except (ValueError, DamagedFile):
        with alone():
            return _parsed_or_moved(path)  # another process may have written it anew


def _why_newer(path: Path) -> str:
    """Return why a file cannot be read by this version; "" if it can, or is damaged."""
    try:
        _parsed(path)
    except NewerFile as error:
        return str(error)
    except (ValueError, DamagedFile):
        pass  # it is moved aside when it is read
    return ""


def _parsed_or_moved(path: Path) -> Correction | None:
    try:
        return _parsed(path)
    except NewerFile:
        return None
    except (ValueError, DamagedFile):
        path.replace(path.with_name(f"{path.stem}-{uuid4().hex[:8]}.damaged"))
        return None


def _parsed(path: Path) -> Correction | None:
    """Return what a file holds, or None where there is none.

    Raises:
        ValueError, DamagedFile: if it is no correction of the song that it is named after.
        NewerFile: if a newer version of the program wrote it.
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
    read = CORRECTION.parse(json.loads(content), path.name)
    if list(read.hashes) != _hashes(path):
        raise ValueError("of another song")
    return read
