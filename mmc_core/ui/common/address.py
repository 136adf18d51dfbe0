"""Choices that the address of a page holds by keys that do not change when labels do.

They survive other pages (the widget's `persist_state`) and a reload (the address).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import streamlit as st

from mmc_core.ui.common import widgets

PERSISTENT: Any = {"persist_state": "session"}  # for the widget itself


def arrive(name: str, options: Sequence[str], default: str) -> None:
    """Before the widget with key `name`: set it to what the address asks for, if that is new."""
    asked = st.query_params.get(name)
    if asked is not None and asked != st.session_state.get(f"{name}-in-address"):
        if asked in options:
            st.session_state[name] = asked
        else:
            st.warning(
                f"There is no {name} {widgets.escape_markdown(asked)} here; this is another one.",
                icon=":material/warning:",
            )
    if st.session_state.get(name) not in options:
        st.session_state[name] = default


def keep(name: str) -> None:
    """After the widget: write what is chosen into the address."""
    st.query_params[name] = st.session_state[f"{name}-in-address"] = st.session_state[name]
