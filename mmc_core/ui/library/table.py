"""The table of the songs: sorted, a page at a time; a row is chosen to be heard."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pandas as pd
import streamlit as st

from mmc_core.language import N_, _
from mmc_core.library.browse import NO_MOOD, ordered
from mmc_core.moods import BY_NAME, NAMES
from mmc_core.ui.common import address, row_table, screen
from mmc_core.ui.library import song
from mmc_core.ui.library.song import PAGE
from mmc_core.ui.library.source import HEARD, mood_title, named_moods
from mmc_core.wording import listed, percent

COLUMNS = ("name", "mood", "likeliest", "album", "year", "genre", "duration_s", "path")
MAYBE = ("artist", "album", "year", "genre")  # left out where no song has the tag
SORTS = {
    "path": N_("Folder"),
    "name": N_("Name"),
    **{"artist": N_("Artist"), "album": N_("Album"), "year": N_("Year")},
    "probability": N_("Probability"),
    **{"arousal": N_("Arousal"), "valence": N_("Valence")},
    "duration_s": N_("Duration"),
}
MOOD_HELP = N_(
    "All moods that the model names for the song. ✎: a mood that a person heard, in its place."
)
LIKELIEST_HELP = N_(
    "The likeliest mood alone and its probability, by the model; also where it names several, and "
    "where it cannot tell."
)


def draw_table(songs: pd.DataFrame, everything: pd.DataFrame) -> list[str]:
    """Draw a page of the table; return the keys of all its songs, in its order.

    Args:
        songs: in the selection.
        everything: of the folder; what no song has is no column.
    """
    without = {tag for tag in MAYBE if everything[tag].isna().all()}
    sorts = [column for column in SORTS if column not in without]
    with st.container(horizontal=True, vertical_alignment="bottom"):
        sort = st.selectbox(
            _("Sort by"),
            sorts,
            format_func=lambda column: _(SORTS[column]),
            width=220,
            **address.one("sort", sorts, "path"),
        )
        pages = max(1, -(-len(songs) // PAGE))
        page = 1
        if pages > 1:
            page = st.number_input(
                _("Page, of {pages:,}", pages=pages),
                1,
                pages,
                **address.number("page", 1, pages, 1),
                width=140,
            )
        descending = st.toggle(_("Descending"), **address.switch("descending"))
    every = ordered(songs, sort, descending=descending)
    rows = every.iloc[(page - 1) * PAGE : page * PAGE]
    keys, is_narrow = rows["key"].tolist(), screen.is_narrow()
    columns = [column for column in COLUMNS if column not in without]
    row_table.draw(
        rows.assign(
            path=_below(rows["path"].tolist(), every["path"].tolist()),
            mood=[answer(row) for row in rows.to_dict(orient="records")],
            likeliest=[_likeliest(row) for row in rows.to_dict(orient="records")],
        ),
        keys,
        song.chosen_key(),
        song.choose,
        key=f"library-{hashlib.sha256(''.join(keys).encode()).hexdigest()[:12]}",
        height=min(440, 38 + 35 * max(len(rows), 1)),
        placeholder="–",
        column_order=columns[:3] if is_narrow else columns,
        column_config={
            "name": st.column_config.TextColumn(_("Name"), width=105 if is_narrow else "medium"),
            "mood": st.column_config.TextColumn(
                _("Mood"), width=140 if is_narrow else 150, help=_(MOOD_HELP)
            ),
            "likeliest": st.column_config.TextColumn(
                _("Likeliest"), width=75, help=_(LIKELIEST_HELP), alignment="right"
            ),
            "album": st.column_config.TextColumn(_("Album")),
            "year": st.column_config.NumberColumn(_("Year"), format="%d"),
            "genre": st.column_config.TextColumn(_("Genre")),
            "duration_s": st.column_config.NumberColumn(_("Duration (s)"), format="%.0f"),
            "path": st.column_config.TextColumn(_("File"), width="large"),
        },
    )
    return every["key"].tolist()


def _below(paths: Sequence[str], every: Sequence[str]) -> list[str]:
    """Return paths as they are below the folder that holds all songs of the table."""
    try:
        above = os.path.commonpath([str(Path(path).parent) for path in every])
    except ValueError:  # of no song, or on several drives
        return list(paths)
    return [os.path.relpath(path, above) for path in paths]


def answer(row: dict[Any, Any]) -> str:
    """Return the mood that a person heard in a song, or the moods that the model's answer names."""
    if isinstance(row["heard"], str):
        return f"{HEARD} {mood_title(row['heard'])}"
    if row["mood"] not in BY_NAME:
        return mood_title(NO_MOOD)
    named = named_moods(row["mood_set"]) or [row["mood"]]
    return listed([mood_title(each) for each in named], N_("or"))


def _likeliest(row: dict[Any, Any]) -> str:
    """Return the sign of the likeliest mood and its probability, as wide for each number."""
    if pd.isna(row["probability"]):
        return "–"
    mood = BY_NAME[max(NAMES, key=lambda name: row[name])]
    return f"{mood.mark} {percent(row['probability']):\N{FIGURE SPACE}>5}"
