"""A recording from the microphone in a real Chromium, whose microphone plays a file."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.support.browser import (
    ARGUMENTS,
    chromium,
    expect,
    open_page,
    opened,
    says,
    settle,
)
from tests.support.sounds import encode, white_noise

pytestmark = pytest.mark.browser

RATE = 48_000


@contextmanager
def hearing(driver: Any, folder: Path, level: float) -> Iterator[Any]:
    """A tab whose microphone hears noise of some level."""
    y = np.repeat(white_noise(5.0).y, 2)[:, None]
    played = folder / "microphone.wav"
    played.write_bytes(encode((level * y).astype(np.float32), RATE, "wav"))
    fake = [
        "--use-fake-device-for-media-stream",
        "--use-fake-ui-for-media-stream",
        f"--use-file-for-fake-audio-capture={played}",
    ]
    browser = driver.chromium.launch(executable_path=chromium(), args=[*ARGUMENTS, *fake])
    with opened(browser) as tab:
        yield tab
    browser.close()


def record(tab: Any, seconds: int) -> None:
    """Press the button, wait until that much is recorded, press it again."""
    recorder = tab.get_by_test_id("stAudioInput")
    recorder.scroll_into_view_if_needed()
    recorder.get_by_role("button", name="Record", exact=True).click()
    expect(recorder.get_by_role("button", name="Stop recording")).to_be_visible()
    expect(recorder).to_contain_text(re.compile(rf"00:(0[{seconds}-9]|[1-5]\d)"))
    recorder.get_by_role("button", name="Stop recording").click()
    settle(tab)


def test_a_recording_is_answered_and_drawn(
    driver: Any, app: tuple[str, Path], tmp_path: Path
) -> None:
    with hearing(driver, tmp_path, level=1.0) as tab:
        open_page(tab, app, "predict?song=upload&model=1")
        tab.get_by_text("Or record from the microphone").click()
        record(tab, 4)
        says(tab, "Recording ", "Mood over time", "Why this answer")
        open_page(tab, app, "listen?source=record")
        record(tab, 4)
        says(tab, "Pictures of the sound", "The whole clip is shown (")


def test_a_silent_recording_says_so(driver: Any, app: tuple[str, Path], tmp_path: Path) -> None:
    with hearing(driver, tmp_path, level=0.0) as tab:
        open_page(tab, app, "predict?song=upload&model=1")
        tab.get_by_text("Or record from the microphone").click()
        record(tab, 2)
        says(tab, "is silent")
