"""A second sound beside the first: both heard, drawn on one scale, and how they differ."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import streamlit as st

from mmc_core import language
from mmc_core.features.display import Pictures
from mmc_core.figures import pair as figures
from mmc_core.figures.style import Figure
from mmc_core.language import N_, _
from mmc_core.ui.common import address, choices, player, widgets
from mmc_core.ui.common.differences import show_differences
from mmc_core.ui.listen import piece
from mmc_core.ui.listen.display import choose_pictures, draw_words_of_both
from mmc_core.ui.listen.piece import Piece
from mmc_core.ui.listen.sources import Sound

PREFIX = "second-"  # of what the address calls the second sound's choices
PICTURES, DIFFERENCES = "pictures", "differences"
VIEWS = {
    PICTURES: N_("Pictures of both on one scale"),
    DIFFERENCES: N_("How B differs from A"),
}
FIGURE = "pictures-of-both"


def choose() -> bool:
    """Draw the switch that asks for a second song, and return whether it is on."""
    is_on: bool = st.toggle(_("Compare with a second song"), **address.switch("second"))
    return is_on


def draw() -> None:
    """Draw the choice of two sounds side by side, and a view of both."""
    both = []
    for column, letter, prefix in zip(
        st.columns(2, gap="large"), figures.LETTERS, ("", PREFIX), strict=True
    ):
        with column:
            st.header(_("Song {letter}", letter=letter))
            both.append(piece.choose(prefix))
    one, other = both
    if not one or not other:
        return
    view = choices.choose_view(VIEWS, PICTURES)
    name = "-and-".join(Path(sound.name).stem for sound, _piece in (one, other))
    if view == PICTURES:
        _show_pictures([one, other], name)
        return
    show_differences(
        [one[1].row, other[1].row],
        [one[0].shown, other[0].shown],
        one[0].dataset or "4qaed",
        f"{name}-differences",
    )


def _show_pictures(pair: Sequence[tuple[Sound, Piece]], name: str) -> None:
    """Draw the chosen pictures of both, in step with both players."""
    names = choose_pictures()
    if not names:
        return
    starts = [part.facts.start_s for _sound, part in pair]
    picture, words = st.columns([5, 3], gap="medium")
    with words:
        draw_words_of_both(names, [part for _sound, part in pair])
    with picture:
        _draw_pictures(pair, names, starts, name)


def _draw_pictures(
    pair: Sequence[tuple[Sound, Piece]], names: list[str], starts: list[float], name: str
) -> None:
    widgets.figure(
        _pictures(
            tuple(
                (sound.key, start_s) for (sound, _part), start_s in zip(pair, starts, strict=True)
            ),
            tuple(names),
            tuple(sound.shown for sound, _part in pair),
            language.current(),
            [part.pictures for _sound, part in pair],
        ),
        key=FIGURE,
        name=f"{name}-pictures",
    )
    player.follow(
        FIGURE,
        # Time counts from where each part begins.
        {
            piece.player_key(prefix): -start_s
            for prefix, start_s in zip(("", PREFIX), starts, strict=True)
        },
        start_s=0.0,
        end_s=max(part.facts.duration_s for _sound, part in pair),
        key="pictures-cursor",
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
