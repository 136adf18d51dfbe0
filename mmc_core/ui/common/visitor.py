"""Names of visitors: a random one for a browser, in a cookie, and one for the account signed in.

Streamlit's session ends when the page is reloaded; these names outlive that. The server signs the
cookie (`ui/gate.py` sends it), so a cookie that somebody made up has no name. Names do not say who
a person is. Someone who knew a name could pass for that visitor, so names are shown nowhere.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping

import streamlit as st
from itsdangerous import BadSignature, Signer

from mmc_core.ui.common import sign_in

COOKIE = "mmc-visit"
_signer = Signer(secrets.token_bytes(32))  # visits are in memory, and end with the server too


def name() -> str:
    """Return the name of the account that is signed in, or of the browser without a sign-in."""
    return _read_account(st.context.cookies) or _browser()


def visit_name() -> str:
    """Return the name of this account's visit in this browser."""
    return _name_visit(_browser(), st.context.cookies)


def read_visit(cookies: Mapping[str, str]) -> str | None:
    """Return the name of the visit that these cookies are of, or None without a valid one."""
    browser = read_browser(cookies)
    return _name_visit(browser, cookies) if browser else None


def read_browser(cookies: Mapping[str, str]) -> str | None:
    """Return the name of the browser that sends these cookies, or None if it has none that this
    server gave.
    """
    try:
        return _signer.unsign(cookies.get(COOKIE, "")).decode()
    except BadSignature:
        return None


def new_cookie() -> str:
    """Return the value of a cookie with a new name for a browser."""
    return _signer.sign(secrets.token_urlsafe(24)).decode()


def _browser() -> str:
    """Return the browser's name, or one for this session if the browser keeps no cookies."""
    found: str = read_browser(st.context.cookies) or st.session_state.setdefault(
        COOKIE, secrets.token_urlsafe(24)
    )
    return found


def _read_account(cookies: Mapping[str, str]) -> str:
    """Return a name for the account that is signed in, which does not say whose it is; or ""."""
    identity = sign_in.identity(cookies)
    return _signer.get_signature(identity).decode() if identity else ""


def _name_visit(browser: str, cookies: Mapping[str, str]) -> str:
    return f"{browser} {_read_account(cookies)}"
