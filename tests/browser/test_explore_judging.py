"""Doubtful labels judged by key in a real Chromium."""

from __future__ import annotations

import csv
import io
from pathlib import Path
from typing import Any

import pytest

from mmc_core import runs
from mmc_core.exploration import doubts
from tests.support.browser import expect, open_page, opened, save_figure, says, settle

pytestmark = pytest.mark.browser
CHANGES_THE_APP = True

BEST = "4qaed-probe-both-grouped-10"


def press(tab: Any, key: str, opens: str) -> None:
    """Press a key, and wait for the clip that it opens."""
    tab.keyboard.press(key)
    tab.wait_for_url(f"**clip=4qaed%3A{opens}**")
    settle(tab)


def test_labels_are_judged_by_key_and_kept(tab: Any, browser: Any, app: tuple[str, Path]) -> None:
    table = doubts.doubtful(runs.load_run(BEST).predictions())
    clips = table["clip"].tolist()
    other = 1 if table["mood"][1] != "happy" else 2
    open_page(tab, app, "explore?view=doubts&many=10")
    says(tab, "0 of 10 judged")
    tab.wait_for_url(f"**clip=4qaed%3A{clips[0]}**")
    note = tab.get_by_label("Note")
    note.fill("kick and bass")  # its letters are no answers
    note.press("Enter")
    settle(tab)
    says(tab, "0 of 10 judged")
    expect(note).not_to_be_focused()
    press(tab, "k", clips[1])
    says(tab, "1 of 10 judged")
    press(tab, str(other), clips[2])
    press(tab, "u", clips[3])
    says(tab, "3 of 10 judged")
    press(tab, "n", clips[4])
    press(tab, "p", clips[3])
    press(tab, "p", clips[2])
    says(tab, "unsure")

    link = tab.url
    tab.reload()
    settle(tab)
    says(tab, "3 of 10 judged", "Judged on")
    assert tab.url == link
    name, content = save_figure(tab, "Judgements as CSV", "doubts")
    assert name == "4qaed-judgements.csv"
    rows = list(csv.DictReader(io.StringIO(content.decode())))
    assert [(row["clip"], row["judged"]) for row in rows] == [
        *((clips[0], "keep"), (clips[1], "change"), (clips[2], "unsure"))
    ]
    assert rows[0]["note"] == "kick and bass"

    with opened(browser) as visitor:  # who opens the link sees the same clip
        visitor.goto(link)
        settle(visitor)
        says(visitor, "3 of 10 judged", "Judged on")
    for clip in clips[:3]:
        open_page(tab, app, f"explore?view=doubts&many=10&clip=4qaed:{clip}")
        says(tab, "Judged on")
        tab.locator("h1").click()
        tab.keyboard.press("z")
        expect(tab.get_by_text("Judged on")).to_have_count(0)
    says(tab, "0 of 10 judged")
