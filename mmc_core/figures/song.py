"""A model's prediction of one song: the four probabilities, and the votes of a vote."""

from __future__ import annotations

import pandas as pd
import plotly.graph_objects as go

from mmc_core.figures.style import Figure, explain_moods, layout, mood_label
from mmc_core.language import _
from mmc_core.moods import BY_NAME, MOODS
from mmc_core.prediction.result import Prediction
from mmc_core.wording import percent

WITHHELD = 0.3  # opacity


def probability_bars(prediction: Prediction) -> Figure:
    """Draw the song's four probabilities, pale where the model withholds its answer."""
    probabilities = prediction.probabilities or {}
    plot = go.Figure()
    for mood in MOODS:
        p = probabilities[mood.name]
        plot.add_bar(
            x=[100 * p],
            y=[mood_label(mood)],
            orientation="h",
            marker_color=mood.colour,
            marker_opacity=WITHHELD if prediction.abstained else 1,
            text=percent(p),
            textposition="outside",
            cliponaxis=False,
            hovertemplate=_("{mood}: %{{x:.1f}} %", mood=mood.label) + "<extra></extra>",
        )
    title = _("Probability (%), not used") if prediction.abstained else _("Probability (%)")
    plot.update_xaxes(title=title, range=[0, 112], tickvals=[0, 25, 50, 75, 100])
    plot.update_yaxes(autorange="reversed", showgrid=False)
    layout(plot, height=215)
    plot.update_layout(bargap=0.35, margin_t=10)
    data = pd.DataFrame([probabilities])
    shares = ", ".join(f"{mood.label} {percent(probabilities[mood.name])}" for mood in MOODS)
    alt = _("Probabilities of {file}: {shares}.", file=prediction.file, shares=shares)
    return Figure(plot, data, alt)


def vote_bars(prediction: Prediction) -> Figure:
    """Each network of a vote: its mood, and its probabilities side by side."""
    votes = prediction.votes or []
    rows = list(range(len(votes)))  # two networks may vote alike on the same input
    plot = go.Figure()
    for mood in MOODS:
        shares = [vote.probabilities[mood.name] for vote in votes]
        plot.add_bar(
            x=[100 * share for share in shares],
            y=rows,
            orientation="h",
            name=mood_label(mood),
            legendgroup=mood.name,
            marker={"color": mood.colour, "line": {"color": "white", "width": 1}},
            text=[f"{mood.mark} {percent(share)}" if share >= 0.1 else "" for share in shares],
            textposition="inside",
            insidetextanchor="middle",
            textangle=0,
            customdata=[_(vote.title) for vote in votes],
            hovertemplate="%{customdata}<br>"
            + _("{mood}: %{{x:.1f}} %", mood=mood.label)
            + "<extra></extra>",
        )
    plot.update_xaxes(title=_("Probability (%)"), range=[0, 100])
    layout(plot, height=120 + 50 * len(votes), legend=True)
    plot.update_yaxes(
        autorange="reversed",
        tickvals=rows,
        ticktext=[f"{_(vote.title)}: <b>{mood_label(BY_NAME[vote.mood])}</b>" for vote in votes],
    )
    plot.update_layout(barmode="stack", bargap=0.3)
    explain_moods(plot)
    data = pd.DataFrame(
        [{"input": vote.input, "mood": vote.mood, **vote.probabilities} for vote in votes]
    )
    votes_text = ", ".join(
        f"{_(vote.title)} {BY_NAME[vote.mood].label} ({percent(vote.probabilities[vote.mood])})"
        for vote in votes
    )
    alt = _("Votes on {file}: {votes}.", file=prediction.file, votes=votes_text)
    return Figure(plot, data, alt)


def windows_table(prediction: Prediction) -> pd.DataFrame:
    """`start_s`, `end_s` and the probabilities of every window."""
    return pd.DataFrame(
        [
            {"start_s": window.start_s, "end_s": window.end_s, **window.probabilities}
            for window in prediction.windows
        ]
    )
