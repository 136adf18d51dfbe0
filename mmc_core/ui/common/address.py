"""Choices that the address of a page holds by keys that do not change when labels do.

They survive other pages (the widget's `persist_state`) and a reload (the address).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import streamlit as st

from mmc_core.ui.common import widgets

PERSISTENT: Any = {"persist_state": "session"}  # for the widget itself


def arrive(
    name: str, options: Sequence[str], default: str, other_names: Mapping[str, str] | None = None
) -> None:
    """Before the widget with key `name`: set it to what the address asks for, if that is new.

    Args:
        name: of the parameter, and key of the widget.
        options: of the widget.
        default: where neither the address nor the visitor has chosen.
        other_names: options by what else an address may call them.
    """
    state = st.session_state
    asked, before = st.query_params.get(name), state.get(f"{name}-in-address")
    if asked is not None and asked not in options:
        asked = (other_names or {}).get(asked, asked)
    if name in state and state[name] != before:
        state[f"{name}-unknown"] = None  # the visitor has chosen since
    if asked not in (None, before):
        state[f"{name}-unknown"] = None if asked in options else asked
        if asked in options:
            state[name] = asked
    if state.get(name) not in options:
        state[name] = default
    if unknown := state.get(f"{name}-unknown"):
        st.warning(
            f"There is no {name} {widgets.escape_markdown(unknown)} here; this is another one.",
            icon=":material/warning:",
        )


def keep(name: str) -> None:
    """After the widget: write what is chosen into the address."""
    st.query_params[name] = st.session_state[f"{name}-in-address"] = st.session_state[name]
