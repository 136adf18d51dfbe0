"""What surrounds every page: name, logo, margins and the menu."""

from __future__ import annotations

import runpy
from pathlib import Path

import streamlit as st
from streamlit.navigation.page import Page
from streamlit.runtime.pages_manager import PagesManager
from streamlit.runtime.scriptrunner import get_script_run_ctx

from mmc_core.language import _
from mmc_core.ui.common import menu, sign_in, theme

LOGO = Path(__file__).with_name("logo.svg")


def surround() -> Page:
    """Set up the app around its pages, and return the one that the address names.

    Raises:
        MMCError: if whoever looks may not use the app.
    """
    st.set_page_config(page_title=_("Music Mood Classification"), page_icon="🎵", layout="wide")
    st.logo(LOGO, size="large")
    st.html(theme.style_sheet())
    sign_in.check(st.context.cookies)  # again, for when another server than ours runs the pages
    pages = [
        st.Page(
            each.script,
            title=_(each.title),
            icon=f":material/{each.icon}:",
            default=each is menu.PAGES[0],
        )
        for each in menu.PAGES
    ]
    return st.navigation(pages, position="top")


def enter() -> None:
    """First call of every page, for when Streamlit opens it without the app around it.

    Until `st.navigation` has been called once in a server, Streamlit takes a folder named `pages`
    for its older kind of app, and the address of a page runs that file alone.
    """
    context = get_script_run_ctx()
    if PagesManager.uses_pages_directory and context:
        runpy.run_path(context.main_script_path, run_name="__main__")
        st.stop()
