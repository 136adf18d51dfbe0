"""The code, the link and its QR code, in large letters for a beamer."""

from __future__ import annotations

from html import escape
from urllib.parse import urlsplit

import segno
import streamlit as st

from mmc_core.classroom.link import link, own_address
from mmc_core.classroom.session import Session
from mmc_core.language import _

COMMAND = "mmc app --network"


def draw(session: Session) -> None:
    """Draw the code, the link and its QR code; or, where phones cannot open the link, first what to
    do, and no QR code that looks as if they could.

    The picture holds the long code, which cannot be guessed, so that it is never refused; the link
    that is typed by hand holds the short one.
    """
    served_to = st.get_option("server.address") or ""
    page = st.context.url or "http://localhost:8501/vote"
    found, scanned = (link(page, code, served_to) for code in (session.code, session.link_code))
    if not found.reachable:
        _say_how_to_serve(found.url)
    words, picture = st.columns([3, 2], vertical_alignment="center", gap="large")
    with words:
        how = (
            _("Open this address on your phone, or scan the picture:")
            if found.reachable
            else _("Open this address in another browser on this machine:")
        )
        code = _("Code:")
        half = len(session.code) // 2
        st.html(
            "<div style='font-size:1.2rem'>"
            f"{escape(how)}</div><div style='font-size:clamp(1.1rem,2.2vw,1.8rem);font-weight:600;"
            f"overflow-wrap:anywhere'>{escape(found.url)}</div>"
            f"<div style='font-size:1.2rem;margin-top:1rem'>{escape(code)}</div>"
            "<div class='class-vote-code' style='font-size:clamp(3rem,9vw,7rem);font-weight:700;"
            "line-height:1.1;letter-spacing:0.04em;font-family:monospace;white-space:nowrap'>"
            f"{session.code[:half]}<span style='padding-left:0.25em'>{session.code[half:]}</span>"
            "</div>"
        )
    if not found.reachable:
        return
    with picture:
        alt = _("QR code of the link")
        image = segno.make(scanned.url, error="m").svg_data_uri(
            scale=8, border=3, dark="black", light="white"
        )
        st.html(
            f"<img src=\"{image}\" alt='{escape(alt)}' "
            "style='width:100%;max-width:24rem;border-radius:0.5rem'>"
        )


def _say_how_to_serve(url: str) -> None:
    parts = urlsplit(url)
    port = f" --port {parts.port}" if parts.port and parts.port != 8501 else ""
    own = own_address()
    where = (
        f"http://{own}:{parts.port or 8501}/vote" if own else _("this machine's network address")
    )
    st.warning(
        _(
            "**Phones cannot open this link:** the app is served to this machine only. Stop it, "
            "start it again with the command below, and open `{where}` here. Everyone in the "
            "network can then use the app.",
            where=where,
        ),
        icon=":material/wifi_off:",
    )
    st.code(COMMAND + port, language=None)
