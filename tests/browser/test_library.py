"""A scanned library in a real Chromium: searched, filtered, heard, saved as a playlist."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from mmc_core.library.journal import Journal, LibrarySong
from mmc_core.moods import MOODS, NAMES
from tests.support.browser import (
    SIZES,
    download,
    expect,
    fits,
    keep_picture,
    open_page,
    opened,
    place,
    running,
    says,
    settle,
)
from tests.support.library import made_song, song_of
from tests.support.sounds import write_tone

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Path]]:
    """The app with 300 made-up songs, two with sound besides, and a file with an error."""
    folder = tmp_path_factory.mktemp("library")
    for name in ("heard", "after"):
        write_tone(folder / "music" / f"{name}.wav", 440.0, 30.0)
    with Journal(folder / "songs.sqlite") as journal:
        for song in songs():
            journal.save(song)
        for name in ("heard", "after"):
            path = folder / "music" / f"{name}.wav"
            journal.save(song_of(path, 2, artist="A quartet", title=f"A tone {name}"))
        error = "no.mp3 is empty (0 bytes). Choose a file that holds sound."
        journal.save(
            LibrarySong(folder / "music" / "no.mp3", 0, 0, error_kind="empty", error=error)
        )
        journal.note_scan(folder / "music", "4qaed-probe-musicnn")
        journal.note_scan(Path("/music"), "4qaed-probe-musicnn")
    with running(folder, MMC_LIBRARY=str(folder / "songs.sqlite")) as address_and_log:
        yield address_and_log


def songs() -> list[LibrarySong]:
    random = np.random.default_rng(0)
    made = []
    for i in range(300):
        p = random.dirichlet([4 if j == (i % 5) % 4 else 1 for j in range(4)])
        made.append(
            replace(
                made_song(i),
                mood=NAMES[int(p.argmax())],
                probabilities=dict(zip(NAMES, p.tolist(), strict=True)),
                arousal=float(sum(mood.arousal * x for mood, x in zip(MOODS, p, strict=True))),
                valence=float(sum(mood.valence * x for mood, x in zip(MOODS, p, strict=True))),
            )
        )
    return made


def test_a_song_is_found_and_heard_and_a_playlist_saved(
    tab: Any, library: tuple[str, Path]
) -> None:
    open_page(tab, library, "library")
    says(tab, "302 songs", "Files that could not be used (1)")
    tab.get_by_role("textbox", name="Find").fill("tone heard")
    tab.get_by_role("textbox", name="Find").press("Enter")
    says(tab, "1 of 302 songs")
    tab.wait_for_url("**find=tone*heard**")
    name, content = download(tab, tab.get_by_role("button", name="1 of 1 song (M3U)"))
    assert name == "tone-heard-by-arousal.m3u8"
    assert "heard.wav" in content.decode()
    box = place(tab, tab.locator("[data-testid=stDataFrame]").first)
    tab.mouse.click(box["x"] + 15, box["y"] + 55)  # the first row
    expect(tab.locator("audio")).to_be_visible()
    tab.wait_for_url("**song=**")
    assert "heard.wav" not in tab.url
    tab.wait_for_function("document.querySelector('audio').duration > 2.9")


def test_the_player_goes_through_the_table_by_keys(tab: Any, library: tuple[str, Path]) -> None:
    open_page(tab, library, "library?find=quartet&sort=name")
    says(tab, "2 of 302 songs", "Choose a row")
    box = place(tab, tab.locator("[data-testid=stDataFrame]").first)
    tab.mouse.click(box["x"] + 15, box["y"] + 55)  # the first row
    player = "document.querySelector('.st-key-library-player audio')"
    says(tab, "A tone after, predicted")
    tab.wait_for_url("**song=**")  # written once the page is drawn
    tab.wait_for_function(f"{player}?.duration > 29")
    tab.evaluate(f"{player}.muted = true")
    tab.keyboard.press(" ")  # though the table is in focus
    tab.wait_for_function(f"!{player}.paused && {player}.currentTime > 0.2")
    first = tab.url
    tab.keyboard.press("n")
    says(tab, "A tone heard, predicted")
    expect(tab).not_to_have_url(first)
    tab.wait_for_function(f"!{player}.paused && {player}.currentTime > 0.2")
    expect(tab.get_by_role("button", name="Next", exact=True)).to_be_disabled()
    tab.get_by_role("button", name="Previous", exact=True).click()
    says(tab, "A tone after, predicted")
    expect(tab).to_have_url(first)


def test_a_mood_is_corrected_where_the_song_is_heard(tab: Any, library: tuple[str, Path]) -> None:
    open_page(tab, library, "library?find=quartet&sort=name")
    says(tab, "2 of 302 songs", "Choose a row")
    box = place(tab, tab.locator("[data-testid=stDataFrame]").first)
    tab.mouse.click(box["x"] + 15, box["y"] + 55)  # the first row
    section = tab.locator(".st-key-correction")
    section.get_by_role("radio").nth(1).click()
    section.get_by_text("Save my answers as corrections").click()
    section.get_by_role("button", name="Save correction").click()
    expect(section).to_contain_text("Saved on this machine")
    says(tab, "A tone after, ✎ a person heard", "of these corrected by a person")
    settle(tab)
    section.get_by_role("button", name="Undo").click()
    expect(tab.get_by_text("corrected by a person")).to_have_count(0)


def test_the_list_is_in_the_first_screen(tab: Any, library: tuple[str, Path]) -> None:
    open_page(tab, library, "library")
    box = tab.locator("[data-testid=stDataFrame]").first.bounding_box()
    assert box["y"] + box["height"] / 2 < tab.viewport_size["height"]


def test_a_players_bar_is_as_wide_as_a_phone(browser: Any, library: tuple[str, Path]) -> None:
    with opened(browser, "phone") as tab:
        open_page(tab, library, "library?find=quartet&sort=name")
        box = place(tab, tab.locator("[data-testid=stDataFrame]").first)
        tab.mouse.click(box["x"] + 15, box["y"] + 55)  # the first row
        expect(tab.locator("audio")).to_be_visible()
        settle(tab)
        heard = tab.locator("audio").bounding_box()
        assert heard["width"] > 0.85 * tab.viewport_size["width"]
        following = tab.get_by_role("button", name="Next", exact=True).bounding_box()
        assert following["y"] > heard["y"] + heard["height"] - 1
        fits(tab)


@pytest.mark.parametrize("size", SIZES)
def test_the_page_fits_at_both_sizes(browser: Any, library: tuple[str, Path], size: str) -> None:
    with opened(browser, size) as tab:
        open_page(tab, library, "library")
        expect(tab.locator(".js-plotly-plot .main-svg").first).to_be_visible()
        for kind in ("Album", "Year"):
            tab.get_by_role("radio", name=kind).click()
            settle(tab)
            fits(tab)
        keep_picture(tab, "library-songs")
