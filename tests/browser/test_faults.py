"""What breaks between a browser and the app, and that nothing is lost."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from tests.support.browser import (
    expect,
    heading,
    open_page,
    opened,
    running,
    says,
    settle,
)
from tests.support.server import free_port
from tests.support.sounds import encode, tone

pytestmark = pytest.mark.browser

CONNECTED = "document.querySelector('[data-test-connection-state]').dataset.testConnectionState"


def test_a_connection_lost_while_a_song_is_analysed(
    browser: Any, app: tuple[str, Path], tmp_path: Path
) -> None:
    """The answer is there once the page has connected again; the song is not asked for twice."""
    sockets: list[Any] = []

    def keep(socket: Any) -> None:
        socket.connect_to_server()
        sockets.append(socket)

    song = tmp_path / "long.wav"
    song.write_bytes(encode(tone(120.0, 22_050, (220.0, 331.0)), 22_050, "wav"))
    with opened(browser) as tab:
        tab.route_web_socket(re.compile("/_stcore/stream"), keep)
        open_page(tab, app, "predict?song=upload&model=1&view=files")
        tab.set_input_files("input[type=file]", song)
        says(tab, "Analysing long.wav")
        before = len(sockets)
        sockets[-1].close(code=1012, reason="lost")
        tab.wait_for_function(f"{CONNECTED} === 'CONNECTED'")
        expect(tab.get_by_role("button", name="All results (JSON)")).to_be_visible()
        assert len(sockets) > before
        says(tab, "long.wav")


def test_a_server_that_starts_again_under_an_open_page(browser: Any, tmp_path: Path) -> None:
    """The page connects by itself, is what it was, and goes on."""
    port = free_port()
    with opened(browser) as tab:
        with running(tmp_path, port=port) as app:
            open_page(tab, app, "distributions?dataset=emopia&feature=tempo")
            says(tab, "Tempo")
        tab.wait_for_function(f"{CONNECTED} !== 'CONNECTED'")
        with running(tmp_path, port=port):
            tab.wait_for_function(f"{CONNECTED} === 'CONNECTED'")
            settle(tab)
            heading(tab, "distributions")
            tab.wait_for_url(re.compile("dataset=emopia.*feature=tempo"))
            expect(tab.locator(".js-plotly-plot").first).to_be_visible()
            tab.get_by_role("link", name="Compare").first.click()
            heading(tab, "compare")
