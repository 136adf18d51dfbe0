"""Answers and the mood over time as files."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import pandas as pd
import streamlit as st

from mmc_core.figures import song as figures
from mmc_core.files import csv_text
from mmc_core.language import _
from mmc_core.prediction import playlists
from mmc_core.prediction.exports import label_track, timeline_json, timeline_table
from mmc_core.prediction.result import Prediction
from mmc_core.ui.common import widgets
from mmc_core.ui.common.playlist_choice import choose_playlist
from mmc_core.ui.predict.results import results_table
from mmc_core.ui.predict.timeline import draw_save_buttons
from mmc_core.ui.predict.visit import Result


def draw_timeline_downloads(prediction: Prediction) -> None:
    """The mood over time: for tables, for programs, for sound editors."""
    stem = Path(prediction.file).stem or "song"
    timeline = prediction.timeline
    with widgets.save_menu(), st.container(horizontal=True, gap="small"):
        draw_save_buttons()
        _button("CSV", csv_text(timeline_table(timeline)), f"{stem}-moods.csv", "text/csv")
        _button("JSON", timeline_json(prediction), f"{stem}-moods.json", "application/json")
        _button(
            _("Labels"),
            label_track(timeline),
            f"{stem}-labels.txt",
            "text/plain",
            _(
                "A label track with the columns start, end and label. In Audacity: File, Import, "
                "Labels. In Sonic Visualiser: File, Import Annotation Layer."
            ),
        )


def draw_downloads(results: Sequence[Result], prediction: Prediction) -> None:
    """All results as CSV, JSON and playlists, and this song's windows as CSV."""
    windows = pd.concat(
        [
            figures.windows_table(prediction),
            pd.DataFrame([window.features for window in prediction.windows]),
        ],
        axis=1,
    )
    with st.container(horizontal=True):
        _button(
            _("All results (CSV)"),
            csv_text(results_table(results)),
            "moods.csv",
            "text/csv",
            _("One row per file: mood, probabilities, arousal, valence, votes and all features"),
        )
        _button(
            _("All results (JSON)"),
            results_json(results),
            "moods.json",
            "application/json",
            _("What the command {command} prints", command="mmc predict --json"),
        )
        _button(
            _("Windows of this song (CSV)"),
            csv_text(windows),
            "windows.csv",
            "text/csv",
            _("One row per 25.5 s window: start, end, probabilities and all features"),
        )

    _draw_playlists(songs_of(results))


def results_json(results: Sequence[Result]) -> str:
    """All results as one JSON document, as the command line prints it."""
    documents = [result.prediction.to_json() for result in results]
    return json.dumps(documents, indent=2, ensure_ascii=False) + "\n"


def songs_of(results: Sequence[Result]) -> list[Prediction]:
    """The first result of each of the visitor's songs; samples are not on their machine."""
    songs: dict[str, Prediction] = {}
    for result in results:
        if not (result.song and result.song.is_sample):
            songs.setdefault(result.id.rpartition("|")[0], result.prediction)
    return [*songs.values()]


def _draw_playlists(songs: Sequence[Prediction]) -> None:
    """With several songs: these in an order, or those of a mood, for music players."""
    if len(songs) < 2:
        return
    with st.container(horizontal=True, vertical_alignment="bottom"):
        chosen, order, mood = choose_playlist(
            _("Playlist"),
            _(
                "Songs that failed, those whose mood the model cannot tell, and names that a "
                "playlist cannot hold are left out. A page knows the names of files, not their "
                "folders: save the playlist beside the songs."
            ),
        )
        in_order = playlists.selected(songs, mood=mood, order=order)
        listed = [song for song in in_order if playlists.entry(song.file)]
        _button(
            _("{n} of {total} songs (M3U)", n=len(listed), total=len(songs)),
            playlists.m3u(listed),
            f"{chosen}.m3u8",
            "audio/x-mpegurl",
            disabled=not listed,
        )


def _button(
    label: str,
    content: str,
    name: str,
    mime: str,
    about: str | None = None,
    *,
    disabled: bool = False,
) -> None:
    st.download_button(
        label,
        content,
        file_name=name,
        mime=mime,
        key=f"save-{name}",
        on_click="ignore",
        help=about,
        disabled=disabled,
    )
