"""Clips as points: on a map of all features, or in the plane of two."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import cycle, product
from typing import Any

import numpy as np
import pandas as pd
import plotly.graph_objects as go
from scipy.optimize import linear_sum_assignment
from scipy.spatial.distance import cdist

from mmc_core.figures.comparison import Titles
from mmc_core.figures.style import DATASET_SYMBOLS, INK, Figure, explain_moods, layout, mood_label
from mmc_core.language import _
from mmc_core.moods import BY_NAME as MOOD
from mmc_core.moods import MOODS, Mood

OPACITY, FADED = 0.8, 0.12


@dataclass(frozen=True)
class MapLook:
    """How a map is to be drawn where clips of it can be selected."""

    height: int = 620
    selectable: bool = False  # a click gives a clip's dataset and name, a drag an area
    area: Sequence[tuple[float, float]] = ()  # corners of the area that is selected
    chosen: pd.DataFrame | None = None  # one clip, as `points` has it


def clip_map(
    points: pd.DataFrame, titles: Titles, axes: Sequence[str], look: MapLook | None = None
) -> Figure:
    """Every clip as a point: coloured by mood, shaped by dataset; by mood where clips can be
    selected.

    Args:
        points: `dataset`, `clip`, `name` (to read), `mood`, `x` and `y`; clips of which `selected`
            is false, where there is such a column, are faded.
        titles: of the datasets, by id.
        axes: what x and y are.
        look: of a map whose clips can be selected.
    """
    look = look or MapLook()
    plot = go.Figure()
    shown = points if "selected" in points else points.assign(selected=True)
    symbols = dict(zip(titles, cycle(DATASET_SYMBOLS), strict=False))
    for selected, opacity in ((False, FADED), (True, OPACITY)):
        some = shown[shown["selected"] == selected]
        for id_, title in titles.items():
            for mood in MOODS:
                mine = some[(some["dataset"] == id_) & (some["mood"] == mood.name)]
                symbol = mood.symbol if look.selectable else symbols[id_]
                marker = {"symbol": symbol, "size": 6, "opacity": opacity}
                _add(plot, mine, mood, title, marker, look)
    named = [mood for mood in MOODS if (shown["mood"] == mood.name).any()]
    if look.selectable:
        explain_moods(plot, named)
    else:
        for id_, title in titles.items():
            _explain(plot, {"color": INK, "symbol": symbols[id_], "size": 9}, title)
        _name_moods(plot, shown, named)
    _mark(plot, look, titles)
    plot.update_xaxes(title=axes[0])
    plot.update_yaxes(title=axes[1])
    layout(plot, height=look.height, legend=True)
    plot.update_layout(legend_itemclick=False, legend_itemdoubleclick=False)
    if look.selectable:
        plot.update_layout(dragmode="select")
    every = f" {_('and')} ".join(titles.values())
    alt = _("Map of {n} clips of {datasets}, coloured by mood.", n=len(points), datasets=every)
    if not shown["selected"].all():
        n = shown["selected"].sum()
        alt += " " + _("{n} of them are selected, the others faded.", n=n)
    return Figure(plot, points.assign(dataset=points["dataset"].map(dict(titles))), alt)


def _add(
    plot: go.Figure,
    some: pd.DataFrame,
    mood: Mood,
    title: str,
    marker: dict[str, Any],
    look: MapLook,
) -> None:
    """The clips of a mood and dataset."""
    if some.empty:
        return
    shown = some["name"].to_numpy(dtype=object)
    if look.selectable:
        keys = (some["dataset"] + ":" + some["clip"]).to_numpy(dtype=object)
        shown = np.column_stack([shown, keys])
    plot.add_scatter(  # as SVG: the style sheet of a dark page cannot reach what WebGL draws
        x=some["x"].to_numpy(dtype=np.float32),
        y=some["y"].to_numpy(dtype=np.float32),
        customdata=shown,
        mode="markers",
        marker={"color": mood.colour, **marker},
        showlegend=False,
        legendgroup=mood.name,
        hovertemplate=f"%{{customdata{'[0]' * look.selectable}}}<br>{mood.label}, {title}"
        "<extra></extra>",
    )


def _name_moods(plot: go.Figure, points: pd.DataFrame, moods: Sequence[Mood]) -> None:
    """Name each mood in a corner of the cloud, with an arrow to the middle of its clips, so that
    colour is never the only sign.
    """
    places = points[["x", "y"]]
    size = places.max() - places.min()
    middles = places.groupby(points["mood"]).mean().loc[[mood.name for mood in moods]]
    edges = places.quantile([0.01, 0.99])
    corners = pd.DataFrame(product(edges["x"], edges["y"]), columns=["x", "y"])
    # Each mood in the corner that is nearest, none in the same.
    of_mood, in_corner = linear_sum_assignment(cdist(middles / size, corners / size))
    for i, corner in zip(of_mood, in_corner, strict=True):
        plot.add_annotation(
            x=middles["x"].iloc[i],
            y=middles["y"].iloc[i],
            ax=corners["x"].iloc[corner],
            ay=corners["y"].iloc[corner],
            axref="x",
            ayref="y",
            text=f"<b>{mood_label(moods[i])}</b>",
            arrowhead=2,
            arrowwidth=2,
            arrowcolor=moods[i].colour,
            bgcolor="rgba(255, 255, 255, 0.85)",
            bordercolor=moods[i].colour,
            borderpad=3,
        )


def _explain(plot: go.Figure, marker: dict[str, Any], name: str) -> None:
    """A row of the legend."""
    plot.add_scatter(x=[None], y=[None], mode="markers", marker=marker, name=name)


def _mark(plot: go.Figure, look: MapLook, titles: Titles) -> None:
    """The area that is selected, and a ring around the clip that is chosen."""
    if look.area:
        corners = " L ".join(f"{x},{y}" for x, y in look.area)
        plot.add_shape(
            type="path",
            path=f"M {corners} Z",
            line={"color": INK, "width": 1.5, "dash": "dot"},
            layer="above",
        )
    if look.chosen is None or look.chosen.empty:
        return
    (row,) = look.chosen.to_dict(orient="records")
    mood = MOOD[row["mood"]]
    plot.add_scatter(
        x=[row["x"]],
        y=[row["y"]],
        mode="markers",
        showlegend=False,
        marker={
            "color": mood.colour,
            "symbol": mood.symbol,
            "size": 14,
            "line": {"color": INK, "width": 2.5},
        },
        customdata=[row["name"]],
        hovertemplate=f"%{{customdata}}<br>{mood.label}, {titles[row['dataset']]}<extra></extra>",
    )
