"""Datasets of a person's own, each in a folder of the cache: built, listed, removed.

A folder `MMC_CACHE/own/<id>/` has `about.json`, the table, all that `Dataset.keep_summary` writes,
`problems.csv`, and where they are known `audio.csv` (clip to path) and `parts.csv` (clip to part).
It is made under another name and put in place whole, so that there is always the old or the new.
"""

from __future__ import annotations

import json
import re
import shutil
import time
import unicodedata
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path
from typing import Any
from uuid import uuid4

import numpy as np
import pandas as pd
import pyarrow.parquet as pq

from mmc_core._typing import Progress
from mmc_core.analysis import summaries
from mmc_core.audio import CLIP_S
from mmc_core.datasets.base import Dataset
from mmc_core.datasets.duplicates import near
from mmc_core.datasets.user import problems
from mmc_core.datasets.user.problems import Problem
from mmc_core.datasets.user.source import FOLDER, LIST, TABLE, Given
from mmc_core.errors import DatasetError, MMCError, UnknownName
from mmc_core.features.extract import extract_files
from mmc_core.features.schema import BY_NAME, ORIGINAL_57
from mmc_core.settings import Limits, cache_dir

ID = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
ID_LENGTH, TITLE_LENGTH = 40, 60
LEFT_S = 24 * 3600.0  # after which no build is under way any more
NEAR_MOST = 5_000  # clips whose every pair is compared

SOURCES = {
    FOLDER: "a folder with a subfolder a mood",
    LIST: "a list of files and their moods",
    TABLE: "a table of features",
}


class Own(Dataset):
    """A dataset that a person built here."""

    citation = "your own"
    licence = "Your own: kept on this machine and not passed on."

    def __init__(self, folder: Path) -> None:
        about = json.loads((folder / "about.json").read_text(encoding="utf-8"))
        self.folder = folder
        self.id, self.title = str(about["id"]), str(about["title"])
        self.kind, self.n_problems = str(about["kind"]), int(about["problems"])
        self.said = [str(sentence) for sentence in about["said"]]  # the first problems
        short, named = int(about["short"]), int(about["named_groups"])
        left_out = "; what could not be used was left out." if self.n_problems else "."
        self.description = (
            f"A dataset of your own, made on {str(about['made'])[:10]} from "
            f"{SOURCES[self.kind]}{left_out}"
        )
        self.music = "As you chose it."
        self.labels = "As you gave them."
        self.grouping = (
            "As you named them; a clip without one is a group of its own"
            if named
            else "Each clip is a group of its own"
        )
        together = ", but those nearly the same in all features are together."
        self.grouping += together if about["compared"] else "."
        self.length_rule = (
            "As in your table."
            if self.kind == TABLE
            else f"Cut to {CLIP_S} s" + (f"; {_clips(short)} kept shorter." if short else ".")
        )
        self.extraction = (
            "Taken from your table as they are."
            if self.kind == TABLE
            else "Computed by this project from your files."
        )
        self.homepage = "your own files"

    @property
    def summary_path(self) -> Path:
        return self.folder / "summary.parquet"

    @property
    def table_path(self) -> Path:
        return self.folder / "features.parquet"

    @property
    def folds_path(self) -> Path:
        return self.folder / "folds.parquet"

    @property
    def duplicates_path(self) -> Path:
        return self.folder / "duplicates.csv"

    @property
    def problems_path(self) -> Path:
        """CSV of `where`, `got`, `problem`; always there."""
        return self.folder / "problems.csv"

    @property
    def bundled(self) -> list[str]:
        return []

    def audio(self) -> dict[str, Path]:
        """Sound files by clip, where they were when it was built and still are."""
        path = self.folder / "audio.csv"
        if not path.exists():
            return {}
        kept = pd.read_csv(path, dtype=str, keep_default_na=False)
        files = zip(kept["clip"], map(Path, kept["path"]), strict=True)
        return {clip: file for clip, file in files if file.exists()}

    @property
    def audio_advice(self) -> str:
        again = f"python -m mmc_core datasets build {self.id} --from PATH"
        return f"Build it again from the files: {again}"

    def fetch(self) -> Path:
        raise DatasetError(f"{self.title} is a dataset of your own; build it again from its files.")


# ---- which there are ------------------------------------------------------------------------


