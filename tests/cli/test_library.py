"""A library on the command line."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from mmc_core.cli.main import main
from mmc_core.cli.output import TimedProgress, duration
from mmc_core.library.journal import Journal
from mmc_core.moods import NAMES
from tests.support.corrections import add_some
from tests.support.library import made_song, write_songs

MODEL = ("--model", "4qaed-cnn1d", "--jobs", 1)


def run(*arguments: object) -> Result:
    return CliRunner().invoke(main, [str(argument) for argument in ("library", *arguments)])


def test_a_folder_is_scanned_listed_exported_and_forgotten(tmp_path: Path) -> None:
    music = tmp_path / "music"
    write_songs(music, 3)
    (music / "no.mp3").write_text("no song")
    result = run("scan", music, *MODEL)
    assert result.exit_code == 1
    assert "4 files heard, 0 known already" in result.stdout
    assert "mmc library list" in result.stderr
    scanned = json.loads(run("scan", music, *MODEL, "--json").stdout)
    assert (scanned["heard"], scanned["unchanged"], scanned["errors"]) == (0, 4, 1)
    assert scanned["folder"] == str(music)
    listed = json.loads(run("list", "--json").stdout)
    assert len(listed) == 4
    assert sum(each["error"] is None for each in listed) == 3
    assert "features" not in listed[0] and "shares" in listed[0]
    (line,) = run("list", music, "--errors").stdout.splitlines()
    assert "not a sound file" in line
    assert run("export", tmp_path / "songs.csv").exit_code == 0
    assert "tempo" in (tmp_path / "songs.csv").read_text("utf-8").splitlines()[0]
    assert "4 files are forgotten" in run("forget", music).stderr
    assert run("list", "--json").stdout == "[]\n"


def test_songs_of_a_mood_are_listed() -> None:
    with Journal() as journal:
        for i in range(8):
            journal.save(made_song(i))
    lines = run("list", "--mood", "Q3").stdout.splitlines()
    assert len(lines) == 2
    assert all(f": {NAMES[2]}  {NAMES[0]}  10 %" in line for line in lines)


def test_songs_are_of_the_moods_that_answers_name_or_people_heard(tmp_path: Path) -> None:
    either = replace(made_song(2), mood_set=["sad", "relaxed"])
    with Journal() as journal:
        journal.save(either)
        journal.save(made_song(3))
    assert len(run("list", "--mood", "relaxed").stdout.splitlines()) == 2
    (line,) = run("list", "--mood", "sad").stdout.splitlines()
    assert ": sad or relaxed  " in line
    add_some(1, sha256=either.sha256, mood="happy")
    assert run("list", "--mood", "sad").stdout == ""
    (line,) = run("list", "--mood", "happy").stdout.splitlines()
    assert ": happy, heard by a person (model: sad or relaxed)  " in line
    assert [each["heard"] for each in json.loads(run("list", "--json").stdout)] == ["happy", None]
    out = tmp_path / "happy.m3u8"
    assert run("playlist", "--mood", "happy", "--out", out).exit_code == 0
    assert out.read_text("utf-8").splitlines()[2:] == [str(either.path)]


@pytest.mark.parametrize(
    ("arguments", "code", "says"),
    [
        (("list", "--mood", "bored"), 2, "expected happy"),
        (("export", "songs.txt"), 2, ".csv or .parquet"),
        (("export", "songs.csv"), 1, "No songs yet"),
        (("scan", "nothing"), 1, "no folder"),
    ],
)
def test_wrong_use_is_said(arguments: tuple[str, ...], code: int, says: str) -> None:
    result = run(*arguments)
    assert (result.exit_code, result.stdout) == (code, "")
    assert says in result.stderr


def test_progress_tells_rate_and_time_left(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = iter([0.0, 30.0])
    monkeypatch.setattr("time.monotonic", lambda: next(clock))
    progress = TimedProgress("files")
    assert progress._detail(0, 100, {}) == ""
    assert progress._detail(10, 100, {}) == "  20 a minute  5 min left"
    assert duration(9_000) == "2 h 30 min"
