"""What people type finds what people wrote, and it is sorted as their language does."""

from __future__ import annotations

import unicodedata

import pytest

from mmc_core import language
from mmc_core.language.collation import fold, sort_keys


@pytest.mark.parametrize(
    ("typed", "written"),
    [
        ("ışık", "IŞIK"),
        ("isik", "Işık"),
        ("istanbul", "İstanbul"),
        ("ISTANBUL", "istanbul"),
        ("bjork", "Björk"),
        ("Motorhead", "MOTÖRHEAD"),
        ("rode orm", "Røde Orm"),
        ("lodz", "Łódź"),
        ("strasse", "Straße"),
        ("aether", "Æther"),
        ("οδος", "ΟΔΌΣ"),
        ("ＡＢＢＡ", "abba"),
        ("don't", "Don’t"),
        ("a-b", "a–b"),
        ("محمد", "مُحَمَّد"),
        ("كتاب", "کتاب"),
        ("علی", "علي"),
        ("میخواهم", "می\u200cخواهم"),
        ("۱۲", "12"),
        ("❤", "❤\ufe0f"),
        ("ﬁre", "fire"),
        ("елка", "Ёлка"),
    ],
)
def test_what_is_typed_is_what_is_written(typed: str, written: str) -> None:
    composed, apart = (unicodedata.normalize(form, written) for form in ("NFC", "NFD"))
    assert fold(composed) == fold(apart) == fold(written) == fold(typed) != ""


@pytest.mark.parametrize(("one", "other"), [("kar", "kır"), ("مار", "کار"), ("ши", "си")])
def test_other_letters_stay_others(one: str, other: str) -> None:
    assert fold(one) != fold(other)


NAMES = ["Beck", "Zappa", "abba", "Çelik", "Cem", "ızgara", "İzmir", "Åse", "Zülfü", "zebra"]


def ordered(names: list[str]) -> list[str]:
    return [name for _key, name in sorted(zip(sort_keys(names), names, strict=True))]


def test_names_are_sorted_as_english_does() -> None:
    expected = ["abba", "Åse", "Beck", "Çelik", "Cem", "İzmir", "ızgara", "Zappa", "zebra", "Zülfü"]
    assert ordered(NAMES) == expected


def test_names_are_sorted_as_turkish_does(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(language, "_chosen", lambda: "tr")
    expected = ["abba", "Åse", "Beck", "Cem", "Çelik", "ızgara", "İzmir", "Zappa", "zebra", "Zülfü"]
    assert ordered(NAMES) == expected


def test_a_text_that_is_no_unicode_has_a_key() -> None:
    assert len(set(sort_keys(["\udce9", "", "a\x00b"]))) == 3
    assert sort_keys([]) == []
