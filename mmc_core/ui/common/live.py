"""Work in progress while a page is open: states in words, parts that update by themselves."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import streamlit as st

from mmc_core import runs
from mmc_core.jobs import training as jobs
from mmc_core.language import N_, _
from mmc_core.runs import Run
from mmc_core.runs.session import LOADING, SAVING, SCORING
from mmc_core.ui.common import address

EVERY_S = 2.0
STATES = {
    runs.WAITING: N_("▶ starting"),
    runs.TRAINING: N_("▶ training"),
    runs.STOPPED: N_("■ stopped"),
    runs.FINISHED: N_("✓ finished"),
}
PHASES = {
    LOADING: N_("▶ loading"),
    SAVING: N_("▶ saving"),
    SCORING: N_("▶ evaluating"),
}


@dataclass(frozen=True)
class Stage:
    """How far a run was at one moment."""

    status: str
    phase: str | None
    is_stopping: bool

    @property
    def is_busy(self) -> bool:
        return self.status in (runs.WAITING, runs.TRAINING)

    @property
    def is_past_stopping(self) -> bool:
        """Whether its epochs are done, after which nothing asks whether to stop."""
        return self.phase in (SAVING, SCORING)

    def words(self) -> str:
        """Return the stage in words and with a sign."""
        if self.is_busy and self.is_stopping and not self.is_past_stopping:
            return _("▶ stopping after this epoch")
        words = PHASES.get(self.phase or "") if self.status == runs.TRAINING else None
        return _(words or STATES[self.status])


def stage(run: Run) -> Stage:
    """Return how far a run is, as its folder says now."""
    asked = run.session.is_asked_to_stop() and run.session.is_alive()
    return Stage(jobs.status(run), run.session.phase(), asked)


def keep_drawing(draw: Callable[[], None], is_live: Callable[[], bool]) -> None:
    """Draw now, and again and again while something is under way."""
    if is_live():
        draw_until(draw, lambda: not is_live())
    else:
        draw()


def draw_until(draw: Callable[[], object], is_over: Callable[[], bool]) -> None:
    """Draw again and again until something is over, then all of the page once more.

    A click on a widget that `draw` draws has only that part drawn anew: widgets that lead elsewhere
    belong outside.
    """

    def again() -> None:
        draw()
        if is_over():
            address.rerun()

    st.fragment(again, run_every=EVERY_S)()
