"""Who looks at the page: a random name that the browser keeps in a cookie until it is closed.

Streamlit's session ends when the page is reloaded; the name outlives that. It says nothing of a
person, and whoever knows it is that visitor, so it is shown nowhere.
"""

from __future__ import annotations

import re
import secrets
from functools import cache
from typing import Any

import streamlit as st

COOKIE = "mmc-visit"


def name() -> str:
    """The name of whoever looks at the page."""
    if COOKIE not in st.session_state:
        kept = str(st.context.cookies.get(COOKIE))
        is_ours = re.fullmatch(r"[\w-]{32}", kept)
        st.session_state[COOKIE] = kept if is_ours else secrets.token_urlsafe(24)
    found: str = st.session_state[COOKIE]
    return found


def keep_name() -> None:
    """Have the browser keep the name; at the end of a page, where no gap is seen."""
    _cookie()(key="visit", data={"cookie": COOKIE, "name": name()}, height=1)


@cache
def _cookie() -> Any:
    return st.components.v2.component(
        "mmc.visit",
        js="""export default ({ data }) => {
            const secure = location.protocol === "https:" ? "; Secure" : "";
            document.cookie = `${data.cookie}=${data.name}; path=/; SameSite=Strict${secure}`;
        }""",
    )
