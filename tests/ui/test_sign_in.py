"""Who is let in where the app asks for a sign-in."""

from __future__ import annotations

from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from mmc_core.settings import PROJECT
from mmc_core.ui.common.sign_in import is_allowed


@pytest.mark.parametrize(
    ("email", "expected"),
    [
        ("ada@school.edu", True),
        ("Ada@School.EDU ", True),
        ("guest@elsewhere.org", True),
        ("other@elsewhere.org", False),
        ("ada@notschool.edu", False),
        ("ada@school.edu.evil.org", False),
        ("school.edu", False),
        ("", False),
        (None, False),
    ],
)
def test_addresses_and_domains_are_allowed(email: str | None, expected: bool) -> None:
    assert is_allowed(email, ["@school.edu", "guest@elsewhere.org"]) is expected


def test_nobody_is_allowed_by_an_empty_list() -> None:
    assert not is_allowed("ada@school.edu", [])
    assert not is_allowed("", [""])


@pytest.mark.filterwarnings("ignore")
def test_a_sign_in_that_is_asked_for_and_not_set_up_lets_nobody_in(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("MMC_SIGN_IN", "1")
    app = AppTest.from_file(str(PROJECT / "app.py"), default_timeout=60).run()
    assert "asks for a sign-in, but" in app.error[0].value
    assert not app.title
