"""Where users' datasets are: listed, put in place whole, removed.

A folder `MMC_CACHE/own/<id>/` has `about.json`, the table, all that `Dataset.write_summary` writes,
`problems.csv`, and where they are known `audio.csv` (clip to path) and `parts.csv` (clip to part).
It is made under another name and put in place whole, so that there is always the old or the new.
"""

from __future__ import annotations

import re
import shutil
import time
from functools import lru_cache
from itertools import chain
from pathlib import Path
from uuid import uuid4

import pyarrow.parquet as pq

from mmc_core.analysis import tables
from mmc_core.datasets.user.dataset import UserDataset
from mmc_core.datasets.user.naming import DatasetName, clean_title, folded
from mmc_core.errors import DamagedFile, DatasetError, NewerFile, UnknownName
from mmc_core.language.collation import sort_keys
from mmc_core.saved.user_dataset import ABOUT_DATASET, FILE_NAME
from mmc_core.settings import cache_dir

ID = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
LEFT_S = 24 * 3600.0  # after which no build is under way any more


def folder() -> Path:
    """Where users' datasets are, a folder each."""
    return cache_dir() / "own"


def every() -> dict[str, UserDataset]:
    """Return all datasets that are whole, by id, in the order of their titles."""
    opened = [_opened(path, _stamp(path)) for path in _folders()]
    whole = [dataset for dataset in opened if dataset]
    keys = sort_keys([dataset.title for dataset in whole]) if len(whole) > 1 else [""]
    in_order = sorted(zip(keys, whole, strict=False), key=lambda each: (each[0], each[1].id))
    return {dataset.id: dataset for _, dataset in in_order}


def damaged() -> list[str]:
    """Return the names of folders that are no whole dataset; they can be removed like any."""
    broken = (path for path in _folders() if _opened(path, _stamp(path)) is None)
    return [path.name for path in broken if not _why_newer(path)]


def newer() -> dict[str, str]:
    """Return what is said of datasets that a newer version of the program built, by folder."""
    said = {path.name: _why_newer(path) for path in _folders()}
    return {name: sentence for name, sentence in said.items() if sentence}


def _why_newer(path: Path) -> str:
    """Return why this version cannot open a dataset; "" if it can, or the dataset is damaged."""
    try:
        ABOUT_DATASET.read(path / FILE_NAME)
    except NewerFile as error:
        return str(error)
    except (OSError, DamagedFile):
        pass
    return ""


def find(name: str) -> DatasetName | None:
    """Return what the dataset is called that was built under a name, else the one of that title.

    Raises:
        NewerFile: if a newer version of the program built a dataset whose id is the name.
    """
    saved = [_called(path) for path in _folders()]
    wanted = folded(name)
    built = (each for each in saved if each.name and folded(each.name) == wanted)
    titled = (each for each in saved if folded(each.title) == wanted)
    # Earlier versions saved no name, but the title that they made of it.
    cleaned = folded(clean_title(name))
    earlier = (each for each in saved if not each.name and folded(each.title) == cleaned)
    found = next(chain(built, titled, earlier), None)
    if found and (said := newer().get(found.id)):
        raise NewerFile(f"There is a dataset {found.id!r} already, and it stays. {said}")
    return found


def _called(path: Path) -> DatasetName:
    """Return what the dataset in a folder is called; a damaged one is called as its folder is."""
    try:
        about = ABOUT_DATASET.read(path / FILE_NAME)
        return DatasetName(about.name, path.name, about.title)
    except (OSError, DamagedFile, NewerFile):
        return DatasetName(path.name, path.name, path.name)


def taken() -> set[str]:
    """Return all ids that are in use, those of damaged datasets too."""
    return {path.name for path in _folders()}


def remove(name: str) -> None:
    """Take a dataset, or a damaged folder, away for good.

    Raises:
        UnknownName: if there is none of that name.
    """
    folders = {path.name: path for path in _folders()}
    if name not in folders:
        names = ", ".join(folders) or "none yet"
        raise UnknownName(f"You have no dataset {name!r}; your datasets: {names}.")
    away = beside(name, "gone")
    folders[name].rename(away)  # at once; what follows may take its time
    discard(away)


def _folders() -> list[Path]:
    try:
        return sorted(p for p in folder().iterdir() if p.is_dir() and not p.name.startswith("."))
    except OSError:  # none was ever built
        return []


def _stamp(path: Path) -> tuple[int, ...]:
    """Changes whenever a dataset is built again, or its files are touched."""
    try:
        return tuple(file.stat().st_mtime_ns for file in (path, *sorted(path.iterdir())))
    except OSError:
        return ()


@lru_cache(maxsize=256)
def _opened(path: Path, stamp: tuple[int, ...]) -> UserDataset | None:
    """A dataset, when all that pages read of it is there and can be read."""
    try:
        dataset = UserDataset(path)
        dataset.summary()
        dataset.separation()
        dataset.correlations()
        columns = set(pq.read_schema(dataset.table_path).names)
        dataset.problems_path.stat()
    except (DatasetError, DamagedFile, NewerFile, OSError, ValueError, LookupError, TypeError):
        return None
    named = dataset.id == path.name and ID.fullmatch(dataset.id)
    whole = named and columns >= set(tables.META) and dataset.clips()
    return dataset if whole else None


def put_in_place(fresh: Path, called: DatasetName) -> Path:
    """Exchange a dataset's folder for a new one; the old one comes back if that fails.

    Returns:
        The folder's place.

    Raises:
        DatasetError: if a dataset of another name is there.
    """
    place, old = folder() / called.id, beside(called.id, "old")
    replaced, before = place.exists(), find(called.name)
    if replaced and (before is None or before.id != called.id):
        raise DatasetError(
            f"Another dataset was given the id {called.id} while {called.title} was built, and "
            "stays. Build it again; it will have another id."
        )
    if replaced:
        place.rename(old)
    try:
        fresh.rename(place)
    except OSError:
        if replaced:
            old.rename(place)
        raise
    discard(old)
    return place


def tidy() -> None:
    """What killed builds left: an old dataset comes back where no new one took its place."""
    for path in folder().glob(".*-*-????????"):
        if time.time() - path.stat().st_ctime < LEFT_S:
            continue  # it may be of a build that is under way
        what, _, rest = path.name[1:].partition("-")
        place = folder() / rest.rpartition("-")[0]
        if what == "old" and not place.exists():
            path.rename(place)
        else:
            discard(path)


def beside(dataset_id: str, what: str) -> Path:
    """A hidden folder on the same disk, for no one else."""
    return folder() / f".{what}-{dataset_id}-{uuid4().hex[:8]}"


def discard(path: Path) -> None:
    shutil.rmtree(path, ignore_errors=True)
