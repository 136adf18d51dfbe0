"""Clips that were selected, as a file or as a dataset of the user's own."""

from __future__ import annotations

import pandas as pd

from mmc_core import datasets
from mmc_core._typing import no_progress
from mmc_core.datasets import UserDataset, user
from mmc_core.datasets.user.source import TABLE, Source
from mmc_core.errors import MMCError
from mmc_core.exploration.clips import ClipTable
from mmc_core.exploration.queries import GENRES, Query
from mmc_core.files import csv_text
from mmc_core.wording import escaped

MOST = 100_000  # clips at once, on a page


def check(n: int) -> None:
    """Raises:
    MMCError: if these are too many clips to be saved at once, or none.
    """
    if not 0 < n <= MOST:
        raise MMCError(
            f"{n:,} clips are selected; expected 1 to {MOST:,}. Change the filter, or use: "
            "mmc explore clips DATASET --where FILTER --out FILE.csv"
        )


def csv(clips: ClipTable, query: Query, sort: str, descending: bool) -> str:
    """All columns of the clips, sorted.

    Raises:
        MMCError: as `check`.
    """
    check(sum(clips.counts(query).values()))
    parts = list(clips.parts(query, sort=sort, descending=descending))
    return csv_text(pd.concat(parts))


def save(clips: ClipTable, query: Query, name: str) -> UserDataset:
    """Make a dataset of the clips, with the features that all of them have, their names, and where
    their sound is. In place of one of that name.

    Raises:
        MMCError: as `check`, or if the name cannot be given.
        DatasetError: if it cannot be built.
    """
    called = datasets.user_dataset_name(name)
    check(sum(clips.counts(query).values()))
    rows = pd.concat(list(clips.parts(query)), ignore_index=True)
    sounds = {id_: dataset.audio() for id_, dataset in clips.datasets.items()}
    of = list(zip(rows["dataset"], rows["clip"], strict=True))
    table = rows[["clip", "mood", "group", "duration_s"]].assign(part="")
    if len(set(rows["dataset"])) > 1:  # names that two of them share stay apart
        table["clip"] = rows["dataset"] + ":" + rows["clip"]
        table["group"] = rows["dataset"] + ":" + rows["group"]
    whole = [f.name for f in clips.features if rows[f.name].notna().all()]
    paths = [sounds[id_].get(clip) for id_, clip in of]
    table["path"] = [escaped(str(path)) if path else None for path in paths]
    source = Source(TABLE, pd.concat([table, rows[whole]], axis=1), [])
    made = user.build(source, called, no_progress)
    known = table[["clip"]].assign(name=rows["name"])
    if GENRES in rows:
        known[GENRES] = rows[GENRES].fillna("")
    if (known["name"] != known["clip"]).any():
        made.write_clips(known.set_index("clip"))
    return made
