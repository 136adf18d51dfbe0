"""Figures of the table's clips, and areas of them that a person selects."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from math import isfinite

import pandas as pd
import streamlit as st

from mmc_core._typing import Objects
from mmc_core.analysis.points import Points
from mmc_core.exploration.clip_rows import MAP
from mmc_core.exploration.clips import MOST_OUTLIERS, ClipTable
from mmc_core.exploration.queries import Area, Query
from mmc_core.features.schema import BY_NAME
from mmc_core.figures.clip_map import MapLook, clip_map
from mmc_core.figures.distributions import Look, Marked, boxplot
from mmc_core.figures.style import Figure
from mmc_core.language import N_, _
from mmc_core.ui.common import address, widgets
from mmc_core.ui.common.drawn import drawn
from mmc_core.ui.explore.clip_source import Chosen, choose_map

HEIGHT = 470  # pixels
AXES = {
    "lda": (N_("First discriminant"), N_("Second discriminant")),
    "pca": (N_("First principal component"), N_("Second principal component")),
    "embeddings": (N_("First principal component"), N_("Second principal component")),
}
MAP_AREA, SCATTER_AREA = "map-area", "scatter-area"  # in the address
SCATTER = ("tempo", "rms_mean")
ALL, SELECTED = N_("All clips"), N_("Selected clips")


def numeric(clips: ClipTable) -> list[str]:
    return [feature.name for feature in clips.features if not feature.categories]


# ---- areas ------------------------------------------------------------------------------------


def areas(chosen: Chosen) -> dict[str, Area]:
    """Those that are selected, by what the address calls them."""
    found = {}
    for name in (MAP_AREA, SCATTER_AREA):
        text = st.session_state[address.text(name, str, str)["key"]] or ""
        *of, corners = text.split(":")
        if name == SCATTER_AREA and len(of) == 2 and set(of) <= set(numeric(chosen.clips)):
            area = _read(of[0], of[1], corners)
        elif name == MAP_AREA and of == _map(chosen):
            area = _read(*MAP, corners)
        else:
            area = None  # of another map or other features, or of nothing
        if area:
            found[name] = area
    return found


def _map(chosen: Chosen) -> list[str]:
    """What tells a map from others: areas of one are none of another."""
    return [] if chosen.no_map else [chosen.map, *chosen.clips.datasets]


def in_words(area: Area) -> str:
    if (area.x, area.y) == MAP:
        return _("Selected: an area of the map")
    labels = {name: feature.label for name, feature in BY_NAME.items()}
    return _("Selected: {ranges}", ranges=area.text(labels))


def _read(x: str, y: str, text: str) -> Area | None:
    """An area whose corners `_selected` wrote; none where somebody else did."""
    try:
        corners = [tuple(map(float, corner.split(","))) for corner in text.split(";")]
    except ValueError:
        return None
    if len(corners) < 2 or any(len(c) != 2 or not all(map(isfinite, c)) for c in corners):
        return None
    return Area.of(x, y, *zip(*corners, strict=True))


def _selected(key: str, name: str, of: Sequence[str]) -> None:
    """A box, a lasso or a point of a figure was chosen."""
    selection = st.session_state[f"{key}-plot"]["selection"]
    for outline in [*selection.get("box", []), *selection.get("lasso", [])]:
        corners = Area.of("", "", outline["x"], outline["y"]).corners
        if len(corners) >= 2:
            text = ":".join([*of, ";".join(f"{x:.6g},{y:.6g}" for x, y in corners)])
            address.assign(**{name.replace("-", "_"): text, "page": 1})
            return
    points = selection.get("points", [])
    if points and isinstance(data := points[0].get("customdata"), list) and len(data) == 2:
        address.assign(clip=data[1])


# ---- figures ----------------------------------------------------------------------------------


def draw_map(chosen: Chosen, query: Query, asked_for: int, clip: pd.DataFrame) -> None:
    choose_map(chosen)
    if chosen.no_map:
        st.info(widgets.escape_markdown(chosen.no_map), icon=":material/info:")
        return
    axes = [_(axis) for axis in AXES[chosen.map]]
    _draw_plane(chosen, query, asked_for, clip, "map", MAP_AREA, MAP, axes)


def draw_scatter(chosen: Chosen, query: Query, asked_for: int, clip: pd.DataFrame) -> None:
    numbers = numeric(chosen.clips)
    default = [name for name in (*SCATTER, *numbers) if name in numbers]
    x, y = (
        column.selectbox(
            title,
            numbers,
            format_func=lambda name: BY_NAME[name].label,
            **address.one(axis, numbers, default[min(i, len(numbers) - 1)]),
        )
        for i, (column, axis, title) in enumerate(
            zip(st.columns(2), ("x", "y"), (_("Across"), _("Up")), strict=True)
        )
    )
    labels = [BY_NAME[name].label for name in (x, y)]
    _draw_plane(chosen, query, asked_for, clip, "scatter", SCATTER_AREA, (x, y), labels)


def _draw_plane(
    chosen: Chosen,
    query: Query,
    asked_for: int,
    clip: pd.DataFrame,
    key: str,
    name: str,
    plane: tuple[str, str],
    axes: Sequence[str],
) -> None:
    x, y = plane
    points = chosen.clips.points(query, x, y, asked_for=asked_for)
    area = next((each for each in query.areas if (each.x, each.y) == plane), None)
    of = _map(chosen) if plane == MAP else plane
    look = MapLook(
        height=HEIGHT,
        selectable=True,
        area=area.outline() if area else (),
        chosen=clip.assign(x=clip[x], y=clip[y]) if len(clip) else None,
    )
    widgets.figure(
        drawn(clip_map, points, chosen.titles, axes, look),
        key=key,
        name=f"clips-{key}",
        on_click=partial(_selected, key, name, of),
        areas=True,
    )
    n = chosen.clips.n_places(x, y)
    if len(points) < n:
        st.caption(
            _(
                "Drawn: {drawn:,} of {n:,} clips, at random. An area that you select is of all.",
                drawn=len(points),
                n=n,
            )
        )


def draw_boxes(chosen: Chosen, query: Query, clip: pd.DataFrame) -> None:
    numbers = numeric(chosen.clips)
    name = st.selectbox(
        _("Feature"),
        numbers,
        format_func=lambda each: BY_NAME[each].label,
        **address.one("feature", numbers, numbers[0]),
    )
    figure, n = _boxes(chosen, query, clip, name)
    widgets.figure(figure, key="boxes", name=f"clips-{name}", on_click=_point_chosen)
    about = _("Points: outliers, more than 1.5 times the box's length from it.")
    if n > MOST_OUTLIERS:
        about += " " + _(
            "Shown: the {drawn:,} farthest of {there:,} outliers.", drawn=MOST_OUTLIERS, there=n
        )
    st.caption(about)


def _point_chosen() -> None:
    """A clip of the boxplot was chosen."""
    points = st.session_state["boxes-plot"]["selection"].get("points", [])
    if points and isinstance(data := points[0].get("customdata"), list):
        address.assign(clip=data[0])


def _boxes(chosen: Chosen, query: Query, clip: pd.DataFrame, name: str) -> tuple[Figure, int]:
    """Return the boxplot, and how many outliers its fullest panel has."""
    clips = chosen.clips
    titles = {_(title): title for title in (ALL, SELECTED)}
    everything, selected = titles
    asked = {everything: Query()}
    if not query.is_everything:
        asked[selected] = query
    data = {title: clips.by_mood(each, name) for title, each in asked.items()}
    beyond = {title: clips.outliers(each, name) for title, each in asked.items()}
    marks = {title: Marked(outliers=_points(each, "value")) for title, each in beyond.items()}
    known = list(beyond.values())
    if len(clip) and clip[name].notna().all():
        marks[everything] = replace(marks[everything], picked=_points(clip, name))
        known.append(clip)
    names = {
        key: text for each in known for key, text in zip(_keys(each), each["name"], strict=True)
    }
    look = Look(marks=marks, names=dict.fromkeys(data, names), crowded=len(data) > 1)
    figure = boxplot(BY_NAME[name], data, look)
    n = max((sum(d.n_outliers for d in moods.values()) for moods in data.values()), default=0)
    return replace(figure, data=figure.data.replace({"dataset": titles})), n


def _points(rows: pd.DataFrame, value: str) -> Points:
    return Points(
        _keys(rows),
        rows["mood"].to_numpy(dtype=object),
        rows[value].to_numpy(dtype=float),
    )


def _keys(rows: pd.DataFrame) -> Objects:
    """Return what the address calls clips."""
    return (rows["dataset"] + ":" + rows["clip"]).to_numpy(dtype=object)
