"""How a feature is distributed by mood, in one dataset or several side by side on one axis.

Everything is drawn from summaries; only single clips need the tables. `shapes` has the other
plots of numbers, `ggplot` all of them in R's look.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import plotly.graph_objects as go
from plotly.subplots import make_subplots

from mmc_core._typing import Float64
from mmc_core.analysis.points import Points
from mmc_core.analysis.summaries import Distribution
from mmc_core.features.schema import Feature
from mmc_core.figures.numbers import ByDataset, alt_text, bins, numbers
from mmc_core.figures.panels import (
    TITLE,
    Cell,
    Look,
    Marked,
    add_clips,
    coloured,
    explain_marks,
    gap_between,
    headings,
    hint,
    margins,
    match_axes,
    moods_in,
    upright,
    upright_panels,
)
from mmc_core.figures.style import Figure, faded, layout, mood_label
from mmc_core.language import N_, _
from mmc_core.moods import BY_NAME, Mood
from mmc_core.wording import rounded

__all__ = ["ByDataset", "Look", "Marked", "bin_edges", "boxplot", "histogram", "log_axis_problem"]

SHARE_TITLE = 72  # pixels from a histogram's axis to its title
HEADROOM = 1.12  # of a histogram's panels, above the highest share

READING = N_(  # of a boxplot
    "Box: the middle half of the clips. Line: median; dashed line: mean. Whiskers: the last clips "
    "within 1.5 box lengths. Marks beyond: outliers."
)


def log_axis_problem(data: ByDataset) -> str | None:
    """Why a feature cannot have a logarithmic axis; None where it can."""
    lowest, title = min((d.minimum, title) for title, moods in data.items() for d in moods.values())
    if lowest > 0:
        return None
    return _(
        "A logarithmic axis needs values above 0; the lowest in {title} is {lowest}.",
        title=title,
        lowest=rounded(lowest),
    )


def boxplot(feature: Feature, data: ByDataset, look: Look | None = None) -> Figure:
    """Draw a box for each mood with its outliers, a panel for each dataset, one axis for all.

    Outliers are those of the table where `look` has them, and can be told by name; else the values
    in the summary, which are at most 100 a mood.
    """
    look = look or Look()
    shown = moods_in(data)
    plot, cells = upright_panels(feature, data, look)
    for title, moods in data.items():
        for mood in (m for m in shown if m.name in moods):
            d = moods[mood.name]
            plot.add_box(
                x=[shown.index(mood)],
                q1=[d.q1],
                median=[d.median],
                q3=[d.q3],
                lowerfence=[d.whisker_low],
                upperfence=[d.whisker_high],
                mean=[d.mean],
                width=0.55,
                name=mood_label(mood),
                legendgroup=mood.name,
                showlegend=False,
                marker_color=mood.colour,
                fillcolor=faded(mood.colour, 0.35),
                line_width=1.8,
                hoverinfo="y",
                yhoverformat=".4~g",
                **cells[title],
            )
            if (marked := look.marks.get(title)) is None or marked.outliers is None:
                _add_outliers(plot, feature, mood, title, d, shown.index(mood), cells[title])
        add_clips(plot, feature, look, title, dict.fromkeys(moods, cells[title]), upright(shown))
    explain_marks(plot, data)
    return Figure(plot, numbers(data), alt_text(N_("Boxplots"), feature, data))


def _add_outliers(
    plot: go.Figure, feature: Feature, mood: Mood, title: str, d: Distribution, x: int, cell: Cell
) -> None:
    """Draw the outliers that a summary knows, of which only the values are known."""
    if not d.outliers:
        return
    plot.add_scatter(
        x=[x] * len(d.outliers),
        y=d.outliers,
        text=[rounded(value) for value in d.outliers],
        mode="markers",
        showlegend=False,
        legendgroup=mood.name,
        marker={"color": mood.colour, "symbol": mood.symbol, "size": 6, "opacity": 0.85},
        unselected={"marker": {"opacity": 0.85}},
        hovertemplate=hint(feature, mood, title, "%{text}"),
        cliponaxis=False,
        **cell,
    )


def histogram(feature: Feature, data: ByDataset, look: Look | None = None) -> Figure:
    """Draw a panel for each mood and dataset: share of clips a bin, and the density as a line.

    Shares, not counts, so that datasets of different sizes can be compared, on an axis of each
    dataset's own, so that one narrow peak does not flatten all others. For a feature of
    categories, the share of each.
    """
    look = look or Look()
    shown = moods_in(data)

    def rug(mood: Mood, points: Points, by: Float64) -> tuple[Float64, Float64]:
        return points.value, np.zeros(len(points))

    plot, cells = _grid(feature, data, look, shown)
    for title, moods in data.items():
        for mood in (m for m in shown if m.name in moods):
            d, cell = moods[mood.name], cells[title, mood.name]
            plot.add_bar(
                **_bars(feature, d, look.log),
                y=100 * np.array(d.counts) / d.n,
                customdata=d.counts,
                marker_color=faded(mood.colour, 0.55),
                marker_line={"color": mood.colour, "width": 1},
                unselected={"marker": {"opacity": 1}},
                hovertemplate=_(
                    "{mood}, {title}<br>{feature} %{{text}}<br>"
                    "%{{customdata}} clips (%{{y:.1f}} %)",
                    mood=mood.label,
                    title=title,
                    feature=_(feature.title),
                )
                + "<extra></extra>",
                textposition="none",
                **cell,
            )
            if not feature.categories:
                plot.add_scatter(
                    x=d.density_at,
                    y=_share_line(d),
                    mode="lines",
                    line={"color": mood.colour, "width": 2.5},
                    hoverinfo="skip",
                    **cell,
                )
        add_clips(plot, feature, look, title, {mood: cells[title, mood] for mood in moods}, rug)
    _scale(plot, data, cells, look, feature)
    kind = N_("Bar charts") if feature.categories else N_("Histograms")
    return Figure(plot, bins(feature, data), alt_text(kind, feature, data))


def _grid(
    feature: Feature, data: ByDataset, look: Look, shown: list[Mood]
) -> tuple[go.Figure, dict[tuple[str, str], Cell]]:
    """Make a panel for each mood and dataset: a column a dataset, or on a narrow screen its moods
    below its title.
    """
    below = look.narrow and len(data) > 1
    n, height = len(shown), 118
    if below:
        height = 56 if feature.categories else 72
    x_title = None if feature.categories else feature.label
    if below:  # an empty row holds the title and the labels of the axis above it
        rows = len(data) * (n + 1) - 1
        row_heights = [TITLE + 30 if (i + 1) % (n + 1) == 0 else height for i in range(rows)]
        specs: list[list[dict[str, str] | None]] = [
            [None if (i + 1) % (n + 1) == 0 else {}] for i in range(rows)
        ]
        titles = [heading if i == 0 else "" for heading in data for i in range(n)]
        total = sum(row_heights) + 8 * (rows - 1)
        plot = make_subplots(
            rows=rows,
            specs=specs,
            row_heights=row_heights,
            subplot_titles=titles,
            x_title=x_title,
            vertical_spacing=8 / total,
        )
        starts = {title: {"row": 1 + i * (n + 1), "col": 1} for i, title in enumerate(data)}
    else:
        total = (height + 12) * n
        plot = make_subplots(
            rows=n,
            cols=len(data),
            column_titles=headings(data, look),
            x_title=x_title,
            vertical_spacing=12 / total,
            horizontal_spacing=gap_between(len(data), replace(look, free=True)),
        )
        starts = {title: {"row": 1, "col": 1 + i} for i, title in enumerate(data)}
    layout(plot, height=total + 110)
    plot.update_layout(**margins(data, look, legend=False))
    if len(data) > 3 and not below:
        plot.update_annotations(font_size=11)
    plot.add_annotation(  # left of the moods' names, which title each row
        text=_("Share of the mood's clips"),
        textangle=-90,
        showarrow=False,
        font_size=14,
        **{"xref": "paper", "x": 0, "xanchor": "right", "xshift": -SHARE_TITLE},
        **{"yref": "paper", "y": 0.5, "yanchor": "middle"},
    )
    plot.update_layout(margin_l=SHARE_TITLE + 24)
    return plot, {
        (title, mood.name): {"row": start["row"] + i, "col": start["col"]}
        for title, start in starts.items()
        for i, mood in enumerate(shown)
    }


def _share_ticks(highest: float) -> list[float]:
    """Return two or three per cents to label: none so high that it meets the panel above."""
    step = next((each for each in (1, 2, 5, 10, 20, 25, 50) if highest / each < 3.2), 50)
    return [i * step for i in range(4) if i * step <= 0.85 * highest]


def _share_line(d: Distribution) -> Float64:
    """Return a mood's density as per cent of its clips in a bin."""
    return 100 * d.bin_width * np.array(d.density)


