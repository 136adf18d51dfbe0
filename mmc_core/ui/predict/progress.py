"""How far the worker is, and the button that stops it."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from mmc_core.runs import Run
from mmc_core.ui.common import widgets
from mmc_core.ui.predict.visit import Visit
from mmc_core.ui.predict.worker import SongFile

EVERY_S = 0.4
PATIENCE_S = 0.3  # before there is a bar at all


def answer(visit: Visit, songs: Sequence[SongFile], run: Run) -> None:
    """Have songs answered, with progress; the page is drawn anew with each answer."""
    visit.worker.ask(songs, run)
    visit.worker.wait(PATIENCE_S)
    n_answers = len(visit.results(songs, run))

    def follow() -> None:
        if len(visit.results(songs, run)) != n_answers or not visit.worker.is_busy():
            st.rerun()
        share, text = visit.worker.progress()
        bar, button = st.columns([5, 1], vertical_alignment="center")
        bar.progress(min(1.0, share), text=widgets.escape_markdown(text))
        if button.button("Cancel", icon=":material/close:", width="stretch"):
            visit.worker.cancel()
            visit.worker.wait(PATIENCE_S)
            st.rerun()

    if visit.worker.is_busy():
        st.fragment(follow, run_every=EVERY_S)()
    elif cancelled := visit.worker.cancelled(songs, run):
        _offer_to_resume(visit, len(cancelled))


def _offer_to_resume(visit: Visit, n_cancelled: int) -> None:
    songs = "1 song has" if n_cancelled == 1 else f"{n_cancelled} songs have"
    st.info(f"Cancelled. {songs} not been analysed.", icon=":material/info:")
    if st.button("Resume", icon=":material/play_arrow:"):
        visit.worker.resume()
        st.rerun()
