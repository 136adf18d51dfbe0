"""The ranking of features as a table to sort, whose rows lead to their feature."""

from __future__ import annotations

from collections.abc import Collection, Mapping

import pandas as pd
import streamlit as st

from mmc_core.analysis.effects import Separations
from mmc_core.features.schema import BY_NAME
from mmc_core.figures import ranking
from mmc_core.files import csv_text
from mmc_core.language import _
from mmc_core.ui.common import address, screen, widgets
from mmc_core.wording import ADJUSTED_P

KEY = "ranking-table"


def show(
    separations: Mapping[str, Separations], kinds: Collection[str], most: int, name: str
) -> None:
    """Draw the table that the figure of the ranking is drawn from.

    Args:
        separations: by dataset title.
        kinds: groups of features to show.
        most: how many features, from the best.
        name: of the file that is saved, without suffix.
    """
    rows = ranking.best_rows(separations, kinds, most)
    names = rows["feature"].tolist()
    columns = {"title": _("Feature"), "dataset": _("Dataset"), "effect": "ε²"}
    if len(separations) == 1:
        del columns["dataset"]
    if not screen.is_narrow():
        columns |= {"low": _("95 % from"), "high": _("95 % to"), "strength": _("Size"), "H": "H"}
    columns |= {ADJUSTED_P: _(ADJUSTED_P)}
    if not screen.is_narrow():
        columns |= {"n": _("Clips")}
    shown = rows[list(columns)].assign(title=[_(BY_NAME[each].title) for each in names])
    if "strength" in columns:
        shown["strength"] = [_(strength) for strength in rows["strength"]]
    formats = {"effect": "%.3f", "low": "%.3f", "high": "%.3f", "H": "%.1f", ADJUSTED_P: "%.2g"}
    st.dataframe(
        shown,
        hide_index=True,
        height=min(38 + 35 * len(shown), 780),
        column_config={
            column: st.column_config.NumberColumn(title, format=formats[column])
            if column in formats
            else st.column_config.Column(title)
            for column, title in columns.items()
        },
        key=KEY,
        on_select=lambda: _open_row(names),
        selection_mode="single-row",
    )
    with (
        st.container(horizontal=True, horizontal_alignment="right", key="ranking-below"),
        widgets.save_menu(),
    ):
        st.download_button(
            "CSV",
            lambda: _csv(rows),
            file_name=f"{name}.csv",
            mime="text/csv",
            key=f"{KEY}-csv",
            on_click="ignore",
        )


def open_feature(name: str) -> None:
    """Show one feature, in place of the ranking."""
    feature = BY_NAME[name]
    address.assign(view="feature", group=feature.group, feature=feature.name)


def _open_row(names: list[str]) -> None:
    chosen = st.session_state[KEY]["selection"]["rows"]
    if chosen:
        open_feature(names[chosen[0]])


def _csv(rows: pd.DataFrame) -> str | bytes:
    return csv_text(rows)
