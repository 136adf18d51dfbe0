"""The songs in figures: their moods by artist, album, year, genre or folder, and on the plane."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from mmc_core.figures.library import moods_by, songs_plane
from mmc_core.language import N_, _
from mmc_core.library.browse import NO_MOOD, SEVERAL, by_group, counted
from mmc_core.ui.common import address, screen, widgets
from mmc_core.ui.library import song
from mmc_core.wording import listed

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
MOST_POINTS = 3000


def draw_groups(songs: pd.DataFrame, everything: pd.DataFrame) -> None:
    """Draw the moods of groups of songs.

    Args:
        songs: in the selection.
        everything: of the folder; only by tags that some of them have can songs be grouped.
    """
    told = everything[counted(everything) != NO_MOOD]
    offered = [tag for tag in GROUPS if tag == FOLDER or told[tag].notna().any()]
    with st.container(horizontal=True, vertical_alignment="center", gap="medium"):
        st.subheader(_("Moods by") if len(offered) > 1 else _("Moods by folder"), width="content")
        column = FOLDER
        if len(offered) > 1:
            column = st.segmented_control(
                _("By"),
                offered,
                required=True,
                format_func=lambda tag: _(GROUPS[tag]),
                label_visibility="collapsed",
                **address.one("by", offered, offered[0]),
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
    has_mood, has_tag = counted(songs) != NO_MOOD, songs[column].notna()
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


def draw_plane(songs: pd.DataFrame) -> None:
    """Draw the songs where the model's probabilities put them; a click chooses one."""
    drawn = songs if len(songs) <= MOST_POINTS else songs.sample(MOST_POINTS, random_state=0)
    drawn = drawn.assign(
        mood=drawn["heard"].fillna(drawn["mood"]), several=counted(drawn) == SEVERAL
    )
    columns = ["key", "name", "mood", "several", "arousal", "valence"]
    widgets.figure(
        songs_plane(drawn[columns], songs[songs["key"] == song.chosen_key()]),
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
