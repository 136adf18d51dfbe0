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
from mmc_core.figures.style import mood_label
from mmc_core.language import _
from mmc_core.moods import BY_NAME as MOOD
from mmc_core.settings import page_limits
from mmc_core.ui.common import address, load, widgets
from mmc_core.ui.common.player import NOT_PLAYED, media_type
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
    piece = sound and analyse(sound, prefix)
    if not sound or not piece:
        return None
    play(sound, piece.facts.start_s)
    return sound, piece


def analyse(sound: Sound, prefix: str = "") -> Piece | None:
    """The piece to look into, begun where the visitor chooses; None, with its sentence, where the
    sound cannot be used.
    """
    try:
        first = _part(sound, 0.0)
        for note in first.notes:
            st.caption(widgets.escape_markdown(notes.in_words(note)))
        start_s = _choose_start(first.whole_s, prefix)
        return first if start_s == 0 else _part(sound, start_s)
    except (AudioError, OSError) as error:
        st.warning(widgets.escape_markdown(str(error)), icon=":material/warning:")
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


def play(sound: Sound, start_s: float) -> None:
    """The player, and what the dataset says of the clip."""
    if isinstance(sound.content, bytes) and media_type(sound.name) in NOT_PLAYED:
        st.caption(_("Browsers cannot play this type of file."))
    else:
        st.audio(sound.content, format=media_type(sound.name), start_time=int(start_s))
    if sound.dataset:
        title = datasets.get(sound.dataset).title
        label = f": {mood_label(MOOD[sound.mood])}" if sound.mood else ""
        st.caption(
            f"{widgets.escape_markdown(load.clip_label(sound.dataset, sound.name))}, "
            f"{widgets.escape_markdown(title)}{label}"
        )
