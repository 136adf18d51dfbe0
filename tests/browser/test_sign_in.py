"""Signing in through a provider of OpenID Connect that runs on this machine."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.support.browser import expect, free_port, opened, running, settle

pytestmark = pytest.mark.browser

KNOWN, STRANGER = "ada@school.example", "eve@elsewhere.example"
SECRETS = """
[auth]
redirect_uri = "http://localhost:{port}/oauth2callback"
cookie_secret = "{cookie}"
client_id = "mmc"
client_secret = "{client}"
server_metadata_url = "{provider}/.well-known/openid-configuration"

[mmc]
allowed = ["@school.example"]
"""


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Path]]:
    """The app, for people of a school."""
    mock = pytest.importorskip("oidc_provider_mock")
    pytest.importorskip("authlib")
    folder = tmp_path_factory.mktemp("signed-in")
    users = [
        mock.User(sub=name, claims={"email": name, "email_verified": True})
        for name in (KNOWN, STRANGER)
    ]
    port = free_port()
    with mock.run_server_in_thread(user_claims=users) as server:
        text = SECRETS.format(
            port=port,
            cookie=secrets.token_hex(32),
            client=secrets.token_hex(16),
            provider=f"http://localhost:{server.server_port}",
        )
        (folder / "secrets.toml").write_text(text)
        environment = {
            "STREAMLIT_SECRETS_FILES": str(folder / "secrets.toml"),
        }
        with running(folder, port=port, **environment) as address_and_log:
            yield address_and_log


def sign_in(tab: Any, app: tuple[str, Path], who: str, path: str = "") -> None:
    tab.goto(f"{app[0]}/{path}")
    tab.get_by_role("button", name="Sign in").click()
    tab.locator("input[name=sub]").fill(who)
    tab.get_by_role("button", name="Authorize").click()
    tab.wait_for_url(f"{app[0]}/**")


def test_who_is_known_signs_in_and_out(browser: Any, app: tuple[str, Path]) -> None:
    with opened(browser) as tab:
        sign_in(tab, app, KNOWN)
        expect(tab.get_by_role("heading", name="What mood is this music in?")).to_be_visible()
        expect(tab.get_by_test_id("stMain")).to_contain_text(f"Signed in as {KNOWN}")
        settle(tab)
        tab.get_by_role("button", name="Sign out").click()
        tab.wait_for_url("**/end_session**")  # the provider asks whether there, too
        tab.goto(app[0])
        expect(tab.get_by_role("button", name="Sign in")).to_be_visible()


@pytest.mark.parametrize("path", ["", "predict", "own?from=table", "library"])
def test_who_is_not_signed_in_sees_no_page(browser: Any, app: tuple[str, Path], path: str) -> None:
    with opened(browser) as tab:
        tab.goto(f"{app[0]}/{path}")
        expect(tab.get_by_role("button", name="Sign in")).to_be_visible()
        expect(tab.get_by_role("link", name="Predict")).to_have_count(0)
        expect(tab.locator("input[type=file]")).to_have_count(0)
        expect(tab.get_by_test_id("stSidebarNav")).to_have_count(0)


def test_a_stranger_stays_outside(browser: Any, app: tuple[str, Path]) -> None:
    with opened(browser) as tab:
        sign_in(tab, app, STRANGER)
        expect(tab.get_by_test_id("stMain")).to_contain_text(f"{STRANGER} may not use this app")
        expect(tab.get_by_role("link", name="Predict")).to_have_count(0)
