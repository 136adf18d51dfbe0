"""What the page Library draws of the chosen songs: figures, table, player, playlist, errors."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pandas as pd
import streamlit as st

from mmc_core import settings
from mmc_core.figures.library import moods_by, songs_plane
from mmc_core.library.browse import by_group, predictions
from mmc_core.moods import NAMES
from mmc_core.prediction import playlists
from mmc_core.ui.common import address, widgets
from mmc_core.ui.library.source import choose_folder, choose_songs, folders
from mmc_core.ui.predict.answer import NOT_PLAYED, media_type
from mmc_core.ui.predict.downloads import PLAYLISTS
from mmc_core.wording import percent, unescaped

EMPTY = """
No folder of music has been scanned yet. On the machine that runs this app:

```
python -m mmc_core library scan FOLDER
```

The scan finds the mood, the features and the tags of every song. It can be stopped and goes on
where it was; the page shows the songs that are done.
"""
OFF = "The library of this machine is not shown here."
GROUPS = {"artist": "Artist", "album": "Album", "year": "Year", "genre": "Genre"}
PAGE = 50  # rows
MOST_POINTS = 3000
MOST_ERRORS = 500
SORTS = {
    "path": "Folder",
    **{"name": "Name", "artist": "Artist", "album": "Album", "year": "Year"},
    **{"probability": "Probability", "arousal": "Arousal", "valence": "Valence"},
    "duration_s": "Duration",
}


def draw() -> None:
    if not settings.page_library():
        st.info(OFF, icon=":material/info:")
        return
    scanned = folders()
    if not scanned:
        st.info(EMPTY, icon=":material/info:")
        return
    everything = choose_folder(scanned)
    failed = everything["error"].notna()
    songs = everything[~failed]
    chosen = choose_songs(songs)
    _say_how_many(chosen, len(songs))
    song = _chosen_song(songs)
    bars, plane = st.columns(2, gap="large")
    with bars:
        st.header("Moods of the library")
        _draw_groups(chosen)
    with plane:
        st.header("All songs")
        _draw_plane(chosen, song)
    st.header("Songs")
    _draw_table(chosen)
    _draw_player(song)
    _draw_playlist(chosen)
    _draw_errors(everything[failed])


def _say_how_many(chosen: pd.DataFrame, n: int) -> None:
    counts = chosen["mood"].value_counts()
    with st.container(horizontal=True, vertical_alignment="center", gap="medium"):
        of = "" if len(chosen) == n else f"{len(chosen):,} of "
        st.markdown(f"**{of}{_songs(n)}**", width="content")
        widgets.mood_badges({mood: f"{counts.get(mood, 0):,}" for mood in NAMES})


def _songs(n: int) -> str:
    return "1 song" if n == 1 else f"{n:,} songs"


def _draw_groups(songs: pd.DataFrame) -> None:
    column = st.segmented_control(
        "By",
        list(GROUPS),
        required=True,
        format_func=GROUPS.__getitem__,
        label_visibility="collapsed",
        **address.one("by", list(GROUPS), "artist"),
    )
    title = GROUPS[column].lower()
    groups = by_group(songs, column)
    if groups.empty:
        st.info(f"None of these songs has both a mood and the tag {title}.", icon=":material/info:")
        return
    widgets.figure(moods_by(groups, title), key="library-moods", name=f"moods-by-{title}")
    counted = int((songs[column].notna() & songs["mood"].notna()).sum())
    st.caption(f"{counted:,} of {len(songs):,} songs have a mood and this tag.")


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
        st.caption(f"Drawn: {len(drawn):,} of {len(songs):,} songs, at random.")


def _point_chosen() -> None:
    points = st.session_state["library-plane-plot"]["selection"].get("points", [])
    if points and isinstance(data := points[0].get("customdata"), list) and len(data) == 2:
        address.assign(song=data[1])


def _draw_table(songs: pd.DataFrame) -> None:
    with st.container(horizontal=True, vertical_alignment="bottom"):
        sort = st.selectbox(
            "Sort by",
            list(SORTS),
            format_func=SORTS.__getitem__,
            width=220,
            **address.one("sort", list(SORTS), "path"),
        )
        pages = max(1, -(-len(songs) // PAGE))
        page = st.number_input(
            f"Page, of {pages:,}", 1, pages, **address.number("page", 1, pages, 1), width=140
        )
        descending = st.toggle("Largest first", **address.switch("descending"))
    ordered = songs.sort_values([sort, "path"], ascending=not descending, na_position="last")
    rows = ordered.iloc[(page - 1) * PAGE : page * PAGE]
    keys = rows["key"].tolist()
    key = f"library-{hashlib.sha256(''.join(keys).encode()).hexdigest()[:12]}"
    st.dataframe(
        rows.assign(mood=rows["mood"].fillna("cannot tell"), probability=100 * rows["probability"]),
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
            "name": st.column_config.TextColumn("Name", width="medium"),
            "mood": st.column_config.TextColumn("Mood"),
            "probability": st.column_config.NumberColumn("Probability", format="%.0f %%"),
            "album": st.column_config.TextColumn("Album"),
            "year": st.column_config.NumberColumn("Year", format="%d"),
            "genre": st.column_config.TextColumn("Genre"),
            "duration_s": st.column_config.NumberColumn("Duration (s)", format="%.0f"),
            "path": st.column_config.TextColumn("File", width="large"),
        },
    )
    if not len(songs):
        st.caption("No song is in this selection.")


def _row_chosen(key: str, keys: list[str]) -> None:
    rows = st.session_state[key]["selection"]["rows"]
    address.assign(song=keys[rows[0]] if rows and rows[0] < len(keys) else None)


def _chosen_song(songs: pd.DataFrame) -> pd.DataFrame:
    """The song that was chosen in the table or the plane: its row, or none."""
    key = st.session_state[address.text("song", str, str)["key"]]
    return songs[songs["key"] == key]


def _draw_player(song: pd.DataFrame) -> None:
    """Only files that a scan found are ever read: the address has a key, no path."""
    if song.empty:
        st.caption("Choose a row, or a point of the plane, to hear the song.")
        return
    (row,) = song.to_dict(orient="records")
    path = Path(unescaped(row["path"]))
    st.markdown(f"**{widgets.escape_markdown(row['name'])}**")
    shares = {mood: percent(row[mood]) for mood in NAMES}
    widgets.mood_badges(shares)
    if isinstance(row["reason"], str):
        st.caption(widgets.escape_markdown(row["reason"]))
    largest = settings.page_limits().size_bytes
    if not path.is_file():
        st.caption("The file is no longer there. Scan the folder again.")
    elif path.stat().st_size > largest:
        st.caption(f"Files of more than {largest / 1e6:.0f} MB are not played here.")
    elif (kind := media_type(path.name)) in NOT_PLAYED:
        st.caption("Browsers do not play this kind of file.")
    else:
        st.audio(path, format=kind)


def _draw_playlist(songs: pd.DataFrame) -> None:
    with st.container(horizontal=True, vertical_alignment="bottom"):
        chosen = st.selectbox(
            "Playlist of these songs",
            list(PLAYLISTS),
            format_func=PLAYLISTS.__getitem__,
            width=300,
            help="With the songs' full paths. Songs whose mood the model cannot tell are left out.",
            **address.one("playlist", list(PLAYLISTS), "arousal"),
        )
        order, mood = (chosen, None) if chosen in playlists.ORDERS else ("mood", chosen)
        n = int((songs["mood"] == mood).sum() if mood else songs["mood"].notna().sum())
        st.download_button(
            f"{_songs(n)} (M3U)",
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
    with st.expander(f"Files that could not be used ({len(failed):,})"):
        st.dataframe(
            failed.head(MOST_ERRORS),
            hide_index=True,
            column_order=("error", "path"),
            column_config={
                "error": st.column_config.TextColumn("Why", width="large"),
                "path": st.column_config.TextColumn("File", width="medium"),
            },
        )
        if len(failed) > MOST_ERRORS:
            st.caption(
                f"The first {MOST_ERRORS} of {len(failed):,}. "
                "All: `python -m mmc_core library list --errors`"
            )
