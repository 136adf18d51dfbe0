"""The plane on which a voter places a clip, by a tap or by keys."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict
from functools import cache
from pathlib import Path
from typing import Any

import streamlit as st

from mmc_core import language
from mmc_core.classroom.session import Vote
from mmc_core.language import _
from mmc_core.moods import MOODS
from mmc_core.ui.common.theme import mood_colour

HERE = Path(__file__).parent
SLIDER = """<div class="slider"><span aria-hidden="true"></span><input type="range"
name="{name}" min="-1" max="1" step="0.1"><span aria-hidden="true"></span></div>"""
HTML = "".join(
    [
        '<div class="vote-plane"><p class="status" role="status"></p><div class="plane"></div>',
        *(SLIDER.format(name=name) for name in ("valence", "arousal")),
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


def _words() -> dict[str, Any]:
    """The texts of the plane; `{mood}` is filled in there."""
    return {
        "plane": _("Plane of valence (across) and arousal (up) with four moods"),
        "valence": {
            "axis": _("Valence: unpleasant ← → pleasant"),
            "slider": _("Valence, from unpleasant to pleasant"),
            "ends": [_("unpleasant"), _("pleasant")],
        },
        "arousal": {
            "axis": _("Arousal: calm ← → energetic"),
            "slider": _("Arousal, from calm to energetic"),
            "ends": [_("calm"), _("energetic")],
        },
        "no_place": _("not placed"),
        "tap": _("Tap the place where this clip belongs."),
        "on_axis": _("Now move the other slider too."),
        "sending": _("{mood}: sending …"),
        "saved": _("Your vote: {mood}. Saved ✓"),
        "closed": _("Voting is closed."),
        "closed_with_vote": _("Voting is closed. Your vote: {mood}"),
    }


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
            "moods": [
                asdict(mood)
                | {
                    "colour": mood_colour(mood),
                    "label": mood.label,
                    "sounds_like": _(mood.sounds_like),
                }
                for mood in MOODS
            ],
            "saved": {"arousal": saved.arousal, "valence": saved.valence} if saved else None,
            "open": is_open,
            "language": language.current(),
            "words": _words(),
        },
        default={"place": None},
        on_place_change=placed,
    )
