"""The compare page in a real Chromium: every view, a choice that lasts, numbers saved."""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from mmc_core import datasets
from mmc_core.comparison import store
from mmc_core.moods import NAMES
from mmc_core.saved.comparison import MEASURES
from mmc_core.ui.compare import views
from tests.support.browser import (
    SIZES,
    download,
    expect,
    fits,
    keep_picture,
    open_page,
    opened,
    place,
    running_with_turkish,
    says,
    settle,
)

pytestmark = pytest.mark.browser
CHANGES_THE_APP = True

LONG = "A dataset whose name is as long as names of datasets can be"
INSIDE = """pill => {
    const box = pill.getBoundingClientRect();
    return box.left >= 0 && box.right <= innerWidth && pill.scrollWidth <= pill.clientWidth + 1;
}"""
VIEWS = {name: label for name, (label, _) in views.VIEWS.items()}


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Path]]:
    """The app with a further dataset, whose name is as long as one can be."""
    folder = tmp_path_factory.mktemp("compare")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("MMC_CACHE", str(folder / "cache"))
        table = pd.DataFrame({"mood": NAMES * 5, "tempo": range(5 * len(NAMES))})
        table.to_csv(folder / "long.csv", index=False)
        datasets.build_dataset(folder / "long.csv", LONG)
    with running_with_turkish(folder) as address_and_log:
        yield address_and_log


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("view", VIEWS)
def test_every_view_fits(browser: Any, app: tuple[str, Path], view: str, size: str) -> None:
    with opened(browser, size) as tab:
        open_page(tab, app, f"compare?view={view}")
        expect(tab.locator(".js-plotly-plot .main-svg").first).to_be_visible()
        fits(tab)
        keep_picture(tab, f"compare-{view}")


def test_a_choice_lasts_and_numbers_are_saved(tab: Any, app: tuple[str, Path]) -> None:
    comparison = store.load(["4qaed", "turkish"])
    assert comparison
    open_page(tab, app, "compare")
    tab.get_by_role("button", name="EMOPIA").click()
    tab.wait_for_url("**dataset=4qaed**")
    tab.get_by_text("More about this comparison").click()
    says(tab, f"{comparison.n} clips per mood")
    share = f"{comparison.separability['turkish']['accuracy'].value:.0%}".replace("%", " %")
    says(tab, f"is right on {share}")
    tab.get_by_role("tab", name="Table").click()
    tab.get_by_test_id("stDataFrame").wait_for()
    tab.locator("[role=tabpanel]:visible").get_by_role("button", name="Save as").click()
    _, content = download(tab, tab.locator(".st-key-all-measures-csv button:visible"))
    tab.keyboard.press("Escape")
    saved = pd.read_csv(io.BytesIO(content)).set_index(["measure", "dataset"])["value"]
    for measure, label in MEASURES.items():
        value = saved[label, datasets.get("turkish").title]
        assert value == pytest.approx(comparison.separability["turkish"][measure].value)
    settle(tab)  # a click while the page is drawn anew would be lost
    tab.get_by_text(VIEWS["transfer"]).click()
    says(tab, "most often right from")
    tab.wait_for_url("**view=transfer**")  # written once the page is drawn
    tab.reload()
    says(tab, "most often right from")
    figure = tab.locator(".st-key-transfer")
    expect(figure).to_contain_text("Turkish")
    expect(figure).not_to_contain_text("EMOPIA")


def test_the_browser_goes_back_to_what_was_chosen_before(tab: Any, app: tuple[str, Path]) -> None:
    first, then = "Accuracy by kind of feature", "most often right from"
    open_page(tab, app, "compare")
    says(tab, first)
    tab.get_by_text(VIEWS["transfer"]).click()
    says(tab, then)
    tab.wait_for_url("**view=transfer**")
    settle(tab)
    tab.go_back()
    says(tab, first)
    assert "view=" not in tab.url
    settle(tab)
    tab.go_forward()
    says(tab, then)
    tab.wait_for_url("**view=transfer**")


def test_the_finding_and_its_figure_are_on_the_first_screen(
    tab: Any, app: tuple[str, Path]
) -> None:
    open_page(tab, app, "compare")
    says(tab, "is the easiest dataset")
    box = place(tab, tab.locator(".st-key-measures .js-plotly-plot"))
    assert tab.evaluate("document.querySelector('[data-testid=stMain]').scrollTop") == 0
    assert box["y"] + box["height"] < SIZES["desktop"][1]


def test_choices_of_datasets_wrap_on_a_phone(browser: Any, app: tuple[str, Path]) -> None:
    with opened(browser, "phone") as tab:
        open_page(tab, app, "compare")
        pills = tab.get_by_test_id("stButtonGroup").first.get_by_role("button")
        expect(pills.filter(has_text=LONG[:20])).to_be_visible()
        for i in range(pills.count()):
            assert pills.nth(i).evaluate(INSIDE)


@pytest.mark.parametrize("view", VIEWS)
def test_no_view_is_long_on_a_phone(browser: Any, app: tuple[str, Path], view: str) -> None:
    with opened(browser, "phone") as tab:
        open_page(tab, app, f"compare?view={view}")
        expect(tab.get_by_test_id("stMainBlockContainer")).to_be_visible()
        assert tab.get_by_test_id("stMainBlockContainer").bounding_box()["height"] < 3500
