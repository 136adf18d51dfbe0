"""A table of a dataset's clips: one is chosen by its row, all are saved."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import pandas as pd
import streamlit as st

from mmc_core.files import csv_text
from mmc_core.language import N_, _
from mmc_core.moods import BY_NAME
from mmc_core.ui.common import load, widgets
from mmc_core.ui.common.screen import is_narrow
from mmc_core.ui.explore.hear import choose

HEIGHT = 420  # pixels
NAME_PX = 150  # of the names on a phone
HEADERS = {
    "name": N_("Name"),
    "clip": N_("Clip"),
    "mood": N_("Label"),
    "label": N_("Label"),
    "more like": N_("More like"),
    "probability": N_("Probability"),
    "margin": N_("Margin"),
    "doubtful": N_("Doubtful"),
    "judged": N_("Judged"),
}
MOODS_IN = ("mood", "label", "more like")  # columns


def draw(
    dataset: str,
    table: pd.DataFrame,
    key: str,
    opened: str,
    config: Mapping[str, Any],
    *,
    narrow: Sequence[str],
    more_files: Callable[[], None] | None = None,
) -> None:
    """Draw clips to choose one of, with a menu that saves them.

    Args:
        dataset: theirs.
        table: a row each, with `clip`.
        key: of the table, and in the names of files.
        opened: the clip that is in the player; "" if none is.
        config: of columns, over their headers.
        narrow: the columns that a phone shows.
        more_files: draws further buttons into the menu.
    """
    if names := load.clip_names(dataset):
        table = table.assign(name=table["clip"].map(names))
        table = table[["name", *(column for column in table if column != "name")]]
    columns = [str(column) for column in table if column != ("clip" if names else "name")]
    if is_narrow():
        columns = [column for column in columns if column in ("name", "clip", *narrow)]
    clips = table["clip"].tolist()
    widget = f"{key}-clips"
    rows = [clips.index(opened)] if opened in clips else []
    st.session_state[widget] = {"selection": {"rows": rows, "columns": []}}
    st.dataframe(
        table.assign(
            **{
                column: [BY_NAME[mood].label for mood in table[column]]
                for column in MOODS_IN
                if column in table
            }
        ),
        column_order=columns,
        hide_index=True,
        height=min(HEIGHT, 38 + 35 * max(len(table), 1)),
        selection_mode="single-row",
        on_select=lambda: _row_chosen(dataset, widget, clips),
        key=widget,
        column_config={
            **{column: _(HEADERS[column]) for column in columns if column in HEADERS},
            **config,
            **(
                {"name": st.column_config.TextColumn(_("Name"), width=NAME_PX)}
                if is_narrow()
                else {}
            ),
        },
    )
    with (
        st.container(horizontal=True, horizontal_alignment="right", key=f"{key}-below"),
        widgets.save_menu(),
    ):
        st.download_button(
            "CSV",
            lambda: csv_text(table),
            file_name=f"{dataset}-{key}.csv",
            mime="text/csv",
            key=f"{key}-csv",
            on_click="ignore",
            help=_("The clips of this table"),
        )
        if more_files:
            more_files()


def _row_chosen(dataset: str, widget: str, clips: Sequence[str]) -> None:
    rows = st.session_state[widget]["selection"]["rows"]
    choose(dataset, clips[rows[0]] if rows and rows[0] < len(clips) else None)
