"""The same figures in the look of ggplot2's grey theme, for print: PNG, SVG and PDF.

Drawn by Matplotlib and Seaborn from the summary. Sizes are those of `theme_grey(base_size = 11)`.
"""

from __future__ import annotations

import io
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

import matplotlib as mpl
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle
from matplotlib.ticker import AutoMinorLocator, FuncFormatter, LogLocator, NullFormatter

from mmc_core.clips import Points
from mmc_core.features.schema import Feature
from mmc_core.figures.distributions import (
    ByDataset,
    bin_edges,
    moods_in,
)
from mmc_core.figures.shapes import OVERLAP, PERCENT, highest_density, outline
from mmc_core.moods import Mood

PANEL, STRIP, INK, AXIS_TEXT, TICK = "#EBEBEB", "#D9D9D9", "#1A1A1A", "#4D4D4D", "#333333"
WIDTH_MM = 160.0
DPI = 300
FORMATS = {"png": "image/png", "svg": "image/svg+xml", "pdf": "application/pdf"}
# Inches, of margins that hold titles, labels and strips.
_MM = 1 / 25.4
_LEFT, _RIGHT, _TOP, _BOTTOM, _STRIP, _GAP = (
    size * _MM for size in (19.0, 2.5, 2.5, 13.5, 6.0, 1.9)
)
_SETTINGS: Any = {
    "font.family": "sans-serif",
    "font.size": 11,
    "text.color": INK,
    "axes.labelcolor": INK,
    "pdf.fonttype": 42,  # letters stay letters
    "svg.hashsalt": "mmc",  # the same figure is the same file
}
_SETTINGS_LOCK = threading.Lock()  # they are Matplotlib's, for all threads

# By dataset title; only a boxplot draws them.
Outliers = Mapping[str, Points]
Draw = Callable[[], Figure]


@contextmanager
def settings() -> Iterator[None]:
    """Matplotlib's settings for these figures; needed to draw and to save one."""
    with _SETTINGS_LOCK, mpl.rc_context(_SETTINGS):
        yield


def save(draw: Draw, formats: Sequence[str] = ("png",)) -> dict[str, bytes]:
    """Draw a figure, and give it as files of some formats.

    Args:
        draw: one of this module's figures.
        formats: of `FORMATS`.
    """
    saved = {}
    with settings():
        figure = draw()
        for kind in formats:
            content = io.BytesIO()
            date = {"svg": "Date", "pdf": "CreationDate"}.get(kind)
            figure.savefig(content, format=kind, dpi=DPI, metadata={date: None} if date else None)
            saved[kind] = content.getvalue()
    return saved


def boxplot(
    feature: Feature, data: ByDataset, *, log: bool = False, outliers: Outliers | None = None
) -> Figure:
    """A box a mood, a panel a dataset; outliers as black points where they are given."""
    shown = moods_in(data)
    figure, panels = _facets(list(data), [None], 85)
    for (title, moods), axes in zip(data.items(), panels[0], strict=True):
        _scale(axes, "y", log)
        here = [mood for mood in shown if mood.name in moods]
        points = (outliers or {}).get(title, Points.none())
        boxes = axes.bxp(
            [
                {
                    "med": d.median,
                    "q1": d.q1,
                    "q3": d.q3,
                    "whislo": d.whisker_low,
                    "whishi": d.whisker_high,
                    "fliers": points.of(d.mood).value,
                }
                for d in (moods[mood.name] for mood in here)
            ],
            positions=[shown.index(mood) for mood in here],
            widths=0.75,
            showcaps=False,
            patch_artist=True,
            manage_ticks=False,
            boxprops={"edgecolor": TICK, "linewidth": 0.9},
            medianprops={"color": TICK, "linewidth": 1.8},
            whiskerprops={"color": TICK, "linewidth": 0.9},
            flierprops={"marker": "o", "markersize": 3, "markerfacecolor": "black"},
        )
        for mood, box in zip(here, boxes["boxes"], strict=True):
            box.set_facecolor(mood.colour)
        _moods_across(axes, shown)
    _titles(figure, "mood", feature.label)
    return figure


