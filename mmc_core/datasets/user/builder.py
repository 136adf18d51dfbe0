"""A user's dataset built: files described, groups completed, all written and put in place."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pandas as pd

from mmc_core import files
from mmc_core._typing import Progress
from mmc_core.analysis import stored, tables
from mmc_core.audio import CLIP_S
from mmc_core.datasets.duplicates import near
from mmc_core.datasets.user import partitioned, problems, store
from mmc_core.datasets.user.dataset import UserDataset
from mmc_core.datasets.user.naming import DatasetName
from mmc_core.datasets.user.problems import Problem
from mmc_core.datasets.user.source import PARTS, TABLE, Source
from mmc_core.errors import DatasetError
from mmc_core.features.extract import extract_files
from mmc_core.features.schema import BY_NAME, ORIGINAL_57
from mmc_core.saved.user_dataset import ABOUT_DATASET, FILE_NAME, AboutDataset
from mmc_core.settings import Limits, cache_dir
from mmc_core.wording import unescaped

NEAR_MOST = 5_000  # clips whose every pair is compared


def build(
    source: Source,
    called: DatasetName,
    progress: Progress,
    *,
    done: Path | None = None,
    limits: Limits | None = None,
    remember_audio: bool = True,
) -> UserDataset:
    """Make a dataset of a source, in place of the one that was built under its name.

    Args:
        called: what it is called, of `datasets.user_dataset_name`.
        progress: called with the files done, of how many.
        done: where extracted rows are kept, so that a stopped build goes on.
        limits: the most that is accepted of a sound file.
        remember_audio: whether to keep where the files are.

    Returns:
        The dataset. Its problems are those of `source`, then files that are no sound.

    Raises:
        DatasetError: if no file can be used; a dataset of that name stays as it was.
    """
    table, all_problems, notes = source.clips, list(source.problems), list(source.notes)
    if source.kind != TABLE:
        done = done or cache_dir() / "build" / f"own-{called.id}.jsonl"
        table, failed, heard = _extracted(table, done, limits, progress)
        all_problems += failed
        notes += heard
    named = table["group"] != ""
    table, compared = grouped(table)
    short = int((table["duration_s"] - table.get("start_s", 0) < CLIP_S).sum())
    about = _about(
        called,
        source.kind,
        (len(table), short, int(named.sum())),
        all_problems,
        notes,
        compared=compared,
    )
    store.tidy()
    fresh = store.beside(called.id, "new")
    try:
        _write(fresh, about, table, all_problems, remember_audio=remember_audio)
        place = store.put_in_place(fresh, called)
    finally:
        store.discard(fresh)
    return UserDataset(place)


def build_parts(folder: Path, called: DatasetName, progress: Progress) -> UserDataset:
    """Make a dataset of a table in parts, as `build` does, in memory that does not grow with the
    table. A clip without a group is its own.

    Args:
        folder: of which `partitioned.files_of` gives files.
        called: what the dataset is called, of `datasets.user_dataset_name`.
        progress: called with the steps done, of how many.

    Raises:
        DatasetError: if nothing can be used; a dataset of that name stays as it was.
    """
    store.tidy()
    fresh = store.beside(called.id, "new")
    fresh.mkdir(parents=True)
    try:
        table = fresh / "features.parquet"
        all_problems = partitioned.copy(folder, table)
        counts = partitioned.counts(table)
        about = _about(called, PARTS, counts, all_problems, [], compared=False)
        ABOUT_DATASET.write(about, fresh / FILE_NAME)
        stored.describe(table, fresh, progress).write(fresh)
        problems.write(all_problems, UserDataset(fresh).problems_path)
        place = store.put_in_place(fresh, called)
    finally:
        store.discard(fresh)
    return UserDataset(place)


def _about(
    called: DatasetName,
    kind: str,
    counts: tuple[int, int, int],
    all_problems: Sequence[Problem],
    notes: Sequence[Problem],
    *,
    compared: bool,
) -> AboutDataset:
    """Return what is kept of a dataset that is built now.

    Args:
        counts: of its clips, of those that are short, and of those whose groups are named.
    """
    clips, short, named_groups = counts
    return AboutDataset(
        name=called.name,
        id=called.id,
        title=called.title,
        kind=kind,
        made=datetime.now(UTC).isoformat(timespec="seconds"),
        clips=clips,
        short=short,
        named_groups=named_groups,
        compared=compared,
        problems=sum(problem.n for problem in all_problems),
        said=problems.sentences(all_problems),
        notes=problems.sentences(notes),
    )


def _extracted(
    clips: pd.DataFrame, done: Path, limits: Limits | None, progress: Progress
) -> tuple[pd.DataFrame, list[Problem], list[Problem]]:
    """Clips with the features of their files, and the files that are no sound, which are left out;
    then what to know of the others.
    """
    paths = [Path(unescaped(path)) for path in clips["path"]]
    progress(0, len(paths))
    rows = extract_files(paths, journal=done, limits=limits, progress=progress)
    features = pd.DataFrame(rows, columns=["duration_s", "start_s", "error", "note", *BY_NAME])
    failed = features["error"].notna()
    errors = zip(clips["clip"][failed], features["error"][failed], strict=True)
    unusable = [Problem(error, files=[clip]) for clip, error in errors]
    if failed.all():
        first = " ".join(problems.sentences(unusable, 5))
        raise DatasetError(f"None of the {len(paths)} files can be used. {first}")
    noted = clips["clip"].groupby(features["note"]).agg(list)
    notes = [Problem(str(note), files=files) for note, files in noted.items()]
    table = pd.concat([clips, features.drop(columns=["error", "note"])], axis=1)
    table = table[~failed].reset_index(drop=True)
    return table.astype({"duration_s": float, "start_s": float}), unusable, notes


def grouped(table: pd.DataFrame) -> tuple[pd.DataFrame, bool]:
    """The table with a group for every clip, and whether near clips were looked for.

    Named groups stay as they are; a clip without one joins the clips that are nearly the same, and
    is a group of its own where there is none.
    """
    from scipy.sparse import coo_matrix
    from scipy.sparse.csgraph import connected_components

    unnamed = (table["group"] == "").to_numpy()
    group = table["group"].where(~unnamed, "clip " + table["clip"]).to_numpy(dtype=object)
    numbers = {name for name in ORIGINAL_57 if not BY_NAME[name].categories}
    compared = bool(unnamed.any()) and len(table) <= NEAR_MOST and numbers <= set(table.columns)
    if compared:
        one, other = np.nonzero(np.triu(near(table) & (unnamed[:, None] | unnamed), 1))
        _, label = np.unique(group.astype(str), return_inverse=True)
        n = int(label.max()) + 1
        edges = coo_matrix((np.ones(len(one)), (label[one], label[other])), shape=(n, n))
        _, component = connected_components(edges, directed=False)
        joined = pd.Series(component[label])
        # A clip of its own takes the name of the first clip of those it is joined with, named
        # groups first; groups that a person named apart stay apart in name.
        order = np.argsort(unnamed, kind="stable")
        first = pd.Series(group[order], index=joined[order]).groupby(level=0).first()
        group = np.where(unnamed, joined.map(first).to_numpy(dtype=object), group)
    return table.assign(group=group), compared


def _write(
    folder: Path,
    about: AboutDataset,
    table: pd.DataFrame,
    all_problems: list[Problem],
    *,
    remember_audio: bool,
) -> None:
    ABOUT_DATASET.write(about, folder / FILE_NAME)
    dataset = UserDataset(folder)
    tables.write_table(table, dataset.table_path)
    dataset.write_summary(table)
    problems.write(all_problems, dataset.problems_path)
    if remember_audio and "path" in table:
        files.write_csv(table.loc[table["path"].notna(), ["clip", "path"]], dataset.audio_path)
    if (table["part"] != "").any():
        dataset.write_parts(table)
