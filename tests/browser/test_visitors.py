"""Two visitors at once in a real Chromium: a long song of one does not stop the other's page."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from mmc_core.audio import SR, load_audio
from tests.support.browser import (
    end_class_vote,
    expect,
    open_class_vote,
    open_page,
    opened,
    says,
    settle,
    upload,
)
from tests.support.sounds import encode

pytestmark = pytest.mark.browser
CHANGES_THE_APP = True

MINUTES = 12
SECRET = "secret tune.wav"
FIGURE = ".st-key-distribution .js-plotly-plot"


def test_a_page_is_drawn_again_while_anothers_song_is_analysed(
    browser: Any, app: tuple[str, Path], samples: list[Path]
) -> None:
    y = np.resize(load_audio(samples[0]).y, MINUTES * 60 * SR)[:, None]
    with opened(browser) as one, opened(browser) as other:
        open_page(other, app, "distributions")
        open_page(one, app, "predict?song=upload&model=2")
        upload(one, ("long.wav", encode(y, SR, "wav")))
        says(one, "Analysing long.wav: part ")
        for plot in ("Violin", "ECDF"):
            other.evaluate(f"document.querySelector('{FIGURE}')._fullData.isOld = true")
            other.locator(".st-key-plot").get_by_text(plot, exact=True).click()
            other.wait_for_function(
                f"(data => data && !data.isOld)(document.querySelector('{FIGURE}')?._fullData)"
            )
            settle(other)
        says(one, "Analysing long.wav: part ")  # it is not done yet
        one.get_by_role("button", name="Cancel").click()
        says(one, "Cancelled.")
        expect(one.get_by_role("button", name="Resume")).to_be_visible()


def test_a_visit_that_somebody_made_up_is_nobodys(
    browser: Any, app: tuple[str, Path], samples: list[Path]
) -> None:
    """Who puts a cookie into another's browser does not see what that one gives."""
    made_up = {"name": "mmc-visit", "value": "v" * 32, "url": app[0]}
    with opened(browser) as one, opened(browser) as other:
        for tab in (one, other):
            tab.context.add_cookies([made_up])
            open_page(tab, app, "predict?song=upload&model=1")
        upload(one, (SECRET, encode(load_audio(samples[0]).cut().y[:, None], SR, "wav")))
        says(one, SECRET, "Why this answer")
        open_page(one, app, "predict?song=upload&model=1")
        says(one, SECRET)
        open_page(other, app, "predict?song=upload&model=1")
        says(other, "Upload songs")
        expect(other.get_by_test_id("stMain")).not_to_contain_text(SECRET[:6])


def test_what_one_visitor_gives_no_other_sees(
    browser: Any, app: tuple[str, Path], samples: list[Path]
) -> None:
    """A song, its answer and its class vote; the pages' addresses do not lead there either."""
    y = load_audio(samples[0]).cut().y[:, None]
    with opened(browser) as one, opened(browser) as other:
        open_page(one, app, "predict?song=upload&model=1")
        upload(one, (SECRET, encode(y, SR, "wav")))
        says(one, SECRET, "Why this answer")
        sounds = one.locator("audio").evaluate_all("all => all.map(each => each.src)")
        code = open_class_vote(one, app)
        open_page(one, app, "predict?song=upload&model=1")
        says(one, SECRET)  # kept for whoever gave it

        open_page(other, app, one.url.removeprefix(f"{app[0]}/"))
        says(other, "Upload songs")
        expect(other.get_by_test_id("stMain")).not_to_contain_text(SECRET[:6])
        open_page(other, app, "listen?source=upload&second=on")
        expect(other.get_by_test_id("stMain")).not_to_contain_text(SECRET[:6])
        open_page(other, app, "vote")
        expect(other.get_by_role("button", name="Open a session")).to_be_visible()
        open_page(other, app, f"vote?session={code}")  # takes part, and does not lead
        expect(other.get_by_role("button", name="End session")).to_have_count(0)
        assert all(SECRET[:6] not in each for each in sounds)
        open_page(one, app, "vote")
        end_class_vote(one)