def histogram(
    feature: Feature, data: ByDataset, *, log: bool = False, outliers: Outliers | None = None
) -> Figure:
    """Counts in bins, and the density on their scale: a row a mood, a column a dataset."""
    from seaborn import histplot

    shown = moods_in(data)
    figure, panels = _facets(list(data), shown, 27)
    for mood, row in zip(shown, panels, strict=True):
        for moods, axes in zip(data.values(), row, strict=True):
            if mood.name not in moods:
                continue
            d = moods[mood.name]
            edges = bin_edges(d, log=log)
            histplot(
                x=(edges[:-1] + edges[1:]) / 2,
                weights=d.counts,
                bins=edges.tolist(),
                color=mood.colour,
                alpha=1,
                edgecolor="white",
                linewidth=0.4,
                ax=axes,
            )
            axes.plot(
                d.density_at,
                d.n * d.bin_width * np.array(d.density),
                color="black",
                linewidth=1,
            )
    _scale(panels[0][0], "x", log)  # of all, once Seaborn has counted
    _clear_labels(panels)
    _titles(figure, feature.label, "count")
    return figure


def bars(
    feature: Feature, data: ByDataset, *, log: bool = False, outliers: Outliers | None = None
) -> Figure:
    """Clips in each category: a row a mood, a column a dataset."""
    from seaborn import barplot

    shown = moods_in(data)
    figure, panels = _facets(list(data), shown, 27)
    for mood, row in zip(shown, panels, strict=True):
        for moods, axes in zip(data.values(), row, strict=True):
            counts = moods[mood.name].counts if mood.name in moods else []
            if counts:
                barplot(
                    x=list(feature.categories), y=counts, color=mood.colour, saturation=1, ax=axes
                )
            axes.xaxis.set_minor_locator(mpl.ticker.NullLocator())
            if len(feature.categories) * len(data) > 24:
                axes.tick_params(axis="x", rotation=90, labelsize=7)
    _clear_labels(panels)
    _titles(figure, feature.title, "count")
    return figure


def violin(
    feature: Feature, data: ByDataset, *, log: bool = False, outliers: Outliers | None = None
) -> Figure:
    """Densities of equal area between each mood's extremes, with quartiles and median."""
    shown = moods_in(data)
    figure, panels = _facets(list(data), [None], 85)
    highest = highest_density(data, log=log)
    for moods, axes in zip(data.values(), panels[0], strict=True):
        _scale(axes, "y", log)
        for x, mood in enumerate(shown):
            if mood.name not in moods:
                continue
            d = moods[mood.name]
            at, density = outline(d, log=log)
            half = 0.45 * density / highest
            axes.fill_betweenx(
                at, x - half, x + half, facecolor=mood.colour, edgecolor=TICK, linewidth=0.9
            )
            axes.vlines(x, d.q1, d.q3, color=TICK, linewidth=4)
            axes.plot(x, d.median, "o", color="white", markeredgecolor=TICK, markersize=5)
        _moods_across(axes, shown)
    _titles(figure, "mood", feature.label)
    return figure


def ridgeline(
    feature: Feature, data: ByDataset, *, log: bool = False, outliers: Outliers | None = None
) -> Figure:
    """Densities one behind the other, a ridge a mood."""
    shown = moods_in(data)
    figure, panels = _facets(list(data), [None], 85)
    highest = highest_density(data, log=log)
    for moods, axes in zip(data.values(), panels[0], strict=True):
        _scale(axes, "x", log)
        for i, mood in enumerate(shown):
            if mood.name not in moods:
                continue
            foot = len(shown) - 1 - i
            at, density = outline(moods[mood.name], log=log)
            axes.fill_between(
                at,
                foot,
                foot + OVERLAP * density / highest,
                facecolor=mood.colour,
                edgecolor=TICK,
                linewidth=0.9,
                alpha=0.85,
                zorder=2 + i,
            )
        axes.set_yticks(range(len(shown)), [mood.name for mood in reversed(shown)])
        axes.yaxis.set_minor_locator(mpl.ticker.NullLocator())
    _titles(figure, feature.label, "")
    return figure


def ecdf(
    feature: Feature, data: ByDataset, *, log: bool = False, outliers: Outliers | None = None
) -> Figure:
    """The share of each mood's clips up to a value."""
    shown = moods_in(data)
    figure, panels = _facets(list(data), [None], 85, legend=True)
    for moods, axes in zip(data.values(), panels[0], strict=True):
        _scale(axes, "x", log)
        for mood in (m for m in shown if m.name in moods):
            axes.plot(
                moods[mood.name].quantiles,
                PERCENT / 100,
                color=mood.colour,
                linewidth=1.4,
                label=mood.name,
            )
    panels[0][-1].legend(
        loc="center left", bbox_to_anchor=(1.02, 0.5), frameon=False, fontsize=8.8, title="mood"
    )
    _titles(figure, feature.label, "cumulative share")
    return figure


