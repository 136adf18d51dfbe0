"""Russell's plane of arousal and valence with its four moods."""

from __future__ import annotations

from html import escape

import pandas as pd
import plotly.graph_objects as go

from mmc_core.figures.style import INK, Figure, faded, layout
from mmc_core.moods import MOODS


def mood_plane(
    point: tuple[float, float] | None = None, *, name: str = "this song", height: int = 420
) -> Figure:
    """The four quadrants; with `point` (valence, arousal), where a song lies in them."""
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
        text = f"<span style='color:{mood.colour}'>{mood.mark}</span> <b>{mood.name}</b>"
        if not point:
            text += f" ({mood.quadrant})<br>" + mood.sounds_like.replace(", ", ",<br>")
        plot.add_annotation(x=mood.valence / 2, y=mood.arousal / 2, text=text, showarrow=False)
    rows: list[tuple[str, str, float, float]] = [
        (mood.name, mood.quadrant, mood.valence, mood.arousal) for mood in MOODS
    ]
    alt = "Plane of valence (across) and arousal (up): happy is high on both, angry has high "
    alt += "arousal and low valence, sad is low on both, relaxed has low arousal and high valence."
    if point:
        valence, arousal = point
        plot.add_scatter(
            x=[valence],
            y=[arousal],
            mode="markers",
            cliponaxis=False,
            marker={
                "size": 18,
                "symbol": "star",
                "color": INK,
                "line": {"width": 2, "color": "white"},
            },
            name=escape(name),
            hovertemplate="valence %{x:.2f}<br>arousal %{y:.2f}",
        )
        rows.append((name, "", valence, arousal))
        alt += f" {name} lies at valence {valence:.2f} and arousal {arousal:.2f}."
    layout(plot, height=height)
    axis = {
        "range": [-1, 1],
        "tickvals": [-1, 0, 1],
        "showgrid": False,
        "zeroline": True,
        "zerolinecolor": INK,
        "zerolinewidth": 1.5,
    }
    plot.update_xaxes(title="Valence: unpleasant ← → pleasant", **axis)
    plot.update_yaxes(title="Arousal: calm ← → energetic", **axis)
    plot.update_layout(margin_t=10)
    data = pd.DataFrame(rows, columns=["name", "quadrant", "valence", "arousal"])
    return Figure(plot, data, alt)
