"""The address that phones open, and whether they can."""

from __future__ import annotations

import socket
from typing import NamedTuple
from urllib.parse import urlencode, urlsplit, urlunsplit

LOCAL = {"", "localhost", "127.0.0.1", "::1"}  # reach the same machine only
ELSEWHERE = ("192.0.2.1", 9)  # kept for documentation (RFC 5737): nothing is there


class Link(NamedTuple):
    """An address to join, and whether other machines can open it."""

    url: str
    reachable: bool


def link(url: str, code: str, served_to: str) -> Link:
    """The address to join a class vote by.

    Args:
        url: of the page, as the teacher's browser has it.
        code: of the class vote.
        served_to: the address that the server listens on; "" for all of the machine's.
    """
    parts = urlsplit(url)
    place = parts.netloc
    reachable = True
    if (parts.hostname or "") in LOCAL:
        own = own_address()
        reachable = own is not None and served_to not in LOCAL - {""}
        if own and reachable:
            place = f"{own}:{parts.port}" if parts.port else own
    query = urlencode({"session": code})
    return Link(urlunsplit((parts.scheme, place, parts.path, query, "")), reachable)


def own_address() -> str | None:
    """This machine's address in its network; None where it is in none. Nothing is sent."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(ELSEWHERE)  # only picks the network that would be used
        except OSError:
            return None
        address: str = probe.getsockname()[0]
    return None if address in LOCAL | {"0.0.0.0"} else address  # noqa: S104 - not listened on
