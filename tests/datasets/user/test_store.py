"""Where users' datasets are: replaced as a whole, damaged ones left out, removed."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest

from mmc_core import datasets
from mmc_core.datasets import UserDataset
from mmc_core.datasets.user import builder, store
from mmc_core.errors import UnknownName
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
