"""Users' datasets on the command line: exit codes, what goes where."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pandas as pd
import pytest
from click.testing import CliRunner, Result

from mmc_core import datasets
from mmc_core.cli.main import main
from mmc_core.moods import NAMES
from mmc_core.settings import PROJECT
from tests.support.sounds import write_tone


def run(*arguments: object) -> Result:
    return CliRunner().invoke(main, [str(argument) for argument in arguments])


pytestmark = pytest.mark.usefixtures("one_process")


@pytest.fixture(scope="module")
def recorded_songs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("recorded") / "songs"
    for i, mood in enumerate(NAMES):
        write_tone(folder / mood / f"{i}.wav", 200.0 + 50 * i)
    return folder


@pytest.fixture
def songs(recorded_songs: Path, tmp_path: Path) -> Path:
    return shutil.copytree(recorded_songs, tmp_path / "songs")


@pytest.fixture
def two_clips(tmp_path: Path) -> Path:
    path = tmp_path / "t.csv"
    path.write_text("mood,tempo\nsad,1\nhappy,2\n")
    return path


def test_a_dataset_is_built_listed_and_removed(songs: Path) -> None:
    result = run("datasets", "build", "My songs", "--from", songs, "--title", "All mine")
    assert (result.exit_code, result.stdout) == (0, "")
    assert "my-songs: All mine: happy 1, angry 1, sad 1, relaxed 1" in result.stderr
    listed = {entry["id"]: entry for entry in json.loads(run("datasets", "list", "--json").stdout)}
    assert list(listed) == [*datasets.DATASETS, "my-songs"]
    assert listed["my-songs"]["own"]
    assert not listed["4qaed"]["own"]
    assert listed["my-songs"]["clips"] == dict.fromkeys(NAMES, 1)
    assert "my-songs: All mine" in run("datasets", "list").stdout
    assert run("datasets", "remove", "my-songs").exit_code == 0
    assert "my-songs" not in run("datasets", "list").stdout
    assert (songs / NAMES[0] / "0.wav").exists()


def test_the_source_is_named_by_any_of_three_options(two_clips: Path) -> None:
    for option in ("--audio", "--from", "--table"):
        result = run("datasets", "build", option, two_clips, "mine")
        assert (result.exit_code, result.stdout) == (0, "")
        assert "mine: mine: happy 1, sad 1" in result.stderr


def test_a_dataset_that_is_replaced_is_said(two_clips: Path) -> None:
    assert "replaced" not in run("datasets", "build", "Русская 1", "--from", two_clips).stderr
    assert "replaced" not in run("datasets", "build", "Турецкая 1", "--from", two_clips).stderr
    result = run("datasets", "build", "Русская 1", "--from", two_clips)
    assert "russkaya-1: Русская 1, of 2 clips, is replaced by:" in result.stderr
    assert set(datasets.user.every()) == {"russkaya-1", "turetskaya-1"}


def test_files_are_found_again_from_another_folder(
    songs: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(songs.parent)
    assert run("datasets", "build", "mine", "--from", "songs").exit_code == 0
    monkeypatch.chdir(songs)
    assert len(datasets.get("mine").audio()) == 4


def test_a_file_that_fails_is_1_and_named(songs: Path) -> None:
    (songs / NAMES[0] / "bad.mp3").write_text("no song")
    result = run("datasets", "build", "mine", "--from", songs)
    assert (result.exit_code, result.stdout) == (1, "")
    assert f"'{NAMES[0]}/bad.mp3': bad.mp3 is not a sound file" in result.stderr
    assert "problems.csv" in result.stderr
    assert sum(datasets.get("mine").clips().values()) == 4


def test_a_row_that_fails_is_1_and_named(tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_text("mood,tempo\nsad,1\nsad,x\n")
    result = run("datasets", "build", "mine", "--table", tmp_path / "t.csv")
    assert result.exit_code == 1
    assert "Row 3: tempo is not a number: got 'x'" in result.stderr
    assert datasets.get("mine").clips() == {NAMES[2]: 1}


def test_nothing_usable_is_1_and_nothing_is_made(tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_text("mood,tempo\nhapy,1\n")
    result = run("datasets", "build", "mine", "--from", tmp_path / "t.csv")
    assert result.exit_code == 1
    assert "Nothing in t.csv can be used" in result.stderr
    assert "Traceback" not in result.stderr
    assert "mine" not in datasets.every()


WRONG_USE = {
    ("build", "mine"): "not a dataset of the project",
    ("build", "mine", "--from", "nowhere"): "does not exist",
    ("build", "4qaed", "--title", "x"): "title cannot be changed",
    ("build", "4QAED", "--from", "."): "name of a dataset of the project",
    ("build", "4qaed", "--from", str(PROJECT / "README.md")): "built from its released files, not",
    ("build", "turkish", "--from", "."): "built from its downloaded table, not from",
    ("build", "mine", "--title", "4QAED", "--from", "."): "already has the title",
    ("build", "…", "--from", "."): "no letter",
    ("remove", "4qaed"): "You have no dataset '4qaed'",
    ("remove", "nothing"): "You have no dataset 'nothing'",
}


def test_wrong_use_is_2_and_a_sentence() -> None:
    for arguments, sentence in WRONG_USE.items():
        result = run("datasets", *arguments)
        assert (result.exit_code, result.stdout) == (2, ""), arguments
        assert sentence in result.stderr, arguments
        assert "Traceback" not in result.stderr, arguments


def test_a_folder_that_is_not_4qaed_is_said(songs: Path) -> None:
    result = run("datasets", "build", "4qaed", "--from", songs)
    assert (result.exit_code, result.stdout) == (1, "")
    assert "choose another ID than 4qaed" in result.stderr


def test_a_limit_is_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "t.csv").write_text("mood,tempo\nsad,1\n")
    monkeypatch.setenv("MMC_MAX_TABLE_BYTES", "10")
    result = run("datasets", "build", "mine", "--from", tmp_path / "t.csv")
    assert result.exit_code == 1
    assert "expected at most" in result.stderr
    monkeypatch.setenv("MMC_MAX_TABLE_BYTES", "few")
    result = run("datasets", "build", "mine", "--from", tmp_path / "t.csv")
    assert result.exit_code == 2
    assert "MMC_MAX_TABLE_BYTES should be a whole number" in result.stderr


def test_damaged_ones_are_named_with_the_way_out(own_cache: Path) -> None:
    (own_cache / "own" / "torn").mkdir(parents=True)
    result = run("datasets", "list")
    assert result.exit_code == 0
    assert "datasets remove torn" in result.stderr
    assert "torn" not in result.stdout
    assert run("datasets", "remove", "torn").exit_code == 0


def test_folds_and_duplicates_of_a_users_dataset_are_beside_it(
    table: pd.DataFrame, tmp_path: Path
) -> None:
    table.groupby("group").head(1).to_parquet(tmp_path / "t.parquet")
    assert run("datasets", "build", "mine", "--from", tmp_path / "t.parquet").exit_code == 0
    folder = datasets.user.store.folder() / "mine"
    written = []
    for _ in range(2):
        assert run("datasets", "folds", "mine").exit_code == 0
        assert run("datasets", "duplicates", "mine", "--json").exit_code == 0
        stats = [(folder / name).stat() for name in ("folds.parquet", "duplicates.csv")]
        written.append([(stat.st_ino, stat.st_mtime_ns) for stat in stats])
    assert written[0] == written[1]  # what agrees is left alone


def test_clips_of_few_features_are_not_compared(two_clips: Path) -> None:
    run("datasets", "build", "few", "--from", two_clips)
    result = run("datasets", "duplicates", "few")
    assert result.exit_code == 1
    assert "compared by all 57 features" in result.stderr


def test_users_datasets_are_not_fetched(two_clips: Path) -> None:
    run("datasets", "build", "mine", "--from", two_clips)
    result = run("datasets", "fetch", "mine")
    assert result.exit_code == 1
    assert "build it again from its files" in result.stderr
