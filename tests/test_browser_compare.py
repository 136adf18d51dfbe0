"""The compare page in a real Chromium: every view, a choice that lasts, numbers saved."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from mmc_core import compare, datasets
from mmc_core.settings import data_mirror
from mmc_core.ui import versus
from tests.test_browser import SIZES, browser, open_page, running, said, settle, tab

__all__ = ["browser", "tab"]  # fixtures

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.xdist_group("browser")]

VIEWS = {name: label for name, (label, _) in versus.VIEWS.items()}


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Path]]:
    """The app, with the table of Turkish where it can be had without the network."""
    folder = tmp_path_factory.mktemp("compare")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("MMC_CACHE", str(folder / "cache"))
        if data_mirror():
            datasets.get("turkish").fetch()
        with running(folder) as address_and_log:
            yield address_and_log


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("view", VIEWS)
def test_every_view_fits(browser: Any, app: tuple[str, Path], view: str, size: str) -> None:
    width, height = SIZES[size]
    tab = browser.new_page(viewport={"width": width, "height": height})
    tab.set_default_timeout(60_000)
    open_page(tab, app, f"compare?view={VIEWS[view].replace(' ', '+').replace('?', '%3F')}")
    tab.locator(".js-plotly-plot .main-svg").first.wait_for()
    settle(tab)
    assert not tab.query_selector_all("[data-testid=stException]")
    main = "document.querySelector('[data-testid=stMain]')"
    assert tab.evaluate(f"{main}.scrollWidth <= {main}.clientWidth + 1")
    if folder := os.environ.get("MMC_SCREENSHOTS"):
        tab.wait_for_timeout(1500)
        tab.screenshot(path=Path(folder) / f"compare-{view}-{width}x{height}.png")
    tab.close()


def test_a_choice_lasts_and_numbers_are_saved(
    tab: Any, app: tuple[str, Path], tmp_path: Path
) -> None:
    found = compare.kept(["4qaed", "turkish"])
    assert found
    open_page(tab, app, "compare")
    tab.get_by_role("button", name="EMOPIA").click()
    tab.wait_for_url("**datasets=4QAED**")
    tab.locator("h5").get_by_text(f"{found['n']} clips a mood").wait_for()
    settle(tab)
    share = f"{found['separability']['turkish']['accuracy']['value']:.0%}".replace(
        "%", "\N{NO-BREAK SPACE}%"
    )
    assert f"the mood of {share}" in said(tab)
    with tab.expect_download() as download:
        tab.locator(".st-key-measures-csv button:visible").click()
    download.value.save_as(tmp_path / "measures.csv")
    saved = pd.read_csv(tmp_path / "measures.csv").set_index(["measure", "dataset"])["value"]
    for measure, label in compare.MEASURES.items():
        value = saved[label, datasets.get("turkish").title]
        assert value == pytest.approx(found["separability"]["turkish"][measure]["value"])
    tab.get_by_text(VIEWS["transfer"]).click()
    tab.get_by_text("carries over best").wait_for()
    tab.reload()
    tab.get_by_text("carries over best").wait_for()
    settle(tab)
    assert "EMOPIA" not in tab.inner_text(".st-key-transfer")
