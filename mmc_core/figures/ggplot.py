"""Distributions in the look of ggplot2, for print; drawn from the summary.

By Matplotlib and Seaborn, in the theme of `grey`.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.colors import LinearSegmentedColormap
from matplotlib.figure import Figure
from matplotlib.ticker import NullLocator

from mmc_core.analysis.effects import Separation
from mmc_core.analysis.summaries import Distribution
from mmc_core.features.schema import BY_NAME, Feature
from mmc_core.figures.distributions import bin_edges
from mmc_core.figures.grey import (
    PRINT,
    TICK,
    Size,
    facets,
    moods_across,
    scale,
    titles,
)
from mmc_core.figures.numbers import ByDataset
from mmc_core.figures.panels import moods_in
from mmc_core.figures.ranking import DIVERGING
from mmc_core.figures.shapes import PERCENT, RIDGE, highest_density, outline
from mmc_core.moods import Mood


def boxplot(
    feature: Feature,
    data: ByDataset,
    *,
    log: bool = False,
    size: Size = PRINT,
) -> Figure:
    """A box a mood, a panel a dataset; outliers as black points."""
    figure, panels = _row(data, size, "y", log)
    for axes, _, moods in panels:
        boxes = axes.bxp(
            [
                {
                    "med": d.median,
                    "q1": d.q1,
                    "q3": d.q3,
                    "whislo": d.whisker_low,
                    "whishi": d.whisker_high,
                    "fliers": d.outliers,
                }
                for _, _, d in moods
            ],
            positions=[place for place, _, _ in moods],
            widths=0.75,
            showcaps=False,
            patch_artist=True,
            manage_ticks=False,
            boxprops={"edgecolor": TICK, "linewidth": 0.9},
            medianprops={"color": TICK, "linewidth": 1.8},
            whiskerprops={"color": TICK, "linewidth": 0.9},
            flierprops={"marker": "o", "markersize": 3, "markerfacecolor": "black"},
        )
        for (_, mood, _), box in zip(moods, boxes["boxes"], strict=True):
            box.set_facecolor(mood.colour)
    titles(figure, "mood", feature.label)
    return figure


def histogram(
    feature: Feature,
    data: ByDataset,
    *,
    log: bool = False,
    size: Size = PRINT,
) -> Figure:
    """Counts in bins, and the density on their scale: a row a mood, a column a dataset."""
    from seaborn import histplot

    figure, panels = _grid(data, size)
    for axes, mood, d in panels:
        edges = bin_edges(d, log=log)
        histplot(
            x=(edges[:-1] + edges[1:]) / 2,
            weights=d.counts,
            bins=edges.tolist(),
            color=mood.colour,
            alpha=1,
            edgecolor="white",
            linewidth=0.4,
            ax=axes,
        )
        axes.plot(d.density_at, d.n * d.bin_width * np.array(d.density), color="black", linewidth=1)
    scale(figure.axes[0], "x", log)  # of all, once Seaborn has counted
    titles(figure, feature.label, "count")
    return figure


def bars(
    feature: Feature,
    data: ByDataset,
    *,
    log: bool = False,
    size: Size = PRINT,
) -> Figure:
    """Clips in each category: a row a mood, a column a dataset."""
    from seaborn import barplot

    figure, panels = _grid(data, size)
    for axes, mood, d in panels:
        if d.counts:
            barplot(
                x=list(feature.categories), y=d.counts, color=mood.colour, saturation=1, ax=axes
            )
    for axes in figure.axes:
        axes.xaxis.set_minor_locator(NullLocator())
        if len(feature.categories) * len(data) > 24:
            axes.tick_params(axis="x", rotation=90, labelsize=7)
    titles(figure, feature.title, "count")
    return figure


def violin(
    feature: Feature,
    data: ByDataset,
    *,
    log: bool = False,
    size: Size = PRINT,
) -> Figure:
    """Densities of equal area between each mood's extremes, with quartiles and median."""
    figure, panels = _row(data, size, "y", log)
    for axes, _, moods in panels:
        highest = highest_density({mood.name: d for _x, mood, d in moods}, log=log)
        for x, mood, d in moods:
            at, density = outline(d, log=log)
            half = 0.45 * density / highest
            axes.fill_betweenx(
                at, x - half, x + half, facecolor=mood.colour, edgecolor=TICK, linewidth=0.9
            )
            axes.vlines(x, d.q1, d.q3, color=TICK, linewidth=4)
            axes.plot(x, d.median, "o", color="white", markeredgecolor=TICK, markersize=5)
    titles(figure, "mood", feature.label)
    return figure


