"""The pictures of a piece, and beside each what it shows."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from pathlib import Path

import streamlit as st

from mmc_core import language
from mmc_core.analysis import placement
from mmc_core.features.description import sentences
from mmc_core.features.display import Pictures
from mmc_core.figures import clip as figures
from mmc_core.figures.pair import LETTERS, NAME_HEIGHT
from mmc_core.figures.style import Figure
from mmc_core.language import _
from mmc_core.ui.common import address, load, player, widgets
from mmc_core.ui.listen.piece import Piece, player_key
from mmc_core.ui.listen.sources import Sound

FIGURE = "pictures-of-it"
OPENING = ["waveform", "spectrogram", "chroma"]  # loudness, timbre, notes


def show_pictures(sound: Sound, piece: Piece) -> None:
    """The chosen pictures, and beside each what it shows."""
    names = choose_pictures()
    if not names:
        return
    picture, words = st.columns([5, 3], gap="medium")
    with picture:
        widgets.figure(
            _panels(
                (sound.key, piece.facts.start_s),
                tuple(names),
                sound.shown,
                language.current(),
                piece.pictures,
            ),
            key=FIGURE,
            name=f"{Path(sound.name).stem}-pictures",
        )
        start_s = piece.facts.start_s
        player.follow(
            FIGURE,
            {player_key(): 0.0},
            start_s=start_s,
            end_s=start_s + piece.facts.duration_s,
            key="pictures-cursor",
        )
    with words:
        text = describe(piece)
        beside = (_beside(name, [text[name]], figures.row_heights([name])[0]) for name in names)
        st.html(_STYLE + "".join(beside))


def describe(piece: Piece) -> dict[str, str]:
    """Return what each picture of a piece shows, by name."""
    popular = load.table("4qaed")
    assert popular is not None  # it comes with the project
    return sentences(piece.facts, placement.thirds(popular))


def draw_words_of_both(names: Sequence[str], pair: Sequence[Piece]) -> None:
    """Draw what each picture shows of A and of B, beside the pictures of both."""
    of_each = list(zip(LETTERS, map(describe, pair), strict=True))
    beside = (
        _beside(
            name,
            [f"{letter}: {text[name]}" for letter, text in of_each],
            2 * figures.row_heights([name])[0],
        )
        for name in names
    )
    top = f"<div class='beside' style='height:{len(LETTERS) * NAME_HEIGHT}px'></div>"
    st.html(_STYLE + top + "".join(beside))


def choose_pictures() -> list[str]:
    """The pictures that are shown, by name; none, with a word, where none is chosen."""
    chosen = st.pills(
        _("Pictures shown"),
        list(figures.PANELS),
        selection_mode="multi",
        format_func=_title,
        **address.several("pictures", list(figures.PANELS), OPENING),
    )
    names = [name for name in figures.PANELS if name in chosen]
    if not names:
        st.info(_("Choose at least one picture."), icon=":material/info:")
    return names


@st.cache_resource(max_entries=16, show_spinner=False)
def _panels(
    part: tuple[str, float],
    names: tuple[str, ...],
    called: str,
    speaks: str,
    _pictures: Pictures,
) -> Figure:
    return figures.panels(_pictures, names, called)


_STYLE = """<style>
.beside { box-sizing: border-box; overflow: hidden; }
.beside b { display: block; font-size: 0.95rem; margin-bottom: 0.15rem; }
.beside p { margin: 0 0 0.3rem; line-height: 1.35; font-size: 0.95rem; }
.beside .reading { opacity: 0.8; font-size: 0.85rem; }
@media (max-width: 640px) { .beside { height: auto !important; margin-bottom: 1rem; } }
</style>"""


def _beside(name: str, told: Sequence[str], height: int) -> str:
    """Return what a picture shows of one sound or two, and of any, as tall as the picture.

    Args:
        name: of the picture.
        told: a sentence for each sound.
        height: of the picture, in pixels.
    """
    paragraphs = "".join(f"<p>{escape(each)}</p>" for each in told)
    reading = escape(_(figures.PANELS[name].reading))
    return (
        f"<div class='beside' style='height:{height}px'><b>{escape(_title(name))}</b>"
        f"{paragraphs}<p class='reading'>{reading}</p></div>"
    )


def _title(name: str) -> str:
    """What a picture is called, without its unit."""
    return _(figures.PANELS[name].title).partition(" (")[0]
