"""The language of the pages in a real Chromium: the browser's, and the one that is chosen."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from tests.support.browser import PATIENCE, expect, heading, open_page, opened, place, says, settle

pytestmark = pytest.mark.browser

MAIN = "Bu müziğin duygu durumu ne?"  # what English asks for at the top of the overview


def language_of(tab: Any) -> str:
    found: str = tab.evaluate("document.documentElement.lang")
    return found


def test_a_language_holds_on_other_pages_and_after_a_reload(
    browser: Any, app: tuple[str, Path]
) -> None:
    with opened(browser) as tab:
        open_page(tab, app, "?language=tr")
        expect(tab.locator("h1")).to_have_text(MAIN)
        settle(tab)
        assert language_of(tab) == "tr"
        tab.get_by_test_id("stTopNavLink").filter(has_text="Dağılımlar").click()
        expect(tab.locator("h1")).to_have_text("Özniteliklerin duygu durumuna göre dağılımları")
        expect(tab.locator(".st-key-distribution .js-plotly-plot")).to_contain_text("mutlu")
        settle(tab)
        tab.reload()
        expect(tab.locator("h1")).to_have_text("Özniteliklerin duygu durumuna göre dağılımları")


def test_a_page_speaks_the_browsers_language(browser: Any, app: tuple[str, Path]) -> None:
    context = browser.new_context(locale="tr-TR")
    context.set_default_timeout(PATIENCE)
    tab = context.new_page()
    open_page(tab, app, "")
    expect(tab.locator("h1")).to_have_text(MAIN)
    assert tab.url == f"{app[0]}/"  # nobody chose it
    open_page(tab, app, "?language=en")
    heading(tab, "")
    context.close()


def test_the_way_to_a_mood_in_turkish(browser: Any, app: tuple[str, Path]) -> None:
    with opened(browser) as tab:
        open_page(tab, app, "predict?language=tr&model=1")
        says(tab, "Zaman içinde duygu durumu", "Neden bu yanıt")
        expect(tab.locator(".st-key-probabilities .js-plotly-plot")).to_contain_text("mutlu")


def test_a_figure_has_turkish_numbers(browser: Any, app: tuple[str, Path]) -> None:
    with opened(browser) as tab:
        open_page(tab, app, "distributions?language=tr")
        plot = tab.locator(".st-key-distribution .js-plotly-plot")
        expect(plot.locator(".ytick text").nth(1)).to_contain_text(re.compile(r"^0,\d+$"))


def test_the_language_is_beside_the_title_and_in_a_phones_menu(
    browser: Any, app: tuple[str, Path]
) -> None:
    with opened(browser) as tab:
        open_page(tab, app, "")
        choice = tab.locator(".st-key-choose-language")
        expect(choice).to_be_in_viewport()
        box, title = place(tab, choice), place(tab, tab.locator("h1"))
        assert title["y"] <= box["y"] and box["y"] + box["height"] <= title["y"] + title["height"]
    with opened(browser, "phone") as tab:
        open_page(tab, app, "")
        tab.get_by_test_id("stExpandSidebarButton").click()
        choice = tab.get_by_test_id("stSidebar").locator(".st-key-choose-language")
        expect(choice).to_be_in_viewport()
        choice.get_by_role("combobox").click()
        tab.get_by_role("option", name="Türkçe").click()
        tab.wait_for_url("**language=tr**")


def test_a_language_is_chosen_by_a_click(browser: Any, app: tuple[str, Path]) -> None:
    with opened(browser) as tab:
        open_page(tab, app, "library")
        settle(tab)
        choice = tab.locator(".st-key-choose-language")
        choice.scroll_into_view_if_needed()
        choice.get_by_role("combobox").click()
        tab.get_by_role("option", name="Türkçe").click()
        expect(tab.locator("h1")).to_have_text("Kitaplık")
        tab.wait_for_url("**language=tr**")
        settle(tab)
        assert language_of(tab) == "tr"
