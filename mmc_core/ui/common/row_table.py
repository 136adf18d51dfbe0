"""A table in which one row is chosen, by a click there or by another widget."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import pandas as pd
import streamlit as st


def draw(
    table: pd.DataFrame,
    names: Sequence[str],
    chosen: str | None,
    choose: Callable[[str | None], None],
    *,
    key: str,
    **options: Any,
) -> None:
    """Draw a table whose marked row is the chosen one.

    Args:
        table: to draw.
        names: of its rows.
        chosen: name of the row to mark; None, or a name of no row, for none.
        choose: called with the name of the row that is clicked, None if it is left again.
        key: of the widget; another one where the rows are others.
        options: further ones of `st.dataframe`.
    """
    rows = [names.index(chosen)] if chosen in names else []

    def on_select() -> None:
        clicked = st.session_state[key]["selection"]["rows"]
        choose(names[clicked[0]] if clicked and clicked[0] < len(names) else None)

    marked: Any = {"selection": {"rows": rows, "columns": [], "cells": []}}
    if key in st.session_state and st.session_state[key]["selection"]["rows"] != rows:
        st.session_state[key] = marked
    st.dataframe(
        table,
        hide_index=True,
        selection_mode="single-row",
        selection_default=marked,
        on_select=on_select,
        key=key,
        **options,
    )
