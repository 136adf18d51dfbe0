"""Russell's plane of arousal and valence with its four moods."""

from __future__ import annotations

import pandas as pd
import plotly.graph_objects as go

from mmc_core.figures.style import Figure, faded, layout
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
        # Away from the middle, where a song's mark may stand.
        plot.add_annotation(
            x=mood.valence * 0.52,
            y=mood.arousal * 0.78,
            text=f"<span style='color:{mood.colour}'>{mood.mark}</span> <b>{mood.name}</b> "
            f"({mood.quadrant})" + ("" if point else f"<br>{mood.sounds_like.replace(', ', ',<br>')}"),
            showarrow=False,
        )
    rows = [(mood.name, mood.quadrant, mood.valence, mood.arousal) for mood in MOODS]
    alt = "Plane of valence (across) and arousal (up): happy is high on both, angry has high "
    alt += "arousal and low valence, sad is low on both, relaxed has low arousal and high valence."
    if point:
        valence, arousal = point
        plot.add_scatter(
            x=[valence],
            y=[arousal],
            mode="markers",
            marker={"size": 18, "symbol": "star", "color": "#111827", "line": {"width": 2, "color": "white"}},
            hovertemplate=f"{name}<br>valence %{{x:.2f}}<br>arousal %{{y:.2f}}<extra></extra>",
        )
        rows.append((name, "", valence, arousal))
        alt += f" {name} lies at valence {valence:.2f} and arousal {arousal:.2f}."
    axis = {"range": [-1, 1], "showgrid": False, "zeroline": True, "zerolinewidth": 1.5}
    plot.update_xaxes(title="Valence: unpleasant ← → pleasant", tickvals=[-1, 0, 1], **axis)
    plot.update_yaxes(title="Arousal: calm ← → energetic", tickvals=[-1, 0, 1], **axis)
    layout(plot, height=height)
    plot.update_xaxes(zeroline=True)
    plot.update_yaxes(zeroline=True)
    data = pd.DataFrame(rows, columns=["name", "quadrant", "valence", "arousal"])
    return Figure(plot, data, alt)
