"""What the real-browser tests share: the running app, a patient tab, what to wait for.

The page is never read once and judged: Streamlit draws one thing after another, so every
expectation waits (`expect`).
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from mmc_core import datasets
from mmc_core.settings import data_mirror
from tests.support.headings import headings
from tests.support.server import PATIENCE_S, serving

# Skips the modules that import this one where Playwright is not installed.
playwright = pytest.importorskip("playwright.sync_api")
expect = playwright.expect

# Chromium as root in a container, silent where there is no network.
ARGUMENTS = [
    *("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync"),
    *("--disable-background-networking", "--disable-component-update"),
]
SIZES = {"desktop": (1440, 900), "phone": (390, 844)}
# By path, the heading of each page.
PAGES = {"" if name == "overview" else name: heading for name, heading in headings().items()}
FIGURELESS = {"vote", "library", "own"}
PATIENCE = 1000 * PATIENCE_S  # milliseconds
expect.set_options(timeout=PATIENCE)


def chromium() -> str | None:
    names = ("chromium", "chromium-browser", "google-chrome", "chrome", "msedge")
    return next((path for name in names if (path := shutil.which(name))), None)


@contextmanager
def running(
    folder: Path, *, script: str = "app.py", port: int | None = None, **environment: str
) -> Iterator[tuple[str, Path]]:
    """The address and the log of the app, or of a script; the log must have no error in the end."""
    if chromium() is None:
        pytest.skip("needs a Chromium or Chrome on the PATH")
    with serving(folder, script=script, port=port, **environment) as address_and_log:
        yield address_and_log


@contextmanager
def running_with_turkish(folder: Path) -> Iterator[tuple[str, Path]]:
    """The app, with the table of Turkish where it can be had without the network."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("MMC_CACHE", str(folder / "cache"))
        if data_mirror():
            datasets.get("turkish").fetch()
        with running(folder) as address_and_log:
            yield address_and_log


@contextmanager
def opened(browser: Any, size: str = "desktop", scheme: str = "light") -> Iterator[Any]:
    """A tab of one of the `SIZES`, on a system that is light or dark."""
    width, height = SIZES[size]
    viewport = {"width": width, "height": height}
    context = browser.new_context(viewport=viewport, color_scheme=scheme, accept_downloads=True)
    context.set_default_timeout(PATIENCE)
    yield context.new_page()
    context.close()


QUIET = """() => {
    const app = document.querySelector("[data-test-script-state]");
    const quiet = app?.dataset.testScriptState === "notRunning"
        && app.dataset.testConnectionState === "CONNECTED"
        && document.querySelector("h1")
        && !document.querySelector("[data-stale=true], [data-testid=stSkeleton]");
    window.quietSince = quiet ? window.quietSince ?? performance.now() : undefined;
    return quiet && performance.now() - window.quietSince > 300;
}"""
FRAMES = """() => new Promise(done => {
    let left = 10;
    const next = () => left-- ? requestAnimationFrame(next) : done();
    next();
})"""


def settle(tab: Any) -> None:
    """Wait until Streamlit has run the page and loaded what draws its widgets, and does not begin
    anew for a moment.

    A click takes a while to reach the server: wait for what it brings, not only for this.
    """
    tab.evaluate("window.quietSince = undefined")  # how quiet it was before says nothing
    tab.wait_for_function(QUIET)


def open_page(tab: Any, app: tuple[str, Path], path: str) -> None:
    tab.goto(f"{app[0]}/{path}")
    settle(tab)


def heading(tab: Any, path: str) -> None:
    """It is this page of `PAGES`."""
    expect(tab.locator("h1")).to_have_text(PAGES[path])


def says(tab: Any, *sentences: str) -> None:
    """The page says each of these, or will in a moment; line ends count as spaces."""
    for sentence in sentences:
        expect(tab.get_by_test_id("stMain")).to_contain_text(sentence, use_inner_text=True)


def fits(tab: Any) -> None:
    """Nothing has failed, and nothing is wider than the window."""
    settle(tab)
    expect(tab.get_by_test_id("stException")).to_have_count(0)
    main = "document.querySelector('[data-testid=stMain]')"
    tab.wait_for_function(f"{main}.scrollWidth <= {main}.clientWidth + 1")


def place(tab: Any, part: Any) -> dict[str, float]:
    """The box of a part of a figure, once it does not move any more."""
    part.scroll_into_view_if_needed()
    settle(tab)
    before = None
    for _ in range(100):
        box: dict[str, float] | None = part.bounding_box()
        if box and box == before:
            return box
        before = box
        tab.evaluate(FRAMES)
    raise AssertionError(f"{part} keeps moving: it is at {before} now")


def click_into(tab: Any, point: Any) -> None:
    """Click on a point of a figure, by its place."""
    box = place(tab, point)
    tab.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)


def open_class_vote(tab: Any, app: tuple[str, Path]) -> str:
    """Open a class vote as a teacher, on the clips that are chosen at first; its code."""
    open_page(tab, app, "vote")
    tab.get_by_role("button", name="Open a session").click()
    shown = tab.locator(".class-vote-code")
    expect(shown).to_be_visible()
    settle(tab)
    code: str = "".join(shown.inner_text().split())
    return code


def end_class_vote(tab: Any) -> None:
    tab.get_by_role("button", name="End session").click()
    tab.get_by_role("button", name="End and delete").click()
    expect(tab.get_by_role("button", name="Open a session")).to_be_visible()


def upload(tab: Any, *files: tuple[str, bytes]) -> None:
    payload = [{"name": n, "mimeType": "audio/mpeg", "buffer": content} for n, content in files]
    tab.set_input_files("input[type=file]", payload)
    for name, _ in files:  # Streamlit cuts the middle out of long names
        expect(tab.get_by_test_id("stFileChip").filter(has_text=name[:6])).to_be_visible()
    settle(tab)


def download(tab: Any, button: Any) -> tuple[str, bytes]:
    """Name and content of the file that a button gives, once the page is all drawn."""
    settle(tab)
    with tab.expect_download() as arriving:
        button.click()
    return arriving.value.suggested_filename, Path(arriving.value.path()).read_bytes()


def save_figure(tab: Any, kind: str, figure: str = "") -> tuple[str, bytes]:
    """Return name and content of the file that a figure's menu "Save as" gives.

    Args:
        kind: what the menu's button says: PNG, SVG or CSV.
        figure: key of the figure; the first of the page where empty.
    """
    menus = tab.locator(f".st-key-{figure}-below") if figure else tab
    menus.get_by_role("button", name="Save as").first.click()
    result = download(tab, tab.get_by_role("button", name=kind, exact=True))
    tab.keyboard.press("Escape")
    return result


def keep_picture(tab: Any, name: str) -> None:
    """With MMC_SCREENSHOTS=docs/screenshots, a picture for the documentation."""
    if folder := os.environ.get("MMC_SCREENSHOTS"):
        tab.wait_for_timeout(1500)
        size = tab.viewport_size
        tab.screenshot(path=Path(folder) / f"{name}-{size['width']}x{size['height']}.png")
