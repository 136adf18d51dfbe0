"""A recording from the visitor's microphone, named by when it was made."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import streamlit as st

from mmc_core.language import N_, _

SAMPLE_RATE = (
    44_100  # Hz; Streamlit's default of 16 000 would cut what features measure above 8 kHz
)
HELP = N_(
    "Browsers offer the microphone only on pages whose address begins with https:// or is "
    "localhost. Music from a loudspeaker, recorded in a room, differs from its file: the answer is "
    "less reliable. Record as close as you can, ten seconds or more."
)


def record(label: str, *, key: str) -> tuple[str, bytes] | None:
    """The widget that records; a name and a WAV file, once there is a recording."""
    recording = st.audio_input(label, sample_rate=SAMPLE_RATE, key=key, help=_(HELP))
    if recording is None:
        return None
    name = st.session_state.setdefault(f"name-of-{recording.file_id}", _name())
    return name, recording.getvalue()


def _name() -> str:
    """By the clock of the visitor, where the browser names its zone."""
    try:
        zone = ZoneInfo(st.context.timezone) if st.context.timezone else None
    except (ZoneInfoNotFoundError, ValueError):
        zone = None
    return _("Recording {time:%H:%M}", time=datetime.now(zone))
