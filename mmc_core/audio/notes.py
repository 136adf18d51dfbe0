"""Sentences on how a file was read: kept in English, shown in the reader's language."""

from __future__ import annotations

from mmc_core.audio import inaudible, phase
from mmc_core.audio.extent import STREAMS
from mmc_core.language import _, filled_into

TEMPLATES = (phase.NOTE, STREAMS, inaudible.OFFSET, inaudible.RUMBLE, inaudible.SCALE)


def in_words(note: str) -> str:
    """Return a note in the language of the reader."""
    for template in TEMPLATES:
        values = filled_into(template, note)
        if values is not None:
            return _(template, **values)
    return note
