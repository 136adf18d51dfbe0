"""Work in progress while a page is open: states in words, parts that update by themselves."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from mmc_core import runs
from mmc_core.jobs import training as jobs
from mmc_core.language import N_, _
from mmc_core.runs import Run
from mmc_core.ui.common import address

EVERY_S = 2.0
STATES = {
    runs.WAITING: N_("⏳ waiting"),
    runs.TRAINING: N_("▶ training"),
    runs.STOPPED: N_("■ stopped"),
    runs.FINISHED: N_("✓ finished"),
}


def state(run: Run) -> str:
    """How far a run is, in words and with a sign; as its folder says now."""
    now = Run(run.path)
    if now.session.is_alive() and now.session.is_asked_to_stop():
        return _("▶ stopping after this epoch")
    return _(STATES[jobs.status(now)])


def keep_drawing(draw: Callable[[], None], is_live: Callable[[], bool]) -> None:
    """Draw now, and again and again while something is under way."""

    def again() -> None:
        draw()
        if not is_live():
            address.rerun()  # all of the page once more, with what came of it

    if is_live():
        st.fragment(again, run_every=EVERY_S)()
    else:
        draw()
