"""Which datasets there are, and what they are called."""

from __future__ import annotations

import re
from pathlib import Path
from unicodedata import normalize

import pytest

from mmc_core import datasets
from mmc_core.datasets import UserDataset
from mmc_core.errors import MMCError, UnknownName


def test_unknown_names_are_answered_with_the_known() -> None:
    with pytest.raises(UnknownName, match="4qaed, turkish"):
        datasets.get("gtzan")


def test_users_datasets_stand_after_the_projects(tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_text("mood,tempo\nsad,1\n")
    datasets.build_dataset(tmp_path / "t.csv", "Zebra")
    datasets.build_dataset(str(tmp_path / "t.csv"), "Aard vark")
    assert list(datasets.every()) == [*datasets.DATASETS, "aard-vark", "zebra"]
    assert datasets.list_datasets() == list(datasets.every())
    made = datasets.get("aard-vark")
    assert isinstance(made, UserDataset)
    assert (made.title, made.citation, made.bundled) == ("Aard vark", "your own", [])
    assert made.has_table()
    for text in (made.description, made.music, made.labels, made.grouping, made.length_rule):
        assert len(text) > 4
    assert datasets.title_of("zebra") == "Zebra"
    datasets.user.remove("zebra")
    assert datasets.title_of("zebra") == "zebra (removed)"


def test_ids_are_made_of_names() -> None:
    for name, dataset_id in (
        ("My Sëts!", "my-sets"),
        ("  a__b ", "a-b"),
        ("x" * 60, "x" * 31 + "-42f2d973"),
        ("../../etc", "etc"),
        ("Русская музыка 1", "russkaya-muzyka-1"),
        ("İstanbul ışığı", "istanbul-isigi"),
        ("音楽", "yinle"),
        ("🎵", "musical-note"),
    ):
        assert datasets.user_dataset_name(name).id == dataset_id


def test_an_id_that_lacks_a_part_of_the_name_has_digits() -> None:
    for name in ("♪♪♪", "x" * 41, "Ƹ 1", "ʔ"):
        dataset_id = datasets.user_dataset_name(name).id
        assert re.fullmatch(r"[a-z0-9]+-[0-9a-f]{8}", dataset_id), name
        assert len(dataset_id) <= 40


def test_titles_are_harmless() -> None:
    title = "**a** [b](javascript:c) <i>$d$"
    called = datasets.user_dataset_name("x", title)
    assert (called.id, called.title) == ("x", "a b (javascript c) i d")


def test_titles_keep_letters_whole() -> None:
    persian, family = "می\u200cخواهم", "👨\u200d👩\u200d👧"
    for title in ("हिन्दी", "เพลงไทย", persian, family, "♪♪♪", "e\u0301"):
        assert datasets.user_dataset_name("x", title).title == normalize("NFC", title)
    assert datasets.user_dataset_name("x", "\u200d a\u200c \u202eb").title == "a b"


def test_some_names_are_taken() -> None:
    for name, title, sentence in (
        ("4QAED", "", "name of a dataset of the project"),
        ("Turkish", "", "name of a dataset of the project"),
        ("mine", "Turkish music emotion", "already has the title"),
        ("…", "", "no letter"),
    ):
        with pytest.raises(MMCError, match=sentence):
            datasets.user_dataset_name(name, title)
