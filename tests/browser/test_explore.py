"""The page on single clips in a real Chromium: each view, a clip heard, one found by its title."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from mmc_core import datasets
from mmc_core.settings import data_mirror
from mmc_core.ui.explore import views
from tests.support.browser import (
    SIZES,
    expect,
    fits,
    keep_picture,
    open_page,
    opened,
    place,
    says,
    settle,
)

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("view", views.VIEWS)
def test_every_view_fits(browser: Any, app: tuple[str, Path], view: str, size: str) -> None:
    with opened(browser, size) as tab:
        open_page(tab, app, f"explore?view={view}")
        if view in (views.CLIPS, views.SLICES):
            expect(tab.locator(".js-plotly-plot .main-svg").first).to_be_visible()
        fits(tab)
        if view != views.CLIPS:  # which the page opens with
            keep_picture(tab, f"explore-{view}")


def test_a_row_opens_its_clip_in_the_player(tab: Any, app: tuple[str, Path]) -> None:
    open_page(tab, app, "explore?view=systems")
    says(tab, "Choose a row to hear its clip.")
    box = place(tab, tab.locator(".st-key-systems-clips [data-testid=stDataFrame]"))
    tab.mouse.click(box["x"] + 15, box["y"] + 55)  # the first row's box
    says(tab, "labelled", ": predicted")
    tab.wait_for_url("**clip=4qaed**")
    settle(tab)
    first = tab.url
    tab.keyboard.press("n")
    tab.wait_for_url(lambda url: "clip=4qaed" in url and url != first)
    settle(tab)
    tab.keyboard.press("p")
    tab.wait_for_url(first)
    if data_mirror():
        expect(tab.locator("[data-testid=stMain] audio[src]")).to_have_count(1)
        tab.get_by_text("Open this clip in Listen").click()
        says(tab, "Pictures of the sound")
    else:
        says(tab, "The audio of this clip is not on this machine.")


def test_a_clip_is_found_by_its_title(tab: Any, app: tuple[str, Path]) -> None:
    if not data_mirror():
        pytest.skip("needs 4QAED's audio in MMC_DATA_MIRROR")
    name = "Dismember: Reborn in Blasphemy"
    assert datasets.get("4qaed").about_clips().loc["MT0000011357", "name"] == name
    open_page(tab, app, "listen?source=dataset&dataset=4qaed")
    field = tab.locator(".st-key-clip input")
    field.click()
    field.fill("reborn in")
    tab.get_by_role("option", name=name).click()
    tab.wait_for_url("**clip=MT0000011357**")
    settle(tab)
    says(tab, f"{name} (MT0000011357), 4QAED")
