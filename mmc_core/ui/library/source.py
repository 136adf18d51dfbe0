"""The scanned songs as the page has them: read once, chosen by folder, search, mood, confidence."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

import pandas as pd
import streamlit as st

from mmc_core.datasets.user import corrections
from mmc_core.errors import UnknownName
from mmc_core.figures.library import SEVERAL_TITLE
from mmc_core.figures.style import mood_label
from mmc_core.language import N_, _, current, write
from mmc_core.library.browse import NO_MOOD, SEVERAL, Selection, add_heard, indexed, select, table
from mmc_core.library.heard import heard_moods
from mmc_core.library.journal import Folder, Journal, LibrarySong
from mmc_core.moods import BY_NAME, NAMES
from mmc_core.runs.registry import load_run
from mmc_core.settings import library_path
from mmc_core.ui.common import address, widgets
from mmc_core.wording import escaped

ALL = "all"
PERCENTS = list(range(0, 100, 10))
HEARD = "✎"  # before a mood that a person heard
FINDS = N_(
    "Songs that have the words as they are typed, one after the other. Where none has, songs with "
    "all of the words anywhere."
)
OF_A_MOOD = N_(
    "Songs for which the model names the mood, alone or beside others. Where a person corrected "
    "the mood, theirs counts instead."
)

State = tuple[tuple[int, int], ...]


def folders() -> list[Folder]:
    """The folders that were scanned."""
    return _folders(library_path(), _state()) if library_path().exists() else []


def choose_folder(scanned: list[Folder]) -> pd.DataFrame:
    """The widget that chooses one of several, or all; their songs and files with errors."""
    paths = {escaped(str(each.path)): each.path for each in scanned}
    chosen = ALL if len(paths) > 1 else next(iter(paths))
    if len(paths) > 1:
        chosen = st.selectbox(
            _("Folder"),
            [ALL, *paths],
            format_func=lambda path: _("All scanned folders") if path == ALL else path,
            on_change=first_page,
            **address.one("folder", [ALL, *paths], ALL),
        )
    else:
        (only,) = scanned
        name = widgets.escape_markdown(chosen)
        st.caption(
            _(
                "{folder}, scanned on {date} with: {model}",
                folder=name,
                date=write(only.scanned_at, "%Y-%m-%d"),
                model=_title(only.model),
            )
        )
    with st.spinner(_("Reading the library …")):
        songs = _songs(library_path(), paths.get(chosen), _state(), current())
    return add_heard(songs, _heard(corrections.stamp()))


def _title(model: str) -> str:
    """What a run is called, or its name where it is not here any more."""
    try:
        return _(load_run(model).title)
    except UnknownName:
        return widgets.escape_markdown(model)


def find_song(path: Path) -> LibrarySong | None:
    """Return the song of a path as the journal has it now."""
    with Journal(library_path()) as journal:
        return journal.song(path)


def choose_songs(songs: pd.DataFrame) -> tuple[pd.DataFrame, Selection]:
    """Draw the widgets that search and filter; return what they leave, and what they are at."""
    with st.container(horizontal=True, gap="medium", key="library-filters"):
        find = st.text_input(
            _("Find"),
            placeholder=_("Artist, album, title, file"),
            max_chars=200,
            width=300,
            on_change=first_page,
            help=_(FINDS),
            **address.text("find", str, str),
        )
        moods = st.pills(
            _("Mood"),
            [*NAMES, NO_MOOD],
            selection_mode="multi",
            format_func=mood_title,
            wrap=True,
            width="content",
            on_change=first_page,
            help=_(OF_A_MOOD),
            **address.several("mood", [*NAMES, NO_MOOD], []),
        )
        least = st.selectbox(
            _("Probability"),
            PERCENTS,
            format_func=lambda share: _("{share} % or more", share=share) if share else _("Any"),
            width=160,
            on_change=first_page,
            help=_("Of the likeliest mood, as the model gives it"),
            **address.one("least", PERCENTS, 0),
        )
    selection = Selection(find or "", moods, least / 100)
    return select(songs, selection), selection


def mood_title(mood: str) -> str:
    """How one of `browse.COUNTED` is shown."""
    if mood in BY_NAME:
        return mood_label(BY_NAME[mood])
    return _(SEVERAL_TITLE) if mood == SEVERAL else _("cannot tell")


def named_moods(mood_set: str | None) -> list[str]:
    """Return the moods that a song's answer names, likeliest first; none where it cannot tell."""
    return mood_set.split(" or ") if isinstance(mood_set, str) else []


def first_page() -> None:
    address.assign(page=1)


def _state() -> State:
    """Of the journal's files, which a scan changes."""
    path = library_path()
    files = [path, path.with_name(f"{path.name}-wal")]
    states = [file.stat() for file in files if file.exists()]
    return tuple((state.st_mtime_ns, state.st_size) for state in states)


@st.cache_resource(max_entries=2, show_spinner=False)
def _heard(stamp: str) -> dict[str, str]:
    return heard_moods()


@st.cache_resource(max_entries=2, show_spinner=False)
def _folders(path: Path, state: State) -> list[Folder]:
    with Journal(path) as journal:
        return journal.folders()


@st.cache_resource(max_entries=2, show_spinner=False)
def _songs(path: Path, folder: Path | None, state: State, language: str) -> pd.DataFrame:
    """Return the songs, `indexed` for a language, with what the address and the figures need:
    `key`, by which the address calls a song, and `parent`, the folder it is in.
    """
    with Journal(path) as journal:
        songs = indexed(table(journal.songs(folder, features=False)))
    keys = [hashlib.sha256(each.encode()).hexdigest()[:16] for each in songs["path"]]
    return songs.assign(key=keys, parent=_parents(songs["path"]))


def _parents(paths: pd.Series[str]) -> list[str]:
    """Return the folder of each path, from the one on that all are in."""
    parents = [path.rpartition(os.sep)[0] for path in paths]
    try:
        root = os.path.commonpath(parents)
    except ValueError:  # none, or on several drives
        return parents
    return [
        parent.removeprefix(root).strip(os.sep) or parent.rpartition(os.sep)[2]
        for parent in parents
    ]
