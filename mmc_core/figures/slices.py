"""How much better or worse a system is on kinds of music than on the rest."""

from __future__ import annotations

import pandas as pd
import plotly.graph_objects as go

from mmc_core.figures.style import INK, NEUTRAL, ROW, Figure, labels_above_rows, layout

LEVEL = 0.05


def slices(found: pd.DataFrame, what: str) -> Figure:
    """A row a slice, the lowest on top: its mean minus the rest's, with 95 % interval.

    Args:
        found: see `exploration.systems.slices`.
        what: the axis, in words.
    """
    at = list(range(len(found)))[::-1]
    plot = go.Figure()
    plot.add_vline(x=0, line={"color": INK, "width": 1, "dash": "dot"})
    for significant, name, symbol in (
        (True, "significant", "circle"),
        (False, "not", "circle-open"),
    ):
        some = found[(found["p_corrected"] < LEVEL) == significant]
        rows = [at[i] for i in some.index]
        plot.add_scatter(
            x=100 * some["difference"],
            y=rows,
            error_x={
                "type": "data",
                "array": 100 * (some["high"] - some["difference"]),
                "arrayminus": 100 * (some["difference"] - some["low"]),
                "color": NEUTRAL[0],
                "thickness": 2,
                "width": 5,
            },
            customdata=some[["clips", "mean"]].assign(mean=100 * some["mean"]),
            mode="markers",
            name=name if significant else "not significant",
            marker={"size": 10, "symbol": symbol, "color": NEUTRAL[0], "line": {"width": 2}},
            hovertemplate="%{x:+.0f} points; mean %{customdata[1]:.0f} % of %{customdata[0]} clips"
            "<extra></extra>",
        )
    plot.update_xaxes(title=f"{what} (percentage points)")
    layout(plot, height=130 + ROW * len(found), legend=True)
    plot.update_yaxes(range=[-0.5, len(found) - 0.2], showgrid=False)
    labels = (
        found["facet"].str.capitalize()
        + ": "
        + found["slice"]
        + " ("
        + found["clips"].astype(str)
        + " clips)"
    )
    labels_above_rows(plot, dict(zip(at, labels, strict=True)))
    text = "; ".join(
        f"{label} {100 * difference:+.0f}"
        for label, difference in zip(labels, found["difference"], strict=True)
    )
    return Figure(plot, found, f"{what}, percentage points by kind of music: {text}.")
