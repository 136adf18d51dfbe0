"""What the page Library draws of the chosen songs: figures, table, player, playlist, errors."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pandas as pd
import streamlit as st

from mmc_core import settings
from mmc_core.figures.library import moods_by, songs_plane
from mmc_core.language import N_, _, ngettext
from mmc_core.library.browse import by_group, ordered, predictions
from mmc_core.library.file_state import read_if_same
from mmc_core.moods import BY_NAME, NAMES
from mmc_core.prediction import confidence, playlists
from mmc_core.ui.common import address, widgets
from mmc_core.ui.common.player import NOT_PLAYED, media_type
from mmc_core.ui.library.source import choose_folder, choose_songs, find_song, folders
from mmc_core.ui.predict.downloads import PLAYLISTS, playlist_label
from mmc_core.wording import percent, unescaped

SCAN = "python -m mmc_core library scan FOLDER"
OFF = N_("The library of this machine is not shown here.")
GROUPS = {"artist": N_("Artist"), "album": N_("Album"), "year": N_("Year"), "genre": N_("Genre")}
TAGS = {"artist": N_("artist"), "album": N_("album"), "year": N_("year"), "genre": N_("genre")}
PAGE = 50  # rows
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
    _say_how_many(chosen, len(songs))
    song = _chosen_song(songs)
    bars, plane = st.columns(2, gap="large")
    with bars:
        st.header(_("Moods of the library"))
        _draw_groups(chosen)
    with plane:
        st.header(_("All songs"))
        _draw_plane(chosen, song)
    st.header(_("Songs"))
    _draw_table(chosen)
    _draw_player(song)
    _draw_playlist(chosen)
    _draw_errors(everything[failed])


def _how_to_scan() -> str:
    first = _("No folder of music has been scanned yet. On the machine that runs this app:")
    then = _(
        "The scan finds the mood, the features and the tags of every song. It can be stopped and "
        "goes on where it was; the page shows the songs that are done."
    )
    return f"{first}\n\n```\n{SCAN}\n```\n\n{then}"


def _say_how_many(chosen: pd.DataFrame, n: int) -> None:
    counts = chosen["mood"].value_counts()
    with st.container(horizontal=True, vertical_alignment="center", gap="medium"):
        if len(chosen) == n:
            text = ngettext("**{n} song**", "**{n:,} songs**", n)
        else:
            text = ngettext(
                "**{chosen:,} of {n} song**", "**{chosen:,} of {n:,} songs**", n, chosen=len(chosen)
            )
        st.markdown(text, width="content")
        widgets.mood_badges({mood: f"{counts.get(mood, 0):,}" for mood in NAMES})


def _draw_groups(songs: pd.DataFrame) -> None:
    column = st.segmented_control(
        _("By"),
        list(GROUPS),
        required=True,
        format_func=lambda tag: _(GROUPS[tag]),
        label_visibility="collapsed",
        **address.one("by", list(GROUPS), "artist"),
    )
    title = TAGS[column]
    groups = by_group(songs, column)
    if groups.empty:
        st.info(
            _("None of these songs has both a mood and the tag {tag}.", tag=_(title)),
            icon=":material/info:",
        )
        return
    widgets.figure(moods_by(groups, title), key="library-moods", name=f"moods-by-{column}")
    counted = int((songs[column].notna() & songs["mood"].notna()).sum())
    st.caption(_("{n:,} of {songs:,} songs have a mood and this tag.", n=counted, songs=len(songs)))


def _draw_plane(songs: pd.DataFrame, song: pd.DataFrame) -> None:
    drawn = songs if len(songs) <= MOST_POINTS else songs.sample(MOST_POINTS, random_state=0)
    columns = ["key", "name", "mood", "arousal", "valence"]
    widgets.figure(
        songs_plane(drawn[columns], song),
        key="library-plane",
        name="songs",
        on_click=_point_chosen,
    )
    if len(drawn) < len(songs):
        st.caption(_("Drawn: {n:,} of {songs:,} songs, at random.", n=len(drawn), songs=len(songs)))


def _point_chosen() -> None:
    points = st.session_state["library-plane-plot"]["selection"].get("points", [])
    if points and isinstance(data := points[0].get("customdata"), list) and len(data) == 2:
        address.assign(song=data[1])


def _draw_table(songs: pd.DataFrame) -> None:
    with st.container(horizontal=True, vertical_alignment="bottom"):
        sort = st.selectbox(
            _("Sort by"),
            list(SORTS),
            format_func=lambda column: _(SORTS[column]),
            width=220,
            **address.one("sort", list(SORTS), "path"),
        )
        pages = max(1, -(-len(songs) // PAGE))
        page = st.number_input(
            _("Page, of {pages:,}", pages=pages),
            1,
            pages,
            **address.number("page", 1, pages, 1),
            width=140,
        )
        descending = st.toggle(_("Largest first"), **address.switch("descending"))
    rows = ordered(songs, sort, descending=descending).iloc[(page - 1) * PAGE : page * PAGE]
    keys, cannot = rows["key"].tolist(), _("cannot tell")
    key = f"library-{hashlib.sha256(''.join(keys).encode()).hexdigest()[:12]}"
    st.dataframe(
        rows.assign(
            mood=[BY_NAME[mood].label if mood in BY_NAME else cannot for mood in rows["mood"]],
            probability=100 * rows["probability"],
        ),
        hide_index=True,
        height=min(440, 38 + 35 * max(len(rows), 1)),
        selection_mode="single-row",
        on_select=lambda: _row_chosen(key, keys),
        key=key,
        placeholder="–",
        column_order=(
            "name",
            "mood",
            "probability",
            "album",
            "year",
            "genre",
            "duration_s",
            "path",
        ),
        column_config={
            "name": st.column_config.TextColumn(_("Name"), width="medium"),
            "mood": st.column_config.TextColumn(_("Mood")),
            "probability": st.column_config.NumberColumn(_("Probability"), format="%.0f %%"),
            "album": st.column_config.TextColumn(_("Album")),
            "year": st.column_config.NumberColumn(_("Year"), format="%d"),
            "genre": st.column_config.TextColumn(_("Genre")),
            "duration_s": st.column_config.NumberColumn(_("Duration (s)"), format="%.0f"),
            "path": st.column_config.TextColumn(_("File"), width="large"),
        },
    )
    if not len(songs):
        st.caption(_("No song is in this selection."))


def _row_chosen(key: str, keys: list[str]) -> None:
    rows = st.session_state[key]["selection"]["rows"]
    address.assign(song=keys[rows[0]] if rows and rows[0] < len(keys) else None)


def _chosen_song(songs: pd.DataFrame) -> pd.DataFrame:
    """The song that was chosen in the table or the plane: its row, or none."""
    key = st.session_state[address.text("song", str, str)["key"]]
    return songs[songs["key"] == key]


def _draw_player(song: pd.DataFrame) -> None:
    """Draw the player of a song. Only content that was scanned is sent: the address has a key, no
    path, and a file whose content is another one now is not played.
    """
    if song.empty:
        st.caption(_("Choose a row, or a point of the plane, to hear the song."))
        return
    (row,) = song.to_dict(orient="records")
    path = Path(unescaped(row["path"]))
    st.markdown(f"**{widgets.escape_markdown(row['name'])}**")
    shares = {mood: percent(row[mood]) for mood in NAMES}
    widgets.mood_badges(shares)
    if isinstance(row["reason"], str):
        st.caption(widgets.escape_markdown(confidence.in_words(row["reason"])))
    largest = settings.page_limits().size_bytes
    if not path.is_file():
        st.caption(_("The file is no longer there. Scan the folder again."))
    elif (known := find_song(path)) is None:
        st.caption(_("The file is no longer in the library. Scan the folder again."))
    elif known.size > largest:
        st.caption(
            _("Files of more than {megabytes:.0f} MB are not played here.", megabytes=largest / 1e6)
        )
    elif (kind := media_type(path.name)) in NOT_PLAYED:
        st.caption(_("Browsers do not play this kind of file."))
    elif (content := read_if_same(path, known.size, known.sha256)) is None:
        st.caption(_("The file has changed since it was scanned, so it is not played. Scan again."))
    else:
        st.audio(content, format=kind)


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
            ngettext("{n} song (M3U)", "{n:,} songs (M3U)", n),
            lambda: _playlist(songs, mood, order),
            file_name=f"{chosen}.m3u8",
            mime="audio/x-mpegurl",
            key="library-playlist",
            on_click="ignore",
            disabled=not n,
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
                + _("All: {command}", command="`python -m mmc_core library list --errors`")
            )
