"""How far the features of two datasets differ, as a figure and as a table."""

from __future__ import annotations

import pandas as pd
import plotly.graph_objects as go

from mmc_core.comparison.result import Comparison
from mmc_core.features.schema import BY_NAME
from mmc_core.figures.comparison import Titles
from mmc_core.figures.style import (
    GREY,
    INK,
    ROW,
    Figure,
    faded,
    label_rows,
    layout,
)
from mmc_core.language import N_, _

SHOWN = 20  # features, the rest being in the data
LOW_ROW = 27  # pixels, with a label to the left
END = 30
SHIFT_COLUMNS = (
    "feature",
    "difference",
    "low",
    "high",
    "wasserstein",
    "extraction",
    "extraction_wasserstein",
    "beyond",
)


def shift(
    comparison: Comparison, one: str, other: str, titles: Titles, *, narrow: bool = False
) -> Figure:
    """Draw how much features of two datasets differ, beside what re-encoding changes."""
    rows = shift_table(comparison, one, other, titles)
    shown = rows.head(SHOWN)
    labels = [_(BY_NAME[name].title) for name in shown["feature"]]
    bound = shown["extraction"].to_numpy(dtype=float)
    plot = go.Figure()
    plot.add_bar(
        x=2 * bound,
        base=-bound,
        y=labels,
        orientation="h",
        marker={"color": faded(GREY, 0.35), "line": {"width": 0}},
        name=_("largest change by re-encoding"),
        hovertemplate=_("%{y}: re-encoding changes up to %{customdata:.2f}") + "<extra></extra>",
        customdata=bound,
        width=0.2 if narrow else 0.4,  # below its label
    )
    known = shown["low"].notna().all()
    value = (
        _("%{y}: %{x:.2f} (95 %: %{customdata[2]:.2f} to %{customdata[3]:.2f})")
        if known
        else "%{y}: %{x:.2f}"
    )
    distance = _(
        "Wasserstein distance %{customdata[0]:.2f}, re-encoding up to %{customdata[1]:.2f}"
    )
    for name, symbol, beyond in (
        (N_("difference, larger than by re-encoding"), "pentagon", True),
        (N_("difference, not larger"), "pentagon-open", False),
    ):
        some = shown[shown["beyond"] == beyond]
        plot.add_scatter(
            x=some["difference"],
            y=[_(BY_NAME[feature].title) for feature in some["feature"]],
            error_x={
                "type": "data",
                "array": some["high"] - some["difference"],
                "arrayminus": some["difference"] - some["low"],
                "thickness": 1.5,
                "width": 0,
            }
            if known
            else None,
            customdata=some[["wasserstein", "extraction_wasserstein", "low", "high"]],
            mode="markers",
            marker={"color": INK, "symbol": symbol, "size": 10},
            name=_(name),
            hovertemplate=f"{value}<br>{distance}<extra></extra>",
        )
    plot.update_xaxes(
        title=_(
            "{other}<br>minus {one}<br>(means, in pooled standard deviations)",
            other=titles[other],
            one=titles[one],
        ),
        zeroline=True,
    )
    # Every label in its place, whichever trace names it first.
    plot.update_yaxes(categoryorder="array", categoryarray=labels, range=[len(labels) - 0.4, -0.8])
    layout(plot, height=(ROW if narrow else LOW_ROW) * len(labels) + 150, legend=True)
    label_rows(plot, {label: label for label in labels}, narrow=narrow)
    plot.update_xaxes(zeroline=True, zerolinecolor=INK)
    alt = _(
        "Differences of features between {one} and {other}; {n} of them larger than re-encoding "
        "explains.",
        one=titles[one],
        other=titles[other],
        n=int(rows["beyond"].sum()),
    )
    return Figure(plot, rows, alt)


def shift_table(comparison: Comparison, one: str, other: str, titles: Titles) -> pd.DataFrame:
    """A row a feature, the most shifted first: the means' difference in pooled standard deviations
    with its interval where it is known, Wasserstein's distance, and what extraction does to either.
    """
    rows = [
        (
            s.feature,
            s.difference,
            s.low,
            s.high,
            s.wasserstein,
            s.bound,
            s.wasserstein_bound,
            s.beyond,
        )
        for s in comparison.shifts(one, other)
    ]
    table = pd.DataFrame(rows, columns=list(SHIFT_COLUMNS)).astype({"low": float, "high": float})
    order = table["difference"].abs().sort_values(ascending=False).index
    return table.loc[order].reset_index(drop=True).assign(one=titles[one], other=titles[other])
