"""Predictions of two songs, A and B, side by side: probabilities, plane, mood over time."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd
import plotly.graph_objects as go
from plotly.subplots import make_subplots

from mmc_core.figures.pair import LETTERS
from mmc_core.figures.plane import mood_plane
from mmc_core.figures.style import INK, Figure, explain_moods, layout, mood_label
from mmc_core.language import _
from mmc_core.moods import BY_NAME, MOODS, NAMES
from mmc_core.prediction.exports import stretches, timeline_table
from mmc_core.prediction.result import Moment, Prediction
from mmc_core.wording import listed, percent, shown

DARK, PAPER = "#1F2328", "#FEFEFE"  # of letters in discs, which are the same in a dark theme
STEPS_S = (5, 10, 15, 30, 60, 120, 300, 600, 1200, 1800)  # between ticks of time
NAMED, NAMED_IF_NARROW = 0.07, 0.26  # of the axis: stretches with room for a mood's name


def probability_bars(pair: Sequence[Prediction]) -> Figure:
    """The four probabilities of both, two bars a mood: A filled, B hatched."""
    plot = go.Figure()
    for i, (letter, prediction) in enumerate(zip(LETTERS, pair, strict=True)):
        shares = [(prediction.probabilities or {})[name] for name in NAMES]
        plot.add_bar(
            x=[100 * share for share in shares],
            y=[mood_label(mood) for mood in MOODS],
            orientation="h",
            name=letter,
            marker={
                "color": [mood.colour for mood in MOODS],
                "line": {"color": [mood.colour for mood in MOODS], "width": 1.5},
                "pattern": {"shape": "/" if i else "", "fillmode": "replace", "size": 7},
            },
            text=[f"<b>{letter}</b> {percent(share)}" for share in shares],
            textposition="outside",
            textangle=0,
            cliponaxis=False,
            hovertemplate=_("{letter}, %{{y}}: %{{x:.1f}} %", letter=letter) + "<extra></extra>",
        )
    plot.update_xaxes(title=_("Probability (%)"), range=[0, 118], tickvals=[0, 25, 50, 75, 100])
    plot.update_yaxes(autorange="reversed")
    layout(plot, height=330)
    plot.update_layout(barmode="group", bargap=0.28, bargroupgap=0.08, margin_t=10)
    data = pd.DataFrame(
        [
            {"song": letter, "file": each.file, "mood": each.mood, **(each.probabilities or {})}
            for letter, each in zip(LETTERS, pair, strict=True)
        ]
    )
    described = "; ".join(
        f"{letter}, {each.file}: "
        + ", ".join(
            f"{mood.label} {percent((each.probabilities or {})[mood.name])}" for mood in MOODS
        )
        for letter, each in zip(LETTERS, pair, strict=True)
    )
    return Figure(plot, data, _("Probabilities of {songs}.", songs=described))


def plane(pair: Sequence[Prediction]) -> Figure:
    """Where both lie on the plane of arousal and valence."""
    plot = mood_plane(height=400).plot
    plot.layout.annotations = ()  # names stand outside here, so that no song covers one
    for mood in MOODS:
        plot.add_annotation(
            x=mood.valence,
            y=mood.arousal,
            xanchor="right" if mood.valence > 0 else "left",
            yanchor="bottom" if mood.arousal > 0 else "top",
            yshift=10 * mood.arousal,
            text=f"<span style='color:{mood.colour}'>{mood.mark}</span> <b>{mood.label}</b>",
            font={"size": 14, "color": INK},
            showarrow=False,
        )
    plot.update_xaxes(showticklabels=False, title_standoff=36)
    plot.update_yaxes(showticklabels=False)
    plot.update_layout(margin_t=42)
    for letter, prediction in zip(LETTERS, pair, strict=True):
        plot.add_scatter(
            x=[prediction.valence],
            y=[prediction.arousal],
            mode="markers+text",
            text=[f"<b>{letter}</b>"],
            textfont={"size": 14, "color": PAPER},
            marker={"size": 26, "color": DARK, "line": {"color": PAPER, "width": 2}},
            cliponaxis=False,
            hovertemplate=f"{letter}<br>"
            + _("valence %{x:.2f}, arousal %{y:.2f}")
            + "<extra></extra>",
        )
    places = [
        {"song": letter, "file": each.file, "arousal": each.arousal, "valence": each.valence}
        for letter, each in zip(LETTERS, pair, strict=True)
    ]
    described = listed(
        _(
            "{song} at arousal {arousal:.2f} and valence {valence:.2f}",
            song=each["song"],
            arousal=each["arousal"],
            valence=each["valence"],
        )
        for each in places
    )
    alt = _("Plane of valence and arousal with {songs}.", songs=described)
    return Figure(plot, pd.DataFrame(places), alt)


def timelines(pair: Sequence[Prediction], *, narrow: bool = False) -> Figure:
    """Draw the probabilities of both over time, one above the other on one axis of time.

    Args:
        pair: the answers for A and for B.
        narrow: whether it is drawn for a screen as narrow as a phone's.
    """
    plot = make_subplots(
        rows=2,
        shared_xaxes=True,
        vertical_spacing=0.2,
        subplot_titles=[
            f"<b>{letter}</b>  {shown(each.file, 40)}"
            for letter, each in zip(LETTERS, pair, strict=True)
        ],
    )
    plot.update_annotations(x=0, xanchor="left", yshift=20)
    duration_s = max(each.duration_s or 0.0 for each in pair)
    for row, prediction in enumerate(pair, start=1):
        _areas(plot, row, prediction.timeline)
        least_s = (NAMED_IF_NARROW if narrow else NAMED) * duration_s
        _moods_above(plot, row, prediction.timeline, least_s)
    step = next((step for step in STEPS_S if duration_s / step <= 6), STEPS_S[-1])
    ticks = range(0, int(duration_s) + 1, step)
    plot.update_xaxes(
        range=[0, duration_s],
        tickvals=list(ticks),
        ticktext=[f"{t // 60}:{t % 60:02d}" for t in ticks],
        showticklabels=True,
        showgrid=False,
    )
    plot.update_yaxes(title=_("Probability (%)"), range=[0, 100], tickvals=[0, 25, 50, 75, 100])
    layout(plot, height=540, legend=True)
    plot.update_xaxes(title=_("Time (min:s)"), row=2)
    plot.update_layout(
        margin={"t": 84, "b": 10},
        legend={"y": 1.12, "yanchor": "bottom"},
    )
    explain_moods(plot)
    data = pd.concat(
        [
            timeline_table(each.timeline).assign(song=letter)
            for letter, each in zip(LETTERS, pair, strict=True)
        ]
    )
    data.insert(0, "song", data.pop("song"))
    described = "; ".join(
        f"{letter}: "
        + ", ".join(
            _(
                "{mood} {start:.0f} to {end:.0f} s",
                mood=BY_NAME[part.mood].label,
                start=part.start_s,
                end=part.end_s,
            )
            for part in stretches(each.timeline)
        )
        for letter, each in zip(LETTERS, pair, strict=True)
    )
    return Figure(plot, data, _("Mood over time on one axis. {songs}.", songs=described))


def _areas(plot: go.Figure, row: int, timeline: Sequence[Moment]) -> None:
    """Four probabilities as areas on each other, happy on top as in the song's own timeline; none
    where a silent part was skipped.
    """
    for i, moments in enumerate(_unbroken(timeline)):
        middles = [(each.start_s + each.end_s) / 2 for each in moments]
        x = [moments[0].start_s, *middles, moments[-1].end_s]
        for mood in reversed(MOODS):
            shares = [100 * each.probabilities[mood.name] for each in moments]
            plot.add_scatter(
                x=x,
                y=[shares[0], *shares, shares[-1]],
                mode="lines",
                name=mood_label(mood),
                legendgroup=mood.name,
                stackgroup=f"{row}-{i}",
                line={"color": INK, "width": 0.6},
                fillcolor=mood.colour,
                hovertemplate=_("{mood} %{{y:.0f}} %", mood=mood_label(mood)) + "<extra></extra>",
                row=row,
                col=1,
            )


def _moods_above(plot: go.Figure, row: int, timeline: Sequence[Moment], least_s: float) -> None:
    """Write the likeliest mood above each stretch that has room for its name."""
    for part in stretches(timeline):
        if part.end_s - part.start_s < least_s:
            continue
        mood = BY_NAME[part.mood]
        plot.add_annotation(
            x=(part.start_s + part.end_s) / 2,
            y=100,
            yanchor="bottom",
            text=f"<span style='color:{mood.colour}'>{mood.mark}</span> {mood.label}",
            showarrow=False,
            row=row,
            col=1,
        )


def _unbroken(timeline: Sequence[Moment]) -> list[list[Moment]]:
    """Moments without silence between them, in groups."""
    groups: list[list[Moment]] = []
    for moment in timeline:
        if groups and groups[-1][-1].end_s >= moment.start_s:
            groups[-1].append(moment)
        else:
            groups.append([moment])
    return groups
