"""How a feature is distributed by mood, in one dataset or several side by side on one axis.

Everything is drawn from summaries; only outliers as points need the tables.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd
from plotly.subplots import make_subplots

from mmc_core.features.schema import Feature
from mmc_core.figures.style import Figure, faded, layout, mood_label, rounded
from mmc_core.moods import MOODS
from mmc_core.tables import Distribution

# Dataset title -> mood -> distribution.
ByDataset = Mapping[str, Mapping[str, Distribution]]
MAX_OUTLIERS = 300


def boxplot(
    feature: Feature, data: ByDataset, outliers: Mapping[str, pd.DataFrame] | None = None
) -> Figure:
    """A box for each mood, a panel for each dataset, one axis for all.

    Args:
        outliers: by dataset title, rows of `clip`, `mood` and `value` to draw as points.
    """
    plot = make_subplots(
        cols=len(data), shared_yaxes=True, column_titles=list(data), horizontal_spacing=0.03
    )
    for column, (title, moods) in enumerate(data.items(), start=1):
        points = (outliers or {}).get(title)
        for mood in (m for m in MOODS if m.name in moods):
            d = moods[mood.name]
            plot.add_box(
                x=[mood_label(mood)],
                q1=[d.q1],
                median=[d.median],
                q3=[d.q3],
                lowerfence=[d.whisker_low],
                upperfence=[d.whisker_high],
                mean=[d.mean],
                name=mood_label(mood),
                marker_color=mood.colour,
                fillcolor=faded(mood.colour, 0.35),
                line_width=1.8,
                row=1,
                col=column,
            )
            if points is not None:
                mine = points[points["mood"] == mood.name]
                plot.add_scatter(
                    x=[mood_label(mood)] * len(mine),
                    y=mine["value"],
                    customdata=mine[["clip"]],
                    mode="markers",
                    marker={"color": mood.colour, "symbol": mood.symbol, "size": 5, "opacity": 0.7},
                    hovertemplate="%{customdata[0]}<br>%{y:.4g}<extra></extra>",
                    cliponaxis=False,
                    row=1,
                    col=column,
                )
    plot.update_yaxes(title=feature.label, col=1)
    layout(plot, height=460)
    return Figure(plot, numbers(data), _alt("Boxplots", feature, data))


def histogram(feature: Feature, data: ByDataset) -> Figure:
    """A panel for each mood and dataset: share of clips a bin, and the density as a line.

    Shares, not counts, so that datasets of different sizes can be compared. For a feature of
    categories, the share of each.
    """
    shown = [mood for mood in MOODS if any(mood.name in moods for moods in data.values())]
    plot = make_subplots(
        rows=len(shown),
        cols=len(data),
        shared_xaxes=True,
        shared_yaxes="all",
        column_titles=list(data),
        x_title=feature.label,
        vertical_spacing=0.04,
        horizontal_spacing=0.03,
    )
    for column, (title, moods) in enumerate(data.items(), start=1):
        for row, mood in enumerate(shown, start=1):
            if mood.name not in moods:
                continue
            d = moods[mood.name]
            at = list(feature.categories) or d.bin_centres
            where = f"{mood.name}, {title}<br>{feature.title} "
            plot.add_bar(
                x=at,
                y=100 * np.array(d.counts) / d.n,
                width=0.8 if feature.categories else d.bin_width,
                customdata=d.counts,
                marker_color=faded(mood.colour, 0.55),
                marker_line={"color": mood.colour, "width": 1},
                hovertemplate=where + "%{x}<br>%{customdata} clips (%{y:.1f} %)<extra></extra>",
                row=row,
                col=column,
            )
            if not feature.categories:
                plot.add_scatter(
                    x=d.density_at,
                    y=100 * d.bin_width * np.array(d.density),
                    mode="lines",
                    line={"color": mood.colour, "width": 2.5},
                    hoverinfo="skip",
                    row=row,
                    col=column,
                )
    for row, mood in enumerate(shown, start=1):
        plot.update_yaxes(
            title=f"<span style='color:{mood.colour}'>{mood.mark}</span> {mood.name}",
            row=row,
            col=1,
        )
    plot.update_yaxes(ticksuffix=" %", nticks=4)
    if not feature.categories:
        plot.update_xaxes(matches="x")
    layout(plot, height=130 * len(shown) + 90)
    plot.update_layout(margin_b=55)  # the title under all columns makes no room for itself
    return Figure(plot, bins(feature, data), _alt("Histograms", feature, data))


def numbers(data: ByDataset) -> pd.DataFrame:
    """The numbers of a boxplot, a row a dataset and mood; for categories, the commonest."""
    rows = []
    for title, moods in data.items():
        for mood in (m for m in MOODS if m.name in moods):
            d = moods[mood.name]
            rows.append(
                {
                    "dataset": title,
                    "mood": mood.name,
                    "n": d.n,
                    "mean": d.mean,
                    "sd": d.sd,
                    "whisker low": d.whisker_low,
                    "q1": d.q1,
                    "median": d.median,
                    "q3": d.q3,
                    "whisker high": d.whisker_high,
                    "outliers": d.n_outliers,
                }
            )
    return pd.DataFrame(rows)


def numbers_by_mood(feature: Feature, moods: Mapping[str, Distribution]) -> pd.DataFrame:
    """One dataset's numbers to read beside its plot: a column a mood, rounded, as text."""
    shown = [mood for mood in MOODS if mood.name in moods]
    if feature.categories:
        columns = {mood_label(mood): moods[mood.name].counts for mood in shown}
        return pd.DataFrame(columns, index=list(feature.categories)).astype(str)
    rows = numbers({"": moods}).drop(columns=["dataset", "mood"])
    rows.index = [mood_label(mood) for mood in shown]
    return rows.map(rounded).T


def bins(feature: Feature, data: ByDataset) -> pd.DataFrame:
    """The counts of a histogram, a row a dataset, mood and bin or category."""
    rows = [
        {
            "dataset": title,
            "mood": mood.name,
            **(
                {"category": at}
                if feature.categories
                else {"from": at - d.bin_width / 2, "to": at + d.bin_width / 2}
            ),
            "clips": count,
            "share": count / d.n,
        }
        for title, moods in data.items()
        for mood in MOODS
        if mood.name in moods
        for d in [moods[mood.name]]
        for at, count in zip(feature.categories or d.bin_centres, d.counts, strict=True)
    ]
    return pd.DataFrame(rows)


def outliers_of(
    table: pd.DataFrame, feature: Feature, moods: Mapping[str, Distribution]
) -> pd.DataFrame:
    """Clips beyond the whiskers, farthest first and at most 300: `clip`, `mood`, `value`."""
    values = table[feature.name]
    low = table["mood"].map(lambda mood: moods[mood].whisker_low)
    high = table["mood"].map(lambda mood: moods[mood].whisker_high)
    beyond = np.maximum(low - values, values - high)
    rows = table.loc[beyond > 0, ["clip", "mood"]].assign(value=values, beyond=beyond)
    return rows.nlargest(MAX_OUTLIERS, "beyond").drop(columns="beyond")


def _alt(kind: str, feature: Feature, data: ByDataset) -> str:
    if feature.categories:
        return f"{kind} of {feature.label} by mood in {' and '.join(data)}."
    medians = "; ".join(
        f"{title}: " + ", ".join(f"{mood} {rounded(d.median)}" for mood, d in moods.items())
        for title, moods in data.items()
    )
    return f"{kind} of {feature.label} by mood. Medians: {medians}."
