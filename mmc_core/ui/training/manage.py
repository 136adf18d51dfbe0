"""A run's title and its end: what a person may do with a training of their own."""

from __future__ import annotations

import streamlit as st

from mmc_core import settings
from mmc_core.errors import RunError
from mmc_core.jobs import training as jobs
from mmc_core.language import _
from mmc_core.runs import Run, keeping
from mmc_core.ui.common import widgets
from mmc_core.ui.common.failures import show_errors


def draw(run: Run) -> None:
    """Draw the menus that rename and delete a run, where it is a person's own."""
    if keeping.is_shipped(run):
        return
    with st.popover(
        _("Rename"), icon=":material/edit:", type="tertiary", key=f"ask-title-{run.name}"
    ):
        st.text_input(
            _("Title"),
            value=run.own_title,
            placeholder=_(run.title),
            max_chars=keeping.MOST_CHARACTERS,
            key=f"title-{run.name}",
            on_change=_rename,  # by the enter key
            args=[run],
            help=_("Without one, the run is called as its recipe. Links to it stay valid."),
        )
        st.button(
            _("Save title"),
            key=f"save-title-{run.name}",
            on_click=_rename,
            args=[run],
        )
    if reason := keeping.why_kept(run):
        st.button(
            _("Delete"),
            icon=":material/delete:",
            type="tertiary",
            key=f"ask-delete-{run.name}",
            disabled=True,
            help=_("{reason} It cannot be deleted.", reason=_(reason)),
        )
        return
    with st.popover(
        _("Delete"), icon=":material/delete:", type="tertiary", key=f"ask-delete-{run.name}"
    ):
        st.markdown(
            _(
                "**{run}** is deleted with its network, curves and scores, for everyone who opens "
                "this app.",
                run=widgets.escape_markdown(f"{_(run.title)} ({run.name})"),
            )
        )
        st.button(
            _("Delete permanently"),
            icon=":material/delete_forever:",
            key=f"delete-{run.name}",
            on_click=_delete,
            args=[run],
        )


def _rename(run: Run) -> None:
    if not settings.page_training():  # a browser can be made to click what is not there
        return
    with show_errors(RunError, OSError):
        keeping.rename(run, st.session_state[f"title-{run.name}"] or "")


def _delete(run: Run) -> None:
    if not settings.page_training():
        return
    with show_errors(RunError, OSError):
        jobs.delete(run)
