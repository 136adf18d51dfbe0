"""Work in progress while a page is open: states in words, parts that update by themselves."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from mmc_core import runs
from mmc_core.jobs import training as jobs
from mmc_core.language import N_, _
from mmc_core.runs import Run
from mmc_core.runs.session import LOADING, SAVING, SCORING
from mmc_core.ui.common import address

EVERY_S = 2.0
STATES = {
    runs.WAITING: N_("⏳ starting"),
    runs.TRAINING: N_("▶ training"),
    runs.STOPPED: N_("■ stopped"),
    runs.FINISHED: N_("✓ finished"),
}
PHASES = {
    LOADING: N_("▶ loading"),
    SAVING: N_("▶ saving"),
    SCORING: N_("▶ evaluating"),
}


def state(run: Run) -> str:
    """How far a run is, in words and with a sign; as its folder says now."""
    now = Run(run.path)
    phase = jobs.phase(now)
    if phase not in (SAVING, SCORING) and is_stopping(now):
        return _("▶ stopping after this epoch")
    status = jobs.status(now)
    words = PHASES.get(phase or "") if status == runs.TRAINING else None
    return _(words or STATES[status])


def is_stopping(run: Run) -> bool:
    """Return whether a run is being trained and has been asked to stop."""
    return run.session.is_asked_to_stop() and run.session.is_alive()


def keep_drawing(
    draw: Callable[[], None],
    is_live: Callable[[], bool],
    stage: Callable[[], object] = lambda: None,
) -> None:
    """Draw now, and again and again while something is under way.

    A click on a widget that `draw` draws has only that part drawn anew: widgets that lead elsewhere
    belong outside.

    Args:
        draw: draws the part of the page that changes by itself.
        is_live: whether something is under way; the page is drawn anew once that ends.
        stage: how far it is; the page is drawn anew when that changes.
    """
    begun = stage()

    def again() -> None:
        draw()
        if not is_live() or stage() != begun:
            address.rerun()  # all of the page once more, with what came of it

    if is_live():
        st.fragment(again, run_every=EVERY_S)()
    else:
        draw()
