"""The address that phones open."""

from __future__ import annotations

import ipaddress

import pytest

from mmc_core.classroom import link as links
from mmc_core.classroom.link import link, own_address


@pytest.fixture(autouse=True)
def in_a_network(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(links, "own_address", lambda: "192.168.1.20")


def test_the_link_is_as_the_teachers_browser_has_it() -> None:
    found = link("https://music.example.org/app/vote?x=1", "CODE", "localhost")
    assert found == ("https://music.example.org/app/vote?session=CODE", True)


def test_localhost_becomes_the_machines_address_where_that_is_served() -> None:
    for served_to in ("", "0.0.0.0", "192.168.1.20"):
        found = link("http://localhost:8501/vote", "CODE", served_to)
        assert found == ("http://192.168.1.20:8501/vote?session=CODE", True)


def test_it_is_told_where_phones_cannot_reach_it(monkeypatch: pytest.MonkeyPatch) -> None:
    found = link("http://127.0.0.1:8501/vote", "CODE", "localhost")
    assert found == ("http://127.0.0.1:8501/vote?session=CODE", False)
    monkeypatch.setattr(links, "own_address", lambda: None)
    assert not link("http://localhost:8501/vote", "CODE", "0.0.0.0").reachable


def test_the_machines_own_address_is_one() -> None:
    address = own_address()
    if address is None:
        pytest.skip("this machine is in no network")
    assert not ipaddress.ip_address(address).is_loopback
