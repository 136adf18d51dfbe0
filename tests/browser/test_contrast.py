"""Every mark of every figure is seen on the page that it is on, light or dark."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.browser.test_accessibility import FIGURELESS, PAGES_AND_VIEWS
from tests.support.browser import expect, open_page, opened, running_with_turkish, settle
from tests.test_moods import contrast

pytestmark = pytest.mark.browser

LEAST = 3.0  # of graphics with what is around them (WCAG 2.2, 1.4.11)
# Colours of marks: of lines and outlines, and of areas that have none of their own.
MARKS = """() => {
    const seen = {};
    const opaque = share => parseFloat(share) >= 0.5;
    const marks = ".js-plotly-plot :is(.trace, .legend .traces, .shapelayer) :is(path, line, rect)";
    for (const mark of document.querySelectorAll(marks)) {
        const style = getComputedStyle(mark);
        if (style.display === "none" || style.visibility === "hidden" || !mark.getBBox().width
            && !mark.getBBox().height || mark.matches(".legendtoggle")) continue;
        const drawn = style.stroke !== "none" && parseFloat(style.strokeWidth) > 0
            && opaque(style.strokeOpacity);
        const colours = [];
        if (drawn) colours.push(style.stroke);
        if (style.fill.startsWith("rgb") && opaque(style.fillOpacity)) colours.push(style.fill);
        if (colours.length) seen[colours.join(" in ")] = mark.outerHTML.slice(0, 300);
    }
    const page = getComputedStyle(document.querySelector(".stApp")).backgroundColor;
    return [page, seen];
}"""


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Path]]:
    with running_with_turkish(tmp_path_factory.mktemp("contrast")) as address_and_log:
        yield address_and_log


def hexadecimal(colour: str) -> str:
    """Return a computed colour, such as `rgb(0, 114, 178)`, in hexadecimal."""
    numbers = colour[colour.index("(") + 1 : -1].split(",")[:3]
    return "#" + "".join(f"{round(float(number)):02x}" for number in numbers)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("path", [each for each in PAGES_AND_VIEWS if each not in FIGURELESS])
def test_marks_are_seen(browser: Any, app: tuple[str, Path], path: str, scheme: str) -> None:
    """A mark's outline or its area has a contrast of 3 with the page."""
    with opened(browser, scheme=scheme) as tab:
        open_page(tab, app, path)
        if not path.startswith(FIGURELESS):
            expect(tab.locator(".js-plotly-plot .main-svg").first).to_be_visible()
        settle(tab)
        page, seen = tab.evaluate(MARKS)
    faint = {
        colours: mark
        for colours, mark in seen.items()
        if max(contrast(hexadecimal(page), hexadecimal(c)) for c in colours.split(" in ")) < LEAST
    }
    assert not faint
