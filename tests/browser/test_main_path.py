"""The main path in a real Chromium: every page opens, a sample and an upload are answered."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from mmc_core.audio import load_audio
from mmc_core.moods import NAMES
from mmc_core.prediction.song import predict
from mmc_core.settings import PROJECT
from tests.support.browser import (
    FIGURELESS,
    PAGES,
    download,
    expect,
    fits,
    heading,
    open_page,
    says,
    upload,
)
from tests.support.sounds import encode

pytestmark = pytest.mark.browser


def test_every_page_opens(tab: Any, app: tuple[str, Path]) -> None:
    for path in PAGES:
        open_page(tab, app, path)
        heading(tab, path)
        if path not in FIGURELESS:
            expect(tab.locator(".js-plotly-plot .main-svg").first).to_be_visible()
        fits(tab)


def test_a_sample_gives_the_command_lines_numbers(tab: Any, app: tuple[str, Path]) -> None:
    command = [sys.executable, "-m", "mmc_core", "predict", "--model", "best", "--json"]
    command.append("data/samples/satie-gymnopedie-1.ogg")
    output = subprocess.run(command, cwd=PROJECT, capture_output=True, check=True).stdout
    (expected,) = json.loads(output)
    open_page(tab, app, "predict")
    tab.locator("[data-testid=stSelectbox]").nth(0).click()
    tab.get_by_role("option", name="Gymnop").click()
    tab.get_by_text("satie-gymnopedie-1.ogg, 5").wait_for()
    share = expected["probabilities"][expected["mood"]]
    says(tab, f"The model gives {expected['mood']} {100 * share:.0f} %")
    tab.get_by_text("Downloads", exact=True).click()
    _, content = download(tab, tab.get_by_role("button", name="All results (CSV)"))
    header, row = content.decode().splitlines()[:2]
    saved = dict(zip(header.split(","), row.split(","), strict=True))
    for name in NAMES:
        assert float(saved[name]) == pytest.approx(expected["probabilities"][name], abs=1e-6)


def test_uploads_are_answered_and_bad_ones_say_why(
    tab: Any, app: tuple[str, Path], samples: list[Path]
) -> None:
    """A sample, encoded anew, gives the mood that the command line gives for the same bytes."""
    y = load_audio(samples[0]).cut().y[:, None]
    content = encode(y, 22_050, "mp3")
    open_page(tab, app, "predict?song=upload")
    upload(
        tab,
        ("text.mp3", b"no song at all " * 50),
        ("empty.mp3", b""),
        ("blip.wav", encode(y[:4410], 22_050, "wav")),
    )
    says(tab, "text.mp3 is not a sound file", "empty.mp3 is empty", "blip.wav lasts 0.20 s")
    upload(tab, ("mine.mp3", content))
    expected = predict(content, "best")
    assert expected.probabilities and expected.mood
    share = expected.probabilities[expected.mood]
    says(tab, "mine.mp3", f"The model gives {expected.mood} {100 * share:.0f} %")
    tab.get_by_test_id("stTopNavLink").filter(has_text="Training").click()
    heading(tab, "training")
