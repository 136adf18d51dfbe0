"""Further models' answers for a song: asked for by the visitor, worked out after the page's own."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from mmc_core import runs
from mmc_core.jobs.song_work import SongFile
from mmc_core.runs import Run
from mmc_core.ui.common import address, widgets
from mmc_core.ui.predict.progress import every_s
from mmc_core.ui.predict.visit import Visit
from mmc_core.ui.predict.worker import Key

ASKED = "asked-beside"  # in the session: keys of answers


def wanted(songs: Sequence[SongFile]) -> list[tuple[SongFile, Run]]:
    """What the visitor asked for of these songs beside the page's model."""
    if not (asked := _asked()):
        return []
    served = runs.servable()
    return [(song, run) for song in songs for run in served if song.key(run) in asked]


def missing(here: Visit, song: SongFile, some: Sequence[Run]) -> list[Run]:
    """Those of some models that have not answered for a song."""
    answers = here.worker.answers()
    return [run for run in some if song.key(run) not in answers]


def offer(here: Visit, song: SongFile, some: Sequence[Run], label: str, *, key: str) -> None:
    """The button that asks models for a song; how far they are, once it was pressed."""

    def ask() -> None:
        here.worker.resume()
        _asked().update(song.key(run) for run in some)

    every = every_s(here.worker)

    def follow() -> None:
        has_answers = len(missing(here, song, some)) < len(some) or not here.worker.is_busy()
        if has_answers or every_s(here.worker) != every:
            address.rerun()
        share, text = here.worker.progress()
        st.progress(min(1.0, share), text=widgets.escape_markdown(text))

    if here.worker.is_busy() and any(song.key(run) in _asked() for run in some):
        st.fragment(follow, run_every=every)()
    else:
        st.button(label, key=key, icon=":material/play_arrow:", on_click=ask)


def _asked() -> set[Key]:
    asked: set[Key] = st.session_state.setdefault(ASKED, set())
    return asked
