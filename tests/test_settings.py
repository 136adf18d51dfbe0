"""Limits out of the environment."""

from __future__ import annotations

import os

import pytest

from mmc_core import settings
from mmc_core.errors import MMCError

LIMITS = {
    "MMC_MAX_BYTES": lambda: settings.command_line_limits().size_bytes,
    "MMC_MAX_SECONDS": lambda: settings.command_line_limits().duration_s,
    "MMC_PAGE_MAX_BYTES": lambda: settings.page_limits().size_bytes,
    "MMC_PAGE_MAX_SECONDS": lambda: settings.page_limits().duration_s,
    "MMC_MAX_TABLE_BYTES": settings.table_limit,
    "MMC_PAGE_MAX_TABLE_BYTES": settings.page_table_limit,
}


@pytest.mark.parametrize("variable", LIMITS)
def test_a_limit_is_a_finite_number_above_nothing(
    variable: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    limit = LIMITS[variable]
    usual = limit()
    for unset in ("", "7200"):
        monkeypatch.setenv(variable, unset)
        assert limit() == (float(unset) if unset else usual)
    for wrong in ("inf", "nan", "-1", "0", "1e300", "text", "9" * 5000, "1,5", "\N{BOMB}"):
        monkeypatch.setenv(variable, wrong)
        with pytest.raises(MMCError, match=f"^{variable} should be a .*: got ") as raised:
            limit()
        assert len(str(raised.value)) < 300


def test_seconds_need_not_be_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MMC_MAX_SECONDS", "1.5")
    assert settings.command_line_limits().duration_s == 1.5
    monkeypatch.setenv("MMC_MAX_BYTES", "1.5")
    with pytest.raises(MMCError, match="whole number of bytes"):
        settings.command_line_limits()


def test_there_may_be_no_processes_and_not_too_many(monkeypatch: pytest.MonkeyPatch) -> None:
    for cores, n in ((1, 2), (3, 3), (64, 4), (None, 2)):
        monkeypatch.setattr(os, "cpu_count", lambda cores=cores: cores)
        assert settings.page_processes() == n
    for written in ("0", "64"):
        monkeypatch.setenv("MMC_PAGE_PROCESSES", written)
        assert settings.page_processes() == int(written)
    for wrong in ("-1", "65", "2.5", "many"):
        monkeypatch.setenv("MMC_PAGE_PROCESSES", wrong)
        with pytest.raises(MMCError, match="whole number of processes from 0 to 64: got"):
            settings.page_processes()
