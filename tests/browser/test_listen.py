"""Listening into a sound in a real Chromium: opened by address, pictures chosen, saved."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from mmc_core.datasets import DATASETS
from tests.support.browser import (
    SIZES,
    download,
    expect,
    fits,
    open_page,
    opened,
    place,
    running,
    says,
    settle,
)
from tests.support.sounds import encode, tone

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def clip() -> str:
    """A clip of 4QAED that is neither its first nor of that one's mood."""
    table = DATASETS["4qaed"].table()
    return str(table.loc[table["mood"] != table["mood"].iloc[0], "clip"].iloc[5])


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory, clip: str) -> Iterator[tuple[str, Path]]:
    """The app with a mirror in which two clips of 4QAED have a sound."""
    folder = tmp_path_factory.mktemp("app")
    sounds = folder / "mirror" / "4qaed"
    sounds.mkdir(parents=True)
    for name in (str(DATASETS["4qaed"].table()["clip"].iloc[0]), clip):
        (sounds / f"{name}.ogg").write_bytes(encode(tone(30.0, 22_050), 22_050, "ogg"))
    with running(folder, MMC_DATA_MIRROR=str(folder / "mirror")) as address_and_log:
        yield address_and_log


def panels(tab: Any, n: int) -> None:
    """The first figure has that many pictures."""
    expect(tab.locator(".st-key-pictures-of-it .cartesianlayer > .subplot")).to_have_count(n)


def test_a_clip_is_opened_by_address_toggled_and_saved(
    tab: Any, app: tuple[str, Path], clip: str
) -> None:
    open_page(tab, app, f"listen?dataset=4qaed&clip={clip}")
    says(tab, f"({clip}), 4QAED", "The strongest pitch class is A,")
    tab.wait_for_url(f"**clip={clip}**")
    panels(tab, 3)
    for name in ("Waveform", "Tonnetz", "Tempogram", "Onset strength"):
        tab.get_by_test_id("stButtonGroup").get_by_text(name, exact=True).click()
        settle(tab)
    panels(tab, 5)
    tab.wait_for_url("**pictures=**")
    settle(tab)
    address = tab.url
    figure = tab.locator(".st-key-pictures-of-it")
    saved = pd.read_csv(io.BytesIO(download(tab, figure.get_by_role("button", name="CSV"))[1]))
    assert saved["chroma: A"].eq(100).all()
    assert saved["time_s"].between(0, 25.6).all()
    assert not any("mel" in str(column) for column in saved)
    _, picture = download(tab, figure.get_by_role("button", name="PNG", exact=True))
    assert picture.startswith(b"\x89PNG")
    tab.goto(address)  # as who is given it
    says(tab, f"({clip}), 4QAED")
    panels(tab, 5)


def test_zooming_into_one_picture_zooms_into_all(tab: Any, app: tuple[str, Path]) -> None:
    open_page(tab, app, "listen?pictures=waveform&pictures=chroma")
    panels(tab, 2)
    box = place(tab, tab.locator(".st-key-pictures-of-it .draglayer .xy .nsewdrag"))
    tab.mouse.move(box["x"] + 0.3 * box["width"], box["y"] + 0.5 * box["height"])
    tab.mouse.down()
    tab.mouse.move(box["x"] + 0.6 * box["width"], box["y"] + 0.5 * box["height"], steps=5)
    tab.mouse.up()
    plot = "document.querySelector('.st-key-pictures-of-it .js-plotly-plot')._fullLayout"
    tab.wait_for_function(f"{plot}.xaxis.range[0] > 5 && {plot}.xaxis2.range[0] > 5")
    one, other = tab.evaluate(f"[{plot}.xaxis.range, {plot}.xaxis2.range]")
    assert one == other
    assert 5 < one[0] < one[1] < 20


def test_choices_survive_another_page(tab: Any, app: tuple[str, Path], clip: str) -> None:
    open_page(tab, app, f"listen?dataset=4qaed&clip={clip}")
    says(tab, f"({clip}), 4QAED")
    for name in ("Distributions", "Predict", "Listen"):
        tab.get_by_test_id("stTopNavLink").filter(has_text=name).click()
        expect(tab.locator("h1")).to_contain_text(name[:9])
        settle(tab)
        expect(tab.get_by_test_id("stException")).to_have_count(0)
    says(tab, f"({clip}), 4QAED")


def test_another_mood_has_another_clip(tab: Any, app: tuple[str, Path], clip: str) -> None:
    first, mood = DATASETS["4qaed"].table()[["clip", "mood"]].iloc[0].tolist()
    open_page(tab, app, f"listen?dataset=4qaed&clip={clip}")
    says(tab, f"({clip}), 4QAED")
    tab.locator(".st-key-mood").get_by_role("combobox").click()
    tab.get_by_role("option").filter(has_text=mood).click()
    says(tab, f"({first}), 4QAED")
    settle(tab)
    expect(tab.get_by_test_id("stAlert")).to_have_count(0)
    expect(tab.get_by_test_id("stException")).to_have_count(0)
    expect(tab).not_to_have_url(re.compile(re.escape(clip)))


@pytest.mark.parametrize("size", SIZES)
def test_the_page_fits(browser: Any, app: tuple[str, Path], size: str) -> None:
    with opened(browser, size) as tab:
        open_page(tab, app, "listen")
        panels(tab, 3)
        for name in ("Mel spectrogram", "MFCC", "Tonnetz", "Tempogram", "Loudness", "Centroid"):
            tab.get_by_test_id("stButtonGroup").get_by_text(name).first.click()
            settle(tab)
        panels(tab, 9)
        fits(tab)
        # No words are cut off beside their picture.
        cut = "[...document.querySelectorAll('.beside')].some(e => e.scrollHeight > e.clientHeight)"
        tab.wait_for_function(f"!{cut}")
