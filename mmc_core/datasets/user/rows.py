"""The rows of a user's table checked: what each holds, and what is wrong with which."""

from __future__ import annotations

import os

import numpy as np
import pandas as pd

from mmc_core import moods
from mmc_core._typing import Bools, Float64, Objects
from mmc_core.datasets.user.problems import MAX_LINES, Problem
from mmc_core.datasets.user.reader import RawTable
from mmc_core.features.schema import Feature

PARTS = ("train", "validation", "test")
LARGEST = 1e12  # of a feature's value; those of real clips end near 1e8


def labels(raw: RawTable) -> tuple[pd.DataFrame, list[Problem], Bools]:
    """Mood, group and part of each row, what is wrong with them, and which rows are right.

    Returns:
        A table of `clip` (still ""), `mood`, `group` and `part`; the problems; the rows that are
        right, (n,).
    """
    written = raw.text("mood")
    codes, names = pd.factorize(written)
    known = [moods.parse(name) for name in names]
    mood = np.array(
        [parsed.name if parsed else name for parsed, name in zip(known, names, strict=True)],
        dtype=object,
    )[codes]
    empty = written == ""
    unknown = np.array([parsed is None for parsed in known], dtype=bool)[codes]
    problems = [*raw.problems]
    problems += problem_where(raw, empty, f"the mood is missing; expected {moods.SPELLINGS}.")
    problems += problem_where(
        raw,
        unknown & ~empty,
        f"the mood is not known; expected {moods.SPELLINGS}.",
        written,
    )
    nothing = np.full(len(written), "", dtype=object)
    part = nothing
    strange = np.zeros(len(written), dtype=bool)
    if "part" in raw:
        part = np.array([text.casefold() for text in raw.text("part")], dtype=object)
        strange = ~pd.Series(part).isin(["", *PARTS]).to_numpy()
        problems += problem_where(
            raw, strange, f"the part is not known; expected {', '.join(PARTS)} or nothing.", part
        )
    group = raw.text("group") if "group" in raw else nothing
    table = pd.DataFrame({"clip": nothing, "mood": mood, "group": group, "part": part})
    return table, problems, ~(unknown | strange)


def numbers(raw: RawTable, feature: Feature) -> tuple[Float64, Bools]:
    """A feature's numbers, and which are wrong. (n,), (n,)"""
    values = raw.numbers(feature.name)
    return values, ~(np.abs(values) <= LARGEST)


def categories(raw: RawTable, feature: Feature) -> tuple[Objects, Bools]:
    """A feature's categories as the schema spells them, and which are wrong. (n,), (n,)"""
    codes, written = pd.factorize(raw.text(feature.name))
    known = {category.casefold(): category for category in feature.categories}
    values = np.array([known.get(text.casefold()) for text in written], dtype=object)[codes]
    return values, pd.isna(values)


def durations(raw: RawTable) -> tuple[Float64, Bools]:
    """Seconds, NaN where there are none, and which are wrong. (n,), (n,)"""
    if "duration_s" not in raw:
        return np.full(len(raw.rows), np.nan), np.zeros(len(raw.rows), dtype=bool)
    seconds = raw.numbers("duration_s")
    wrong = ~((seconds > 0) & np.isfinite(seconds))
    wrong &= ~(np.isnan(seconds) & (raw.text("duration_s") == "")) if wrong.any() else False
    return seconds, wrong


def clip_ids(raw: RawTable, column: str | None) -> Objects:
    """Clips' names: what a column says, else the row's number. (n,)"""
    numbered = np.char.add("row ", raw.rows.astype(str)).astype(object)
    if column is None:
        return numbered
    written = raw.text(column)
    if column == "path":  # ./a.mp3 is a.mp3
        written = np.array([text and os.path.normpath(text) for text in written], dtype=object)
    return np.where(written == "", numbered, written)


def without_repeats(raw: RawTable, clips: pd.DataFrame, good: Bools) -> tuple[Bools, list[Problem]]:
    """Of rows that are right otherwise, which have a clip that comes once among them, or first of
    several alike in all, (n,).
    """
    keep, repeated = good.copy(), good.copy()
    repeated[good] = clips.loc[good, "clip"].duplicated(keep=False)
    if not repeated.any():
        return keep, []
    among = clips[repeated]
    first = ~among["clip"].duplicated().to_numpy()
    contents = among.drop(columns="clip")
    texts = contents.select_dtypes(exclude="number").columns
    contents[texts] = contents[texts].fillna("")
    alike = pd.util.hash_pandas_object(contents, index=False).to_numpy()
    differing = pd.Series(alike).groupby(among["clip"].to_numpy(dtype=object)).transform("nunique")
    contradicts = (differing > 1).to_numpy()
    rows = np.flatnonzero(repeated)
    keep[rows[contradicts | ~first]] = False
    again, against = np.zeros(len(clips), dtype=bool), np.zeros(len(clips), dtype=bool)
    again[rows[~contradicts & ~first]] = True
    against[rows[contradicts]] = True
    clip = clips["clip"].to_numpy(dtype=object)
    problems = problem_where(
        raw, again, "the clip occurs before with the same values; left out.", clip
    )
    problems += problem_where(
        raw,
        against,
        "the clip occurs more than once with different values; none of these rows is used.",
        clip,
    )
    return keep, problems


def problem_where(
    raw: RawTable, wrong: Bools, what: str, got: Objects | None = None
) -> list[Problem]:
    """A problem of the rows where something is wrong; none where nothing is."""
    if not wrong.any():
        return []
    return [Problem(what, raw.rows[wrong], () if got is None else list(got[wrong][:MAX_LINES]))]


def kind_of(feature: Feature) -> str:
    """What a cell should be, in words."""
    return "a known category" if feature.categories else "a number"


def expected_of(feature: Feature) -> str:
    """The same in full."""
    if feature.categories:
        return f"one of {', '.join(feature.categories)}"
    return f"a finite number up to {LARGEST:.0e}".replace("e+", "e")
