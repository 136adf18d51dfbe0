"""The training page in a real Chromium: curves, a matrix to click, a training begun and ended."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from mmc_core import runs
from mmc_core.moods import NAMES
from tests.support.browser import PATIENCE, click_into, expect, open_page, running, says, settle
from tests.support.runs import write_evaluation, write_training

pytestmark = pytest.mark.browser

LINES = ".js-plotly-plot .scatterlayer .js-line"


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Path]]:
    """The app over a models folder of its own."""
    folder = tmp_path_factory.mktemp("training")
    (folder / "models").mkdir()
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("MMC_MODELS", str(folder / "models"))
        patch.setenv("MMC_CACHE", str(folder / "cache"))
        write_training("first")
        write_training("second", "dropout=0.5")
        write_evaluation("judged", "svm", "grouped")
        with running(folder) as address_and_log:
            yield address_and_log


def test_curves_of_chosen_runs_are_drawn(tab: Any, app: tuple[str, Path]) -> None:
    open_page(tab, app, "training?runs-4qaed=first&metric=loss")
    expect(tab.locator(LINES)).to_have_count(2)
    tab.get_by_test_id("stMultiSelect").nth(2).locator("input").click()
    tab.get_by_role("option", name="Original 1D CNN (second)").click()
    expect(tab.locator(LINES)).to_have_count(4)
    tab.wait_for_url("**runs-4qaed=second**")
    tab.keyboard.press("Escape")
    tab.get_by_role("button", name="Gap").click()
    expect(tab.locator(".js-plotly-plot")).to_have_count(2)


def test_a_click_on_the_matrix_lists_its_clips(tab: Any, app: tuple[str, Path]) -> None:
    open_page(tab, app, "training?view=quality&run=judged")
    click_into(tab, tab.locator(".st-key-confusion .scatterlayer .point").nth(4 * 2 + 3))
    tab.wait_for_url(f"**true={NAMES[2]}&predicted={NAMES[3]}**")
    audio = tab.get_by_text("The audio of these clips").or_(tab.get_by_text("Listen to")).first
    expect(audio).to_be_visible()


def test_a_training_is_begun_watched_stopped_and_resumed(tab: Any, app: tuple[str, Path]) -> None:
    open_page(tab, app, "training?view=train&cnn1d-epochs=400")
    train = tab.get_by_role("button", name="Train", exact=True)
    train.click()
    bar = tab.get_by_text(re.compile(r"Epoch \d+ of 400"))
    bar.wait_for(timeout=2 * PATIENCE)
    first = bar.inner_text()
    expect(bar).not_to_have_text(first)  # by itself
    expect(bar).to_be_visible()
    expect(train).to_be_disabled()
    tab.get_by_role("button", name="Stop").click()
    says(tab, "■ stopped", "Stopped after epoch")
    expect(train).to_be_enabled()
    stopped = runs.Run(app[1].parent / "models" / "4qaed-cnn1d").history()
    assert 0 < len(stopped) < 400
    settle(tab)
    tab.get_by_role("button", name="Resume").click()
    tab.get_by_text("▶ training").wait_for(timeout=2 * PATIENCE)
    tab.get_by_role("button", name="Stop").click()
    tab.get_by_text("■ stopped").wait_for(timeout=2 * PATIENCE)
    settle(tab)  # a click while the page is drawn anew would be lost
    tab.get_by_role("button", name="Curves").first.click()
    tab.wait_for_url("**runs-4qaed=4qaed-cnn1d**")
    expect(tab.locator(".js-plotly-plot .main-svg").first).to_be_visible()
    expect(tab.get_by_test_id("stMultiSelect").nth(2)).to_contain_text("Original 1D CNN")
