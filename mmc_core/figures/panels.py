"""What plots of a feature by mood share: a panel for each dataset, and single clips in them."""

from __future__ import annotations

import textwrap
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import plotly.graph_objects as go
from plotly.subplots import make_subplots

from mmc_core._typing import Float64
from mmc_core.analysis.points import Points
from mmc_core.analysis.summaries import Distribution
from mmc_core.features.schema import Feature
from mmc_core.figures.numbers import ByDataset
from mmc_core.figures.style import INK, explain_moods, layout
from mmc_core.language import _, ngettext
from mmc_core.moods import MOODS, Mood
from mmc_core.wording import rounded

# Where a clip's point lies between 0 and 1 beside its mood's place.
JITTER = 0.26
SEED = 13
TITLE = 34  # pixels of a panel's title that stands among panels


@dataclass(frozen=True)
class Marked:
    """Single clips to draw in one dataset's panels."""

    outliers: Points | None = None
    sample: Points | None = None
    picked: Points | None = None


Marks = Mapping[str, Marked]  # by dataset title


@dataclass(frozen=True)
class Look:
    """How a feature of numbers is to be drawn."""

    log: bool = False  # a logarithmic axis
    free: bool = False  # each dataset on axes of its own, in place of common ones
    narrow: bool = False  # for a narrow screen: datasets below each other
    crowded: bool = False  # moods have their marks alone below the panels, and a legend
    marks: Marks = field(default_factory=dict)
    names: Mapping[str, Mapping[str, str]] = field(default_factory=dict)  # clips', by dataset title


Cell = dict[str, int]  # `row` and `col` of a panel
# Points of one mood, and numbers from -1 to 1 to spread them by, to their x and y.
Place = Callable[[Mood, Points, Float64], tuple[Float64, Float64]]


def moods_in(data: ByDataset) -> list[Mood]:
    """Return the moods that any dataset has, in their order."""
    return [mood for mood in MOODS if any(mood.name in moods for moods in data.values())]


def coloured(mood: Mood) -> str:
    """Return a mood's name with its mark in its colour, as Plotly writes it."""
    return f"{mark(mood)} {mood.label}"


def mark(mood: Mood) -> str:
    """Return a mood's mark in its colour, as Plotly writes it."""
    return f"<span style='color:{mood.colour}'>{mood.mark}</span>"


def headings(data: ByDataset, look: Look) -> list[str]:
    """Return the panels' titles, of a few words a line where they stand side by side."""
    if look.narrow:
        return list(data)
    if len(data) < 3:
        return [title.replace(": ", ":<br>") for title in data]
    return ["<br>".join(textwrap.wrap(title, 18 if len(data) == 3 else 11)) for title in data]


def margins(data: ByDataset, look: Look, *, legend: bool) -> dict[str, Any]:
    """Return the layout around the panels: room for their titles, a title below, and a legend."""
    lines = max(heading.count("<br>") + 1 for heading in headings(data, look))
    if not legend:
        return {"margin_t": 18 + 18 * lines, "margin_b": 55}
    below = {"yref": "container", "y": 0, "yanchor": "bottom", "x": 0.5, "xanchor": "center"}
    return {
        "margin_t": 18 + 18 * lines,
        "margin_b": 120 if look.narrow else 95,
        "showlegend": True,
        "legend": below,
    }


def panels(
    data: ByDataset, look: Look, *, height: int, x_title: str | None = None
) -> tuple[go.Figure, dict[str, Cell]]:
    """Make a panel for each dataset: side by side, or below each other on a narrow screen.

    Args:
        height: of one panel, in pixels.

    Returns:
        The figure, and where each dataset's panel is.
    """
    n = len(data)
    below_each_other = look.narrow and n > 1
    rows, columns = (n, 1) if below_each_other else (1, n)
    gap = 24 + TITLE
    plot = make_subplots(
        rows=rows,
        cols=columns,
        subplot_titles=headings(data, look),
        x_title=x_title,
        horizontal_spacing=gap_between(n, look),
        vertical_spacing=gap / (rows * height + (rows - 1) * gap),
    )
    layout(plot, height=rows * height + (rows - 1) * gap + 110)
    cells = [
        {"row": row, "col": col} for row in range(1, rows + 1) for col in range(1, columns + 1)
    ]
    return plot, dict(zip(data, cells, strict=True))


def match_axes(plot: go.Figure, axis: str, cells: Iterable[Cell]) -> None:
    """Give some panels one common x or y axis, labelled once in a row of panels."""
    cells = list(cells)
    first = getattr(plot.get_subplot(*cells[0].values()), f"{axis}axis").plotly_name
    update = plot.update_xaxes if axis == "x" else plot.update_yaxes
    for cell in cells:
        update(matches=first.replace("axis", ""), **cell)
        if axis == "y" and cell["col"] > cells[0]["col"]:
            update(showticklabels=False, **cell)


