"""The chosen songs as a playlist for music players."""

from __future__ import annotations

import re

import pandas as pd
import streamlit as st

from mmc_core.language import _, ngettext
from mmc_core.language.collation import fold
from mmc_core.library.browse import NO_MOOD, Selection, named, predictions
from mmc_core.prediction import playlists
from mmc_core.ui.common.playlist_choice import choose_playlist

LONGEST = 40  # characters of what was searched, in a file's name


def draw_playlist(songs: pd.DataFrame, selection: Selection) -> None:
    """Draw the choice of a playlist and the button that saves it.

    Args:
        songs: in the selection.
        selection: what chose them, which the file is named after.
    """
    with st.container(horizontal=True, vertical_alignment="bottom"):
        chosen, order, mood = choose_playlist(
            _("Playlist of these songs"),
            _(
                "With the songs' full paths. Songs whose mood the model cannot tell are left out; "
                "one with several moods is in the playlist of each."
            ),
        )
        n = int(named(songs, mood).sum() if mood else (~named(songs, NO_MOOD)).sum())
        st.download_button(
            ngettext(
                "{listed:,} of {n:,} song (M3U)",
                "{listed:,} of {n:,} songs (M3U)",
                len(songs),
                listed=n,
            ),
            lambda: playlist(songs, mood, order),
            file_name=file_name(selection, chosen),
            mime="audio/x-mpegurl",
            key="library-playlist",
            on_click="ignore",
            disabled=not n,
        )
    st.caption(
        _(
            "The model's moods can also be written into the files' tags: {tag}. As they were "
            "before: {undo}.",
            tag="`mmc library tag FOLDER`",
            undo="`mmc library undo`",
        )
    )


def playlist(songs: pd.DataFrame, mood: str | None, order: str) -> str:
    """Return the text of a playlist."""
    return playlists.m3u(playlists.selected(predictions(songs), mood=mood, order=order))


def file_name(selection: Selection, chosen: str) -> str:
    """Return what a playlist's file is called: what chose its songs, and their order or mood.

    >>> file_name(Selection("Artist 3", ["sad", "none"], 0.6), "arousal")
    'artist-3-sad-or-none-60-percent-by-arousal.m3u8'
    >>> file_name(Selection(), "sad"), file_name(Selection(), "mood")
    ('sad.m3u8', 'all-by-mood.m3u8')
    """
    words = "-".join(re.findall(r"[^\W_]+", fold(selection.find)))[:LONGEST].strip("-")
    parts = [words, "-or-".join(selection.moods)]
    parts += [f"{100 * selection.least:.0f}-percent"] if selection.least else []
    if chosen in playlists.ORDERS:
        parts = [part for part in parts if part] or ["all"]
        parts.append(f"by-{chosen}")
    else:
        parts.append(chosen)
    return "-".join(part for part in parts if part) + ".m3u8"
