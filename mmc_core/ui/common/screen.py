"""Tell whether a visitor's screen is narrow, such as a phone's, as their browser says."""

from __future__ import annotations

from functools import cache
from typing import Any

import streamlit as st

NARROW_PX = (
    640  # the widest screen that is narrow, as where Streamlit puts columns below each other
)
COOKIE = "mmc-narrow"  # so that a later visit is drawn once
_KEY = "screen"
_JS = """
export default function ({ setStateValue, data }) {
  const query = matchMedia(`(max-width: ${data.px}px)`);
  let told = data.narrow;
  const tell = () => {
    if (query.matches === told) return;
    told = query.matches;
    document.cookie = `${data.cookie}=${told ? 1 : 0}; path=/; max-age=31536000; samesite=lax`;
    setStateValue("narrow", told);
  };
  // A phone's menu is over the page: it closes once a page is chosen.
  const close = (event) => {
    if (!query.matches || !event.target.closest?.("[data-testid=stSidebar] a")) return;
    document.querySelector("[data-testid=stSidebarCollapseButton] button")?.click();
  };
  query.addEventListener("change", tell);
  document.addEventListener("click", close);
  tell();
  return () => {
    query.removeEventListener("change", tell);
    document.removeEventListener("click", close);
  };
}
"""


def is_narrow() -> bool:
    """Return whether the visitor's screen is narrow; no, until the browser has told."""
    told = st.session_state.get(_KEY, {}).get("narrow")
    return st.context.cookies.get(COOKIE) == "1" if told is None else bool(told)


def follow() -> None:
    """Have the browser tell how wide the screen is; part of every page."""
    _component()(
        key=_KEY,
        data={"px": NARROW_PX, "cookie": COOKIE, "narrow": is_narrow()},
        on_narrow_change=lambda: None,
        height=0,
    )


@cache
def _component() -> Any:
    return st.components.v2.component("mmc.screen", html="<span></span>", js=_JS)
