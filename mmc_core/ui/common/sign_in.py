"""Sign-in for an app that is served to others: Streamlit's own, by OpenID Connect.

Streamlit's secrets set it up. Without a section `[auth]` in them there is no sign-in; `[mmc]` may
have `allowed`, a list of addresses and domains, and `addresses_are_checked = true` for a provider
that checks addresses but does not say so of each. See docs/security.md.

An account is read from the cookie that Streamlit signs, so that the server knows it before any page
is run (`ui/gate.py`), and a page reads the same account.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

import streamlit as st
from streamlit.auth_util import get_cookie_with_chunks, get_origin_from_redirect_uri
from streamlit.errors import StreamlitSecretNotFoundError
from streamlit.web.server.server_util import get_cookie_secret
from streamlit.web.server.starlette.starlette_app_utils import decode_signed_value
from streamlit.web.server.starlette.starlette_server_config import USER_COOKIE_NAME

from mmc_core.errors import MMCError
from mmc_core.language import _
from mmc_core.settings import needs_sign_in
from mmc_core.ui.common import widgets

ACCOUNT_COOKIE = USER_COOKIE_NAME
IDENTITY = ("provider", "iss", "sub", "email")  # claims that are the same for one account only


class StrangerError(MMCError):
    """Raised if no account is signed in, or one that may not use the app."""

    def __init__(self, sentence: str, *, is_signed_in: bool) -> None:
        super().__init__(sentence)
        self.is_signed_in = is_signed_in


def check(cookies: Mapping[str, str]) -> None:
    """Raise an error if the browser that sends these cookies may not use the app.

    Raises:
        StrangerError: if no account is signed in, or one that is not allowed.
        MMCError: if a sign-in is asked for that cannot work.
    """
    if not is_set_up():
        return
    account = read_account(cookies)
    if account is None:
        raise StrangerError(
            _("This app is for people who are known to it. Sign in to go on."), is_signed_in=False
        )
    ours = st.secrets.get("mmc", {})
    if "allowed" not in ours:
        return
    is_checked = ours.get("addresses_are_checked") or account.get("email_verified")
    if is_checked in (True, "true") and is_allowed(account.get("email"), ours["allowed"]):
        return
    who = str(account.get("email") or _("Your account"))
    raise StrangerError(
        _("{who} may not use this app. Sign in with another account, or ask who runs it.", who=who),
        is_signed_in=True,
    )


def read_account(cookies: Mapping[str, str]) -> dict[str, Any] | None:
    """Return the provider's claims about the account that is signed in, or None if none is, or if
    this server did not sign the cookie.
    """
    secret = get_cookie_secret()
    if not secret or not is_set_up():
        return None

    def read(name: str) -> bytes | None:
        value = cookies.get(name)
        return decode_signed_value(secret, name, value.encode("latin-1")) if value else None

    content = get_cookie_with_chunks(read, ACCOUNT_COOKIE)
    account: dict[str, Any] = json.loads(content) if content else {}
    is_ours = account.get("origin") == get_origin_from_redirect_uri()
    return account if account.get("is_logged_in") and is_ours else None


def identity(cookies: Mapping[str, str]) -> str:
    """Return a text that names the account that is signed in and no other; empty without one."""
    account = read_account(cookies)
    return json.dumps([account.get(claim) for claim in IDENTITY]) if account else ""


def draw_sign_out() -> None:
    """Draw who is signed in and the button that signs out; draw nothing for others."""
    account = read_account(st.context.cookies)
    if account is None:
        return
    with st.container(horizontal=True, vertical_alignment="center", key="sign-out"):
        who = account.get("email") or account.get("name") or _("an account without a name")
        shown = widgets.escape_markdown(str(who))
        st.caption(_("Signed in as {who}", who=shown), width="content")
        st.button(_("Sign out"), icon=":material/logout:", type="tertiary", on_click=st.logout)


def is_allowed(email: object, allowed: Sequence[str]) -> bool:
    """Return whether an address is on a list of addresses and of domains, such as "@school.edu"."""
    name, at, domain = str(email or "").strip().casefold().rpartition("@")
    listed = {each.strip().casefold() for each in allowed}
    return bool(name) and not listed.isdisjoint({name + at + domain, at + domain})


def is_set_up() -> bool:
    """Return whether Streamlit's secrets ask for a sign-in.

    Raises:
        MMCError: if they cannot be read, or ask for none although `MMC_SIGN_IN` does.
    """
    try:
        if "auth" in st.secrets:
            return True
    except StreamlitSecretNotFoundError as error:
        if error.error_id != "no-secrets-found":  # one that cannot be read may ask for a sign-in
            raise MMCError(
                "The app's secrets cannot be read, so nobody is let in. Whoever runs it finds the "
                "reason in its log."
            ) from error
    if needs_sign_in():
        raise MMCError(
            "MMC_SIGN_IN asks for a sign-in, but Streamlit's secrets have no section [auth]: see "
            "docs/security.md."
        )
    return False
