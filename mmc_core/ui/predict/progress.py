"""How far the worker is, and the button that stops it."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from mmc_core.jobs.song_work import SongFile
from mmc_core.language import _, ngettext
from mmc_core.runs import Run
from mmc_core.ui.common import address, widgets
from mmc_core.ui.predict.visit import Visit
from mmc_core.ui.predict.worker import Worker

PATIENCE_S = 0.3  # before there is a bar at all


def every_s(worker: Worker) -> float:
    """How often to look at it; a look costs the server time that all visitors share."""
    return 2.0 if worker.is_queued() else 0.4


def answer(
    visit: Visit,
    songs: Sequence[SongFile],
    run: Run,
    beside: Sequence[tuple[SongFile, Run]] = (),
) -> None:
    """Have songs answered, with progress; the page is drawn anew with each answer.

    Args:
        beside: what is answered after them; whoever asked for that shows how far it is.
    """
    visit.worker.ask(songs, run, beside)
    visit.worker.wait(PATIENCE_S)
    n_answers = len(visit.results(songs, run))
    every = every_s(visit.worker)

    def follow() -> None:
        has_answers = len(visit.results(songs, run)) != n_answers or not visit.worker.is_busy()
        if has_answers or every_s(visit.worker) != every:
            address.rerun()
        share, text = visit.worker.progress()
        bar, button = st.columns([5, 1], vertical_alignment="center")
        bar.progress(min(1.0, share), text=widgets.escape_markdown(text))
        if button.button(_("Cancel"), icon=":material/close:", width="stretch"):
            visit.worker.cancel()
            visit.worker.wait(PATIENCE_S)
            address.rerun()

    if visit.worker.is_busy() and n_answers < len({song.key(run) for song in songs}):
        st.fragment(follow, run_every=every)()
    elif cancelled := visit.worker.cancelled(songs, run):
        has_ended = bool(visit.results(cancelled, run))  # its sentence is shown as its answer
        _offer_to_resume(visit, len(cancelled), has_ended=has_ended)


def _offer_to_resume(visit: Visit, n: int, *, has_ended: bool) -> None:
    text = ngettext("{n} song has not been analysed.", "{n} songs have not been analysed.", n)
    if not has_ended:
        text = " ".join([_("Cancelled."), text])
    st.info(text, icon=":material/info:")
    if st.button(_("Try again") if has_ended else _("Resume"), icon=":material/play_arrow:"):
        visit.worker.resume()
        address.rerun()
