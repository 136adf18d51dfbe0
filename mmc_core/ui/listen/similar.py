"""Clips of the datasets that sound like the one that is listened to."""

from __future__ import annotations

import streamlit as st

from mmc_core import datasets
from mmc_core._typing import Float32, no_progress
from mmc_core.datasets import embeddings
from mmc_core.errors import MMCError
from mmc_core.jobs import song_pool, song_work
from mmc_core.jobs.song_work import SongFile
from mmc_core.language import _
from mmc_core.ui.common import neighbours
from mmc_core.ui.common.failures import show_errors
from mmc_core.ui.listen.sources import Sound

ASKED = "similar-to"  # in the session: the sounds that a visitor asked about


def show_similar(sound: Sound) -> None:
    """The nearest clips: at once for a clip whose embedding is known, else on request."""
    with show_errors(MMCError, OSError, as_warning=True):
        if sound.dataset and embeddings.has(datasets.get(sound.dataset)):
            every = neighbours.clips()
            row = every.row(sound.dataset, sound.name)
            neighbours.draw(every.vectors[row], sound.mood, row=row)
        elif sound.key in st.session_state.setdefault(ASKED, set()):
            with st.spinner(_("Analysing the whole song …")):
                value = _heard(sound.key, sound)
            neighbours.draw(value, sound.mood)
        else:
            st.button(
                _("Find similar clips"),
                key="ask-similar",
                icon=":material/play_arrow:",
                on_click=st.session_state[ASKED].add,
                args=(sound.key,),
            )


@st.cache_resource(max_entries=32, show_spinner=False)
def _heard(key: str, _sound: Sound) -> Float32:
    """Where a sound lies on the axes. The sound is not kept."""
    content = _sound.content if isinstance(_sound.content, bytes) else _sound.content.read_bytes()
    song = SongFile(_sound.name, content)
    pool = song_pool.shared()
    try:
        return pool.run(song_work.place, song, no_progress)
    finally:
        pool.forget([song.sha256])
