"""The selected clips saved, as a file or as a dataset of one's own."""

from __future__ import annotations

import streamlit as st

from mmc_core import settings
from mmc_core.errors import MMCError
from mmc_core.exploration import saving
from mmc_core.exploration.queries import Query
from mmc_core.language import _
from mmc_core.ui.common import widgets
from mmc_core.ui.explore.clip_source import Chosen


def draw(chosen: Chosen, query: Query, sort: str, descending: bool, n: int) -> None:
    """Draw the menus that save the clips that are asked for."""
    can = 0 < n <= saving.MOST
    limit = _("For 1 to {most:,} clips; for more use `mmc explore clips`", most=saving.MOST)
    why = None if can else limit
    with widgets.save_menu():
        st.download_button(
            "CSV",
            lambda: saving.csv(chosen.clips, query, sort, descending),
            file_name="clips.csv",
            mime="text/csv",
            key="clips-csv",
            on_click="ignore",
            disabled=not can,
            help=why or _("All columns of the selected clips"),
        )
    if settings.page_datasets():
        title = _("Save as a dataset")
        with st.popover(title, icon=":material/add:", type="tertiary", disabled=not can, help=why):
            _save_dataset(chosen, query, n)


def _save_dataset(chosen: Chosen, query: Query, n: int) -> None:
    name = st.text_input(
        _("Name"), placeholder=_("My selection"), max_chars=60, key="clips-save-name"
    )
    st.caption(
        _(
            "The {n:,} selected clips become a dataset on this machine, with their moods, groups "
            "and features. It is shown to everyone who opens this app, and replaces one of that "
            "name.",
            n=n,
        )
    )
    if not st.button(_("Save"), type="primary", disabled=not name.strip(), key="clips-save"):
        return
    try:
        with st.spinner(_("Saving …")):
            made = saving.save(chosen.clips, query, name.strip())
    except (MMCError, OSError) as error:
        st.error(widgets.escape_markdown(str(error)), icon=":material/error:")
        return
    title = widgets.escape_markdown(made.title)
    st.success(_("**{title}** is saved.", title=title), icon=":material/check:")
    widgets.page_link("own", _("Open Your data"), "folder_open")
