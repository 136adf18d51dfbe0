"""The Predict page in a real Chromium: the timeline and the player, work that goes on, memory."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from mmc_core.audio import load_audio
from mmc_core.moods import MOODS
from mmc_core.prediction.exports import label_track
from mmc_core.prediction.song import predict
from mmc_core.settings import data_mirror
from tests.support.browser import (
    SIZES,
    download,
    expect,
    fits,
    heading,
    open_page,
    opened,
    place,
    running,
    says,
    settle,
    upload,
)
from tests.support.probes import write_probe
from tests.support.sounds import encode

pytestmark = pytest.mark.browser
CHANGES_THE_APP = True

IN_STEP_S = 0.3
SAMPLE = "satie-gymnopedie-1"
TIMES = """async () => {
    const root = [...document.querySelectorAll("*")].map(each => each.shadowRoot ?? each)
        .map(each => each.querySelector?.(".song-over-time")).find(each => each);
    const player = document.querySelector(".st-key-song-player audio");
    return [player.currentTime, Number(root.dataset.cursor), Number(root.dataset.currentTime)];
}"""


def in_step(tab: Any) -> float:
    """Where the player is, in seconds; the cursor is there too."""
    played, cursor, read = tab.evaluate(TIMES)
    assert cursor == pytest.approx(played, abs=IN_STEP_S)
    assert read == pytest.approx(played, abs=IN_STEP_S)
    return float(played)


def play(tab: Any) -> None:
    tab.evaluate(
        """async () => {
            const player = document.querySelector(".st-key-song-player audio");
            player.muted = true;
            await player.play();
        }"""
    )


@pytest.mark.parametrize("size", SIZES)
def test_the_timeline_is_in_step_with_the_player(
    browser: Any, app: tuple[str, Path], size: str
) -> None:
    with opened(browser, size) as tab:
        open_page(tab, app, f"predict?sample={SAMPLE}")
        slider = tab.get_by_role("slider", name="Mood over time")
        expect(slider).to_be_visible()
        fits(tab)
        slider.scroll_into_view_if_needed()
        assert in_step(tab) == 0
        play(tab)
        places = []
        for _ in range(4):
            tab.wait_for_timeout(400)
            places.append(in_step(tab))
        assert places == sorted(set(places))
        duration = float(slider.get_attribute("aria-valuemax"))
        box = slider.locator("svg").bounding_box()
        areas = 50, box["width"] - 10  # the margins of the chart
        tab.mouse.click(box["x"] + sum(areas) / 2, box["y"] + 100)
        tab.wait_for_timeout(200)
        assert in_step(tab) == pytest.approx(duration / 2, abs=1.5)
        slider.focus()
        tab.keyboard.press("Home")
        tab.keyboard.press("ArrowRight")
        tab.wait_for_timeout(200)
        assert in_step(tab) == pytest.approx(5, abs=1)
        tab.keyboard.press("Space")
        before = in_step(tab)
        tab.wait_for_timeout(500)
        assert in_step(tab) == pytest.approx(before, abs=0.1)
        expect(slider).to_have_attribute(
            "aria-valuetext", re.compile(r"^0:0\d of 0:5\d, \w+ \d+ %$")
        )


CURSOR = """() => {
    const root = [...document.querySelectorAll("*")].map(each => each.shadowRoot ?? each)
        .map(each => each.querySelector?.("[data-cursor].cursor")).find(each => each);
    const line = document.querySelector(".mmc-cursor");
    const player = document.querySelector(".st-key-regions-original audio");
    return root && line && player
        ? { at: Number(root.dataset.cursor), played: player.currentTime,
            left: parseFloat(line.style.left), paused: player.paused }
        : null;
}"""


def test_the_regions_that_drove_an_answer_are_seen_and_heard(
    tab: Any, app: tuple[str, Path]
) -> None:
    open_page(tab, app, f"predict?sample={SAMPLE}")
    tab.get_by_role("button", name="Explain this answer").click()
    says(tab, "With only the marked regions, it gives")
    fits(tab)
    plot = tab.locator(".st-key-regions .js-plotly-plot .nsewdrag")
    box = place(tab, plot)
    expect(tab.locator("[class*='st-key-regions-'] audio")).to_have_count(3)
    tab.evaluate(
        """async () => {
            const player = document.querySelector(".st-key-regions-original audio");
            player.muted = true;
            await player.play();
        }"""
    )
    tab.wait_for_function(f"(() => {{ const now = ({CURSOR})(); return now?.played > 0.5; }})()")
    first = tab.evaluate(CURSOR)
    begin = first["at"] - first["played"]  # of the excerpt in its song
    tab.evaluate("document.querySelector('.st-key-regions-original audio').pause()")
    tab.mouse.click(box["x"] + 0.75 * box["width"], box["y"] + box["height"] / 2)
    tab.wait_for_function(f"(() => ({CURSOR})().played > 6)()")
    later = tab.evaluate(CURSOR)
    assert later["played"] == pytest.approx(7.5, abs=0.3)
    assert later["at"] - later["played"] == pytest.approx(begin, abs=IN_STEP_S)
    assert later["left"] > first["left"]


def test_the_timeline_is_saved_as_labels_and_as_a_picture(
    tab: Any, app: tuple[str, Path], samples: list[Path]
) -> None:
    open_page(tab, app, f"predict?sample={SAMPLE}&model=1")
    tab.locator(".st-key-timeline-below").get_by_role("button", name="Save as").click()
    name, content = download(tab, tab.get_by_role("button", name="Labels"))
    path = next(path for path in samples if path.stem == SAMPLE)
    assert name == f"{SAMPLE}-labels.txt"
    assert content.decode() == label_track(predict(path, "1").timeline)
    for kind, start in (("PNG", b"\x89PNG"), ("SVG", b"<svg")):
        button = tab.locator(".st-key-timeline-save").get_by_role("button", name=kind)
        name, content = download(tab, button)
        assert name == f"{SAMPLE}-moods.{kind.lower()}"
        assert content.startswith(start)
        assert kind != "SVG" or (b"Time (min:s)" in content and b"Valence" in content)


def test_the_timeline_has_colours_of_its_own_in_the_dark_and_is_saved_in_those_of_paper(
    browser: Any, app: tuple[str, Path]
) -> None:
    colours = """async () => {
        const root = [...document.querySelectorAll("*")].map(each => each.shadowRoot ?? each)
            .map(each => each.querySelector?.(".song-over-time")).find(each => each);
        return [...root.querySelectorAll("rect.quadrant")].map(each => getComputedStyle(each).fill);
    }"""
    with opened(browser, scheme="dark") as tab:
        open_page(tab, app, f"predict?sample={SAMPLE}&model=1")
        expect(tab.get_by_role("slider", name="Mood over time")).to_be_visible()
        assert tab.evaluate(colours) == [rgb(mood.colour_on_dark) for mood in MOODS]
        tab.locator(".st-key-timeline-below").get_by_role("button", name="Save as").click()
        button = tab.locator(".st-key-timeline-save").get_by_role("button", name="SVG")
        _, content = download(tab, button)
        for mood in MOODS:
            assert rgb(mood.colour) in content.decode()
            assert rgb(mood.colour_on_dark) not in content.decode()
        assert tab.evaluate(colours) == [rgb(mood.colour_on_dark) for mood in MOODS]


def rgb(colour: str) -> str:
    """A hexadecimal colour as browsers write it."""
    red, green, blue = (int(colour[i : i + 2], 16) for i in (1, 3, 5))
    return f"rgb({red}, {green}, {blue})"


@pytest.mark.parametrize(("size", "most_px"), [("desktop", 1650), ("phone", 3500)])
def test_the_answer_comes_first_and_the_page_is_short(
    browser: Any, app: tuple[str, Path], size: str, most_px: int
) -> None:
    with opened(browser, size) as tab:
        open_page(tab, app, f"predict?sample={SAMPLE}")
        expect(tab.get_by_role("slider", name="Mood over time")).to_be_visible()
        settle(tab)
        page = tab.get_by_test_id("stMainBlockContainer").bounding_box()
        assert page["height"] <= most_px
        answer = tab.locator(".st-key-song-player").bounding_box()
        assert answer["y"] + answer["height"] - page["y"] <= 600
        correction = tab.locator(".st-key-correction").bounding_box()
        assert size == "phone" or correction["y"] + correction["height"] - page["y"] <= 1400


def test_a_part_that_is_opened_is_in_the_address(tab: Any, app: tuple[str, Path]) -> None:
    open_page(tab, app, f"predict?sample={SAMPLE}&model=1")
    expect(tab.get_by_role("slider", name="Mood over time")).to_be_visible()
    tab.get_by_text("How reliable", exact=True).click()
    says(tab, "Training data:")
    tab.wait_for_url("**view=reliable**")
    tab.reload()
    says(tab, "Training data:")


def test_choices_and_songs_survive_other_pages_and_a_reload(
    tab: Any, app: tuple[str, Path]
) -> None:
    open_page(tab, app, "predict")
    tab.get_by_text("Upload your own").click()
    tab.wait_for_url("**song=upload**")
    noise = np.random.default_rng(0).normal(0, 0.1, (44_100, 1)).astype(np.float32)
    upload(tab, ("my-noise.wav", encode(noise, 22_050, "wav")))
    says(tab, "my-noise.wav, 2.0 s", "Mood over time")
    tab.get_by_test_id("stTopNavLink").filter(has_text="Training").click()
    heading(tab, "training")
    tab.get_by_test_id("stTopNavLink").filter(has_text="Predict").click()
    heading(tab, "predict")
    says(tab, "my-noise.wav, 2.0 s", "Mood over time")
    tab.wait_for_url("**song=upload**")  # written once the page is drawn
    tab.reload()
    says(tab, "my-noise.wav, 2.0 s", "Mood over time")
    expect(tab.locator(".st-key-song-player audio")).to_have_count(1)
    tab.get_by_role("button", name="Delete my songs").click()
    expect(tab.get_by_text("my-noise.wav, 2.0 s")).to_have_count(0)


def test_songs_are_answered_one_by_one_and_can_be_cancelled(
    tab: Any, app: tuple[str, Path], samples: list[Path]
) -> None:
    y = np.tile(load_audio(samples[0]).y, 5)[:, None]
    files = [(f"song-{i}.mp3", encode(y[: len(y) - 2205 * i], 22_050, "mp3")) for i in range(4)]
    open_page(tab, app, "predict?song=upload&model=2")
    tab.set_input_files(
        "input[type=file]",
        [{"name": name, "mimeType": "audio/mpeg", "buffer": content} for name, content in files],
    )
    says(tab, "(1 of 4): part ", "song-0.mp3, 2", "(2 of 4): part ")  # while others go on
    tab.get_by_role("button", name="Cancel").click()
    says(tab, "Cancelled.", "not been analysed")
    settle(tab)
    says(tab, "song-0.mp3, 2")
    tab.get_by_role("button", name="Resume").click()
    expect(tab.get_by_role("button", name="Cancel")).to_be_visible()
    tab.get_by_role("button", name="Cancel").click()
    says(tab, "Cancelled.")


def test_a_model_that_cannot_tell_says_so_and_the_second_network_is_fetched(
    tab: Any, tmp_path: Path, own_models: Path
) -> None:
    write_probe([0.3, 0.25, 0.25, 0.2], thresholds=[0.1] * 4)
    with running(tmp_path) as app:
        open_page(tab, app, f"predict?sample={SAMPLE}")
        says(tab, "I cannot tell", "None of the four moods can be ruled out.")
        tab.get_by_role("button", name="About this model").click()
        fetch = tab.get_by_role("button", name="Download the AudioSet network (4 MB)")
        expect(fetch).to_be_visible()
        if data_mirror() is None:
            return
        fetch.click()
        expect(tab.get_by_text("The AudioSet network is installed")).to_be_visible()
        expect(fetch).to_have_count(0)


@pytest.mark.parametrize("size", SIZES)
def test_a_clip_that_sounds_like_the_song_is_heard(
    browser: Any, app: tuple[str, Path], size: str
) -> None:
    with opened(browser, size) as tab:
        open_page(tab, app, f"predict?sample={SAMPLE}&view=models")
        tab.get_by_role("button", name="Ask Model 1 and Model 2 too").click()
        says(tab, "Accuracy on held-out clips", "Model 2")
        fits(tab)
        tab.get_by_text("Similar clips", exact=True).click()
        says(tab, "of the 10 nearest clips")
        fits(tab)
        table = tab.locator("[class*=st-key-neighbours-] [data-testid=stDataFrame]")
        table.scroll_into_view_if_needed()
        settle(tab)
        before = tab.locator("[data-testid=stMain] strong").all_inner_texts()[-1]
        box = table.bounding_box()
        tab.mouse.click(box["x"] + 15, box["y"] + 90)  # the second row's box
        expect(tab.locator("[data-testid=stMain] strong").last).not_to_have_text(before)


def test_a_neighbour_in_4qaed_plays(tab: Any, app: tuple[str, Path]) -> None:
    if not data_mirror():
        pytest.skip("needs 4QAED's audio in MMC_DATA_MIRROR")
    open_page(tab, app, "listen?source=dataset&dataset=4qaed&clip=MT0000011357&view=similar")
    player = tab.locator(".st-key-neighbour-player audio")
    expect(player).to_have_count(1)
    player.evaluate("async each => { each.muted = true; await each.play(); }")
    tab.wait_for_function(
        "document.querySelector('.st-key-neighbour-player audio').currentTime > 0.2"
    )
