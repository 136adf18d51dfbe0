"""A visitor of the running app, in Chromium, who uploads hostile files."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from playwright.sync_api import TimeoutError as TooLong

from benchmarks.hostile.work import ANSWERED, CRASHED, OVER, Ended
from tests.support.browser import (
    ARGUMENTS,
    chromium,
    download,
    open_page,
    opened,
    playwright,
    running,
    settle,
)

MILLISECONDS = 600_000  # of one upload
REFUSED = "refused"


class Visitor:
    """Uploads, and what the page then says."""

    def __init__(self, browser: Any, app: tuple[str, Path]) -> None:
        self._browser, self._app = browser, app

    def predict(self, paths: Sequence[Path]) -> list[Ended]:
        """How each of the songs of one upload ended, in their order."""
        with opened(self._browser) as tab:
            tab.set_default_timeout(MILLISECONDS)
            try:
                open_page(tab, self._app, "predict?song=upload&view=files")
                tab.set_input_files("input[type=file]", [_in_unicode(path) for path in paths])
                settle(tab)
                tab.wait_for_function(DONE, arg=len(paths), timeout=MILLISECONDS)
                settle(tab)
                return self._answers(tab, len(paths))
            except TooLong:
                return [_unanswered(tab)] * len(paths)

    def _answers(self, tab: Any, n: int) -> list[Ended]:
        if tab.get_by_test_id("stException").count():
            said = tab.get_by_test_id("stException").first.inner_text()
            return [Ended(CRASHED, said[:300])] * n
        warnings = tab.locator("[data-testid=stAlertContentWarning]").all_inner_texts()
        if len(warnings) >= n:
            return [Ended(REFUSED, warning) for warning in warnings[:n]]
        _, content = download(tab, tab.get_by_role("button", name="All results (JSON)"))
        answers = json.loads(content)
        if len(answers) != n:
            return [Ended(CRASHED, f"{len(answers)} answers for {n} files")] * n
        return [
            Ended(REFUSED, each["error"]) if each["error"] else Ended(ANSWERED) for each in answers
        ]

    def build(self, path: Path) -> Ended:
        """How a table that is to be a dataset ended."""
        with opened(self._browser) as tab:
            tab.set_default_timeout(MILLISECONDS)
            try:
                open_page(tab, self._app, "own?from=table")
                tab.set_input_files("input[type=file]", path)
                settle(tab)
                name = tab.get_by_label("Name", exact=True)
                name.fill(path.name[:3])
                name.press("Enter")
                settle(tab)
                build = tab.get_by_role("button", name="Build")
                if build.is_enabled():  # else the table is refused already
                    build.click()
                shown = tab.locator(
                    "[data-testid=stAlertContentError], [data-testid=stAlertContentSuccess], "
                    "[data-testid=stException]"
                )
                shown.first.wait_for()
                said = shown.first.inner_text()
                if tab.get_by_test_id("stException").count():
                    return Ended(CRASHED, said[:300])
                is_made = tab.get_by_test_id("stAlertContentSuccess").count()
                return Ended(ANSWERED if is_made else REFUSED, said)
            except TooLong:
                return _unanswered(tab)


def _in_unicode(path: Path) -> Path:
    """The same file, its name as a browser gives it: what is not UTF-8 is replaced."""
    name = os.fsencode(path.name).decode("utf-8", "replace")
    if name == path.name:
        return path
    named = path.with_name(name)
    if not named.exists():
        named.hardlink_to(path)
    return named


def _unanswered(tab: Any) -> Ended:
    said = " ".join(tab.get_by_test_id("stMain").inner_text().split())
    return Ended(OVER, f"the page did not answer; it says: {said[:600]}")


# Nothing is analysed any more, and there is an answer or a warning.
DONE = """n => {
    const main = document.querySelector("[data-testid=stMain]");
    const chips = document.querySelectorAll("[data-testid=stFileChip]").length;
    const warnings = main.querySelectorAll("[data-testid=stAlertContentWarning]").length;
    const failed = main.querySelector("[data-testid=stException]");
    const answered = main.innerText.includes("All results (JSON)");
    return failed || (chips && !/Analysing|Waiting/.test(main.innerText)
        && (answered || warnings >= n));
}"""


@contextmanager
def visiting(folder: Path) -> Iterator[Visitor]:
    """The app, running with folders of its own, and a browser in front of it."""
    with running(folder) as app, playwright.sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=chromium(), args=ARGUMENTS)
        yield Visitor(browser, app)
        browser.close()
