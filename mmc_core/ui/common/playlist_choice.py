"""The choice of a playlist: songs in an order, or those of a mood."""

from __future__ import annotations

from typing import NamedTuple

import streamlit as st

from mmc_core.figures.style import mood_label
from mmc_core.language import N_, _
from mmc_core.moods import BY_NAME, MOODS
from mmc_core.prediction import playlists
from mmc_core.ui.common import address

PLAYLISTS = {
    "arousal": N_("All, from calm to energetic"),
    "valence": N_("All, from unpleasant to pleasant"),
    "mood": N_("All, by mood"),
    **{mood.name: f"{mood.mark} {mood.name}" for mood in MOODS},
}


class Choice(NamedTuple):
    """A playlist: its key, how its songs are ordered, and the mood that all of them have."""

    key: str
    order: str
    mood: str | None


def choose_playlist(label: str, help: str) -> Choice:
    """Draw the choice and return what is chosen."""
    chosen = st.selectbox(
        label,
        list(PLAYLISTS),
        format_func=_label,
        width=300,
        help=help,
        **address.one("playlist", list(PLAYLISTS), "arousal"),
    )
    if chosen in playlists.ORDERS:
        return Choice(chosen, chosen, None)
    return Choice(chosen, "mood", chosen)


def _label(key: str) -> str:
    return mood_label(BY_NAME[key]) if key in BY_NAME else _(PLAYLISTS[key])
