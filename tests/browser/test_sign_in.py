"""Signing in through a provider of OpenID Connect that runs on this machine."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from mmc_core.audio import load_audio
from mmc_core.ui.common import visitor
from tests.support.browser import (
    expect,
    keep_picture,
    open_page,
    opened,
    running,
    says,
    settle,
    upload,
)
from tests.support.server import SECRETS, free_port
from tests.support.sounds import encode

axe = pytest.importorskip("axe_playwright_python.sync_playwright")

pytestmark = pytest.mark.browser

DISCONNECTED = """() => "CONNECTED" !==
    document.querySelector("[data-test-connection-state]")?.dataset.testConnectionState"""
KNOWN, OTHER, STRANGER = "ada@school.example", "ben@school.example", "eve@elsewhere.example"


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Path]]:
    """The app, for people of a school."""
    mock = pytest.importorskip("oidc_provider_mock")
    pytest.importorskip("authlib")
    folder = tmp_path_factory.mktemp("signed-in")
    users = [
        mock.User(sub=name, claims={"email": name, "email_verified": True})
        for name in (KNOWN, OTHER, STRANGER)
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


def sign_out(tab: Any, app: tuple[str, Path]) -> None:
    tab.get_by_role("button", name="Sign out").click()
    tab.wait_for_url("**/end_session**")  # the provider asks whether there, too
    tab.goto(app[0])
    expect(tab.get_by_role("button", name="Sign in")).to_be_visible()


def visit_cookie(tab: Any) -> str:
    (value,) = [each["value"] for each in tab.context.cookies() if each["name"] == visitor.COOKIE]
    return str(value)


def test_who_is_known_signs_in_and_out(browser: Any, app: tuple[str, Path]) -> None:
    with opened(browser) as tab:
        sign_in(tab, app, KNOWN)
        expect(tab.get_by_role("heading", name="What mood is this music in?")).to_be_visible()
        expect(tab.get_by_test_id("stMain")).to_contain_text(f"Signed in as {KNOWN}")
        settle(tab)
        sign_out(tab, app)


@pytest.mark.parametrize("path", ["", "predict", "own?from=table", "library"])
def test_who_is_not_signed_in_sees_no_page(browser: Any, app: tuple[str, Path], path: str) -> None:
    with opened(browser) as tab:
        tab.goto(f"{app[0]}/{path}")
        expect(tab.get_by_role("button", name="Sign in")).to_be_visible()
        expect(tab.get_by_role("link", name="Predict")).to_have_count(0)
        expect(tab.locator("input[type=file]")).to_have_count(0)


def test_a_stranger_stays_outside(browser: Any, app: tuple[str, Path]) -> None:
    with opened(browser) as tab:
        sign_in(tab, app, STRANGER)
        expect(tab.get_by_role("main")).to_contain_text(f"{STRANGER} may not use this app")
        expect(tab.get_by_role("link", name="Predict")).to_have_count(0)
        sign_out(tab, app)


def test_the_next_account_in_a_browser_sees_nothing_of_the_one_before(
    browser: Any, app: tuple[str, Path], samples: list[Path]
) -> None:
    """Whether that one signed out or not, and in its other tabs neither."""
    song = encode(load_audio(samples[0]).cut().y[:, None], 22_050, "wav")
    with opened(browser) as tab:
        sign_in(tab, app, KNOWN)
        open_page(tab, app, "predict?song=upload&model=1")
        upload(tab, ("secret.wav", song))
        says(tab, "secret.wav", "Why this answer")
        first = visit_cookie(tab)
        left = tab.context.new_page()
        open_page(left, app, "predict?song=upload&model=1")
        says(left, "secret.wav")
        open_page(tab, app, "vote")
        tab.get_by_role("button", name="Open a session").click()
        expect(tab.locator(".class-vote-code")).to_be_visible()
        settle(tab)
        sign_out(tab, app)
        left.wait_for_function(DISCONNECTED)

        sign_in(tab, app, OTHER)
        assert visit_cookie(tab) != first
        open_page(tab, app, "predict?song=upload&model=1")
        says(tab, "Upload songs")
        expect(tab.get_by_test_id("stMain")).not_to_contain_text("secret")
        upload(tab, ("others.wav", song))
        says(tab, "others.wav", "Why this answer")
        open_page(tab, app, "vote")
        expect(tab.get_by_role("button", name="Open a session")).to_be_visible()

        accounts = [each for each in tab.context.cookies() if "_streamlit_user" in each["name"]]
        for each in accounts:  # its sign-in runs out
            tab.context.clear_cookies(name=each["name"])
        sign_in(tab, app, KNOWN)
        open_page(tab, app, "predict?song=upload&model=1")
        says(tab, "Upload songs")
        for name in ("secret", "others"):
            expect(tab.get_by_test_id("stMain")).not_to_contain_text(name)
        open_page(tab, app, "vote")  # goes on for the account that opened it
        expect(tab.get_by_role("button", name="End session")).to_be_visible()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", ["desktop", "phone"])
def test_the_sign_in_is_asked_for_in_the_visitors_language(
    browser: Any, app: tuple[str, Path], size: str, scheme: str
) -> None:
    with opened(browser, size, scheme) as tab:
        tab.set_extra_http_headers({"Accept-Language": "tr-TR,tr;q=0.9"})
        tab.goto(app[0])
        expect(tab.get_by_role("button", name="Oturum aç")).to_be_visible()
        expect(tab.locator("html")).to_have_attribute("lang", "tr")
        assert tab.evaluate("document.documentElement.scrollWidth <= innerWidth")
        assert not axe.Axe().run(tab).response["violations"]
        keep_picture(tab, f"sign-in-{scheme}")