def _scale(
    plot: go.Figure,
    data: ByDataset,
    cells: dict[tuple[str, str], Cell],
    look: Look,
    feature: Feature,
) -> None:
    """Give a histogram's panels their axes: each dataset's own heights, and common values or
    those of each dataset.
    """
    for title, moods in data.items():
        mine = [cell for (of, _mood), cell in cells.items() if of == title]
        highest = max(
            max(100 * max(d.counts) / d.n, *(_share_line(d) if d.density else [0]))
            for d in moods.values()
        )
        highest = min(highest, 100 / HEADROOM)  # a share ends at 100 %, a density may be higher
        match_axes(plot, "y", mine)
        if look.free:
            match_axes(plot, "x", mine)
        ticks = _share_ticks(highest)
        for cell in mine:
            plot.update_yaxes(
                range=[0, HEADROOM * highest],
                tickvals=ticks,
                ticktext=[f"{tick:g} %" for tick in ticks],
                **cell,
            )
    if not look.free:
        match_axes(plot, "x", cells.values())
    last = {title: cell for (title, _mood), cell in cells.items()}
    first = min(cell["col"] for cell in cells.values())
    for (title, mood), cell in cells.items():
        plot.update_xaxes(showticklabels=cell == last[title], **cell)
        if cell["col"] == first:
            plot.update_yaxes(title_text=coloured(BY_NAME[mood]), **cell)
    if not feature.categories:
        plot.update_xaxes(type="log" if look.log else "linear")
        if len(data) > 2 and not look.narrow:
            plot.update_xaxes(nticks=5)


def _bars(feature: Feature, d: Distribution, log: bool) -> dict[str, object]:
    """Where a histogram's bars stand, and what each is called."""
    if feature.categories:
        categories = [_(category) for category in feature.categories]
        return {"x": categories, "width": 0.8, "text": categories}
    edges = bin_edges(d, log=log)
    low, high = edges[:-1], edges[1:]
    ends = zip(low, high, strict=True)
    text = [_("{low} to {high}", low=rounded(a), high=rounded(b)) for a, b in ends]
    return {"x": (low + high) / 2, "width": high - low, "text": text}


def bin_edges(d: Distribution, *, log: bool = False) -> Float64:
    """Edges of a histogram's bins. (bins + 1,)

    For a logarithmic axis a first bin that reaches below 0 begins at the lowest value instead.
    """
    edges: Float64 = d.first_bin + d.bin_width * (np.arange(len(d.counts) + 1, dtype=float) - 0.5)
    if log and edges[0] <= 0:
        edges[0] = min(d.minimum, edges[1] / 2)
    return edges
