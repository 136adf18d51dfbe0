"""Corrections on the command line."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from mutagen.apev2 import APEv2
from mutagen.id3 import ID3, TIT2

from mmc_core.audio import load_audio
from mmc_core.cli.main import main
from mmc_core.datasets.user import corrections
from mmc_core.library.tagging import tag
from mmc_core.library.undo import TagJournal
from mmc_core.moods import NAMES
from mmc_core.prediction.sound import Song
from mmc_core.settings import corrections_dir
from tests.support.corrections import add_some, made_correction
from tests.support.sounds import write_tone
from tests.support.tagged import KINDS, answer, song

SAD = NAMES[2]


def run(*arguments: object) -> Result:
    return CliRunner().invoke(main, [str(argument) for argument in ("corrections", *arguments)])


def test_a_file_is_corrected_listed_and_removed(tmp_path: Path) -> None:
    song = tmp_path / "Über [1].wav"
    write_tone(song, 440.0)
    result = run("add", song, "--mood", "q3", "--model", "1")
    assert result.exit_code == 0
    assert f"Über [1].wav: {SAD}; the model answered: " in result.stderr
    (listed,) = json.loads(run("list", "--json").stdout)
    assert listed["sha256"] == hashlib.sha256(song.read_bytes()).hexdigest()
    assert (listed["name"], listed["mood"]) == (song.name, SAD)
    assert "embeddings" not in listed
    (saved,) = corrections.every()
    assert set(saved.embeddings) == {"musicnn"}  # the AudioSet network is not here
    assert f"{song.name}: {SAD}; the model answered" in run("list").stdout
    assert run("remove", song.name).exit_code == 0
    assert run("list", "--json").stdout == "[]\n"


def test_wrong_use_is_said(tmp_path: Path) -> None:
    (tmp_path / "no.mp3").write_text("no song")
    assert run("add", tmp_path / "no.mp3", "--mood", "bored").exit_code == 2
    result = run("add", tmp_path / "no.mp3", "--mood", SAD)
    assert result.exit_code == 1
    assert "no.mp3 is not a sound file" in result.stderr
    result = run("remove", "nothing")
    assert result.exit_code == 2
    assert "no correction of 'nothing'" in result.stderr
    assert run("export", tmp_path / "c.txt").exit_code == 2
    assert corrections.count() == 0


def test_the_newest_is_taken_back() -> None:
    assert "There is no correction" in run("undo").stderr
    (first,) = add_some(1)
    corrections.add(made_correction(0, mood=SAD))
    result = run("undo")
    assert f"to {SAD} is taken back" in result.stderr
    assert f"there again: {first.mood}" in result.stderr


def test_all_are_cleared_only_when_that_is_confirmed() -> None:
    add_some(2)
    assert CliRunner().invoke(main, ["corrections", "clear"], input="n\n").exit_code == 1
    assert corrections.count() == 2
    assert "Corrections removed: 2" in run("clear", "--yes").stderr
    assert corrections.count() == 0


def test_their_dataset_is_listed_and_not_removed_as_others_are() -> None:
    add_some(1)
    listed = CliRunner().invoke(main, ["datasets", "list"]).stdout
    assert "corrections: My corrections" in listed
    result = CliRunner().invoke(main, ["datasets", "remove", "corrections"])
    assert result.exit_code == 2
    assert "mmc corrections clear" in result.stderr
    assert corrections.count() == 1


@pytest.mark.parametrize("suffix", [".csv", ".json"])
def test_they_are_exported(suffix: str, tmp_path: Path) -> None:
    made = add_some(3)
    file = tmp_path / f"all{suffix}"
    assert run("export", file).exit_code == 0
    text = file.read_text("utf-8")
    assert [each.name for each in made if each.name not in text] == []
    assert ("embeddings" in text) == (suffix == ".json")


def test_what_is_damaged_is_named() -> None:
    (one,) = add_some(1)
    folder = corrections_dir()
    assert folder is not None
    (folder / f"{one.sha256}.json").write_text("{")
    result = run("list")
    assert result.stdout == ""
    assert "could not be read as a correction and was moved aside" in result.stderr


@pytest.mark.parametrize("kind", KINDS)
def test_a_song_is_the_same_song_after_its_tags_were_written(kind: str, tmp_path: Path) -> None:
    path = song(tmp_path / f"song.{kind}")
    before = Song(load_audio(path)).sound_sha256
    with TagJournal(tmp_path / "tags.sqlite") as journal:
        assert tag(path, lambda _: answer(SAD), journal).differences
    assert Song(load_audio(path)).sound_sha256 == before


@pytest.mark.parametrize("tags", [b"TAG" + bytes(125), "APEv2", "ID3v2.3"])
def test_tags_of_other_programs_change_no_sound(tags: bytes | str, tmp_path: Path) -> None:
    path = song(tmp_path / "song.mp3")
    before = Song(load_audio(path)).sound_sha256
    if isinstance(tags, bytes):
        path.write_bytes(path.read_bytes() + tags)
    elif tags == "APEv2":
        ape = APEv2()
        ape["Artist"] = "Frames begin with \xff\xfb" * 50
        ape.save(path)
    else:
        id3 = ID3()
        id3.add(TIT2(encoding=1, text=["x" * 5000]))
        id3.save(path, v2_version=3)
    assert Song(load_audio(path)).sound_sha256 == before


def test_a_correction_is_the_songs_before_and_after_tagging(tmp_path: Path) -> None:
    path = song(tmp_path / "a song.mp3")
    assert run("add", path, "--mood", "sad", "--model", "1").exit_code == 0
    with TagJournal(tmp_path / "tags.sqlite") as journal:
        tag(path, lambda _: answer(SAD), journal)
    path = path.rename(tmp_path / "renamed.mp3")
    assert run("add", path, "--mood", "relaxed", "--model", "1").exit_code == 0
    (listed,) = json.loads(run("list", "--json").stdout)
    assert (listed["name"], listed["mood"]) == ("renamed.mp3", "relaxed")
    with TagJournal(tmp_path / "tags.sqlite") as journal:
        tag(path, lambda _: answer(NAMES[0]), journal)
    assert run("remove", path).exit_code == 0
    assert corrections.count() == 0
