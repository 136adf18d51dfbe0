"""A mood corrected in a real Chromium: with consent, listed, undone, deleted."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.support.browser import (
    SIZES,
    expect,
    fits,
    keep_picture,
    open_page,
    opened,
    running,
    says,
    settle,
)
from tests.support.corrections import add_some

pytestmark = pytest.mark.browser

SAMPLE = "predict?sample=satie-gymnopedie-1&model=1"


@pytest.fixture(scope="module")
def with_corrections(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Path]]:
    """The app where eight corrections are kept."""
    folder = tmp_path_factory.mktemp("corrected")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("MMC_CORRECTIONS", str(folder / "corrections"))
        patch.setenv("MMC_CACHE", str(folder / "cache"))
        add_some(8)
        with running(folder) as address_and_log:
            yield address_and_log


def section(tab: Any) -> Any:
    return tab.locator(".st-key-correction")


def save(tab: Any, mood: int) -> None:
    """Choose one of the four moods by its place, and keep it."""
    section(tab).get_by_test_id("stButtonGroup").get_by_role("radio").nth(mood).click()
    consent = section(tab).get_by_role("checkbox")
    expect(consent).to_be_attached()
    if not consent.is_checked():
        section(tab).get_by_text("Save my answers as corrections").click()
    save_button = section(tab).get_by_role("button", name="Save correction")
    expect(save_button).to_be_enabled()
    save_button.click()
    expect(section(tab)).to_contain_text("Saved on this machine")
    settle(tab)


def test_a_sample_is_corrected_listed_undone_and_deleted(tab: Any, app: tuple[str, Path]) -> None:
    folder = app[1].parent / "corrections"
    open_page(tab, app, SAMPLE)
    expect(section(tab).get_by_role("button", name="Save correction")).to_have_count(0)
    assert not folder.exists()
    save(tab, 2)
    assert len(list(folder.glob("*.json"))) == 1
    section(tab).get_by_text("All corrections (1)").click()
    says(tab, "Your corrections", "You heard the model's mood in 0 of 1 song")
    tab.get_by_role("button", name="Undo the last one").click()
    says(tab, "None yet.")
    assert not list(folder.glob("*.json"))
    tab.get_by_test_id("stPageLink-NavLink").filter(has_text="Predict").click()
    expect(section(tab)).to_be_visible()
    settle(tab)
    open_page(tab, app, SAMPLE)  # whoever comes anew is asked anew
    section(tab).get_by_test_id("stButtonGroup").get_by_role("radio").nth(0).click()
    expect(section(tab).get_by_role("checkbox")).not_to_be_checked()
    expect(section(tab).get_by_role("button", name="Save correction")).to_be_disabled()
    section(tab).get_by_text("Save my answers as corrections").click()
    section(tab).get_by_role("button", name="Save correction").click()
    expect(section(tab)).to_contain_text("Saved on this machine")
    settle(tab)
    open_page(tab, app, "own")
    tab.get_by_role("button", name="Delete all").click()
    tab.get_by_role("button", name="Delete permanently").click()
    says(tab, "None yet.")
    assert not list(folder.glob("*.json"))


@pytest.mark.parametrize("size", SIZES)
def test_both_pages_fit(browser: Any, with_corrections: tuple[str, Path], size: str) -> None:
    with opened(browser, size) as tab:
        open_page(tab, with_corrections, SAMPLE)
        expect(section(tab)).to_be_visible()
        fits(tab)
        open_page(tab, with_corrections, "own")
        says(tab, "You heard the model's mood in 2 of 8 songs", "Missing: 6 happy")
        fits(tab)
        tab.get_by_role("heading", name="Your corrections").scroll_into_view_if_needed()
        keep_picture(tab, "corrections")
