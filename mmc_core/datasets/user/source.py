"""The source of a user's dataset, recognised by what it is, and checked row by row.

A folder with a subfolder a mood; a CSV of path, mood and group; or a finished feature table. What
is wrong is named and left out, the rest is taken.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from mmc_core import moods
from mmc_core.analysis.tables import features_of
from mmc_core.audio import folders
from mmc_core.datasets.user import hive, reader, rows
from mmc_core.datasets.user.places import Places
from mmc_core.datasets.user.problems import Problem, sentences
from mmc_core.datasets.user.reader import RawTable
from mmc_core.errors import DatasetError
from mmc_core.features.schema import FEATURES, Feature
from mmc_core.settings import table_limit
from mmc_core.wording import escaped

FOLDER, LIST, TABLE, PARTS = "folder", "list", "table", "parts"
TABLE_SUFFIXES = {".csv", ".tsv", ".parquet"}
LABELS = {"clip", "path", "mood", "group", "duration_s", "part"}
COLUMNS = LABELS | {feature.name for feature in FEATURES}
MAX_FILES = 100_000
MOST_NAMED = 12  # columns in a sentence
TRIED_FILES = 100  # of a table's files, before all of them are


@dataclass(frozen=True)
class Source:
    """What can be used of a source.

    `clips` has `clip`, `mood`, `group` ("" where none is named) and `part` ("" likewise); `path`
    (escaped) but for a table without files; `duration_s` and features only for a table. Of what
    is in `notes`, nothing is missing.
    """

    kind: str
    clips: pd.DataFrame
    problems: list[Problem]
    notes: list[Problem] = field(default_factory=list)


def read(
    path: Path, *, limit: int | None = None, confined: bool = False, needs_features: bool = False
) -> Source:
    """Read a source and check it.

    Args:
        path: a folder, or a CSV or parquet file.
        limit: bytes of the largest table; the command line's by default.
        confined: whether only files below the source's own folder may be named.
        needs_features: whether a table is refused without features, though it names sound files.

    Raises:
        DatasetError: if nothing of it can be used, saying why.
    """
    limit = limit or table_limit()
    path = path.absolute()  # files are found again from wherever
    if path.is_dir():
        source = _folder(path, limit, confined)
    elif path.exists():
        source = _table_file(path, limit, confined, needs_features=needs_features)
    else:
        raise DatasetError(f"{path} does not exist; expected a folder, or a CSV or parquet file.")
    if source.clips.empty:
        why = (
            " ".join(sentences(source.problems, 5)) or "It has no whole row below its column names."
        )
        raise DatasetError(f"Nothing in {path.name} can be used. {why}")
    return source


# ---- a folder -------------------------------------------------------------------------------


def _folder(folder: Path, limit: int, confined: bool) -> Source:
    """Return the files in a subfolder per mood; or the one list in a folder without any."""
    inside = [path for path in folder.iterdir() if path.is_dir()]
    if not any(hive.mood_of(path.name) for path in [*inside, *hive.partitions(folder)]):
        lists = [
            p
            for p in sorted(folder.iterdir())
            if p.suffix.lower() in TABLE_SUFFIXES
            and p.is_file()
            and not folders.is_passed_over(p.name)
        ]
        if len(lists) == 1:
            return _table_file(lists[0], limit, confined)
        raise DatasetError(
            f"{folder.name} has no subfolder that is named after a mood ({moods.SPELLINGS}), and "
            f"{len(lists)} tables; expected one subfolder per mood, or one CSV of path and mood."
        )
    sounds, outside, filled = [], dict[str, list[str]](), set[str]()
    found = folders.search(folder)
    if len(found.files) > MAX_FILES:
        raise DatasetError(
            f"{folder.name} has {len(found.files):,} sound files; expected at most {MAX_FILES:,}. "
            "Extract their features first, and use the table."
        )
    for path in found.files:
        parts = path.relative_to(folder).parts
        name = escaped("/".join(parts))
        mood, group, part = hive.labels(parts[:-1]) if len(parts) > 1 else (None, "", "")
        if mood is None:
            outside.setdefault(parts[0] if len(parts) > 1 else "", []).append(name)
            continue
        part = part if part in rows.PARTS else ""
        sounds.append((name, mood.name, escaped(group), part, escaped(str(path))))
        filled.add(parts[0])
    problems = [_left_out(each, folder) for each in found.left_out if each.is_lost]
    notes = [_left_out(each, folder) for each in found.left_out if not each.is_lost]
    for above, files in outside.items():
        where = f"the folder {escaped(above)!r} is not a mood" if above else "not in a folder"
        what = f"{where}, so left out. Expected one folder per mood: {moods.SPELLINGS}."
        problems.append(Problem(what, files=files))
    unsearched = {each.path for each in found.left_out}
    clips = pd.DataFrame(sounds, columns=["clip", "mood", "group", "part", "path"], dtype=object)
    for mood_folder in sorted(inside):
        mood = hive.mood_of(mood_folder.name)
        if mood and mood_folder.name not in filled and mood_folder not in unsearched:
            problems.append(Problem(f"The folder {escaped(mood_folder.name)!r} has no sound file."))
    return Source(FOLDER, clips, problems, notes)


def _left_out(left_out: folders.LeftOut, folder: Path) -> Problem:
    path = left_out.path
    name = str(path.relative_to(folder)) if path != folder else folder.name
    return Problem(left_out.why, files=[escaped(name)])


# ---- a CSV or parquet file ------------------------------------------------------------------


def _table_file(path: Path, limit: int, confined: bool, *, needs_features: bool = False) -> Source:
    """Return the clips of a table.

    Args:
        needs_features: whether it is refused without, since no sound files are beside it.
    """
    raw = reader.read(path, COLUMNS, limit=limit)
    features = features_of(raw.columns)
    got = ", ".join(name.strip() or "(no name)" for name in raw.header[:12]) or "none"
    got += f" and {len(raw.header) - 12} more" if len(raw.header) > 12 else ""
    files = "" if needs_features else "path or "
    expected = f"mood, and {files}features such as tempo and rms_mean"
    if "mood" not in raw:
        raise DatasetError(f"{path.name} has no column mood; got {got}. Expected {expected}.")
    if needs_features and not features:
        raise DatasetError(
            f"{path.name} has no column of a feature; got {got}. Expected {expected}."
        )
    if not features and "path" not in raw:
        raise DatasetError(
            f"{path.name} has neither a column path nor one of a feature; got {got}. "
            f"Expected {expected}."
        )
    if features:
        return _table(raw, path, features, confined)
    return _list(raw, path, confined)


def _list(raw: RawTable, path: Path, confined: bool) -> Source:
    clips, problems, good = rows.labels(raw)
    named = raw.text("path")
    empty = named == ""
    problems += rows.problem_where(
        raw, good & empty, "the path is empty; expected that of a sound file."
    )
    at = Places(path.parent, confined=confined)
    places = [at.find(name) if name else None for name in named]
    missing = np.array([place is None for place in places], dtype=bool) & ~empty
    problems += rows.problem_where(
        raw,
        good & missing,
        f"there is no such file; expected a path that begins in the folder of {path.name}.",
        named,
    )
    clips["path"] = places
    clips["clip"] = rows.clip_ids(raw, "clip" if "clip" in raw else "path")
    good &= ~empty & ~missing
    keep, repeated = rows.without_repeats(raw, clips, good)
    return Source(LIST, clips[keep].reset_index(drop=True), problems + repeated)


def _table(raw: RawTable, path: Path, features: list[Feature], confined: bool) -> Source:
    clips, problems, good = rows.labels(raw)
    columns: dict[str, Any] = {}
    bad_cells = np.zeros(len(raw.rows), dtype=bool)
    for feature in features:
        read = rows.categories if feature.categories else rows.numbers
        values, wrong = read(raw, feature)
        doubtful = raw.doubtful(feature.name) if read is rows.numbers else np.zeros_like(wrong)
        problems += rows.problem_where(
            raw,
            doubtful,
            f"{feature.name} is ambiguous (thousands or decimals); write thousands without a "
            "separator.",
            raw.text(feature.name) if doubtful.any() else None,
        )
        if 2 * wrong.sum() > len(wrong):
            problems.append(
                Problem(
                    f"The column {feature.name} has {rows.kind_of(feature)} in "
                    f"{(~wrong).sum():,} of {len(wrong):,} rows; it is left out."
                )
            )
            continue
        columns[feature.name] = values
        problems += rows.problem_where(
            raw,
            wrong & ~doubtful,
            f"{feature.name} is not {rows.kind_of(feature)}; expected {rows.expected_of(feature)}.",
            raw.text(feature.name) if wrong.any() else None,
        )
        bad_cells |= wrong
    if not any(not f.categories for f in features_of(columns)):
        why = " ".join(sentences(problems, 5))
        raise DatasetError(
            f"{path.name} has no usable numeric column; expected at least one feature "
            f"such as tempo or rms_mean. {why}"
        )
    clips["duration_s"], wrong = rows.durations(raw)
    problems += rows.problem_where(
        raw,
        wrong,
        "duration_s is not a length; expected seconds above 0, or nothing.",
        raw.text("duration_s") if wrong.any() else None,
    )
    clips["clip"] = rows.clip_ids(
        raw, "clip" if "clip" in raw else "path" if "path" in raw else None
    )
    if "path" in raw and not confined:
        named = raw.text("path")
        at = Places(path.parent, confined=confined)
        if any(map(at.find, named[:TRIED_FILES])):
            clips["path"] = [at.find(name) for name in named]
    table = pd.concat([clips, pd.DataFrame(columns, index=clips.index)], axis=1)
    keep, repeated = rows.without_repeats(raw, table, good & ~bad_cells & ~wrong)
    return Source(TABLE, table[keep].reset_index(drop=True), problems + repeated, _unused(raw))


def _unused(raw: RawTable) -> list[Problem]:
    """Return a note of the columns that a table of features has beside those that are known."""
    names = [name.strip() for name in raw.header if name.strip().casefold() not in COLUMNS]
    named = [escaped(name) for name in names if name]
    if not named:
        return []
    shown, more = named[:MOST_NAMED], len(named) - MOST_NAMED
    end = f" and {more:,} more" if more > 0 else ""
    return [Problem(f"Not used, since they are no features: {', '.join(shown)}{end}.")]
