"""Where one clip lies among the clips of each mood: in one feature, and in all."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from mmc_core.analysis.placement import MIDDLE_HALF
from mmc_core.analysis.summaries import Distribution
from mmc_core.features.schema import BY_NAME, Feature
from mmc_core.figures.style import (
    INK,
    ROW,
    Figure,
    explain_moods,
    label_rows,
    layout,
)
from mmc_core.language import _
from mmc_core.moods import BY_NAME as MOOD
from mmc_core.moods import MOODS
from mmc_core.wording import percent, rounded


def densities(
    feature: Feature, value: float, moods: Mapping[str, Distribution], clip: str, title: str
) -> Figure:
    """How a feature is distributed in each mood, with a line where the clip lies.

    Args:
        clip: what the clip is called.
        title: of the dataset whose distributions these are.
    """
    plot = go.Figure()
    rows = []
    for mood in (m for m in MOODS if m.name in moods):
        d = moods[mood.name]
        below = d.share_below(value)
        plot.add_scatter(
            x=d.density_at,
            y=100 * d.bin_width * np.array(d.density),
            mode="lines",
            name=mood.label,
            legendgroup=mood.name,
            line={"color": mood.colour, "width": 2},
            hovertemplate=f"{mood.label}<br>%{{x:.4g}}<extra></extra>",
        )
        # Its place on each mood's curve, with the mood's mark.
        plot.add_scatter(
            x=[value],
            y=[100 * d.bin_width * float(np.interp(value, d.density_at, d.density, 0, 0))],
            mode="markers",
            legendgroup=mood.name,
            cliponaxis=False,
            marker={
                "color": mood.colour,
                "symbol": mood.symbol,
                "size": 11,
                "line": {"color": INK, "width": 1},
            },
            hovertemplate=_(
                "higher than {share} of the {mood} clips", share=percent(below), mood=mood.label
            )
            + "<extra></extra>",
        )
        rows.append({"mood": mood.name, "n": d.n, "value": value, "share below": below})
    plot.add_vline(x=value, line={"color": INK, "width": 2, "dash": "dot"})
    plot.add_annotation(
        **{"x": value, "y": 1, "yref": "paper", "yanchor": "bottom", "showarrow": False},
        text=_("this clip: {value}", value=rounded(value)),
    )
    plot.update_xaxes(title=feature.label)
    plot.update_yaxes(title=_("Share of clips per bin (%)"), rangemode="tozero")
    layout(plot, height=340, legend=True)
    explain_moods(plot, [mood for mood in MOODS if mood.name in moods])
    plot.update_layout(margin_t=60, legend_y=1.12)
    data = pd.DataFrame(rows)
    below_of = zip(data["mood"], data["share below"], strict=True)
    alt = _(
        "{feature} of {clip} is {value}; share of clips of {title} with a lower value: {shares}.",
        feature=_(feature.title),
        clip=clip,
        value=rounded(value),
        title=title,
        shares=", ".join(f"{MOOD[mood].label} {percent(below)}" for mood, below in below_of),
    )
    return Figure(plot, data, alt)


def overview(
    places: pd.DataFrame, groups: list[str], clip: str, title: str, *, narrow: bool = False
) -> Figure:
    """The share of each mood's clips below the clip, a row a feature; its data has all features.

    Args:
        places: see `placement.placed`.
        groups: kinds of features that are drawn, at least one with a feature.
        clip: what the clip is called.
        title: of the dataset whose distributions these are.
        narrow: see `style.label_rows`.
    """
    drawn = places[[BY_NAME[name].group in groups for name in places["feature"]]]
    titles = [_(BY_NAME[name].title) for name in drawn["feature"]]
    plot = go.Figure()
    plot.add_vrect(
        x0=100 * MIDDLE_HALF[0],
        x1=100 * MIDDLE_HALF[1],
        fillcolor="rgba(128, 128, 128, 0.14)",
        line_width=0,
        layer="below",
    )
    moods = [mood for mood in MOODS if mood.name in places]
    for mood in moods:
        plot.add_scatter(
            x=100 * drawn[mood.name],
            y=titles,
            mode="markers",
            name=mood.label,
            legendgroup=mood.name,
            cliponaxis=False,
            marker={"color": mood.colour, "symbol": mood.symbol, "size": 10, "opacity": 0.85},
            customdata=[rounded(value) for value in drawn["value"]],
            hovertemplate="%{y}: %{customdata}<br>"
            + _("higher than %{{x:.0f}} % of the {mood} clips", mood=mood.label)
            + "<extra></extra>",
        )
    plot.update_xaxes(
        title=_("Share of the mood's clips with a lower value (%);<br>grey: their middle half"),
        range=[-2, 102],
        tickvals=[0, 25, 50, 75, 100],
    )
    plot.update_yaxes(range=[len(drawn) - 0.5, -0.8], type="category", dtick=1)
    row = ROW if narrow else 26
    layout(plot, height=130 + row * len(drawn), legend=True)
    explain_moods(plot, moods)
    label_rows(plot, {each: each for each in titles}, narrow=narrow)
    plot.update_layout(margin_b=60)
    return Figure(
        plot,
        places.rename(columns={mood.name: f"share of {mood.name} below" for mood in moods}),
        _(
            "Where {clip} lies among the clips of each mood of {title}, in {n} features.",
            clip=clip,
            title=title,
            n=len(drawn),
        ),
    )
