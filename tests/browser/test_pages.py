"""Every page in a real Chromium at both sizes, the menu, addresses, and saved figures."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from mmc_core.audio import load_audio
from mmc_core.prediction.song import predict
from mmc_core.wording import percent
from tests.support.browser import (
    FIGURELESS,
    PAGES,
    SIZES,
    expect,
    fits,
    heading,
    keep_picture,
    open_page,
    opened,
    running,
    save_figure,
    says,
    settle,
    upload,
)
from tests.support.sounds import encode

pytestmark = pytest.mark.browser
LONGEST = 3500  # pixels of a page on a phone, before anything is opened or given


def test_the_first_visit_may_be_to_any_page(tab: Any, tmp_path: Path) -> None:
    """To a server that has not met `app.py` yet."""
    with running(tmp_path) as app:
        open_page(tab, app, "predict?song=upload")
        heading(tab, "predict")
        expect(tab.get_by_test_id("stFileUploader")).to_be_visible()
        expect(tab.get_by_test_id("stTopNavLink")).to_have_count(len(PAGES))
        expect(tab.get_by_test_id("stSidebarNav")).to_have_count(0)


@pytest.mark.parametrize("size", SIZES)
def test_every_page_shows_a_figure_and_fits(browser: Any, app: tuple[str, Path], size: str) -> None:
    for path in PAGES:
        with opened(browser, size) as tab:
            open_page(tab, app, path)
            heading(tab, path)
            if path not in FIGURELESS:
                expect(tab.locator(".js-plotly-plot .main-svg").first).to_be_visible()
            fits(tab)
            if size == "phone":
                block = tab.get_by_test_id("stMainBlockContainer").bounding_box()
                assert block["height"] < LONGEST, path
            keep_picture(tab, path or "overview")


def test_the_menu_leads_to_every_page(tab: Any, app: tuple[str, Path]) -> None:
    open_page(tab, app, "")
    for path in list(PAGES)[1:]:
        tab.locator(f"[data-testid=stTopNavLink][href$='/{path}']").click()
        heading(tab, path)


def test_a_choice_is_in_the_address_and_survives_a_reload(tab: Any, app: tuple[str, Path]) -> None:
    open_page(tab, app, "distributions")
    tab.get_by_role("button", name="Turkish Music Emotion").click()
    tab.wait_for_url("**dataset=turkish**")
    tab.get_by_text("Histogram with density").click()
    tab.wait_for_url("**plot=histogram**")
    settle(tab)
    address = tab.url
    tab.goto("about:blank")
    tab.goto(address)
    expect(tab.get_by_label("Bin width (full scale)", exact=True)).to_be_visible()
    expect(tab.get_by_test_id("stTable")).to_have_count(2)
    settle(tab)
    expect(tab).to_have_url(address)


def test_a_figure_is_saved(tab: Any, app: tuple[str, Path]) -> None:
    open_page(tab, app, "distributions?plot=histogram")
    expect(tab.locator(".js-plotly-plot .main-svg").first).to_be_visible()
    begins = {"PNG": b"\x89PNG", "SVG": b"<svg", "CSV": b"dataset,mood,from,to,clips,share"}
    for kind, start in begins.items():
        name, content = save_figure(tab, kind)
        assert name == f"rms_mean-4qaed.{kind.lower()}"
        assert content.startswith(start)
        assert kind != "SVG" or b"RMS energy" in content


def test_nothing_of_a_saved_figure_is_cut(tab: Any, app: tuple[str, Path]) -> None:
    """The file is opened without the app, so without the font of its pages."""
    open_page(tab, app, "distributions?view=ranking")
    expect(tab.locator(".js-plotly-plot .main-svg").first).to_be_visible()
    _, content = save_figure(tab, "SVG")
    alone = tab.context.new_page()
    alone.set_content(content.decode())
    texts = alone.locator("svg text", has_text=re.compile(r"\S"))
    assert "Zero-crossing rate, mean" in texts.all_text_contents()
    left, right = alone.evaluate(
        """() => {
            const texts = [...document.querySelectorAll("svg text")].filter(t => t.textContent);
            const boxes = texts.map(text => text.getBoundingClientRect());
            const paper = document.querySelector("svg").getBoundingClientRect();
            return [Math.min(...boxes.map(box => box.left)) - paper.left,
                    paper.right - Math.max(...boxes.map(box => box.right))];
        }"""
    )
    assert left >= 0
    assert right >= 0


def test_an_m4a_is_answered(tab: Any, app: tuple[str, Path], samples: list[Path]) -> None:
    """By FFmpeg in its own process, as the command line answers the same bytes."""
    content = encode(load_audio(samples[0]).cut().y[:, None], 22_050, "m4a")
    expected = predict(content, "best")
    open_page(tab, app, "predict?song=upload")
    upload(tab, ("mine.m4a", content))
    tab.get_by_text("mine.m4a", exact=False).first.wait_for()
    assert expected.probabilities and expected.mood
    share = percent(expected.probabilities[expected.mood])
    says(tab, f"The model gives {expected.mood} {share}")


NASTY = [
    "&lt;b&gt; &amp; &copy.mp3",
    "<b>bold</b> <script>.mp3",
    "*a* _b_ `c` ~~d~~ [e](f).mp3",
    "$x^2$ :red[y] :smile: -- ->.mp3",
    "- 1. # | a.mp3",
    "1. first.mp3",
]


@pytest.mark.parametrize("name", NASTY)
def test_a_files_name_is_shown_as_it_is(tab: Any, app: tuple[str, Path], name: str) -> None:
    """Though it looks like Markdown, HTML or one of Streamlit's own signs."""
    open_page(tab, app, "predict?song=upload")
    upload(tab, (name, b"no sound " * 100))
    expect(tab.get_by_test_id("stAlert").first).to_be_visible()
    said = tab.get_by_test_id("stAlert").first.inner_text().replace("\u2060", "")
    assert name in said
