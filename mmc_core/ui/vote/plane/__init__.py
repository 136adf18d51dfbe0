"""The plane on which a voter places a clip, by a tap or by keys."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict
from functools import cache
from pathlib import Path
from typing import Any

import streamlit as st

from mmc_core.classroom.session import Vote
from mmc_core.moods import MOODS

HERE = Path(__file__).parent
SLIDER = """<div class="slider"><span aria-hidden="true">{low}</span><input type="range"
name="{name}" min="-1" max="1" step="0.1" data-words="{low} {high}"
aria-label="{title}, from {low} to {high}"><span aria-hidden="true">{high}</span></div>"""
HTML = "".join(
    [
        '<div class="vote-plane"><p class="status" role="status"></p><div class="plane"></div>',
        SLIDER.format(name="valence", title="Valence", low="unpleasant", high="pleasant"),
        SLIDER.format(name="arousal", title="Arousal", low="calm", high="energetic"),
        "</div>",
    ]
)


@cache
def _component() -> Any:
    return st.components.v2.component(
        "mmc.vote_plane",
        html=HTML,
        css=(HERE / "plane.css").read_text("utf-8"),
        js=(HERE / "plane.js").read_text("utf-8"),
    )


def draw_plane(
    key: str, saved: Vote | None, *, is_open: bool, on_place: Callable[[float, float], None]
) -> None:
    """The plane with a voter's place, if any.

    Args:
        key: unique for the clip.
        on_place: called with arousal and valence when the voter has chosen a place.
    """

    def placed() -> None:
        place = st.session_state[key].place
        if isinstance(place, dict):  # whatever else a browser may send
            arousal, valence = place.get("arousal"), place.get("valence")
            if isinstance(arousal, int | float) and isinstance(valence, int | float):
                on_place(float(arousal), float(valence))

    _component()(
        key=key,
        data={
            "moods": [asdict(mood) for mood in MOODS],
            "saved": {"arousal": saved.arousal, "valence": saved.valence} if saved else None,
            "open": is_open,
        },
        default={"place": None},
        on_place_change=placed,
    )