FIGURES = {
    "boxplot": boxplot,
    "histogram": histogram,
    "bars": bars,
    "violin": violin,
    "ridgeline": ridgeline,
    "ecdf": ecdf,
}


# ---- the grey theme ---------------------------------------------------------------------------


def _facets(
    columns: Sequence[str],
    rows: Sequence[Mood | None],
    row_mm: float,
    *,
    legend: bool = False,
) -> tuple[Figure, list[list[Axes]]]:
    """Grey panels with strips: of datasets above, of moods on the right."""
    has_moods = rows[0] is not None
    right = _RIGHT + (_STRIP if has_moods else 0) + (25 * _MM if legend else 0)
    width = WIDTH_MM * _MM
    height = _TOP + _STRIP + len(rows) * row_mm * _MM + (len(rows) - 1) * _GAP + _BOTTOM
    figure = Figure(figsize=(width, height), facecolor="white")
    panel_width = (width - _LEFT - right - (len(columns) - 1) * _GAP) / len(columns)
    panel_height = row_mm * _MM
    panels = figure.subplots(
        len(rows),
        len(columns),
        sharex=True,
        sharey=True,
        squeeze=False,
        gridspec_kw={
            "left": _LEFT / width,
            "right": 1 - right / width,
            "bottom": _BOTTOM / height,
            "top": 1 - (_TOP + _STRIP) / height,
            "wspace": _GAP / panel_width,
            "hspace": _GAP / panel_height,
        },
    )
    for axes in panels.flat:
        _grey(axes)
    for axes in panels[:, 1:].flat:
        axes.tick_params(axis="y", left=False)
    for axes in panels[:-1].flat:
        axes.tick_params(axis="x", bottom=False)
    for title, axes in zip(columns, panels[0], strict=True):
        _strip(axes, title, 0, 1, 1, _STRIP / panel_height)
    for mood, axes in zip(rows, panels[:, -1], strict=True):
        if mood is not None:
            _strip(axes, mood.name, 1, 0, _STRIP / panel_width, 1, rotation=270)
    return figure, panels.tolist()


def _grey(axes: Axes) -> None:
    axes.set_facecolor(PANEL)
    axes.set_axisbelow(True)
    for spine in axes.spines.values():
        spine.set_visible(False)
    axes.grid(which="major", color="white", linewidth=1.1)
    axes.grid(which="minor", color="white", linewidth=0.55)
    axes.tick_params(
        which="major", length=2.75, width=1.1, color=TICK, labelcolor=AXIS_TEXT, labelsize=8.8
    )
    axes.tick_params(which="minor", length=0)


def _strip(
    axes: Axes, text: str, x: float, y: float, width: float, height: float, rotation: float = 0
) -> None:
    """A grey bar with a name, in the units of the panel that it borders."""
    axes.add_patch(
        Rectangle((x, y), width, height, transform=axes.transAxes, color=STRIP, lw=0, clip_on=False)
    )
    axes.text(
        x + width / 2,
        y + height / 2,
        text,
        transform=axes.transAxes,
        ha="center",
        va="center",
        rotation=rotation,
        fontsize=8.8,
        color=INK,
    )


def _scale(axes: Axes, name: str, log: bool) -> None:
    """Ticks with lines between them; on a logarithmic axis at 1, 2 and 5."""
    axis = axes.xaxis if name == "x" else axes.yaxis
    if log:
        axes.set(**{f"{name}scale": "log"})
        axis.set_major_locator(LogLocator(subs=(1, 2, 5)))
        axis.set_minor_formatter(NullFormatter())
    else:
        axis.set_minor_locator(AutoMinorLocator(2))
    axis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g}"))


def _moods_across(axes: Axes, shown: Sequence[Mood]) -> None:
    axes.set_xticks(range(len(shown)), [mood.name for mood in shown])
    axes.set_xlim(-0.6, len(shown) - 0.4)


def _clear_labels(panels: list[list[Axes]]) -> None:
    """Seaborn labels every panel; here the figure has one title an axis."""
    for row in panels:
        for axes in row:
            axes.set_xlabel("")
            axes.set_ylabel("")


def _titles(figure: Figure, x: str, y: str) -> None:
    width, height = figure.get_size_inches()
    panels = figure.axes
    box = panels[0].get_position(), panels[-1].get_position()
    middle_x = (box[0].x0 + box[1].x1) / 2
    middle_y = (box[0].y1 + box[1].y0) / 2
    figure.text(middle_x, 2.2 * _MM / height, x, ha="center", va="bottom")
    figure.text(2.2 * _MM / width, middle_y, y, ha="left", va="center", rotation=90)
