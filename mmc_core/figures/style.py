"""What all figures share. Colours of moods come from `mmc_core.moods`; none other carries one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd
import plotly.graph_objects as go

from mmc_core.moods import Mood

GRID = "rgba(128, 128, 128, 0.22)"
INK = "#31333F"
# For what is not a mood (runs, datasets): Okabe and Ito's palette, less what moods look like.
NEUTRAL = ("#0072B2", "#D55E00", "#000000", "#CC79A7", "#009E73", "#56B4E9", "#E69F00", "#7A5195")
# Their shapes, beside the colours.
DATASET_SYMBOLS = ("circle", "x", "star", "hexagon", "bowtie", "cross")
# What figures for print are saved as, and what a browser is told of it.
PRINT_FORMATS = {"png": "image/png", "svg": "image/svg+xml", "pdf": "application/pdf"}

ROW = 38  # pixels, with a label above it


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
    >>> mmc.boxplot(feature, data).alt.startswith("Boxplots of Tempo (BPM) by mood.")
    True
    """

    plot: go.Figure
    data: pd.DataFrame
    alt: str


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


def labels_above_rows(plot: go.Figure, labels: Mapping[Any, str]) -> None:
    """Each row's label above the row, so that even on a phone all the width is the data's.

    Args:
        plot: laid out, with rows of at least `ROW` pixels.
        labels: by the rows' places on the axis.
    """
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
