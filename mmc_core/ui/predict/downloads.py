"""Answers and the mood over time as files."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pandas as pd
import streamlit as st

from mmc_core.figures import song as figures
from mmc_core.prediction.exports import label_track, timeline_json, timeline_table
from mmc_core.prediction.result import Prediction
from mmc_core.ui.predict.results import results_table
from mmc_core.ui.predict.timeline import draw_save_buttons
from mmc_core.ui.predict.visit import Result


def draw_timeline_downloads(prediction: Prediction) -> None:
    """The mood over time: for tables, for programs, for sound editors."""
    stem = Path(prediction.file).stem or "song"
    timeline = prediction.timeline
    with st.container(
        horizontal=True, horizontal_alignment="right", vertical_alignment="center", gap="small"
    ):
        st.caption("Save as", width="content")
        draw_save_buttons()
        _button(
            "CSV", timeline_table(timeline).to_csv(index=False), f"{stem}-moods.csv", "text/csv"
        )
        _button("JSON", timeline_json(prediction), f"{stem}-moods.json", "application/json")
        _button(
            "Labels",
            label_track(timeline),
            f"{stem}-labels.txt",
            "text/plain",
            "A label track with the columns start, end and label. In Audacity: File, Import, "
            "Labels. In Sonic Visualiser: File, Import Annotation Layer.",
        )


def draw_downloads(results: Sequence[Result], prediction: Prediction) -> None:
    """All results, and this song's windows, as CSV."""
    windows = pd.concat(
        [
            figures.windows_table(prediction),
            pd.DataFrame([window.features for window in prediction.windows]),
        ],
        axis=1,
    )
    with st.container(horizontal=True):
        _button(
            "All results (CSV)",
            results_table(results).to_csv(index=False),
            "moods.csv",
            "text/csv",
            "One row per file: mood, probabilities, arousal, valence, votes and all features",
        )
        _button(
            "Windows of this song (CSV)",
            windows.to_csv(index=False),
            "windows.csv",
            "text/csv",
            "One row per 25.5 s window: start, end, probabilities and all features",
        )


def _button(label: str, content: str, name: str, mime: str, about: str | None = None) -> None:
    st.download_button(
        label,
        content,
        file_name=name,
        mime=mime,
        key=f"save-{name}",
        on_click="ignore",
        help=about,
    )
