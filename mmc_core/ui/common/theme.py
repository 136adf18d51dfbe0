"""The style sheet of all pages: margins, figures, and the colours that a dark page has instead."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from pathlib import Path

from mmc_core.figures.style import ON_DARK
from mmc_core.moods import MOODS, Mood

STYLE = Path(__file__).with_name("style.css")


@cache
def style_sheet() -> str:
    """Return the style sheet, as HTML.

    Figures are drawn in the colours of white paper, and saved so. On a dark page each colour is
    replaced here, so that no figure is drawn anew when the theme changes.
    """
    variables = " ".join(
        f"--mood-{mood.name}: light-dark({mood.colour}, {mood.colour_on_dark});" for mood in MOODS
    )
    lines = [STYLE.read_text("utf-8"), f".stApp {{ {variables} }}", *_replacements()]
    return "<style>\n" + "\n".join(lines) + "\n</style>"


def mood_colour(mood: Mood) -> str:
    """Return a mood's colour as CSS, which is another one on a dark page."""
    return f"var(--mood-{mood.name}, {mood.colour})"


def _replacements() -> Iterator[str]:
    """Yield a rule for each property and colour of Plotly's drawings."""
    for light, dark in ON_DARK.items():
        red, green, blue = (int(light[i : i + 2], 16) for i in (1, 3, 5))
        for name in ("fill", "stroke"):
            # Plotly writes colours of marks as rgb(), those within texts as they are given.
            written = f'[style*="{name}: rgb({red}, {green}, {blue})"], [style*="{name}:{light}"]'
            rule = f"{name}: light-dark({light}, {dark}) !important;"
            yield f".js-plotly-plot :is({written}) {{ {rule} }}"
