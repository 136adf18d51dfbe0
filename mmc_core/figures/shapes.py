"""The other plots of a feature of numbers by mood: violin, ridgeline, cumulative distribution."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from mmc_core._typing import Float64
from mmc_core.analysis.points import Points
from mmc_core.analysis.summaries import Distribution
from mmc_core.features.schema import Feature
from mmc_core.figures.numbers import ByDataset, alt_text
from mmc_core.figures.panels import (
    Look,
    Place,
    add_clips,
    coloured,
    explain_marks,
    in_words,
    margins,
    match_axes,
    moods_in,
    panels,
    upright,
    upright_panels,
)
from mmc_core.figures.style import Figure, explain_moods, faded
from mmc_core.language import N_, _
from mmc_core.moods import MOODS, Mood

HALF_WIDTH = 0.43  # of the widest violin
RIDGE = 0.9  # height of a dataset's highest ridge, in distances between ridges
PERCENT = np.arange(101)


def violin(feature: Feature, data: ByDataset, look: Look | None = None) -> Figure:
    """Draw densities mirrored, between each mood's extremes; within them box and median.

    All of a dataset have the same area, so their widths may be compared; on a logarithmic axis
    they are densities of the logarithm.
    """
    look = look or Look()
    shown = moods_in(data)
    plot, cells = upright_panels(feature, data, look)
    for title, moods in data.items():
        highest = highest_density(moods, log=look.log)
        for mood in (m for m in shown if m.name in moods):
            d = moods[mood.name]
            middle = shown.index(mood)
            at, density = outline(d, log=look.log)
            half = HALF_WIDTH * density / highest
            plot.add_scatter(
                x=np.concatenate([middle - half, (middle + half)[::-1]]),
                y=np.concatenate([at, at[::-1]]),
                mode="lines",
                fill="toself",
                fillcolor=faded(mood.colour, 0.35),
                line={"color": mood.colour, "width": 1.8},
                legendgroup=mood.name,
                hoveron="fills",
                hoverinfo="text",
                text=in_words(mood, title, d),
                **cells[title],
            )
            plot.add_scatter(
                x=[middle, middle],
                y=[d.q1, d.q3],
                mode="lines",
                line={"color": mood.colour, "width": 9},
                legendgroup=mood.name,
                hoverinfo="skip",
                **cells[title],
            )
        add_clips(plot, feature, look, title, dict.fromkeys(moods, cells[title]), upright(shown))
        for mood in (m for m in shown if m.name in moods):
            d = moods[mood.name]
            plot.add_scatter(
                x=[shown.index(mood)],
                y=[d.median],
                mode="markers",
                marker={
                    "color": "white",
                    "size": 9,
                    "symbol": mood.symbol,
                    "line": {"color": mood.colour, "width": 2},
                },
                unselected={"marker": {"opacity": 1}},
                legendgroup=mood.name,
                hovertemplate=in_words(mood, title, d) + "<extra></extra>",
                **cells[title],
            )
    explain_marks(plot, data)
    return Figure(plot, densities(data), alt_text(N_("Violin plots"), feature, data))


def ridgeline(feature: Feature, data: ByDataset, look: Look | None = None) -> Figure:
    """Draw densities one above the other on one axis, a ridge a mood, with its median.

    A dataset's highest ridge ends below the next, so that none covers another.
    """
    look = look or Look()
    shown = moods_in(data)
    foot = {mood: len(shown) - 1 - i for i, mood in enumerate(shown)}

    def beneath(mood: Mood, points: Points, by: Float64) -> tuple[Float64, Float64]:
        return points.value, foot[mood] - 0.16 + 0.08 * by

    stacked = look.narrow and len(data) > 1
    plot, cells = panels(data, look, height=240 if stacked else 370, x_title=feature.label)
    for title, moods in data.items():
        highest = highest_density(moods, log=look.log)
        for mood in (m for m in shown if m.name in moods):
            d = moods[mood.name]
            at, density = outline(d, log=look.log)
            up = RIDGE * density / highest
            plot.add_scatter(
                x=np.concatenate([at, at[::-1]]),
                y=np.concatenate([foot[mood] + up, np.full(len(at), foot[mood])]),
                mode="lines",
                fill="toself",
                fillcolor=faded(mood.colour, 0.55),
                line={"color": mood.colour, "width": 1.8},
                hoveron="fills",
                hoverinfo="text",
                text=in_words(mood, title, d),
                **cells[title],
            )
            plot.add_scatter(
                x=[d.median, d.median],
                y=[foot[mood], foot[mood] + float(np.interp(d.median, at, up))],
                mode="lines",
                line={"color": mood.colour, "width": 3},
                hovertemplate=in_words(mood, title, d) + "<extra></extra>",
                **cells[title],
            )
        add_clips(plot, feature, look, title, dict.fromkeys(moods, cells[title]), beneath)
    plot.update_yaxes(
        tickvals=list(foot.values()),
        ticktext=[coloured(mood) for mood in foot],
        range=[-0.3, len(shown) - 1 + RIDGE + 0.1],
    )
    match_axes(plot, "y", cells.values())
    plot.update_xaxes(type="log" if look.log else "linear")
    if not look.free:
        match_axes(plot, "x", cells.values())
    plot.update_layout(**margins(data, look, legend=False))
    return Figure(plot, densities(data), alt_text(N_("Ridgelines"), feature, data))


def ecdf(feature: Feature, data: ByDataset, look: Look | None = None) -> Figure:
    """Draw the share of each mood's clips up to a value: a line a mood, through all percentiles."""
    look = look or Look()
    stacked = look.narrow and len(data) > 1
    plot, cells = panels(data, look, height=220 if stacked else 350, x_title=feature.label)
    for title, moods in data.items():
        for mood in (m for m in MOODS if m.name in moods):
            plot.add_scatter(
                x=moods[mood.name].quantiles,
                y=PERCENT,
                legendgroup=mood.name,
                cliponaxis=False,
                mode="lines+markers",
                line={"color": mood.colour, "width": 2.2},
                marker={
                    "symbol": mood.symbol,
                    "size": [9 if percent in (25, 50, 75) else 0 for percent in PERCENT],
                },
                unselected={"marker": {"opacity": 1}},
                hovertemplate=_(
                    "%{{y}} % of {mood} clips, {title},<br>up to %{{x:.4g}}",
                    mood=mood.label,
                    title=title,
                )
                + "<extra></extra>",
                **cells[title],
            )
        add_clips(
            plot, feature, look, title, dict.fromkeys(moods, cells[title]), _on_its_line(moods)
        )
    match_axes(plot, "y", cells.values())
    plot.update_yaxes(ticksuffix=" %", range=[0, 100], tick0=0, dtick=25)
    plot.update_yaxes(title_text=_("Share of the mood's clips"), col=1)
    plot.update_xaxes(type="log" if look.log else "linear")
    if not look.free:
        match_axes(plot, "x", cells.values())
    explain_moods(plot, moods_in(data))
    plot.update_layout(**margins(data, look, legend=True))
    return Figure(plot, percentiles(data), alt_text(N_("Cumulative distributions"), feature, data))


