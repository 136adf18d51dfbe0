"""What all figures share. Colours of moods come from `mmc_core.moods`; none other carries one."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd
import plotly.graph_objects as go

from mmc_core.language import percent_affixes, separators
from mmc_core.moods import MOODS, Mood

GRID = "rgba(128, 128, 128, 0.22)"
INK = "#31333F"
GREY = "#777777"
# For what is not a mood, such as runs and datasets. Okabe and Ito's palette, its pale colours made
# darker until their contrast with white is 3, less what moods look like.
NEUTRAL = ("#0072B2", "#D55E00", "#000000", "#B5589B", "#00805C", "#3A93C4", "#A87000", "#7A5195")
# Their shapes, beside the colours: none is a mood's, or looks like a dot where it is small.
DATASET_SYMBOLS = ("x", "star", "bowtie", "cross", "hourglass", "star-triangle-down")
# What stands for each colour on a dark page, put there by its style sheet (`ui/common/theme.py`).
# Ink and black become the colour of the page's text.
ON_DARK = {
    **{mood.colour: mood.colour_on_dark for mood in MOODS},
    **{"#0072B2": "#4BA6E0", "#D55E00": "#F08B3E", "#B5589B": "#E39AC4", "#00805C": "#33C598"},
    **{"#3A93C4": "#8CCBF2", "#A87000": "#F0BE4A", "#7A5195": "#B794D6", GREY: "#A3A3A3"},
}
# What figures for print are saved as, and what a browser is told of it.
PRINT_FORMATS = {"png": "image/png", "svg": "image/svg+xml", "pdf": "application/pdf"}

ROW = 38  # pixels, with a label above it
LABEL = 30  # characters in a line of a row's label


@dataclass(frozen=True)
class Figure:
    """A figure, the numbers in it, and a sentence for who cannot see it.

    Parameters
    ----------
    plot : plotly.graph_objects.Figure
        To show, or to save by `plot.write_html`.
    data : DataFrame
        The numbers that are drawn.
    alt : str
        What the figure shows.

    Examples
    --------
    >>> import mmc_core as mmc
    >>> feature = next(each for each in mmc.FEATURES if each.name == "tempo")
    >>> data = {"4QAED": mmc.load_dataset("4qaed").summary().by_mood("tempo")}
    >>> mmc.plot(feature, data).alt.startswith("Boxplots of Tempo (BPM) by mood.")
    True
    """

    plot: go.Figure
    data: pd.DataFrame
    alt: str

    def __post_init__(self) -> None:
        before, after = percent_affixes()
        if not before:
            return
        for axis in (*self.plot.select_xaxes(), *self.plot.select_yaxes()):
            if (axis.ticksuffix or "").strip() == "%":
                axis.tickprefix, axis.ticksuffix = before, after


def layout(plot: go.Figure, *, height: int, legend: bool = False) -> go.Figure:
    """Margins, grid and fonts of every figure."""
    plot.update_layout(
        height=height,
        margin={"l": 10, "r": 10, "t": 36, "b": 10},
        showlegend=legend,
        legend={"orientation": "h", "yanchor": "bottom", "y": 1.02, "x": 0},
        hoverlabel={"align": "left"},
        bargap=0,
        font={"size": 14, "color": INK},
        paper_bgcolor="white",  # saved pictures should not be transparent
        plot_bgcolor="white",
        separators=separators(),  # the reader's
    )
    plot.update_annotations(font={"size": 14, "color": INK})
    plot.update_xaxes(tickangle=0)  # never on end
    axes = {
        "gridcolor": GRID,
        "automargin": True,
        "zeroline": False,
        "tickfont": {"size": 13, "color": INK},
        "title_font": {"size": 14, "color": INK},
    }
    plot.update_xaxes(**axes)
    plot.update_yaxes(**axes)
    return plot


def label_rows(plot: go.Figure, labels: Mapping[Any, str], *, narrow: bool = False) -> None:
    """Write the label of each row: to its left, or above the row on a narrow screen.

    Args:
        plot: laid out, with rows of at least `ROW` pixels.
        labels: by the rows' places on the axis.
        narrow: leave all the width to the data, as on a phone.
    """
    if not narrow:
        plot.update_yaxes(
            tickmode="array",
            tickvals=list(labels),
            ticktext=["<br>".join(textwrap.wrap(text, LABEL)) for text in labels.values()],
        )
        return
    above = [
        {
            **{"x": 0, "xref": "x domain", "xanchor": "left"},
            **{"y": y, "yanchor": "bottom", "yshift": 4},
            **{"text": text, "showarrow": False, "font": {"size": 13, "color": INK}},
        }
        for y, text in labels.items()
    ]
    plot.layout.annotations = (*plot.layout.annotations, *above)  # one by one is slow
    plot.update_yaxes(showticklabels=False)


def explain_moods(plot: go.Figure, moods: Iterable[Mood] = MOODS) -> None:
    """Make a legend with one sign per mood, its shape in its colour, in place of the traces' own.

    A click on a mood hides its traces if their `legendgroup` is the mood's name.
    """
    plot.update_traces(showlegend=False)
    for mood in moods:
        plot.add_scatter(
            x=[None],
            y=[None],
            mode="markers",
            marker={"color": mood.colour, "symbol": mood.symbol, "size": 11},
            name=f"{mood.label}\u2002",  # room, as a saved picture has another font than the page
            legendgroup=mood.name,
            showlegend=True,
        )


def dataset_marker(i: int, size: int) -> dict[str, object]:
    """Colour and shape of the dataset that is the i-th of those shown, from 0."""
    symbol = DATASET_SYMBOLS[i % len(DATASET_SYMBOLS)]
    return {"color": NEUTRAL[i % len(NEUTRAL)], "symbol": symbol, "size": size}


def mood_label(mood: Mood) -> str:
    """Name with its shape, so that colour is never the only sign."""
    return f"{mood.mark} {mood.label}"


def faded(colour: str, opacity: float) -> str:
    """A hex colour made translucent."""
    red, green, blue = (int(colour[i : i + 2], 16) for i in (1, 3, 5))
    return f"rgba({red}, {green}, {blue}, {opacity})"
