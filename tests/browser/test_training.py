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
    tab.keyboard.press("Escape")
    tab.get_by_role("button", name="Gap").click()
    expect(tab.locator(".js-plotly-plot")).to_have_count(2)


def test_a_click_on_the_matrix_lists_its_clips(tab: Any, app: tuple[str, Path]) -> None:
    open_page(tab, app, "training?view=quality&run=judged")
    click_into(tab, tab.locator(".st-key-confusion .scatterlayer .point").nth(4 * 2 + 3))
    tab.wait_for_url(f"**true={NAMES[2]}&predicted={NAMES[3]}**")
    says(tab, f"{NAMES[2]} 0, labelled", f"predicted ◆ {NAMES[3]}", "Clip 1 of 1")


def test_clips_of_a_cell_follow_each_other_by_keys(tab: Any, app: tuple[str, Path]) -> None:
    true = NAMES[0]
    open_page(tab, app, f"training?view=quality&run=judged&predicted={true}")
    says(tab, f"{true} 9, labelled", "Clip 1 of 9")
    tab.keyboard.press("n")
    says(tab, f"{true} 8, labelled", "Clip 2 of 9")
    tab.wait_for_url("**clip=happy+8**")
    settle(tab)
    tab.keyboard.press("p")
    says(tab, f"{true} 9, labelled", "Clip 1 of 9")


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
    expect(tab.locator(".js-plotly-plot .main-svg").first).to_be_visible()
    expect(tab.get_by_test_id("stMultiSelect").nth(2)).to_contain_text("Original 1D CNN")


SEEN = """card => {
    window.seen = [];
    setInterval(() => {
        const state = document.querySelector(card)?.innerText.match(/[▶■✓] ?\\p{L}+/u)?.[0];
        if (state && state !== window.seen.at(-1)) window.seen.push(state);
    }, 50);
}"""
STATES = ["▶ starting", "▶ loading", "▶ training", "▶ saving", "▶ evaluating", "✓ finished"]


def test_curves_open_while_a_run_trains(tab: Any, app: tuple[str, Path]) -> None:
    """Of a finished run and of the one in training, which is drawn live in its card."""
    name = next(free for free in names() if not (app[1].parent / "models" / free).exists())
    open_page(tab, app, "training?view=train&cnn1d-epochs=500")
    tab.get_by_role("button", name="Train", exact=True).click()
    live = tab.locator(f".st-key-live-loss-{name} .js-line")
    expect(live).to_have_count(2, timeout=2 * PATIENCE)
    drawn = live.first.get_attribute("d")
    expect(live.first).not_to_have_attribute("d", drawn)  # by itself
    chosen = tab.get_by_test_id("stMultiSelect").nth(2)
    for run in ("first", name):
        tab.locator(f".st-key-curves-{run} button").click()
        usual = run == "4qaed-cnn1d"
        expect(chosen).to_contain_text("Original 1D CNN" + ("" if usual else f" ({run})"))
        settle(tab)  # a click while the page is drawn anew would be lost
        expect(tab.locator(LINES)).to_have_count(4)  # accuracy and loss of it alone
        tab.get_by_role("radio", name="Train a model").or_(
            tab.get_by_test_id("stSegmentedControl").get_by_text("Train a model")
        ).first.click()
        expect(tab.locator(f".st-key-stop-{name}")).to_be_visible()
        settle(tab)
    tab.locator(f".st-key-stop-{name} button").click()
    says(tab, "■ stopped", "Stopped after epoch")


def test_each_state_of_a_training_is_true(tab: Any, app: tuple[str, Path]) -> None:
    """Its process takes seconds to end after it is finished, and waits for nothing then."""
    name = next(free for free in names() if not (app[1].parent / "models" / free).exists())
    open_page(tab, app, "training?view=train&cnn1d-epochs=3")
    tab.evaluate(SEEN, f".st-key-card-{name}")
    tab.get_by_role("button", name="Train", exact=True).click()
    card = tab.locator(f".st-key-card-{name}")
    expect(card).to_contain_text("✓ finished", timeout=6 * PATIENCE)
    settle(tab)
    seen = tab.evaluate("window.seen")
    places = [STATES.index(state) for state in seen]
    assert places == sorted(places), seen
    assert seen[-1] == "✓ finished"


def names() -> Iterator[str]:
    """What trainings of `cnn1d` on 4QAED are called, one after the other."""
    yield "4qaed-cnn1d"
    yield from (f"4qaed-cnn1d-{number}" for number in range(2, 100))
