"""The button that fetches the second network."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
from streamlit.testing.v1 import AppTest

from mmc_core.errors import DatasetError
from mmc_core.ui.predict import fetch
from tests.support.pages import words


def page_part() -> None:
    from types import SimpleNamespace
    from typing import Any

    import streamlit as st

    from mmc_core.ui.predict.fetch import offer_audioset

    networks = ["musicnn"] if st.session_state["kind"] == "probe" else []
    run: Any = SimpleNamespace(networks=networks)
    offer_audioset(run)


def test_a_button_fetches_the_second_network_or_says_why_not(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    state = SimpleNamespace(online=False, here=False)

    def fetch_model(name: str) -> None:
        if not state.online:
            raise DatasetError(f"{name} cannot be downloaded.")
        state.here = True

    monkeypatch.setattr(fetch, "fetch_model", fetch_model)
    monkeypatch.setattr(fetch, "is_here", lambda _: state.here)
    app = AppTest.from_function(page_part, default_timeout=60)
    app.session_state["kind"] = "cnn1d"
    app.run()
    assert not app.button
    app.session_state["kind"] = "probe"
    app.run()
    app.button[0].click().run()
    assert app.error[0].value == "audioset cannot be downloaded."
    state.online = True
    app.button[0].click().run()
    assert not app.button
    assert "AudioSet network is installed" in words(app)
