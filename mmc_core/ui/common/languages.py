"""The language that a visitor reads: what they chose, else what their browser asks for."""

from __future__ import annotations

import threading

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx

from mmc_core import language
from mmc_core.language import _
from mmc_core.ui.common import screen

PARAMETER = "language"  # of the address, where one was chosen
_STATE = "language"  # in the session
_WIDGET = "choose-language"
_of_run = threading.local()  # Streamlit has a thread for each run of a page, or of a part of it
SET = "<script>document.documentElement.lang = '{}'</script>"  # for screen readers


def begin() -> None:
    """Have all texts of this run of a page in the visitor's language."""
    _of_run.__dict__.clear()
    language.follow(_of_visitor)


def in_address() -> dict[str, list[str]]:
    """What an address says of the language: nothing where it was not chosen."""
    chosen = st.session_state.get(_STATE)
    return {PARAMETER: [chosen]} if chosen else {}


def draw_choice() -> None:
    """Draw the widget that chooses the language, on a phone in the menu."""
    names, current = language.languages(), language.current()
    st.html(SET.format(current), unsafe_allow_javascript=True)
    st.session_state[_WIDGET] = current
    with st.sidebar if screen.is_narrow() else st.container():
        st.selectbox(
            _("Language"),
            list(names),
            format_func=names.__getitem__,
            key=_WIDGET,
            on_change=_choose,
            width=160,
        )


def _choose() -> None:
    st.session_state[_STATE] = st.session_state[_WIDGET]


def _of_visitor() -> str:
    if get_script_run_ctx(suppress_warning=True) is None:
        return language.ENGLISH  # another thread's
    if not hasattr(_of_run, "language"):
        _of_run.language = _chosen()
    found: str = _of_run.language
    return found


def _chosen() -> str:
    asked = st.query_params.get(PARAMETER)
    if _STATE not in st.session_state and asked in language.languages():
        st.session_state[_STATE] = asked
    return language.match_locale(st.session_state.get(_STATE) or st.context.locale)
