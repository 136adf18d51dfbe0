"""A song's mood over time and its path on the plane, in step with the page's player."""

from __future__ import annotations

from dataclasses import asdict
from functools import cache
from pathlib import Path
from typing import Any

import streamlit as st

from mmc_core.moods import MOODS, NAMES
from mmc_core.prediction.exports import stretches
from mmc_core.prediction.result import Prediction

HERE = Path(__file__).parent


@cache
def _component() -> Any:
    return st.components.v2.component(
        "mmc.song_over_time",
        html="<div class='song-over-time'></div>",
        css=(HERE / "timeline.css").read_text("utf-8"),
        js=(HERE / "timeline.js").read_text("utf-8"),
    )


def draw_timeline(prediction: Prediction, *, player: str | None) -> None:
    """The four probabilities over time and the path on the plane.

    Args:
        prediction: with a timeline.
        player: key of the container of the page's player, which the cursor follows and a click
            on the timeline sets; None where the song cannot be played.
    """
    _component()(
        key="song-over-time",
        data={
            "moods": [asdict(mood) for mood in MOODS],
            "duration_s": prediction.duration_s,
            "moments": [
                asdict(moment)
                | {"probabilities": [round(moment.probabilities[name], 4) for name in NAMES]}
                for moment in prediction.timeline
            ],
            "stretches": [asdict(stretch) for stretch in stretches(prediction.timeline)],
            "changes": prediction.changes,
            "song": {"arousal": prediction.arousal, "valence": prediction.valence},
            "player": f".st-key-{player}" if player else None,
            "alt": in_words(prediction),
        },
    )


def in_words(prediction: Prediction) -> str:
    """The moods in turn, for who cannot see the timeline."""
    parts = [
        f"{part.mood} from {clock(part.start_s)} to {clock(part.end_s)}"
        for part in stretches(prediction.timeline)
    ]
    return f"Mood over time: {', '.join(parts)}."


def clock(seconds: float) -> str:
    """Minutes and seconds, as players show them."""
    return f"{int(seconds) // 60}:{int(seconds) % 60:02d}"