def folder() -> Path:
    """Where a person's own datasets are kept."""
    return cache_dir() / "own"


def every() -> dict[str, Own]:
    """All that are whole, by id, in the order of their titles."""
    found = [_opened(path, _stamp(path)) for path in _folders()]
    whole = sorted((own for own in found if own), key=lambda own: (own.title.casefold(), own.id))
    return {own.id: own for own in whole}


def damaged() -> list[str]:
    """Names of folders that are no whole dataset; they can be removed like any."""
    return [path.name for path in _folders() if _opened(path, _stamp(path)) is None]


def remove(name: str) -> None:
    """Take a dataset, or a damaged folder, away for good.

    Raises:
        UnknownName: if there is none of that name.
    """
    found = {path.name: path for path in _folders()}
    if name not in found:
        listed = ", ".join(found) or "none yet"
        raise UnknownName(f"There is no dataset {name!r} of your own; there are: {listed}.")
    away = _beside(name, "gone")
    found[name].rename(away)  # at once; what follows may take its time
    _discard(away)


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
def _opened(path: Path, stamp: tuple[int, ...]) -> Own | None:
    """A dataset, when all that pages read of it is there and can be read."""
    try:
        own = Own(path)
        own.summary()
        own.separation()
        own.correlations()
        meta = set(pq.read_schema(own.table_path).names)
        own.problems_path.stat()
    except (DatasetError, OSError, ValueError, LookupError, TypeError):  # Arrow's are ValueErrors
        return None
    whole = own.id == path.name and ID.fullmatch(own.id) and meta >= set(summaries.META)
    return own if whole and own.clips() else None


# ---- making one -----------------------------------------------------------------------------


def slug(name: str) -> str:
    """An id made of a name: small letters, digits and hyphens.

    Raises:
        MMCError: if there is no letter or digit in it.
    """
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().casefold()
    words = re.findall(r"[a-z0-9]+", plain)
    made = "-".join(words)[:ID_LENGTH].strip("-")
    if not made:
        raise MMCError(
            f"The name {name!r} has no letter from a to z and no digit; expected one such as "
            "my-songs."
        )
    return made


def clean_title(title: str) -> str:
    """A title of letters, digits and harmless signs: it is shown on pages and in addresses."""
    kept = "".join(c if c.isalnum() or c in "-.'()&+" else " " for c in title)
    return " ".join(kept.split())[:TITLE_LENGTH].strip()


def build(
    given: Given,
    dataset_id: str,
    title: str,
    progress: Progress,
    *,
    done: Path | None = None,
    limits: Limits | None = None,
    remember_audio: bool = True,
) -> tuple[Own, list[Problem]]:
    """Make a dataset of what was given, in place of one that has its id.

    Args:
        progress: called with the files done, of how many.
        done: where extracted rows are kept, so that a stopped build goes on.
        limits: the most that is accepted of a sound file.
        remember_audio: whether to keep where the files are.

    Returns:
        The dataset, and all problems: those of `given`, then files that are no sound.

    Raises:
        DatasetError: if no file can be used; a dataset of that id stays as it was.
    """
    found = list(given.problems)
    table = given.clips
    if given.kind != TABLE:
        done = done or cache_dir() / "build" / f"own-{dataset_id}.jsonl"
        table, failed = _extracted(table, done, limits, progress)
        found += failed
    named = table["group"] != ""
    table, compared = _grouped(table)
    about = {
        "id": dataset_id,
        "title": title,
        "kind": given.kind,
        "made": datetime.now(UTC).isoformat(timespec="seconds"),
        "clips": len(table),
        "short": int((table["duration_s"] < CLIP_S).sum()),
        "named_groups": int(named.sum()),
        "compared": compared,
        "problems": sum(problem.n for problem in found),
        "said": problems.sentences(found),
    }
    _tidy()
    fresh = _beside(dataset_id, "new")
    try:
        fresh.mkdir(parents=True)
        _write(fresh, about, table, found, remember_audio=remember_audio)
        _put_in_place(fresh, dataset_id)
    finally:
        _discard(fresh)
    return Own(folder() / dataset_id), found


