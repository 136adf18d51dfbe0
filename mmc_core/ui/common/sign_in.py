"""Who may use the app where it is served to others: Streamlit's own sign-in, by OpenID Connect.

Streamlit's secrets say so. Without a section `[auth]` in them there is no sign-in; `[mmc]` may have
`allowed`, a list of addresses and domains, and `addresses_are_checked = true` for a provider that
lets nobody claim an address that is not theirs, but does not say so of each. See docs/security.md.
"""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st
from streamlit.errors import StreamlitSecretNotFoundError

from mmc_core.errors import MMCError
from mmc_core.language import _
from mmc_core.settings import needs_sign_in
from mmc_core.ui.common import widgets


def why_not() -> str | None:
    """Why whoever looks may not see the app; None where they may, or no sign-in is set up.

    Raises:
        MMCError: if a sign-in is asked for that cannot work.
    """
    if not _is_set_up():
        return None
    if not st.user.is_logged_in:
        return _("This app is for people who are known to it. Sign in to go on.")
    ours = st.secrets.get("mmc", {})
    if "allowed" not in ours:
        return None
    is_checked = ours.get("addresses_are_checked") or st.user.get("email_verified")
    if is_checked in (True, "true") and is_allowed(st.user.get("email"), ours["allowed"]):
        return None
    who = widgets.escape_markdown(str(st.user.get("email") or _("Your account")))
    return _(
        "{who} may not use this app. Sign in with another account, or ask who runs it.", who=who
    )


def draw_sign_out() -> None:
    """Who is signed in, and the button that ends that; nothing for others."""
    if not _is_set_up() or not st.user.is_logged_in:
        return
    with st.container(horizontal=True, vertical_alignment="center", key="sign-out"):
        who = st.user.get("email") or st.user.get("name") or _("an account without a name")
        shown = widgets.escape_markdown(str(who))
        st.caption(_("Signed in as {who}", who=shown), width="content")
        st.button(_("Sign out"), icon=":material/logout:", type="tertiary", on_click=st.logout)


def ask(sentence: str) -> None:
    """The page of whoever may not see the others."""
    st.title(_("Music Mood Classification"))
    st.markdown(sentence)
    st.button(_("Sign in"), type="primary", icon=":material/login:", on_click=st.login)


def is_allowed(email: object, allowed: Sequence[str]) -> bool:
    """Whether an address is on a list of addresses and of domains, such as "@school.edu"."""
    name, at, domain = str(email or "").strip().casefold().rpartition("@")
    listed = {each.strip().casefold() for each in allowed}
    return bool(name) and not listed.isdisjoint({name + at + domain, at + domain})


def _is_set_up() -> bool:
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
