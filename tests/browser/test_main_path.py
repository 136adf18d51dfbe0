"""The main paths in a real Chromium against the running app."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from mmc_core import runs
from mmc_core.audio import load_audio
from mmc_core.moods import NAMES
from mmc_core.prediction.song import predict
from mmc_core.settings import PROJECT
from tests.support.browser import (
    SIZES,
    browser,
    download,
    expect,
    fits,
    keep_picture,
    open_page,
    opened,
    running,
    says,
    settle,
    tab,
    upload,
)
from tests.support.sounds import encode

__all__ = ["browser", "tab"]  # fixtures

pytestmark = pytest.mark.browser

PAGES = {
    "": "What mood is this music in?",
    "distributions": "Distributions of features by mood",
    "compare": "Compare datasets",
    "listen": "Listen",
    "training": "Training",
    "predict": "Predict the mood of a song",
    "own": "Your data",
}
FIGURELESS = {"own"}


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Path]]:
    with running(tmp_path_factory.mktemp("app")) as address_and_log:
        yield address_and_log


def heading(tab: Any, path: str) -> None:
    expect(tab.locator("h1")).to_have_text(PAGES[path])


def test_the_first_visit_may_be_to_any_page(tab: Any, app: tuple[str, Path]) -> None:
    """Before anything else, while the server has not met `app.py` yet."""
    open_page(tab, app, "predict?song=Upload+your+own")
    heading(tab, "predict")
    expect(tab.get_by_test_id("stFileUploader")).to_be_visible()
    expect(tab.get_by_test_id("stTopNavLink")).to_have_count(len(PAGES))
    expect(tab.get_by_test_id("stSidebarNav")).to_have_count(0)


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("path", PAGES)
def test_every_page_shows_a_figure_and_fits(
    browser: Any, app: tuple[str, Path], path: str, size: str
) -> None:
    with opened(browser, size) as tab:
        open_page(tab, app, path)
        heading(tab, path)
        if path not in FIGURELESS:
            expect(tab.locator(".js-plotly-plot .main-svg").first).to_be_visible()
        fits(tab)
        keep_picture(tab, path or "overview")


def test_the_menu_leads_to_every_page(tab: Any, app: tuple[str, Path]) -> None:
    open_page(tab, app, "")
    for path, title in list(PAGES.items())[1:]:
        tab.locator(f"[data-testid=stTopNavLink][href$='/{path}']").click()
        expect(tab.get_by_role("heading", name=title)).to_be_visible()


def test_a_choice_is_in_the_address_and_survives_a_reload(tab: Any, app: tuple[str, Path]) -> None:
    open_page(tab, app, "distributions")
    tab.get_by_role("button", name="Turkish Music Emotion").click()
    tab.wait_for_url("**dataset=Turkish**")
    tab.get_by_text("Histogram with density").click()
    tab.wait_for_url("**plot=Histogram**")
    settle(tab)
    address = tab.url
    tab.goto("about:blank")
    tab.goto(address)
    expect(tab.get_by_label("Width of the bins (full scale)", exact=True)).to_be_visible()
    expect(tab.get_by_test_id("stTable")).to_have_count(2)
    settle(tab)
    expect(tab).to_have_url(address)


@pytest.mark.parametrize("kind", ["PNG", "SVG", "CSV"])
def test_a_figure_is_saved(tab: Any, app: tuple[str, Path], kind: str) -> None:
    open_page(tab, app, "distributions?plot=Histogram+with+density")
    expect(tab.locator(".js-plotly-plot .main-svg").first).to_be_visible()
    name, content = download(tab, tab.get_by_role("button", name=kind, exact=True))
    assert name == f"rms_mean-4qaed.{kind.lower()}"
    begins = {"PNG": b"\x89PNG", "SVG": b"<svg", "CSV": b"dataset,mood,from,to,clips,share"}
    assert content.startswith(begins[kind])
    assert kind != "SVG" or b"RMS energy" in content


def test_a_sample_gives_the_command_lines_numbers(tab: Any, app: tuple[str, Path]) -> None:
    command = [sys.executable, "-m", "mmc_core", "predict", "--model", "1", "--json"]
    command.append("data/samples/satie-gymnopedie-1.ogg")
    output = subprocess.run(command, cwd=PROJECT, capture_output=True, check=True).stdout
    (expected,) = json.loads(output)
    open_page(tab, app, "predict")
    tab.locator("[data-testid=stSelectbox]").nth(0).click()
    tab.get_by_role("option", name="Gymnop").click()
    tab.get_by_text("satie-gymnopedie-1.ogg, 5").wait_for()
    share = expected["probabilities"][expected["mood"]]
    says(tab, f"{expected['mood']} {share:.0%} by the model's own reckoning")
    _, content = download(tab, tab.get_by_role("button", name="All results (CSV)"))
    header, row = content.decode().splitlines()[:2]
    saved = dict(zip(header.split(","), row.split(","), strict=True))
    for name in NAMES:
        assert float(saved[name]) == pytest.approx(expected["probabilities"][name], abs=1e-6)


@pytest.mark.parametrize("kind", ["mp3", "m4a"])
def test_an_upload_is_answered(
    tab: Any, app: tuple[str, Path], samples: list[Path], kind: str
) -> None:
    """A sample, encoded anew, gives the mood that the command line gives for the same bytes."""
    y = load_audio(samples[0]).cut().y[:, None]
    content = encode(y, 22_050, kind)
    expected = predict(load_audio(content), runs.find("1"))
    open_page(tab, app, "predict?song=Upload+your+own")
    upload(tab, (f"mine.{kind}", content))
    tab.get_by_text(f"mine.{kind}", exact=False).first.wait_for()
    assert expected.probabilities and expected.mood
    share = expected.probabilities[expected.mood]
    says(tab, f"{expected.mood} {share:.0%} by the model's own reckoning")


def test_bad_uploads_say_why_and_the_app_goes_on(
    tab: Any, app: tuple[str, Path], samples: list[Path]
) -> None:
    y = load_audio(samples[0]).cut().y[:, None]
    open_page(tab, app, "predict?song=Upload+your+own")
    upload(
        tab,
        ("text.mp3", b"no song at all " * 50),
        ("empty.mp3", b""),
        ("blip.wav", encode(y[:4410], 22_050, "wav")),
    )
    says(tab, "text.mp3 is not a sound file", "empty.mp3 is empty", "blip.wav lasts 0.20 s")
    upload(tab, ("good.mp3", encode(y, 22_050, "mp3")))
    says(tab, "by the model's own reckoning")
    tab.get_by_test_id("stTopNavLink").filter(has_text="Training").click()
    heading(tab, "training")


def test_the_log_has_no_error(app: tuple[str, Path], tab: Any) -> None:
    """Last: what all the tests above made the app write."""
    for path in PAGES:
        open_page(tab, app, path)
    log = app[1].read_text()
    assert "Traceback" not in log
    assert "error" not in log.lower(), log
    assert "deprecat" not in log.lower(), log
