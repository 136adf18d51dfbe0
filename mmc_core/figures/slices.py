"""How much better or worse a system is on kinds of music than on the rest."""

from __future__ import annotations

import textwrap

import pandas as pd
import plotly.graph_objects as go

from mmc_core.figures.style import INK, NEUTRAL, ROW, Figure, label_rows, layout
from mmc_core.language import N_, _

LEVEL = 0.05
FLAT_ROW = 32  # pixels, with a label beside it
NARROW_TITLE = 38  # characters in a line of the axis' title on a phone
GENRE = "genre"  # whose slices are names
FACETS = {
    "mood": N_("Mood"),
    "tempo": N_("Tempo"),
    "loudness": N_("Loudness"),
    "mode": N_("Mode"),
    GENRE: N_("Genre"),
}


def slices(found: pd.DataFrame, what: str, *, narrow: bool = False) -> Figure:
    """A row a slice, the lowest on top: its mean minus the rest's, with 95 % interval.

    Args:
        found: see `exploration.systems.slices`.
        what: the axis, in words.
        narrow: for a phone's screen: labels above rows.
    """
    at = list(range(len(found)))[::-1]
    plot = go.Figure()
    plot.add_vline(x=0, line={"color": INK, "width": 1, "dash": "dot"})
    for significant, name, symbol in (
        (True, N_("significant"), "circle"),
        (False, N_("not significant"), "circle-open"),
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
            name=_(name),
            marker={"size": 10, "symbol": symbol, "color": NEUTRAL[0], "line": {"width": 2}},
            hovertemplate=_(
                "%{x:+.0f} points; mean %{customdata[1]:.0f} % of %{customdata[0]} clips"
            )
            + "<extra></extra>",
        )
    title = _("{what} (percentage points)", what=what)
    plot.update_xaxes(title="<br>".join(textwrap.wrap(title, NARROW_TITLE)) if narrow else title)
    layout(plot, height=130 + (ROW if narrow else FLAT_ROW) * len(found), legend=True)
    plot.update_yaxes(range=[-0.5, len(found) - 0.2], showgrid=False)
    labels = [
        _(
            "{facet}: {slice} ({n} clips)",
            facet=_(FACETS[facet]),
            slice=name if facet == GENRE else _(name),
            n=n,
        )
        for facet, name, n in found[["facet", "slice", "clips"]].itertuples(index=False)
    ]
    label_rows(plot, dict(zip(at, labels, strict=True)), narrow=narrow)
    text = "; ".join(
        f"{label} {100 * difference:+.0f}"
        for label, difference in zip(labels, found["difference"], strict=True)
    )
    alt = _("{what}, percentage points by kind of music: {slices}.", what=what, slices=text)
    return Figure(plot, found, alt)
