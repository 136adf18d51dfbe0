"""Two songs side by side in a real Chromium, on Listen and on Predict; playlists of several."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from mmc_core.ui.common import load
from tests.support.browser import (
    SIZES,
    download,
    expect,
    fits,
    keep_picture,
    open_page,
    opened,
    save_figure,
    says,
    settle,
    upload,
)

pytestmark = pytest.mark.browser

ONE, OTHER = (song["file"].removesuffix(".ogg") for song in load.samples()[:2])
SCALES = """key => {
    const layout = document.querySelector(`.st-key-${key} .js-plotly-plot`)._fullLayout;
    return Object.keys(layout).filter(key => /^[xy]axis/.test(key))
        .map(key => [key, layout[key].range.map(Number)]);
}"""


def scales(tab: Any, key: str) -> dict[str, list[float]]:
    """The ranges of a figure's axes, once it is drawn."""
    expect(tab.locator(f".st-key-{key} .main-svg").first).to_be_visible()
    settle(tab)
    return dict(tab.evaluate(SCALES, key))


@pytest.mark.parametrize("size", SIZES)
def test_two_samples_are_listened_to_on_one_scale(
    browser: Any, app: tuple[str, Path], size: str
) -> None:
    with opened(browser, size) as tab:
        address = f"listen?source=sample&sample={ONE}.ogg&pictures=waveform&pictures=spectrogram"
        open_page(tab, app, address)
        tab.get_by_text("Compare with a second song").click()
        says(tab, "Pictures of both on one scale", "How B differs from A")
        tab.wait_for_url("**second=on**")
        ranges = scales(tab, "pictures-of-both")
        for axes in (("xaxis", "xaxis4"), ("yaxis", "yaxis2"), ("yaxis3", "yaxis4")):
            assert ranges[axes[0]] == ranges[axes[1]]
        expect(tab.locator("audio")).to_have_count(2)
        boxes = [tab.locator("audio").nth(i).bounding_box() for i in range(2)]
        is_beside = boxes[1]["x"] >= boxes[0]["x"] + boxes[0]["width"]
        assert is_beside == (size == "desktop")
        fits(tab)
        keep_picture(tab, "listen-pair")
        tab.get_by_role("radio", name="How B differs from A").click()
        says(tab, "B is ")
        fits(tab)
        _, content = save_figure(tab, "CSV", "differences")
        table = pd.read_csv(io.BytesIO(content))
        difference = (table["other"] - table["one"]) / table["std"]
        assert table["difference"].to_numpy() == pytest.approx(difference.to_numpy())
        assert {"tempo", "mfcc_mean_20"} <= set(table["feature"])


@pytest.mark.parametrize("size", SIZES)
def test_two_samples_are_predicted_side_by_side(
    browser: Any, app: tuple[str, Path], size: str
) -> None:
    with opened(browser, size) as tab:
        address = f"predict?model=1&second=on&sample={ONE}&second-sample={OTHER}"
        open_page(tab, app, address)
        says(tab, "Two songs side by side", f"{ONE}.ogg", f"{OTHER}.ogg", "Song A in detail")
        ranges = scales(tab, "timelines-of-both")
        assert ranges["xaxis"] == ranges["xaxis2"]
        expect(tab.locator(".st-key-player-a audio, .st-key-player-b audio")).to_have_count(2)
        fits(tab)
        keep_picture(tab, "predict-pair")


def test_several_songs_become_a_playlist(
    tab: Any, app: tuple[str, Path], samples: list[Path]
) -> None:
    open_page(tab, app, "predict?song=upload&model=1&view=files")
    files = [(f"#{i} ü.ogg", path.read_bytes()) for i, path in enumerate(samples[:2])]
    upload(tab, *files, ("broken.ogg", b"no song"))
    says(tab, "broken.ogg is not a sound file", "2 of 3 songs (M3U)")
    name, content = download(tab, tab.get_by_role("button", name="2 of 3 songs (M3U)"))
    lines = content.decode().splitlines()
    assert name == "arousal.m3u8"
    assert lines[0] == "#EXTM3U"
    assert sorted(lines[2::2]) == ["./#0 ü.ogg", "./#1 ü.ogg"]
    _, content = download(tab, tab.get_by_role("button", name="All results (JSON)"))
    arousal = pd.read_json(io.BytesIO(content)).set_index("file")["arousal"]
    calm, energetic = (arousal[line.removeprefix("./")] for line in lines[2::2])
    assert calm <= energetic
    fits(tab)
