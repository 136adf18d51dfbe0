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
    expect,
    fits,
    open_page,
    opened,
    place,
    running,
    save_figure,
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
    saved = pd.read_csv(io.BytesIO(save_figure(tab, "CSV", "pictures-of-it")[1]))
    assert saved["chroma: A"].eq(100).all()
    assert saved["time_s"].between(0, 25.6).all()
    assert not any("mel" in str(column) for column in saved)
    _, picture = save_figure(tab, "PNG", "pictures-of-it")
    assert picture.startswith(b"\x89PNG")
    tab.goto(address)  # as who is given it
    says(tab, f"({clip}), 4QAED")
    panels(tab, 5)


PLAYER = ".st-key-listen-player audio"
STATE = f"""() => {{
    const player = document.querySelector("{PLAYER}");
    const line = document.querySelector(".mmc-cursor");
    return {{ t: player.currentTime, isPaused: player.paused, x: parseFloat(line?.style.left),
        isShown: line?.style.display === "block" }};
}}"""


def is_so(tab: Any, condition: str) -> dict[str, Any]:
    """Wait until the player and the cursor are so, and return how they are."""
    expression = f"() => {{ const now = ({STATE})(); return {condition} ? now : null; }}"
    state: dict[str, Any] = tab.wait_for_function(expression).json_value()
    return state


def wait_for_sound(tab: Any, player: str = PLAYER) -> None:
    tab.wait_for_function(f"document.querySelector('{player}')?.duration > 2")
    tab.evaluate(f"document.querySelector('{player}').muted = true")


def test_keys_play_pause_and_seek_and_the_pictures_follow(
    tab: Any, app: tuple[str, Path], clip: str
) -> None:
    open_page(tab, app, f"listen?dataset=4qaed&clip={clip}")
    panels(tab, 3)
    wait_for_sound(tab)
    first = is_so(tab, "now.isShown")
    assert first["isPaused"]
    tab.keyboard.press(" ")
    later = is_so(tab, "!now.isPaused && now.t > 0.5")
    assert later["x"] > first["x"]
    tab.keyboard.press(" ")
    paused = is_so(tab, "now.isPaused")
    tab.keyboard.press("ArrowRight")
    ahead = is_so(tab, f"now.t > {paused['t']} + 4")
    assert ahead["t"] == pytest.approx(paused["t"] + 5, abs=0.1)
    tab.keyboard.press("ArrowLeft")
    is_so(tab, f"now.t < {paused['t']} + 1")
    # A click on the pictures seeks; the cursor stands where it was.
    box = place(tab, tab.locator(".st-key-pictures-of-it .draglayer .xy .nsewdrag"))
    tab.mouse.click(box["x"] + 0.6 * box["width"], box["y"] + 0.5 * box["height"])
    clicked = is_so(tab, "now.t > 14")
    assert clicked["t"] == pytest.approx(0.6 * 25.5, abs=0.3)
    left = tab.locator(".mmc-cursor").bounding_box()["x"]
    assert left == pytest.approx(box["x"] + 0.6 * box["width"], abs=3)


def test_a_redraw_does_not_stop_the_sound_and_the_next_one_plays_on(
    tab: Any, app: tuple[str, Path], clip: str
) -> None:
    open_page(tab, app, "listen?dataset=4qaed")
    wait_for_sound(tab)
    tab.keyboard.press(" ")
    is_so(tab, "now.t > 0.3")
    tab.get_by_role("radio", name="Where it lies among moods").click()
    expect(tab.locator(".st-key-places .js-plotly-plot")).to_be_visible()
    settle(tab)
    is_so(tab, "!now.isPaused && now.t > 0.5")
    tab.keyboard.press("n")
    says(tab, f"({clip})")
    tab.wait_for_url(f"**clip={clip}**")
    is_so(tab, "!now.isPaused && now.t > 0.3")
    tab.keyboard.press("p")
    expect(tab).not_to_have_url(re.compile(re.escape(clip)))


def test_keys_are_for_the_player_used_last_and_one_sounds_at_a_time(
    tab: Any, app: tuple[str, Path], clip: str
) -> None:
    open_page(tab, app, f"listen?dataset=4qaed&clip={clip}&second=on")
    second = ".st-key-second-listen-player audio"
    for player in (PLAYER, second):
        wait_for_sound(tab, player)
    is_first = f"!document.querySelector('{PLAYER}').paused"
    is_second = f"!document.querySelector('{second}').paused"
    tab.keyboard.press(" ")
    tab.wait_for_function(f"{is_first} && !({is_second})")
    is_so(tab, "now.t > 0.3")
    tab.evaluate(f"document.querySelector('{second}').play()")
    tab.wait_for_function(f"{is_second} && !({is_first})")
    tab.keyboard.press(" ")
    tab.wait_for_function(f"!({is_second}) && !({is_first})")
    hints = tab.get_by_text("Space plays and pauses")
    expect(hints).to_have_count(1)


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
