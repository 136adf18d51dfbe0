"""The page of distributions in a real Chromium: a clip picked by a click, files for print."""

from __future__ import annotations

import io
import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from mmc_core import datasets
from mmc_core.analysis.points import Clips
from mmc_core.features.schema import BY_NAME
from mmc_core.settings import data_mirror
from tests.support.browser import (
    click_into,
    download,
    expect,
    fits,
    open_page,
    opened,
    place,
    running,
    running_with_turkish,
    save_figure,
    says,
    settle,
)

pytestmark = pytest.mark.browser

POINTS = ".st-key-distribution .scatterlayer .point"
DRAWN = ".st-key-distribution .js-plotly-plot .main-svg"


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Path]]:
    with running_with_turkish(tmp_path_factory.mktemp("distributions")) as address_and_log:
        yield address_and_log


@pytest.fixture(scope="module")
def untouched(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Path]]:
    """The app on a machine that has only what comes with the project."""
    folder = tmp_path_factory.mktemp("untouched")
    with running(folder, MMC_CACHE=str(folder / "cache")) as address_and_log:
        yield address_and_log


def test_a_click_on_an_outlier_says_which_clip_it_is(tab: Any, app: tuple[str, Path]) -> None:
    dataset = datasets.get("4qaed")
    farthest = Clips(dataset.table(), dataset.summary()).outliers("rms_mean")
    open_page(tab, app, "distributions")
    expect(tab.locator(POINTS)).to_have_count(len(farthest))
    click_into(tab, tab.locator(POINTS).first)  # of the first mood that has any
    tab.wait_for_url("**clip=**")
    says(tab, "It is an outlier.")
    expect(tab.locator(POINTS)).to_have_count(len(farthest) + 1)
    chosen = tab.get_by_test_id("stSelectbox").nth(2).locator("input")
    known = "|".join(map(re.escape, farthest.clip))
    shown = re.compile(rf"^.+, ({known}) \(4QAED\)$")  # after artist and title
    expect(chosen).to_have_value(shown)
    settle(tab)
    found = shown.fullmatch(chosen.input_value())
    assert found
    clip = found[1]
    says(tab, f", {clip}, labelled ")
    has_audio = bool(data_mirror()) and clip in dataset.audio()
    expect(tab.get_by_test_id("stAudio")).to_have_count(int(has_audio))
    address = tab.url
    tab.goto("about:blank")
    tab.goto(address)
    says(tab, "It is an outlier.", f", {clip}, labelled ")
    if has_audio:
        tab.get_by_text("Open this clip in Listen").click()
        tab.wait_for_url("**/listen?**")
        says(tab, f"({clip}), 4QAED")


def test_turkish_shows_as_many_outliers_as_are_counted(tab: Any, untouched: Any) -> None:
    """Its table is not on the machine, so they are drawn from its summary."""
    open_page(tab, untouched, "distributions?dataset=turkish&group=timbre&feature=mfcc_var_2")
    says(tab, "drawn from a summary")
    row = tab.get_by_test_id("stTable").locator("tr", has_text="outliers").first
    counted = sum(int(cell) for cell in row.locator("td").all_inner_texts())
    assert counted == sum(
        d.n_outliers for d in datasets.get("turkish").summary().by_mood("mfcc_var_2").values()
    )
    expect(tab.locator(POINTS)).to_have_count(counted)
    box = place(tab, tab.locator(POINTS).first)
    tab.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    expect(tab.locator(".st-key-distribution .hoverlayer")).to_contain_text("MFCC 2, variance: ")


def test_a_row_of_the_ranking_as_a_table_leads_to_the_feature(tab: Any, app: Any) -> None:
    open_page(tab, app, "distributions?view=ranking&as=table")
    table = tab.get_by_test_id("stDataFrame")
    box = place(tab, table)
    tab.mouse.click(box["x"] + 15, box["y"] + 38 + 17)  # the box that selects the first row
    best = max(datasets.get("4qaed").separation().values(), key=lambda one: one.effect)
    says(tab, BY_NAME[best.feature].meaning)


def test_a_phone_shows_three_datasets_below_each_other(browser: Any, app: Any) -> None:
    every = "&".join(f"dataset={id_}" for id_ in datasets.DATASETS)
    with opened(browser, "phone") as tab:
        for plot in ("boxplot", "histogram", "ecdf"):
            open_page(tab, app, f"distributions?{every}&plot={plot}")
            expect(tab.locator(DRAWN).first).to_be_visible()
            fits(tab)
            height = "document.querySelector('[data-testid=stMainBlockContainer]').offsetHeight"
            assert tab.evaluate(height) < 3500
            titles = tab.locator(".st-key-distribution .annotation-text")
            for dataset in datasets.DATASETS.values():  # not in lines of a word or two
                expect(titles.get_by_text(dataset.title, exact=True)).to_have_count(1)


def test_a_click_in_the_ranking_leads_to_the_feature(tab: Any, app: tuple[str, Path]) -> None:
    open_page(tab, app, "distributions?view=ranking")
    click_into(tab, tab.locator(".st-key-ranking .scatterlayer .point").nth(2))
    third = sorted(datasets.get("4qaed").separation().values(), key=lambda one: -one.effect)[2]
    says(tab, BY_NAME[third.feature].meaning)
    expect(tab.locator(DRAWN).first).to_be_visible()


def test_the_look_of_ggplot_is_saved_beside_ours(tab: Any, app: tuple[str, Path]) -> None:
    """With MMC_SCREENSHOTS, also the picture of both in the documentation."""
    rows = []
    for plot in ("boxplot", "histogram"):
        address = "dataset=turkish&group=harmony&feature=chroma_mean"
        open_page(tab, app, f"distributions?{address}&plot={plot}")
        expect(tab.locator(DRAWN).first).to_be_visible()
        _, content = save_figure(tab, "PNG")
        ours = Image.open(io.BytesIO(content))
        tab.get_by_role("button", name="Save as").click()
        files = {}
        for kind, begins in (("PNG", b"\x89PNG"), ("SVG", b"<?xml"), ("PDF", b"%PDF")):
            button = tab.locator(f".st-key-ggplot-{kind.lower()} button")
            suggested, files[kind] = download(tab, button)
            assert suggested.startswith("chroma_mean-")
            assert suggested.endswith(f"-ggplot.{kind.lower()}")
            assert files[kind].startswith(begins)
        tab.keyboard.press("Escape")
        theirs = Image.open(io.BytesIO(files["PNG"]))
        assert theirs.width == pytest.approx(160 / 25.4 * 300, abs=1)
        rows.append((ours.convert("RGB"), theirs.convert("RGB")))
    if folder := os.environ.get("MMC_SCREENSHOTS"):
        beside(rows).save(Path(folder) / "ggplot-look.png")


def beside(rows: list[tuple[Image.Image, Image.Image]], width: int = 700) -> Image.Image:
    """Pictures in two columns of one width."""
    scaled = [
        [picture.resize((width, round(picture.height * width / picture.width))) for picture in row]
        for row in rows
    ]
    heights = [max(picture.height for picture in row) for row in scaled]
    sheet = Image.new("RGB", (2 * width + 60, sum(heights) + 20 * len(rows) + 20), "white")
    y = 20
    for row, height in zip(scaled, heights, strict=True):
        for x, picture in zip((20, width + 40), row, strict=True):
            sheet.paste(picture, (x, y + (height - picture.height) // 2))
        y += height + 20
    return sheet
