"""Where a class placed a clip on the plane of arousal and valence."""

from __future__ import annotations

import pandas as pd
import plotly.graph_objects as go

from mmc_core.figures.plane import quadrants
from mmc_core.figures.style import INK, Figure
from mmc_core.language import _
from mmc_core.moods import MOODS


def class_vote(name: str, votes: pd.DataFrame, *, height: int = 480) -> Figure:
    """A point a vote, the number of votes for each mood in its corner, and the mean as a star.

    Args:
        name: of the clip.
        votes: on this clip; `classroom.Session.table`.
    """
    plot = quadrants(height=height)
    counts = {mood.name: int((votes["mood"] == mood.name).sum()) for mood in MOODS}
    for mood in MOODS:
        of_mood = votes[votes["mood"] == mood.name]
        plot.add_annotation(
            **{"x": 0.97 * mood.valence, "xanchor": "right" if mood.valence > 0 else "left"},
            **{"y": 0.97 * mood.arousal, "yanchor": "top" if mood.arousal > 0 else "bottom"},
            text=f"<span style='color:{mood.colour}'>{mood.mark}</span> <b>{mood.label}: "
            f"{counts[mood.name]}</b>",
            showarrow=False,
            font={"size": 16, "color": INK},
        )
        plot.add_scatter(
            x=of_mood["valence"],
            y=of_mood["arousal"],
            mode="markers",
            name=mood.label,
            marker={
                **{"color": mood.colour, "symbol": mood.symbol, "size": 13, "opacity": 0.75},
                "line": {"color": INK, "width": 1},
            },
            hovertemplate=_("valence %{x:.2f}, arousal %{y:.2f}")
            + "<extra>%{fullData.name}</extra>",
        )
    alt = _(
        "{clip}: {n} votes on the plane of valence (across) and arousal (up). {moods}.",
        clip=name,
        n=len(votes),
        moods=", ".join(f"{mood.label} {counts[mood.name]}" for mood in MOODS),
    )
    if len(votes):
        valence, arousal = float(votes["valence"].mean()), float(votes["arousal"].mean())
        _add_mean(plot, valence, arousal)
        alt += " " + _(
            "Mean valence {valence:.2f}, mean arousal {arousal:.2f}.",
            valence=valence,
            arousal=arousal,
        )
    return Figure(plot, votes, alt)


def _add_mean(plot: go.Figure, valence: float, arousal: float) -> None:
    plot.add_scatter(
        x=[valence],
        y=[arousal],
        mode="markers",
        name=_("mean"),
        marker={
            **{"color": "white", "symbol": "star", "size": 20},
            "line": {"color": INK, "width": 2},
        },
        hovertemplate=_("valence %{x:.2f}, arousal %{y:.2f}<extra>mean of the class</extra>"),
    )
