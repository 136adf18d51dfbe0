"""The piece of a sound that is looked into: chosen, analysed, played.

What is kept between redraws is pooled pictures and numbers, never a visitor's sound.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import floor
from typing import Any

import streamlit as st

from mmc_core import datasets
from mmc_core.audio import CLIP_S, load_audio, notes
from mmc_core.errors import AudioError
from mmc_core.features.description import Facts, facts
from mmc_core.features.display import Pictures, pictures
from mmc_core.features.scalars import describe_spectra
from mmc_core.features.spectra import Spectra
from mmc_core.language import _
from mmc_core.settings import page_limits
from mmc_core.ui.common import address, clip_facts, load, player, widgets
from mmc_core.ui.common.failures import show_errors
from mmc_core.ui.listen import sources
from mmc_core.ui.listen.sources import Sound

STEP_S = 0.5  # between the places where a piece may begin


@dataclass(frozen=True)
class Piece:
    """What is kept of 25.5 s of a sound."""

    whole_s: float  # of all the sound
    pictures: Pictures
    facts: Facts
    row: Mapping[str, Any]  # its features
    notes: tuple[str, ...]  # on how the sound was read


def choose(prefix: str = "") -> tuple[Sound, Piece] | None:
    """A sound and the piece of it to look into, chosen and played; None where there is none yet.

    Args:
        prefix: see `sources.choose`.
    """
    sound = sources.choose(prefix)
    if not sound:
        return None
    above = st.container()  # the choice of the beginning, of which the player has to know
    piece = analyse(sound, prefix)
    if not piece:
        return None
    with above:
        play(sound, piece.facts.start_s, prefix)
    return sound, piece


def player_key(prefix: str = "") -> str:
    """Return the key of the page's player of a sound."""
    return f"{prefix}listen-player"


def analyse(sound: Sound, prefix: str = "") -> Piece | None:
    """The piece to look into, begun where the visitor chooses; None, with its sentence, where the
    sound cannot be used.
    """
    with show_errors(AudioError, OSError, as_warning=True):
        first = _part(sound, 0.0)
        for note in first.notes:
            st.caption(widgets.escape_markdown(notes.in_words(note)))
        start_s = _choose_start(first.whole_s, prefix)
        return first if start_s == 0 else _part(sound, start_s)
    return None


def _part(sound: Sound, start_s: float) -> Piece:
    with st.spinner(_("Analysing …")):
        return _analysed(sound.key, start_s, sound)


@st.cache_resource(max_entries=32, show_spinner=False)
def _analysed(key: str, start_s: float, _sound: Sound) -> Piece:
    audio = load_audio(_sound.content, name=_sound.name, limits=page_limits())
    spectra = Spectra(audio.cut(start_s).y)
    return Piece(
        audio.duration_s,
        pictures(spectra, start_s),
        facts(spectra, start_s),
        describe_spectra(spectra),
        audio.notes,
    )


def _choose_start(whole_s: float, prefix: str) -> float:
    """Where the piece begins: anywhere that leaves 25.5 s."""
    latest = floor((whole_s - CLIP_S) / STEP_S) * STEP_S
    if latest <= 0:
        if whole_s < CLIP_S:
            st.caption(_("The whole clip is shown ({seconds:.1f} s).", seconds=whole_s))
        return 0.0
    start: float = st.slider(
        _("Start of the part shown ({part} of {whole:.1f} s)", part=CLIP_S, whole=whole_s),
        0.0,
        latest,
        step=STEP_S,
        format="%.1f s",
        **address.number(f"{prefix}start", 0.0, latest, 0.0),
    )
    return start


def play(sound: Sound, start_s: float, prefix: str = "") -> None:
    """Draw the player, with what is known of the sound, and the ones before and after it."""
    about = ""
    if sound.dataset:
        title = widgets.escape_markdown(datasets.get(sound.dataset).title)
        known = clip_facts.describe(sound.dataset, sound.name, sound.mood)
        about = f"{title}, {known}" if known else title
    content = sound.content
    player.draw(
        content,
        name=sound.name if isinstance(content, bytes) else content.name,
        title=load.clip_label(sound.dataset, sound.name) if sound.dataset else sound.shown,
        about=about,
        start_s=start_s,
        key=player_key(prefix),
        steps=player.steps(
            sound.listed, sound.name, lambda name: sources.choose_again(sound, name)
        ),
    )
    if isinstance(content, bytes):
        widgets.page_link(
            "predict",
            _("To be told its mood, give the song on Predict"),
            "music_note",
            song="upload",
        )
