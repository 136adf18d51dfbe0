"""What the page Library draws of the chosen songs: figures, table, player, playlist, errors."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Sequence
from pathlib import Path

import pandas as pd
import streamlit as st

from mmc_core import settings
from mmc_core.figures.library import moods_by, songs_plane
from mmc_core.language import N_, _, ngettext, write
from mmc_core.library.browse import NO_MOOD, by_group, ordered, predictions
from mmc_core.moods import BY_NAME, NAMES
from mmc_core.prediction import playlists
from mmc_core.ui.common import address, row_table, screen, widgets
from mmc_core.ui.library import song
from mmc_core.ui.library.song import PAGE
from mmc_core.ui.library.source import choose_folder, choose_songs, folders, mood_title, named_moods
from mmc_core.ui.predict.downloads import PLAYLISTS, playlist_label
from mmc_core.wording import listed, percent_format

SCAN = "mmc library scan FOLDER"
OFF = N_("The library of this machine is not shown here.")
FOLDER = "parent"  # column of the folder that a song is in
GROUPS = {
    **{"artist": N_("Artist"), "album": N_("Album"), "year": N_("Year"), "genre": N_("Genre")},
    FOLDER: N_("Folder"),
}
TAGS = {
    **{"artist": N_("artist"), "album": N_("album"), "year": N_("year"), "genre": N_("genre")},
    FOLDER: N_("folder"),
}
MOST_GROUPS = 8
COLUMNS = ("name", "mood", "probability", "album", "year", "genre", "duration_s", "path")
MOST_POINTS = 3000
MOST_ERRORS = 500
SORTS = {
    "path": N_("Folder"),
    "name": N_("Name"),
    **{tag: GROUPS[tag] for tag in ("artist", "album", "year")},
    "probability": N_("Probability"),
    **{"arousal": N_("Arousal"), "valence": N_("Valence")},
    "duration_s": N_("Duration"),
}


def draw() -> None:
    if not settings.page_library():
        st.info(_(OFF), icon=":material/info:")
        return
    scanned = folders()
    if not scanned:
        st.info(_how_to_scan(), icon=":material/info:")
        return
    everything = choose_folder(scanned)
    failed = everything["error"].notna()
    songs = everything[~failed]
    chosen = choose_songs(songs)
    _say_how_many(chosen, len(songs), int(failed.sum()))
    if chosen.empty and not songs.empty:
        st.info(_("No song is in this selection."), icon=":material/info:")
        _draw_errors(everything[failed])
        return
    bars, plane = st.columns(2, gap="large")
    with bars:
        _draw_groups(chosen)
    with plane:
        _draw_plane(chosen, chosen[chosen["key"] == song.chosen_key()])
    st.subheader(_("Songs"))
    above = st.container()  # the player goes through the songs in the table's order
    keys = _draw_table(chosen)
    with above:
        song.draw_player(chosen, keys)
    _draw_playlist(chosen)
    _draw_errors(everything[failed])


def _how_to_scan() -> str:
    first = _("No folder of music has been scanned yet. On the machine that runs this app:")
    then = _(
        "FOLDER is where your music lies, such as ~/Music. The scan finds the mood, the features "
        "and the tags of every song and changes no file. It can be stopped and goes on where it "
        "was; the page shows the songs that are done."
    )
    return f"{first}\n\n```\n{SCAN}\n```\n\n{then}"


def _say_how_many(chosen: pd.DataFrame, n: int, failed: int) -> None:
    counts = chosen["mood"].value_counts()
    with st.container(
        horizontal=True, vertical_alignment="center", gap="medium", key="library-counts"
    ):
        if len(chosen) == n:
            text = ngettext("**{n} song**", "**{n:,} songs**", n)
        else:
            text = ngettext(
                "**{chosen:,} of {n} song**", "**{chosen:,} of {n:,} songs**", n, chosen=len(chosen)
            )
        st.markdown(text, width="content")
        unsure = int(chosen["mood"].isna().sum())
        widgets.mood_badges(
            {mood: write(counts.get(mood, 0), ",") for mood in NAMES},
            {_("cannot tell"): write(unsure, ",")} if unsure else {},
        )
        if failed:
            text = ngettext(
                "besides, {n} file that could not be used",
                "besides, {n:,} files that could not be used",
                failed,
            )
            st.caption(text, width="content")


def _draw_groups(songs: pd.DataFrame) -> None:
    told = songs[songs["mood"].notna()]
    default = next((tag for tag in GROUPS if told[tag].notna().any()), FOLDER)
    column = st.segmented_control(
        _("By"),
        list(GROUPS),
        required=True,
        format_func=lambda tag: _(GROUPS[tag]),
        label_visibility="collapsed",
        **address.one("by", list(GROUPS), default),
    )
    title = TAGS[column]
    groups = by_group(songs, column, most=MOST_GROUPS)
    if groups.empty:
        st.info(
            _("None of these songs has both a mood and the tag {tag}.", tag=_(title)),
            icon=":material/info:",
        )
        return
    widgets.figure(
        moods_by(groups, title, narrow=screen.is_narrow()),
        key="library-moods",
        name=f"moods-by-{column}",
    )
    st.caption(_in_bars(songs, groups, column))


def _in_bars(songs: pd.DataFrame, groups: pd.DataFrame, column: str) -> str:
    """Return how many songs the bars hold, and why the others are not in them."""
    has_mood, has_tag = songs["mood"].notna(), songs[column].notna()
    n = int(groups["songs"].sum())
    others = int((has_mood & has_tag).sum()) - n
    left_out = {
        _("{n:,} of smaller groups"): others,
        _("{n:,} without the tag {tag}"): int((has_mood & ~has_tag).sum()),
        _("{n:,} whose mood the model cannot tell"): int((~has_mood).sum()),
    }
    text = _("In the bars: {n:,} of {songs:,} songs.", n=n, songs=len(songs))
    parts = [
        part.format(n=number, tag=_(TAGS[column])) for part, number in left_out.items() if number
    ]
    return f"{text} {_('Left out: {parts}.', parts=listed(parts))}" if parts else text


def _draw_plane(songs: pd.DataFrame, chosen: pd.DataFrame) -> None:
    drawn = songs if len(songs) <= MOST_POINTS else songs.sample(MOST_POINTS, random_state=0)
    columns = ["key", "name", "mood", "arousal", "valence"]
    widgets.figure(
        songs_plane(drawn[columns], chosen),
        key="library-plane",
        name="songs",
        on_click=_point_chosen,
    )
    if len(drawn) < len(songs):
        st.caption(_("Drawn: {n:,} of {songs:,} songs, at random.", n=len(drawn), songs=len(songs)))


def _point_chosen() -> None:
    points = st.session_state["library-plane-plot"]["selection"].get("points", [])
    if points and isinstance(data := points[0].get("customdata"), list) and len(data) == 2:
        song.choose(data[1])


def _draw_table(songs: pd.DataFrame) -> list[str]:
    """Draw a page of the table; return the keys of all its songs, in its order."""
    with st.container(horizontal=True, vertical_alignment="bottom"):
        sort = st.selectbox(
            _("Sort by"),
            list(SORTS),
            format_func=lambda column: _(SORTS[column]),
            width=220,
            **address.one("sort", list(SORTS), "path"),
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
    row_table.draw(
        rows.assign(
            path=_below(rows["path"].tolist(), every["path"].tolist()),
            mood=[
                _answer(mood, mood_set)
                for mood, mood_set in zip(rows["mood"], rows["mood_set"], strict=True)
            ],
            probability=100 * rows["probability"],
        ),
        keys,
        song.chosen_key(),
        song.choose,
        key=f"library-{hashlib.sha256(''.join(keys).encode()).hexdigest()[:12]}",
        height=min(440, 38 + 35 * max(len(rows), 1)),
        placeholder="–",
        column_order=COLUMNS[:3] if is_narrow else COLUMNS,
        column_config={
            "name": st.column_config.TextColumn(_("Name"), width=150 if is_narrow else "medium"),
            "mood": st.column_config.TextColumn(_("Mood"), width=85 if is_narrow else None),
            "probability": st.column_config.NumberColumn(_("Probability"), format=percent_format()),
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


def _answer(mood: str | None, mood_set: str | None) -> str:
    """Return the moods that an answer names, as on Predict."""
    if mood not in BY_NAME:
        return mood_title(NO_MOOD)
    return listed([mood_title(each) for each in named_moods(mood_set) or [mood]], N_("or"))


def _draw_playlist(songs: pd.DataFrame) -> None:
    with st.container(horizontal=True, vertical_alignment="bottom"):
        chosen = st.selectbox(
            _("Playlist of these songs"),
            list(PLAYLISTS),
            format_func=playlist_label,
            width=300,
            help=_(
                "With the songs' full paths. Songs whose mood the model cannot tell are left out."
            ),
            **address.one("playlist", list(PLAYLISTS), "arousal"),
        )
        order, mood = (chosen, None) if chosen in playlists.ORDERS else ("mood", chosen)
        n = int((songs["mood"] == mood).sum() if mood else songs["mood"].notna().sum())
        st.download_button(
            ngettext(
                "{listed:,} of {n:,} song (M3U)",
                "{listed:,} of {n:,} songs (M3U)",
                len(songs),
                listed=n,
            ),
            lambda: _playlist(songs, mood, order),
            file_name=f"{chosen}.m3u8",
            mime="audio/x-mpegurl",
            key="library-playlist",
            on_click="ignore",
            disabled=not n,
        )
    st.caption(
        _(
            "The moods can also be written into the files' tags: {tag}. As they were before: "
            "{undo}.",
            tag="`mmc library tag FOLDER`",
            undo="`mmc library undo`",
        )
    )


def _playlist(songs: pd.DataFrame, mood: str | None, order: str) -> str:
    return playlists.m3u(playlists.selected(predictions(songs), mood=mood, order=order))


def _draw_errors(failed: pd.DataFrame) -> None:
    if failed.empty:
        return
    with st.expander(_("Files that could not be used ({n:,})", n=len(failed))):
        st.dataframe(
            failed.head(MOST_ERRORS),
            hide_index=True,
            column_order=("error", "path"),
            column_config={
                "error": st.column_config.TextColumn(_("Why"), width="large"),
                "path": st.column_config.TextColumn(_("File"), width="medium"),
            },
        )
        if len(failed) > MOST_ERRORS:
            st.caption(
                _("The first {most} of {n:,}.", most=MOST_ERRORS, n=len(failed))
                + " "
                + _("All: {command}", command="`mmc library list --errors`")
            )
