"""A Chromium, and tabs in it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.support.browser import ARGUMENTS, chromium, opened, playwright, running


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    if chromium() is None:
        pytest.skip("needs a Chromium or Chrome on the PATH")
    with playwright.sync_playwright() as driver:
        started = driver.chromium.launch(executable_path=chromium(), args=ARGUMENTS)
        yield started
        started.close()


@pytest.fixture
def tab(browser: Any) -> Iterator[Any]:
    with opened(browser) as page:
        yield page


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Path]]:
    """The app's address and log, of a server with folders of its own."""
    with running(tmp_path_factory.mktemp("app")) as address_and_log:
        yield address_and_log
