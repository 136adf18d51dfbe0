"""A Chromium, and tabs in it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.support.browser import ARGUMENTS, chromium, opened, playwright, running


@pytest.fixture(scope="package")
def driver() -> Iterator[Any]:
    """Playwright, of which a thread can have but one."""
    if chromium() is None:
        pytest.skip("needs a Chromium or Chrome on the PATH")
    with playwright.sync_playwright() as started:
        yield started


@pytest.fixture(scope="package")
def browser(driver: Any) -> Iterator[Any]:
    started = driver.chromium.launch(executable_path=chromium(), args=ARGUMENTS)
    yield started
    started.close()


@pytest.fixture
def tab(browser: Any) -> Iterator[Any]:
    with opened(browser) as page:
        yield page


@pytest.fixture(scope="package")
def shared_app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Path]]:
    """The address and log of one app for all modules that leave its folders as they are."""
    with running(tmp_path_factory.mktemp("app")) as address_and_log:
        yield address_and_log


@pytest.fixture(scope="module")
def app(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[str, Path]]:
    """The app's address and log; of a server of its own for a module with `CHANGES_THE_APP`."""
    if getattr(request.module, "CHANGES_THE_APP", False):
        with running(tmp_path_factory.mktemp("app")) as address_and_log:
            yield address_and_log
    else:
        yield request.getfixturevalue("shared_app")
