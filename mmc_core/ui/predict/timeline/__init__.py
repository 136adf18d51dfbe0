"""A song's mood over time and its path on the plane, in step with the page's player."""

from __future__ import annotations

from dataclasses import asdict
from functools import cache
from pathlib import Path
from typing import Any

import streamlit as st

from mmc_core.language import _
from mmc_core.moods import BY_NAME, MOODS, NAMES
from mmc_core.prediction.exports import stretches
from mmc_core.prediction.result import Prediction
from mmc_core.ui.common import widgets

HERE = Path(__file__).parent
SAVE_JS = """
export default function ({ parentElement }) {
  for (const button of parentElement.querySelectorAll("button")) {
    const detail = button.dataset.format;
    button.onclick = () => dispatchEvent(new CustomEvent("mmc-save-timeline", { detail }));
  }
}
"""


@cache
def _component() -> Any:
    return st.components.v2.component(
        "mmc.song_over_time",
        html="<div class='song-over-time'></div>",
        css=(HERE / "timeline.css").read_text("utf-8"),
        js="".join((HERE / name).read_text("utf-8") for name in ("save.js", "timeline.js")),
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
            "moods": [asdict(mood) | {"label": mood.label} for mood in MOODS],
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
            "texts": texts(),
            "name": f"{Path(prediction.file).stem or 'song'}-moods",
        },
    )


def draw_save_buttons() -> None:
    """Buttons that save the two charts as one picture."""
    _save_buttons()(key="timeline-save", width="content")


@cache
def _save_buttons() -> Any:
    return st.components.v2.component(
        "mmc.save_timeline", html=widgets.SAVE_HTML, css=widgets.SAVE_CSS, js=SAVE_JS
    )


def in_words(prediction: Prediction) -> str:
    """The moods one after the other, for readers who cannot see the timeline."""
    parts = [
        _(
            "{mood} from {start} to {end}",
            mood=BY_NAME[part.mood].label,
            start=clock(part.start_s),
            end=clock(part.end_s),
        )
        for part in stretches(prediction.timeline)
    ]
    return _("Mood over time: {parts}.", parts=", ".join(parts))


def texts() -> dict[str, str]:
    """What the two charts say; what is in braces, they fill in."""
    return {
        "changes": _("structure changes"),
        "probability": _("Probability (%)"),
        "time": _("Time (min:s)"),
        "silent": _("silent"),
        "valence": _("Valence: unpleasant ← → pleasant"),
        "arousal": _("Arousal: calm ← → energetic"),
        "song": _("the whole song"),
        "path": _("Path of the song on the plane of valence and arousal"),
        "share": _("{number} %"),
        "now": _("{time} of {duration}, {answer}"),
    }


def clock(seconds: float) -> str:
    """Minutes and seconds, as players show them."""
    return f"{int(seconds) // 60}:{int(seconds) % 60:02d}"
