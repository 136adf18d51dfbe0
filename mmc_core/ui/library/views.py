"""What the page Library draws of the chosen songs: how many, list, player, figures, errors."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from mmc_core import settings
from mmc_core.language import N_, _, ngettext, write
from mmc_core.library.browse import NO_MOOD, SEVERAL, counted
from mmc_core.moods import NAMES
from mmc_core.ui.common import screen, widgets
from mmc_core.ui.library import song
from mmc_core.ui.library.figures import draw_groups, draw_plane
from mmc_core.ui.library.playlist import draw_playlist
from mmc_core.ui.library.source import HEARD, choose_folder, choose_songs, folders, mood_title
from mmc_core.ui.library.table import draw_table

SCAN = "mmc library scan FOLDER"
OFF = N_("The library of this machine is not shown here.")
MOST_ERRORS = 500


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
    chosen, selection = choose_songs(songs)
    _say_how_many(chosen, len(songs), int(failed.sum()))
    if chosen.empty and not songs.empty:
        st.info(_("No song is in this selection."), icon=":material/info:")
        _draw_errors(everything[failed])
        return
    heard, listed, plane = _places()
    with listed:
        keys = draw_table(chosen, songs)
        draw_playlist(chosen, selection)
    with heard:
        song.draw_player(songs, keys)
    with plane:
        draw_plane(chosen)
    draw_groups(chosen, songs)
    _draw_errors(everything[failed])


def _places() -> tuple[st.delta_generator.DeltaGenerator, ...]:
    """Return where the player, the list and the plane are: the list first, the others beside it;
    on a narrow screen below each other.
    """
    if screen.is_narrow():
        return st.container(), st.container(), st.container()
    listed, beside = st.columns([3, 2], gap="large")
    return beside.container(), listed, beside.container()


def _how_to_scan() -> str:
    first = _("No folder of music has been scanned yet. On the machine that runs this app:")
    then = _(
        "FOLDER is where your music lies, such as ~/Music. The scan finds the mood, the features "
        "and the tags of every song and changes no file. It can be stopped and goes on where it "
        "was; the page shows the songs that are done."
    )
    return f"{first}\n\n```\n{SCAN}\n```\n\n{then}"


def _say_how_many(chosen: pd.DataFrame, n: int, failed: int) -> None:
    counts = counted(chosen).value_counts()
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
        widgets.mood_badges(
            {mood: write(counts.get(mood, 0), ",") for mood in NAMES},
            {
                mood_title(each): write(counts[each], ",")
                for each in (SEVERAL, NO_MOOD)
                if each in counts
            },
        )
        if corrected := int(chosen["heard"].notna().sum()):
            text = ngettext(
                "{sign} {n} of these corrected by a person",
                "{sign} {n:,} of these corrected by a person",
                corrected,
                sign=HEARD,
            )
            st.caption(text, width="content")
        if failed:
            text = ngettext(
                "besides, {n} file that could not be used",
                "besides, {n:,} files that could not be used",
                failed,
            )
            st.caption(text, width="content")


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
