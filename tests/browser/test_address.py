"""The browser shows what the address names, however soon a page is drawn anew."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from mmc_core.settings import PROJECT
from tests.support.browser import expect, heading, open_page, opened, running, says, settle

pytestmark = pytest.mark.browser
HASTY = """
import streamlit as st

from mmc_core.ui.common import address

state = st.session_state
state["n"] = state.get("n", 0) + 1


@st.fragment(run_every=0.02)
def hurry():
    state["m"] = state.get("m", 0) + 1
    if state["m"] > 1:
        address.rerun()


with address.followed("hasty"):
    st.title("Hasty")
    if state["n"] == 1:
        hurry()
    else:
        st.empty()
    letter = st.selectbox("Letter", ["a", "b"], **address.one("letter", ["a", "b"], "a"))
    for i in range(50):
        st.write("line", i)
    st.write(f"{letter} in run {state['n']}")
    st.button("Again")
"""


def test_a_page_that_is_left_at_once_leaves_the_next_its_choices(
    browser: Any, app: tuple[str, Path]
) -> None:
    with opened(browser) as tab:
        for page in ("explore", "compare", "explore", "compare"):
            tab.goto(f"{app[0]}/{page}", wait_until="commit")
            heading(tab, page)
            tab.get_by_test_id("stTopNavLink").filter(has_text="Distributions").click()
            heading(tab, "distributions")
            settle(tab)
            expect(tab.get_by_test_id("stAlert")).to_have_count(0)  # no dataset is chosen
            expect(tab.locator(".st-key-distribution .js-plotly-plot")).to_be_visible()


def test_a_page_that_is_drawn_anew_at_once_keeps_what_its_address_names(
    browser: Any, tmp_path: Path
) -> None:
    script = tmp_path / "hasty.py"
    script.write_text(HASTY, encoding="utf-8")
    with running(tmp_path, script=str(script), PYTHONPATH=str(PROJECT)) as (where, _):
        for _ in range(3):
            with opened(browser) as tab:
                tab.goto(f"{where}/?letter=b")
                says(tab, "b in run 2")
                settle(tab)
                expect(tab.get_by_role("combobox")).to_have_value("b")
                tab.get_by_role("button", name="Again").click()
                says(tab, "b in run 3")
                assert tab.url.endswith("?letter=b")


def test_a_deep_link_asks_for_nothing_that_is_not_there(
    browser: Any, app: tuple[str, Path]
) -> None:
    with opened(browser) as tab:
        answers: list[Any] = []

        def keep(answer: Any) -> None:
            answers.append(answer)

        tab.on("response", keep)
        open_page(tab, app, "listen")
        settle(tab)
        assert answers
        assert not [answer.url for answer in answers if answer.status >= 400]
