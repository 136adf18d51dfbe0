"""Where users' datasets are: replaced as a whole, damaged ones left out, removed."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest

from mmc_core import datasets
from mmc_core._typing import no_progress
from mmc_core.datasets import UserDataset, user
from mmc_core.datasets.user import builder, store
from mmc_core.errors import DatasetError, NewerFile, UnknownName
from mmc_core.moods import NAMES

HAPPY, ANGRY, SAD, RELAXED = NAMES


@pytest.fixture
def mine(csv_file: Callable[..., Path]) -> UserDataset:
    """A dataset of three clips."""
    path = csv_file("mood,tempo", "happy,1", "happy,2", "angry,3", name="mine.csv")
    return datasets.build_dataset(path, "mine")


@pytest.fixture
def sad(csv_file: Callable[..., Path]) -> Path:
    """A table of one clip."""
    return csv_file("mood,tempo", "sad,1", name="sad.csv")


def test_building_again_replaces_the_whole(mine: UserDataset, sad: Path) -> None:
    pd.DataFrame({"clip": [1]}).to_parquet(mine.folds_path)
    again = datasets.build_dataset(sad, "mine")
    assert again.clips() == datasets.get("mine").clips() == {SAD: 1}
    assert not again.folds_path.exists()
    assert [path.name for path in store.folder().iterdir()] == ["mine"]


OF_ONE_ID = [
    ("Rock & Roll", "rock-roll"),
    ("rock-roll", "Rock & Roll"),
    ("My songs", "my-songs"),
    ("Pop ♪", "Pop"),
    ("ı", "i"),
    ("x" * 50 + "a", "x" * 50 + "b"),
    ("ʔ", "ʕ"),
]


@pytest.mark.parametrize(("name", "other"), OF_ONE_ID)
def test_a_dataset_of_another_name_is_never_replaced(
    name: str, other: str, sad: Path, csv_file: Callable[..., Path]
) -> None:
    first = datasets.build_dataset(sad, name)
    second = datasets.build_dataset(csv_file("mood,tempo", "happy,2"), other)
    assert first.id != second.id
    assert store.every()[first.id].clips() == {SAD: 1}
    for each, called in ((first, name), (second, other)):
        assert datasets.build_dataset(sad, called).id == each.id
    assert len(store.every()) == 2


def test_a_name_is_the_same_however_it_is_composed(sad: Path) -> None:
    for name in ("Café  Noir", "cafe\u0301 noir", "CAFÉ NOIR "):
        assert datasets.build_dataset(sad, name).id == "cafe-noir"
    assert list(store.every()) == ["cafe-noir"]


def test_a_dataset_is_known_by_its_name_and_its_title(sad: Path) -> None:
    datasets.build_dataset(sad, "my-songs", title="All mine")
    for name in ("all mine", "my-songs"):
        assert datasets.build_dataset(sad, name, title="All mine").id == "my-songs"
    assert list(store.every()) == ["my-songs"]


def test_an_id_that_was_taken_meanwhile_is_not_replaced(mine: UserDataset, sad: Path) -> None:
    called = user.DatasetName("Mine!", "mine", "Mine!")
    with pytest.raises(DatasetError, match="given the id mine while Mine! was built"):
        user.build(user.read(sad), called, no_progress)
    assert datasets.get("mine").clips() == {HAPPY: 2, ANGRY: 1}
    assert [path.name for path in store.folder().iterdir()] == ["mine"]


def test_what_earlier_versions_called_1_is_found_by_its_title(sad: Path) -> None:
    """They made "1" of "Русская музыка 1", and saved no name."""
    russian = datasets.build_dataset(sad, "Русская музыка 1")
    about = json.loads((russian.folder / "about.json").read_text())
    del about["name"]
    (russian.folder / "about.json").write_text(json.dumps(about | {"id": "1"}))
    russian.folder.rename(store.folder() / "1")
    turkish = datasets.build_dataset(sad, "Турецкая музыка 1")
    numbered = datasets.build_dataset(sad, "1")
    assert datasets.build_dataset(sad, "Русская музыка 1").id == "1"
    assert set(store.every()) == {"1", turkish.id, numbered.id}


@pytest.mark.parametrize("step", ["write", "rename"])
def test_a_build_that_fails_leaves_the_old(
    mine: UserDataset, sad: Path, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise OSError("No space left on device")

    if step == "write":
        monkeypatch.setattr(builder, "_write", fail)
    else:
        rename = Path.rename

        def fail_once(path: Path, target: Path) -> Path:
            if path.name.startswith(".new-"):
                raise OSError("No space left on device")
            return rename(path, target)

        monkeypatch.setattr(Path, "rename", fail_once)
    with pytest.raises(OSError, match="No space"):
        datasets.build_dataset(sad, "mine")
    assert datasets.get("mine").clips() == {HAPPY: 2, ANGRY: 1}
    assert [path.name for path in store.folder().iterdir()] == ["mine"]


def test_what_a_killed_build_left_is_put_right(
    mine: UserDataset, sad: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    mine.folder.rename(store.folder() / ".old-mine-12345678")
    for name in (".new-mine-12345678", ".gone-other-one-12345678"):
        (store.folder() / name).mkdir()
    datasets.build_dataset(sad, "Another")
    assert list(store.every()) == ["another"]  # it may have been under way
    monkeypatch.setattr(store, "LEFT_S", -1.0)
    datasets.build_dataset(sad, "Another")
    assert list(store.every()) == ["another", "mine"]
    assert datasets.get("mine").clips() == {HAPPY: 2, ANGRY: 1}
    assert sorted(path.name for path in store.folder().iterdir()) == ["another", "mine"]


DAMAGES: dict[str, Callable[[Path], object]] = {
    "no about": lambda folder: (folder / "about.json").unlink(),
    "about is no JSON": lambda folder: (folder / "about.json").write_text("{"),
    "about is a list": lambda folder: (folder / "about.json").write_text("[]"),
    "about lacks a title": lambda folder: (folder / "about.json").write_text('{"id": "mine"}'),
    "another id": lambda folder: (folder / "about.json").write_text(
        (folder / "about.json").read_text().replace('"mine"', '"4qaed"')
    ),
    "no summary": lambda folder: (folder / "summary.parquet").unlink(),
    "a broken summary": lambda folder: (folder / "summary.parquet").write_text("x"),
    "a broken table": lambda folder: (folder / "features.parquet").write_text("x"),
    "no separation": lambda folder: (folder / "separation.parquet").unlink(),
    "no correlations": lambda folder: (folder / "correlations.parquet").unlink(),
    "no problems": lambda folder: (folder / "problems.csv").unlink(),
}


def test_a_damaged_folder_is_left_out_and_can_be_removed(mine: UserDataset, tmp_path: Path) -> None:
    whole = shutil.copytree(mine.folder, tmp_path / "whole")
    for damaged, damage in DAMAGES.items():
        shutil.rmtree(mine.folder, ignore_errors=True)
        shutil.copytree(whole, mine.folder)
        assert "mine" in datasets.every(), damaged
        damage(mine.folder)
        assert list(datasets.every()) == list(datasets.DATASETS), damaged
        assert store.damaged() == ["mine"], damaged
        store.remove("mine")
        assert store.damaged() == [], damaged
        assert not list(store.folder().iterdir()), damaged


def test_what_a_newer_version_built_stays_as_it_is(mine: UserDataset, sad: Path) -> None:
    about = mine.folder / "about.json"
    about.write_text(json.dumps(json.loads(about.read_text()) | {"schema": 999, "weather": "fair"}))
    before = {path.name: path.read_bytes() for path in mine.folder.iterdir()}
    assert list(datasets.every()) == list(datasets.DATASETS)
    assert store.damaged() == []
    assert "written by a newer version of this program" in store.newer()["mine"]
    with pytest.raises(NewerFile, match=r"There is a dataset 'mine' already, and it stays\."):
        datasets.build_dataset(sad, "mine")
    assert {path.name: path.read_bytes() for path in mine.folder.iterdir()} == before


def test_a_damaged_folder_can_be_built_again(mine: UserDataset, sad: Path) -> None:
    mine.summary_path.unlink()
    datasets.build_dataset(sad, "mine")
    assert store.damaged() == []
    assert datasets.get("mine").clips() == {SAD: 1}


def test_only_users_datasets_are_removed(mine: UserDataset, own_cache: Path) -> None:
    for name in ("4qaed", "..", "nothing", ""):
        with pytest.raises(UnknownName, match="your datasets: mine"):
            store.remove(name)
    assert own_cache.exists()
    assert "mine" in datasets.every()


def test_a_stray_file_is_no_dataset(mine: UserDataset) -> None:
    (store.folder() / "notes.txt").write_text("x")
    assert list(store.every()) == ["mine"]
    assert store.damaged() == []


def test_a_dataset_of_an_earlier_version_is_whole(own_cache: Path) -> None:
    """As version 0.1.0 wrote it in November 2026: what a person made is not lost."""
    shutil.copytree(Path(__file__).parent / "earlier-songs", own_cache / "own" / "earlier-songs")
    assert store.damaged() == []
    dataset = store.every()["earlier-songs"]
    assert dataset.title == "Earlier songs"
    assert dataset.clips() == dict.fromkeys(NAMES, 2)
    assert dataset.problem_sentences[0].startswith("Row 10: the mood is not known: got 'hapy'")
    table = dataset.table()
    assert table["tempo"].to_list() == [90.0 + 7 * i for i in range(8)]
    parts = dataset.official_part(table)
    assert parts is not None
    assert parts.tolist().count("test") == 3
