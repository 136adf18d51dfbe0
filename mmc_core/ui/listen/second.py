"""A second sound beside the first: both heard, drawn on one scale, and how they differ."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from mmc_core import language
from mmc_core.features.display import Pictures
from mmc_core.figures import pair as figures
from mmc_core.figures.style import Figure
from mmc_core.language import _
from mmc_core.ui.common import address, widgets
from mmc_core.ui.common.differences import show_differences
from mmc_core.ui.listen.display import choose_pictures
from mmc_core.ui.listen.piece import Piece
from mmc_core.ui.listen.sources import Sound

PREFIX = "second-"  # of what the address calls the second sound's choices


def places() -> list[DeltaGenerator]:
    """The switch, and where sounds are chosen: one place, or two side by side."""
    if not st.toggle(_("Compare with a second song"), **address.switch("second")):
        return [st.container()]
    columns = st.columns(2, gap="large")
    for column, letter in zip(columns, figures.LETTERS, strict=True):
        column.header(_("Song {letter}", letter=letter))
    return [*columns]


def show_pair(one: tuple[Sound, Piece], other: tuple[Sound, Piece]) -> None:
    """The pictures of both on one scale, and how their features differ."""
    sounds, pieces = (one[0], other[0]), (one[1], other[1])
    titles = tuple(sound.shown for sound in sounds)
    name = "-and-".join(Path(sound.name).stem for sound in sounds)
    st.header(_("Both sounds on one scale"))
    if names := choose_pictures():
        widgets.figure(
            _pictures(
                tuple((sound.key, piece.facts.start_s) for sound, piece in (one, other)),
                tuple(names),
                titles,
                language.current(),
                [piece.pictures for piece in pieces],
            ),
            key="pictures-of-both",
            name=f"{name}-pictures",
        )
    st.header(_("How B differs from A"))
    show_differences(
        [piece.row for piece in pieces],
        titles,
        one[0].dataset or "4qaed",
        f"{name}-differences",
    )


@st.cache_resource(max_entries=8, show_spinner=False)
def _pictures(
    parts: tuple[tuple[str, float], ...],
    names: tuple[str, ...],
    titles: tuple[str, ...],
    speaks: str,
    _pair: Sequence[Pictures],
) -> Figure:
    return figures.pictures(_pair, names, titles)
