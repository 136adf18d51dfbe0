"""All clips on the page Explore in a real Chromium: found, selected on the map, heard, saved."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from mmc_core import datasets
from mmc_core.exploration.clips import ClipTable
from mmc_core.exploration.queries import Query
from mmc_core.settings import data_mirror
from tests.support.browser import expect, open_page, place, save_figure, says, settle

pytestmark = pytest.mark.browser

NAME = "Dismember: Reborn in Blasphemy"
# The names of clips that a figure shows as selected, and those of the table's first rows, which
# stand in a grid for screen readers.
SELECTED = """key => [...document.querySelector(`.st-key-${key} .js-plotly-plot`).data]
    .filter(trace => trace.marker?.opacity > 0.5 && trace.customdata)
    .flatMap(trace => [...trace.customdata].map(each => each[0]))"""
ROWS = """() => [...document.querySelectorAll(".st-key-clips table[role=grid] tbody tr")]
    .map(row => row.querySelector("[aria-colindex='1']")?.textContent)
    .filter(Boolean)"""


def rows_of(tab: Any) -> list[str]:
    """Names in the table, once it has been drawn."""
    tab.wait_for_function(f"() => ({ROWS})().length > 0")
    return list(tab.evaluate(ROWS))


def first_row(tab: Any) -> None:
    """Choose the first row of the table."""
    box = place(tab, tab.locator(".st-key-clips [data-testid=stDataFrame]"))
    tab.mouse.click(box["x"] + 15, box["y"] + 55)


def test_a_clip_is_found_by_its_title_and_heard(tab: Any, app: tuple[str, Path]) -> None:
    open_page(tab, app, "explore")
    says(tab, "898 clips")
    field = tab.locator(".st-key-find input")
    field.fill("reborn in")
    field.press("Enter")
    says(tab, "1 of 898 clips selected")
    settle(tab)
    assert rows_of(tab) == [NAME]
    first_row(tab)
    tab.wait_for_url("**clip=4qaed**")
    if data_mirror():
        says(tab, f"{NAME}, labelled ▲ angry, predicted ▲ angry")
        expect(tab.locator("[data-testid=stMain] audio[src]")).to_have_count(1)
        tab.get_by_text("Open this clip in Listen").click()
        says(tab, "Pictures of the sound")
    else:
        says(tab, "The audio of this clip is not on this machine.")


def test_a_box_on_the_map_selects_in_the_table_and_the_other_figures(
    tab: Any, app: tuple[str, Path]
) -> None:
    open_page(tab, app, "explore")
    says(tab, "898 clips")
    box = place(tab, tab.locator(".st-key-map .js-plotly-plot .nsewdrag").first)
    across, up = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    tab.mouse.move(across - 40, up - 40)
    tab.mouse.down()
    tab.mouse.move(across + 20, up + 30, steps=8)
    tab.mouse.up()
    tab.wait_for_url("**map-area=**")
    says(tab, "Selected: an area of the map")
    settle(tab)
    selected = tab.evaluate(SELECTED, "map")
    assert 0 < len(selected) < 898
    says(tab, f"{len(selected)} of 898 clips selected")
    assert sorted(tab.evaluate(SELECTED, "scatter")) == sorted(selected)
    order = datasets.get("4qaed").about_clips()["name"].tolist()
    rows = rows_of(tab)
    assert len(rows) > 5
    assert rows == sorted(selected, key=order.index)[: len(rows)]
    name, content = save_figure(tab, "CSV", "clips")
    assert name == "clips.csv"
    assert len(content.decode().splitlines()) == len(selected) + 1
    tab.get_by_role("button", name="Clear the area").click()
    expect(tab.get_by_text("clips selected")).to_have_count(0)


def test_a_click_on_a_header_sorts_all_pages(tab: Any, app: tuple[str, Path]) -> None:
    open_page(tab, app, "explore")
    clips = ClipTable([datasets.get("4qaed")])
    for address, descending in (("**sort=name**", False), ("**descending=on**", True)):
        box = place(tab, tab.locator(".st-key-clips [data-testid=stDataFrame]"))
        tab.mouse.click(box["x"] + 80, box["y"] + 18)
        tab.wait_for_url(address)
        settle(tab)
        first = clips.page(Query(), ["name"], sort="name", descending=descending)["name"][0]
        assert rows_of(tab)[0] == first
    tab.reload()
    settle(tab)
    assert rows_of(tab)[0] == first


def test_what_is_wrong_with_a_filter_stands_beneath_it(tab: Any, app: tuple[str, Path]) -> None:
    open_page(tab, app, "explore?filter=tempo%20%3E%20170")
    says(tab, "of 898 clips selected")
    settle(tab)
    before = rows_of(tab)
    field = tab.locator(".st-key-filter input")
    field.fill("tempo > fast")
    field.press("Enter")
    says(tab, "There is no column 'fast'", "the clips of the filter before, tempo > 170")
    settle(tab)
    assert rows_of(tab) == before
