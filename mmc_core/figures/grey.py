"""ggplot2's grey theme in Matplotlib, at print size: PNG, SVG and PDF.

Sizes are those of `theme_grey(base_size = 11)`.
"""

from __future__ import annotations

import io
import textwrap
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle
from matplotlib.ticker import (
    AutoMinorLocator,
    FuncFormatter,
    LogLocator,
    MaxNLocator,
    NullFormatter,
    NullLocator,
)

from mmc_core.moods import Mood

PANEL, STRIP, INK, AXIS_TEXT, TICK = "#EBEBEB", "#D9D9D9", "#1A1A1A", "#4D4D4D", "#333333"
DPI = 300
# Inches, of margins that hold titles, labels and strips.
_MM = 1 / 25.4
_LETTER, _LINE = 1.9 * _MM, 3.7 * _MM  # of the text in strips
_RIGHT, _TOP, _BOTTOM, _STRIP, _GAP = (size * _MM for size in (2.5, 2.5, 13.5, 6.0, 1.9))
_SETTINGS: Any = {
    "font.family": "sans-serif",
    "font.size": 11,
    "text.color": INK,
    "axes.labelcolor": INK,
    "pdf.fonttype": 42,  # letters stay letters
    "svg.hashsalt": "mmc",  # the same figure is the same file
    "text.parse_math": False,  # a dataset's title may have dollars
}
_SETTINGS_LOCK = threading.Lock()  # they are Matplotlib's, for all threads

Draw = Callable[[], Figure]


@dataclass(frozen=True)
class Size:
    """How wide a figure is, and how high its panels: one alone, or each of a row a mood."""

    width_mm: float = 160.0
    panel_mm: float = 85.0
    row_mm: float = 27.0


PRINT = Size()


@contextmanager
def settings() -> Iterator[None]:
    """Matplotlib's settings for these figures; needed to draw and to save one."""
    with _SETTINGS_LOCK, mpl.rc_context(_SETTINGS):
        yield


def save(draw: Draw, formats: Sequence[str], dpi: int = DPI) -> dict[str, bytes]:
    """Draw a figure, and give it as files of some formats.

    Args:
        draw: makes the figure.
        formats: of `style.PRINT_FORMATS`.
    """
    saved = {}
    with settings():
        figure = draw()
        for kind in formats:
            content = io.BytesIO()
            date = {"svg": "Date", "pdf": "CreationDate"}.get(kind)
            figure.savefig(content, format=kind, dpi=dpi, metadata={date: None} if date else None)
            saved[kind] = content.getvalue()
    return saved


def facets(
    columns: Sequence[str],
    size: Size,
    rows: Sequence[Mood] = (),
    *,
    legend: bool = False,
    left_mm: float = 19.0,
) -> tuple[Figure, list[list[Axes]]]:
    """Grey panels with strips: of datasets above, of moods, where there are rows, on the right.

    Args:
        columns: titles of the strips above; none for one panel without.
        left_mm: room for the labels on the left.

    Returns:
        The figure, and its panels by row and column.
    """
    n_rows, row_mm = (len(rows), size.row_mm) if rows else (1, size.panel_mm)
    left = left_mm * _MM
    n_columns = max(len(columns), 1)
    right = _RIGHT + (_STRIP if rows else 0) + (25 * _MM if legend else 0)
    width = size.width_mm * _MM
    panel_width = (width - left - right - (n_columns - 1) * _GAP) / n_columns
    headings = [textwrap.fill(title, max(int(panel_width / _LETTER), 6)) for title in columns]
    lines = max((heading.count("\n") + 1 for heading in headings), default=0)
    above = _STRIP + (lines - 1) * _LINE if columns else 0.0
    top = _TOP + above
    height = top + n_rows * row_mm * _MM + (n_rows - 1) * _GAP + _BOTTOM
    figure = Figure(figsize=(width, height), facecolor="white")
    panel_height = row_mm * _MM
    panels = figure.subplots(
        n_rows,
        n_columns,
        sharex=True,
        sharey=True,
        squeeze=False,
        gridspec_kw={
            "left": left / width,
            "right": 1 - right / width,
            "bottom": _BOTTOM / height,
            "top": 1 - top / height,
            "wspace": _GAP / panel_width,
            "hspace": _GAP / panel_height,
        },
    )
    for axes in panels.flat:
        grey(axes)
    for axes in panels[:, 1:].flat:
        axes.tick_params(axis="y", left=False)
    for axes in panels[:-1].flat:
        axes.tick_params(axis="x", bottom=False)
    for heading, axes in zip(headings, panels[0], strict=bool(columns)):
        strip(axes, heading, 0, 1, 1, above / panel_height)
    for mood, axes in zip(rows, panels[:, -1], strict=bool(rows)):
        strip(axes, mood.name, 1, 0, _STRIP / panel_width, 1, rotation=270)
    return figure, panels.tolist()


def grey(axes: Axes) -> None:
    """The theme of one panel."""
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


def strip(
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


def scale(axes: Axes, name: str, log: bool) -> None:
    """Ticks with lines between them; on a logarithmic axis at 1, 2 and 5."""
    axis = axes.xaxis if name == "x" else axes.yaxis
    if log:
        axes.set(**{f"{name}scale": "log"})
        axis.set_major_locator(LogLocator(subs=(1, 2, 5)))
        axis.set_minor_formatter(NullFormatter())
    else:
        axis.set_major_locator(MaxNLocator(6, steps=[1, 2, 2.5, 5, 10]))
        axis.set_minor_locator(AutoMinorLocator(2))
    axis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g}"))


def moods_across(axes: Axes, shown: Sequence[Mood]) -> None:
    """Moods as ticks, without lines between them."""
    axes.xaxis.set_minor_locator(NullLocator())
    axes.set_xticks(range(len(shown)), [mood.name for mood in shown])
    axes.set_xlim(-0.6, len(shown) - 0.4)


def titles(figure: Figure, x: str, y: str) -> None:
    """What runs along x and y, once for all panels, in place of what Seaborn labels each with."""
    width, height = figure.get_size_inches()
    panels = figure.axes
    for axes in panels:
        axes.set(xlabel="", ylabel="")
    box = panels[0].get_position(), panels[-1].get_position()
    middle_x = (box[0].x0 + box[1].x1) / 2
    middle_y = (box[0].y1 + box[1].y0) / 2
    figure.text(middle_x, 2.2 * _MM / height, x, ha="center", va="bottom")
    figure.text(2.2 * _MM / width, middle_y, y, ha="left", va="center", rotation=90)