def _on_its_line(moods: Mapping[str, Distribution]) -> Place:
    """At the share of the mood's clips up to a clip's value."""
    return lambda mood, points, by: (
        points.value,
        np.interp(points.value, moods[mood.name].quantiles, PERCENT),
    )


def outline(d: Distribution, *, log: bool = False) -> tuple[Float64, Float64]:
    """A mood's density between its extremes; of the logarithm to base 10 where asked for.

    Returns:
        Values and densities there, both from the lowest value to the highest.
    """
    inside = d.density_at[(d.density_at > d.minimum) & (d.density_at < d.maximum)]
    at = np.concatenate([[d.minimum], inside, [d.maximum]])
    density = np.interp(at, d.density_at, d.density)
    return at, density * at * np.log(10) if log else density


def densities(data: ByDataset) -> pd.DataFrame:
    """The density of each dataset and mood, where it was reckoned."""
    return pd.DataFrame(
        [
            {"dataset": title, "mood": mood, "value": value, "density": density}
            for title, moods in data.items()
            for mood, d in moods.items()
            for value, density in zip(d.density_at, d.density, strict=True)
        ]
    )


def percentiles(data: ByDataset) -> pd.DataFrame:
    """All percentiles of each dataset and mood."""
    return pd.DataFrame(
        [
            {"dataset": title, "mood": mood, "percent": percent, "value": value}
            for title, moods in data.items()
            for mood, d in moods.items()
            for percent, value in enumerate(d.quantiles)
        ]
    )


def highest_density(moods: Mapping[str, Distribution], *, log: bool = False) -> float:
    """Return the highest density of one dataset's moods; 1 where no values vary."""
    return max(outline(d, log=log)[1].max() for d in moods.values()) or 1.0
