"""The main paths in a real Chromium against the running app."""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from mmc_core import runs
from mmc_core.audio import load_audio
from mmc_core.moods import NAMES
from mmc_core.predict import predict
from mmc_core.settings import PROJECT
from tests.sounds import encode

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.xdist_group("browser")]

# Chromium as root in a container, silent where there is no network.
ARGUMENTS = [
    *("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync"),
    *("--disable-background-networking", "--disable-component-update"),
]
SIZES = {"desktop": (1440, 900), "phone": (390, 844)}
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


def chromium() -> str | None:
    names = ("chromium", "chromium-browser", "google-chrome", "chrome", "msedge")
    return next((path for name in names if (path := shutil.which(name))), None)


@contextmanager
def running(folder: Path, **environment: str) -> Iterator[tuple[str, Path]]:
    """The app's address and its log."""
    if chromium() is None:
        pytest.skip("needs a Chromium or Chrome on the PATH")
    with socket.socket() as free:
        free.bind(("localhost", 0))
        port = free.getsockname()[1]
    log = folder / "app.log"
    command = [sys.executable, "-m", "streamlit", "run", "app.py", "--server.port", str(port)]
    everything = {**os.environ, "MMC_CACHE": str(folder / "cache"), **environment}
    with log.open("w") as output:
        process = subprocess.Popen(
            command, cwd=PROJECT, env=everything, stdout=output, stderr=subprocess.STDOUT
        )
    address = f"http://localhost:{port}"
    try:
        for _ in range(240):
            try:
                urllib.request.urlopen(f"{address}/_stcore/health", timeout=5)
                break
            except (urllib.error.URLError, OSError):
                assert process.poll() is None, log.read_text()
                time.sleep(0.25)
        yield address, log
    finally:
        process.terminate()
        process.wait(20)


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Path]]:
    with running(tmp_path_factory.mktemp("app")) as address_and_log:
        yield address_and_log


@pytest.fixture(scope="module")
def browser(app: tuple[str, Path]) -> Iterator[Any]:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=chromium(), args=ARGUMENTS)
        yield started
        started.close()


@pytest.fixture
def tab(browser: Any) -> Iterator[Any]:
    """A desktop-sized tab that patiently waits, for machines under load."""
    context = browser.new_context(viewport={"width": 1440, "height": 900}, accept_downloads=True)
    context.set_default_timeout(60_000)
    yield context.new_page()
    context.close()


def settle(tab: Any) -> None:
    """Wait until Streamlit has run the page."""
    tab.wait_for_selector("h1")
    tab.wait_for_selector("[data-testid=stStatusWidget]", state="detached")
    tab.wait_for_timeout(300)
    tab.wait_for_selector("[data-testid=stStatusWidget]", state="detached")


def open_page(tab: Any, app: tuple[str, Path], path: str) -> None:
    tab.goto(f"{app[0]}/{path}")
    settle(tab)


def said(tab: Any) -> str:
    return str(tab.inner_text("[data-testid=stMain]"))


def upload(tab: Any, *files: tuple[str, bytes]) -> None:
    payload = [{"name": n, "mimeType": "audio/mpeg", "buffer": content} for n, content in files]
    tab.set_input_files("input[type=file]", payload)
    tab.wait_for_selector("[data-testid=stFileChip]")
    settle(tab)


def test_the_first_visit_may_be_to_any_page(tab: Any, app: tuple[str, Path]) -> None:
    """Before anything else, while the server has not met `app.py` yet."""
    open_page(tab, app, "predict?song=Upload+your+own")
    assert tab.inner_text("h1").strip() == PAGES["predict"]
    assert tab.get_by_test_id("stTopNavLink").count() == len(PAGES)
    assert not tab.get_by_test_id("stSidebarNav").count()
    assert tab.get_by_test_id("stFileUploader").is_visible()


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("path", PAGES)
def test_every_page_shows_a_figure_and_fits(
    browser: Any, app: tuple[str, Path], path: str, size: str
) -> None:
    width, height = SIZES[size]
    tab = browser.new_page(viewport={"width": width, "height": height})
    tab.set_default_timeout(60_000)
    open_page(tab, app, path)
    assert tab.inner_text("h1").strip() == PAGES[path]
    if path not in FIGURELESS:
        tab.wait_for_selector(".js-plotly-plot .main-svg")
    assert not tab.query_selector_all("[data-testid=stException]")
    main = "document.querySelector('[data-testid=stMain]')"
    assert tab.evaluate(f"{main}.scrollWidth <= {main}.clientWidth + 1")
    # MMC_SCREENSHOTS=docs/screenshots makes the pictures in the documentation.
    if folder := os.environ.get("MMC_SCREENSHOTS"):
        tab.wait_for_timeout(1500)
        tab.screenshot(path=Path(folder) / f"{path or 'overview'}-{width}x{height}.png")
    tab.close()


def test_the_menu_leads_to_every_page(tab: Any, app: tuple[str, Path]) -> None:
    open_page(tab, app, "")
    for path, title in list(PAGES.items())[1:]:
        tab.locator(f"[data-testid=stTopNavLink][href$='/{path}']").click()
        tab.get_by_role("heading", name=title).wait_for()


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
    settle(tab)
    assert tab.url == address
    # Streamlit draws one thing after another.
    tab.get_by_label("Width of the bins (full scale)", exact=True).wait_for()
    assert tab.locator("[data-testid=stTable]").count() == 2


@pytest.mark.parametrize("kind", ["PNG", "SVG", "CSV"])
def test_a_figure_is_saved(tab: Any, app: tuple[str, Path], tmp_path: Path, kind: str) -> None:
    open_page(tab, app, "distributions?plot=Histogram+with+density")
    tab.wait_for_selector(".js-plotly-plot .main-svg")
    with tab.expect_download() as download:
        tab.get_by_role("button", name=kind, exact=True).click()
    assert download.value.suggested_filename == f"rms_mean-4qaed.{kind.lower()}"
    download.value.save_as(tmp_path / "saved")
    content = (tmp_path / "saved").read_bytes()
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
    tab.get_by_text("by the model's own reckoning").wait_for()
    settle(tab)
    text = said(tab)
    share = expected["probabilities"][expected["mood"]]
    assert f"{expected['mood']}\n{share:.0%} by the model's own reckoning" in text
    with tab.expect_download() as download:
        tab.get_by_role("button", name="All results (CSV)").click()
    header, row = Path(download.value.path()).read_text().splitlines()[:2]
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
    tab.get_by_text("by the model's own reckoning").wait_for()
    assert expected.probabilities and expected.mood
    share = expected.probabilities[expected.mood]
    assert f"{expected.mood}\n{share:.0%} by the model's own reckoning" in said(tab)


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
    tab.wait_for_function("document.querySelectorAll('[data-testid=stAlert]').length >= 3")
    text = said(tab)
    for sentence in ("text.mp3 is not a sound file", "empty.mp3 is empty", "blip.wav lasts 0.20 s"):
        assert sentence in text
    upload(tab, ("good.mp3", encode(y, 22_050, "mp3")))
    tab.get_by_text("by the model's own reckoning").wait_for()
    tab.get_by_test_id("stTopNavLink").filter(has_text="Training").click()
    tab.get_by_role("heading", name="Training").wait_for()


def test_the_log_has_no_error(app: tuple[str, Path], tab: Any) -> None:
    """Last: what all the tests above made the app write."""
    for path in PAGES:
        open_page(tab, app, path)
    log = app[1].read_text()
    assert "Traceback" not in log
    assert "error" not in log.lower(), log
    assert "deprecat" not in log.lower(), log
