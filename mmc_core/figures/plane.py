"""Russell's plane of arousal and valence with its four moods."""

from __future__ import annotations

import pandas as pd
import plotly.graph_objects as go

from mmc_core.figures.style import INK, Figure, faded, layout
from mmc_core.language import _
from mmc_core.moods import MOODS


def quadrants(*, height: int) -> go.Figure:
    """The plane alone: four coloured quadrants and its axes."""
    plot = go.Figure()
    for mood in MOODS:
        plot.add_shape(
            type="rect",
            x0=0,
            x1=mood.valence,
            y0=0,
            y1=mood.arousal,
            fillcolor=faded(mood.colour, 0.2),
            line_width=0,
            layer="below",
        )
    plot.update_xaxes(title=_("Valence: unpleasant ← → pleasant"))
    plot.update_yaxes(title=_("Arousal: calm ← → energetic"))
    layout(plot, height=height)
    axis = {
        "range": [-1, 1],
        "tickvals": [-1, 0, 1],
        "showgrid": False,
        "zeroline": True,
        "zerolinecolor": INK,
        "zerolinewidth": 1.5,
    }
    plot.update_xaxes(**axis)
    plot.update_yaxes(**axis)
    plot.update_layout(margin_t=10)
    return plot


def mood_plane(*, height: int = 420) -> Figure:
    """The four quadrants, each with its mood and what that sounds like."""
    plot = quadrants(height=height)
    for mood in MOODS:
        text = f"<span style='color:{mood.colour}'>{mood.mark}</span> <b>{mood.label}</b> "
        text += f"({mood.quadrant})<br>" + _(mood.sounds_like).replace(", ", ",<br>")
        plot.add_annotation(x=mood.valence / 2, y=mood.arousal / 2, text=text, showarrow=False)
    rows = [(mood.name, mood.quadrant, mood.valence, mood.arousal) for mood in MOODS]
    alt = _(
        "Plane of valence (across) and arousal (up): happy is high on both, angry has high "
        "arousal and low valence, sad is low on both, relaxed has low arousal and high valence."
    )
    plot.update_annotations(font={"size": 14, "color": INK})
    data = pd.DataFrame(rows, columns=["name", "quadrant", "valence", "arousal"])
    return Figure(plot, data, alt)