def ridgeline(
    feature: Feature,
    data: ByDataset,
    *,
    log: bool = False,
    size: Size = PRINT,
) -> Figure:
    """Densities one behind the other, a ridge a mood."""
    figure, panels = _row(data, size, "x", log)
    names = [mood.name for mood in reversed(moods_in(data))]
    for axes, _, moods in panels:
        highest = highest_density({mood.name: d for _x, mood, d in moods}, log=log)
        for i, mood, d in moods:
            foot = len(names) - 1 - i
            at, density = outline(d, log=log)
            axes.fill_between(
                at,
                foot,
                foot + RIDGE * density / highest,
                facecolor=mood.colour,
                edgecolor=TICK,
                linewidth=0.9,
                alpha=0.85,
                zorder=2 + i,
            )
        axes.set_yticks(range(len(names)), names)
        axes.yaxis.set_minor_locator(NullLocator())
    titles(figure, feature.label, "")
    return figure


def ecdf(
    feature: Feature,
    data: ByDataset,
    *,
    log: bool = False,
    size: Size = PRINT,
) -> Figure:
    """The share of each mood's clips up to a value."""
    figure, panels = _row(data, size, "x", log, legend=True)
    for axes, _, moods in panels:
        for _, mood, d in moods:
            axes.plot(d.quantiles, PERCENT / 100, color=mood.colour, linewidth=1.4, label=mood.name)
    figure.axes[-1].legend(
        loc="center left", bbox_to_anchor=(1.02, 0.5), frameon=False, fontsize=8.8, title="mood"
    )
    titles(figure, feature.label, "cumulative share")
    return figure


FIGURES = {
    "boxplot": boxplot,
    "histogram": histogram,
    "bars": bars,
    "violin": violin,
    "ridgeline": ridgeline,
    "ecdf": ecdf,
}


# ---- their panels ----------------------------------------------------------------------------

# Its place among those that any panel shows, the mood, and how it is distributed.
Placed = tuple[int, Mood, Distribution]


def _row(
    data: ByDataset, size: Size, axis: str, log: bool, *, legend: bool = False
) -> tuple[Figure, list[tuple[Axes, str, list[Placed]]]]:
    """A panel a dataset, with its title and the moods it has.

    Args:
        axis: on which the feature's values are; moods are across where it is y.
    """
    shown = moods_in(data)
    figure, panels = facets(list(data), size, legend=legend)
    for axes in panels[0]:
        scale(axes, axis, log)
        if axis == "y":
            moods_across(axes, shown)
    placed = [
        [(i, mood, moods[mood.name]) for i, mood in enumerate(shown) if mood.name in moods]
        for moods in data.values()
    ]
    return figure, list(zip(panels[0], data, placed, strict=True))


def _grid(data: ByDataset, size: Size) -> tuple[Figure, list[tuple[Axes, Mood, Distribution]]]:
    """A row a mood, a column a dataset: the panels that have something to show."""
    shown = moods_in(data)
    figure, panels = facets(list(data), size, shown)
    return figure, [
        (axes, mood, moods[mood.name])
        for mood, row in zip(shown, panels, strict=True)
        for moods, axes in zip(data.values(), row, strict=True)
        if mood.name in moods
    ]


# ---- all features ----------------------------------------------------------------------------


def ranking(ranked: Sequence[Separation], size: Size = PRINT) -> Figure:
    """Features by how well they separate the moods, best on top: epsilon-squared, 95 %."""
    tall = Size(size.width_mm, panel_mm=4.2 * len(ranked) + 4)
    figure, panels = facets([], tall, left_mm=52)
    axes = panels[0][0]
    scale(axes, "x", log=False)
    for y, one in enumerate(ranked):
        axes.hlines(y, one.low, one.high, color=TICK, linewidth=1.2)
        axes.plot(one.effect, y, "o", color="black", markersize=3.5)
    axes.set_yticks(range(len(ranked)), [BY_NAME[one.feature].title for one in ranked])
    axes.yaxis.set_minor_locator(NullLocator())
    axes.set_ylim(len(ranked) - 0.4, -0.6)
    axes.set_xlim(left=min(0, axes.get_xlim()[0]))
    titles(figure, "ε², share of variance between moods", "")
    return figure


def correlation_map(related: pd.DataFrame, size: Size = PRINT) -> Figure:
    """Spearman's rank correlation of every two features, in the order they come in."""
    figure, panels = facets([], Size(size.width_mm, panel_mm=size.width_mm - 38), left_mm=36)
    axes = panels[0][0]
    axes.grid(visible=False, which="both")
    colours = LinearSegmentedColormap.from_list("diverging", DIVERGING)
    axes.imshow(related.to_numpy(), cmap=colours, vmin=-1, vmax=1, aspect="auto")
    names = [BY_NAME[str(name)].title for name in related.columns]
    axes.set_yticks(range(len(names)), names)
    axes.set_xticks([])
    axes.tick_params(axis="y", labelsize=min(8.8, 300 / max(len(names), 1)))
    titles(figure, "Spearman's ρ: −1 blue, 0 white, +1 orange", "")
    return figure