def _extracted(
    clips: pd.DataFrame, done: Path, limits: Limits | None, progress: Progress
) -> tuple[pd.DataFrame, list[Problem]]:
    """Clips with the features of their files; those that are no sound left out."""
    paths = [Path(path) for path in clips["path"]]
    rows = []
    progress(0, len(paths))
    for i, row in enumerate(extract_files(paths, done=done, limits=limits)):
        rows.append(row)
        progress(i + 1, len(paths))
    features = pd.DataFrame(rows, columns=["duration_s", "error", *BY_NAME])
    failed = features["error"].notna()
    names = clips["clip"]
    found = [
        Problem(error, files=[name])
        for name, error in zip(names[failed], features["error"][failed], strict=True)
    ]
    if failed.all():
        said = " ".join(problems.sentences(found, 5))
        raise DatasetError(f"None of the {len(paths)} files can be used. {said}")
    table = pd.concat([clips, features.drop(columns="error")], axis=1)
    return table[~failed].reset_index(drop=True).astype({"duration_s": float}), found


def _grouped(table: pd.DataFrame) -> tuple[pd.DataFrame, bool]:
    """The table with a group for every clip, and whether near clips were looked for.

    Named groups stay as they are; a clip without one joins the clips that are nearly the same, and
    is a group of its own where there is none.
    """
    from scipy.sparse import coo_matrix
    from scipy.sparse.csgraph import connected_components

    own = (table["group"] == "").to_numpy()
    group = table["group"].where(~own, "clip " + table["clip"]).to_numpy(dtype=object)
    numbers = {name for name in ORIGINAL_57 if not BY_NAME[name].categories}
    compared = bool(own.any()) and len(table) <= NEAR_MOST and numbers <= set(table.columns)
    if compared:
        one, other = np.nonzero(np.triu(near(table) & (own[:, None] | own), 1))
        _, code = np.unique(group.astype(str), return_inverse=True)
        n = int(code.max()) + 1
        edges = coo_matrix((np.ones(len(one)), (code[one], code[other])), shape=(n, n))
        _, component = connected_components(edges, directed=False)
        joined = pd.Series(component[code])
        # A clip of its own takes the name of the first clip of those it is joined with, named
        # groups first; groups that a person named apart stay apart in name.
        order = np.argsort(own, kind="stable")
        first = pd.Series(group[order], index=joined[order]).groupby(level=0).first()
        group = np.where(own, joined.map(first).to_numpy(dtype=object), group)
    return table.assign(group=group), compared


def _write(
    into: Path,
    about: dict[str, Any],
    table: pd.DataFrame,
    found: list[Problem],
    *,
    remember_audio: bool,
) -> None:
    (into / "about.json").write_text(json.dumps(about, indent=2), encoding="utf-8")
    own = Own(into)
    summaries.write_table(table, own.table_path)
    own.keep_summary(table)
    problems.write(found, own.problems_path)
    if remember_audio and "path" in table:
        audio = table.loc[table["path"].notna(), ["clip", "path"]]
        audio.to_csv(into / "audio.csv", index=False, lineterminator="\n", errors="replace")
    if (table["part"] != "").any():
        own.keep_parts(table)


def _put_in_place(fresh: Path, dataset_id: str) -> None:
    """Exchange a dataset's folder for a new one; the old one comes back if that fails."""
    place, old = folder() / dataset_id, _beside(dataset_id, "old")
    had = place.exists()
    if had:
        place.rename(old)
    try:
        fresh.rename(place)
    except OSError:
        if had:
            old.rename(place)
        raise
    _discard(old)


def _tidy() -> None:
    """What killed builds left: an old dataset comes back where no new one took its place."""
    for path in folder().glob(".*-*-????????"):
        if time.time() - path.stat().st_ctime < LEFT_S:
            continue  # it may be of a build that is under way
        what, _, rest = path.name[1:].partition("-")
        place = folder() / rest.rpartition("-")[0]
        if what == "old" and not place.exists():
            path.rename(place)
        else:
            _discard(path)


def _beside(dataset_id: str, what: str) -> Path:
    """A hidden folder on the same disk, for no one else."""
    return folder() / f".{what}-{dataset_id}-{uuid4().hex[:8]}"


def _discard(path: Path) -> None:
    shutil.rmtree(path, ignore_errors=True)


def _clips(n: int) -> str:
    return "1 clip" if n == 1 else f"{n:,} clips"
