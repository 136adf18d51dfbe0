"""The other plots of a feature of numbers by mood: violin, ridgeline, cumulative distribution."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd
from plotly.subplots import make_subplots

from mmc_core._typing import Float64
from mmc_core.analysis.points import Points
from mmc_core.analysis.summaries import Distribution
from mmc_core.features.schema import Feature
from mmc_core.figures.distributions import (
    ByDataset,
    Look,
    Place,
    add_clips,
    alt_text,
    coloured,
    headings,
    moods_in,
    room_for_titles,
    upright,
    upright_panels,
)
from mmc_core.figures.style import Figure, faded, layout
from mmc_core.language import N_, _
from mmc_core.moods import MOODS, Mood
from mmc_core.wording import rounded

HALF_WIDTH = 0.43  # of the widest violin
OVERLAP = 1.6  # height of the highest ridge, in distances between ridges
PERCENT = np.arange(101)


def violin(feature: Feature, data: ByDataset, look: Look | None = None) -> Figure:
    """A density mirrored, between its mood's extremes; within it the box and the median.

    All have the same area, as in ggplot2, so widths may be compared; on a logarithmic axis they
    are densities of the logarithm.

    Parameters
    ----------
    feature : Feature
        What is shown; one of `FEATURES` that is a number.
    data : dict
        By dataset's title, its distributions by mood; see `Summary.by_mood`.
    look : Look, optional
        A logarithmic axis, single clips as points.

    Returns
    -------
    Figure
        The plot, the numbers in it, and a sentence that describes it.

    Examples
    --------
    >>> import mmc_core as mmc
    >>> feature = next(each for each in mmc.FEATURES if each.name == "tempo")
    >>> data = {"4QAED": mmc.load_dataset("4qaed").summary().by_mood("tempo")}
    >>> figure = mmc.violin(feature, data)
    >>> figure.data.columns[:2].tolist()
    ['dataset', 'mood']
    """
    look = look or Look()
    shown = moods_in(data)
    plot = upright_panels(feature, data, look)
    highest = highest_density(data, log=look.log)
    for column, (title, moods) in enumerate(data.items(), start=1):
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
                hoverinfo="skip",
                row=1,
                col=column,
            )
            plot.add_scatter(
                x=[middle, middle],
                y=[d.q1, d.q3],
                mode="lines",
                line={"color": mood.colour, "width": 9},
                hoverinfo="skip",
                row=1,
                col=column,
            )
        add_clips(plot, look, title, column, upright(shown))
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
                hovertemplate=_(
                    "{mood}, {title}<br>median {median}<br>quartiles {low} to {high}",
                    mood=mood.label,
                    title=title,
                    median=rounded(d.median),
                    low=rounded(d.q1),
                    high=rounded(d.q3),
                )
                + "<extra></extra>",
                row=1,
                col=column,
            )
    return Figure(plot, densities(data), alt_text(N_("Violin plots"), feature, data))


def ridgeline(feature: Feature, data: ByDataset, look: Look | None = None) -> Figure:
    """Densities one behind the other on one axis, a ridge a mood, with its median.

    Parameters
    ----------
    feature : Feature
        What is shown; one of `FEATURES` that is a number.
    data : dict
        By dataset's title, its distributions by mood; see `Summary.by_mood`.
    look : Look, optional
        A logarithmic axis, single clips as points.

    Returns
    -------
    Figure
        The plot, the numbers in it, and a sentence that describes it.

    Examples
    --------
    >>> import mmc_core as mmc
    >>> feature = next(each for each in mmc.FEATURES if each.name == "tempo")
    >>> data = {"4QAED": mmc.load_dataset("4qaed").summary().by_mood("tempo")}
    >>> figure = mmc.ridgeline(feature, data)
    >>> figure.data.columns[:2].tolist()
    ['dataset', 'mood']
    """
    look = look or Look()
    shown = moods_in(data)
    foot = {mood: len(shown) - 1 - i for i, mood in enumerate(shown)}

    def beneath(mood: Mood, points: Points, by: Float64) -> tuple[Float64, Float64, int]:
        return points.value, foot[mood] - 0.16 + 0.08 * by, 1

    plot = make_subplots(
        cols=len(data),
        shared_yaxes=True,
        column_titles=headings(data),
        x_title=feature.label,
        horizontal_spacing=0.03,
    )
    highest = highest_density(data, log=look.log)
    for column, (title, moods) in enumerate(data.items(), start=1):
        for mood in (m for m in shown if m.name in moods):  # the hindmost first
            d = moods[mood.name]
            at, density = outline(d, log=look.log)
            up = OVERLAP * density / highest
            plot.add_scatter(
                x=np.concatenate([at, at[::-1]]),
                y=np.concatenate([foot[mood] + up, np.full(len(at), foot[mood])]),
                mode="lines",
                fill="toself",
                fillcolor=faded(mood.colour, 0.55),
                line={"color": mood.colour, "width": 1.8},
                hoverinfo="skip",
                row=1,
                col=column,
            )
            plot.add_scatter(
                x=[d.median, d.median],
                y=[foot[mood], foot[mood] + float(np.interp(d.median, at, up))],
                mode="lines",
                line={"color": mood.colour, "width": 3},
                hovertemplate=_(
                    "{mood}, {title}<br>median {median}",
                    mood=mood.label,
                    title=title,
                    median=rounded(d.median),
                )
                + "<extra></extra>",
                row=1,
                col=column,
            )
        add_clips(plot, look, title, column, beneath)
    plot.update_yaxes(
        tickvals=list(foot.values()),
        ticktext=[coloured(mood) for mood in foot],
        range=[-0.4, len(shown) - 1 + OVERLAP + 0.1],
    )
    plot.update_xaxes(matches="x", type="log" if look.log else "linear")
    layout(plot, height=480)
    plot.update_layout(**room_for_titles(data))
    return Figure(plot, densities(data), alt_text(N_("Ridgelines"), feature, data))


def ecdf(feature: Feature, data: ByDataset, look: Look | None = None) -> Figure:
    """The share of each mood's clips up to a value: a line a mood, through all percentiles.

    Parameters
    ----------
    feature : Feature
        What is shown; one of `FEATURES` that is a number.
    data : dict
        By dataset's title, its distributions by mood; see `Summary.by_mood`.
    look : Look, optional
        A logarithmic axis, single clips as points.

    Returns
    -------
    Figure
        The plot, the numbers in it, and a sentence that describes it.

    Examples
    --------
    >>> import mmc_core as mmc
    >>> feature = next(each for each in mmc.FEATURES if each.name == "tempo")
    >>> data = {"4QAED": mmc.load_dataset("4qaed").summary().by_mood("tempo")}
    >>> figure = mmc.ecdf(feature, data)
    >>> figure.data.columns[:2].tolist()
    ['dataset', 'mood']
    """
    look = look or Look()
    plot = make_subplots(
        cols=len(data),
        shared_yaxes=True,
        column_titles=headings(data),
        x_title=feature.label,
        horizontal_spacing=0.03,
    )
    for column, (title, moods) in enumerate(data.items(), start=1):
        for mood in (m for m in MOODS if m.name in moods):
            plot.add_scatter(
                x=moods[mood.name].quantiles,
                y=PERCENT,
                name=coloured(mood),
                legendgroup=mood.name,
                showlegend=column == 1,
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
                row=1,
                col=column,
            )
        add_clips(plot, look, title, column, _on_its_line(moods))
    plot.update_yaxes(ticksuffix=" %", range=[-2, 102])
    plot.update_yaxes(title=_("Share of the mood's clips"), col=1)
    plot.update_xaxes(matches="x", type="log" if look.log else "linear")
    layout(plot, height=460, legend=True)
    plot.update_layout(**room_for_titles(data), legend={"y": -0.2, "yanchor": "top"})
    plot.update_layout(margin_b=100)
    return Figure(plot, percentiles(data), alt_text(N_("Cumulative distributions"), feature, data))


def _on_its_line(moods: Mapping[str, Distribution]) -> Place:
    """At the share of the mood's clips up to a clip's value."""
    return lambda mood, points, by: (
        points.value,
        np.interp(points.value, moods[mood.name].quantiles, PERCENT),
        1,
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


def highest_density(data: ByDataset, *, log: bool = False) -> float:
    """The highest of all densities; 1 where no values vary."""
    return (
        max(outline(d, log=log)[1].max() for moods in data.values() for d in moods.values()) or 1.0
    )