def upright_panels(
    feature: Feature, data: ByDataset, look: Look
) -> tuple[go.Figure, dict[str, Cell]]:
    """Make a panel for each dataset with moods across, and values up one axis for all."""
    plot, cells = panels(data, look, height=230 if look.narrow and len(data) > 1 else 360)
    shown = moods_in(data)
    crowded = look.crowded or (len(data) > 2 and not look.narrow)
    plot.update_xaxes(
        tickvals=list(range(len(shown))),
        ticktext=[mark(mood) if crowded else coloured(mood) for mood in shown],
        range=[-0.5, len(shown) - 0.5],
        showgrid=False,
        showline=True,  # or marks below would look like data
        linecolor=INK,
    )
    plot.update_yaxes(type="log" if look.log else "linear")
    if not look.free:
        match_axes(plot, "y", cells.values())
    plot.update_yaxes(title_text=feature.label, col=1)
    plot.update_layout(**margins(data, look, legend=crowded))
    if not crowded:
        plot.update_layout(margin_b=30)
    return plot, cells


def explain_marks(plot: go.Figure, data: ByDataset) -> None:
    """Add a legend of moods to upright panels that have no room for their names."""
    if plot.layout.showlegend:
        explain_moods(plot, moods_in(data))


def gap_between(n: int, look: Look) -> float:
    """Return the room between panels side by side, as a share of the width of all."""
    return (0.24 if look.free else 0.09) / max(n, 2)


def upright(shown: Sequence[Mood]) -> Place:
    """Return the place of clips beside the middle of their mood's."""
    return lambda mood, points, by: (shown.index(mood) + JITTER * by, points.value)


def in_words(mood: Mood, title: str, d: Distribution) -> str:
    """Return what is said of a mood's shape under the pointer."""
    return "<br>".join(
        [
            f"<b>{mood.label}, {title}</b>",
            ngettext("{n} clip", "{n} clips", d.n),
            _("median {median}", median=rounded(d.median)),
            _("quartiles {low} to {high}", low=rounded(d.q1), high=rounded(d.q3)),
            _("all values {low} to {high}", low=rounded(d.minimum), high=rounded(d.maximum)),
        ]
    )


def hint(feature: Feature, mood: Mood, title: str, value: str, name: str = "") -> str:
    """Return Plotly's template of what is said of a clip under the pointer."""
    number = f"{_(feature.title)}: {value} {_(feature.unit)}".rstrip()
    lines = [f"<b>{name}</b>" if name else "", number, f"{mood.label}, {title}"]
    return "<br>".join(filter(None, lines)) + "<extra></extra>"


def add_clips(
    plot: go.Figure,
    feature: Feature,
    look: Look,
    title: str,
    cells: Mapping[str, Cell],
    place: Place,
) -> None:
    """Draw single clips; each carries its name, its dataset and its value, to be picked by.

    Args:
        title: of their dataset.
        cells: by mood, the panel it is drawn in.
    """
    marked = look.marks.get(title)
    if marked is None:
        return
    names = look.names.get(title, {})
    rng = np.random.default_rng(SEED)
    beyond = set(marked.outliers.clip) if marked.outliers else set()
    for points, spread, size, opacity in (
        (marked.sample, True, 5, 0.5),
        (marked.outliers, False, 6, 0.85),
        (marked.picked, False, 14, 1),
    ):
        for mood in MOODS:
            mine = points.of(mood.name) if points else Points.none()
            if points is marked.sample:
                mine = mine.without(beyond)
            if not len(mine):
                continue
            by = rng.uniform(-1, 1, len(mine)) if spread else np.zeros(len(mine))
            x, y = place(mood, mine, by)
            marker = {"color": mood.colour, "symbol": mood.symbol, "size": size}
            if points is marked.picked:
                marker["line"] = {"color": INK, "width": 2.5}
            plot.add_scatter(
                x=x,
                y=y,
                customdata=[
                    (clip, title, rounded(value), names.get(clip, clip))
                    for clip, value in zip(mine.clip, mine.value, strict=True)
                ],
                mode="markers",
                showlegend=False,
                legendgroup=mood.name,
                marker={**marker, "opacity": opacity},
                selected={"marker": {"opacity": opacity}},
                unselected={"marker": {"opacity": opacity}},
                hovertemplate=hint(
                    feature, mood, title, "%{customdata[2]}", name="%{customdata[3]}"
                ),
                cliponaxis=False,
                **cells[mood.name],
            )
