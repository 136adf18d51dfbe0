"""Names of files as they are printed, and endings of files that are written."""

from __future__ import annotations

import json
from pathlib import Path

import click
import pytest
from click.testing import CliRunner, Result

from mmc_core.cli.main import main
from mmc_core.cli.output import Progress, echo, json_text
from mmc_core.cli.places import OutFile
from mmc_core.library.journal import Journal
from tests.support.library import made_song
from tests.support.sounds import write_tone

pytestmark = pytest.mark.usefixtures("one_process")
# Colours; a window's title; C1 and DEL; a line that is forged; text turned round.
ODD = "\x1b[31m \x1b]0;t\x07 \x9b2J \x7f \r\nok.wav: happy \u202e3pm.wav"


def run(*arguments: object) -> Result:
    return CliRunner().invoke(main, [str(argument) for argument in arguments])


def is_clean(text: str) -> bool:
    return all(c.isprintable() or c == "\n" for c in text)


@pytest.fixture
def song(tmp_path: Path) -> Path:
    path = tmp_path / "songs" / ODD
    try:
        write_tone(path, 440)
    except OSError:
        pytest.skip("no such names here")
    return path


def test_control_characters_of_names_are_escaped(song: Path, tmp_path: Path) -> None:
    for command in (
        ("predict", song, "--model", "1", "--m3u", tmp_path / "list.m3u8"),
        ("predict", song.parent, "--model", "1"),
        ("explain", song, "--model", "1"),
        ("extract", song, "--out", tmp_path / "t.parquet"),
        ("library", "scan", song.parent, "--model", "1", "--jobs", 1),
        ("library", "list"),
        ("library", "tag", song, "--dry-run", "--model", "1"),
        ("corrections", "add", song, "--mood", "sad", "--model", "1"),
        ("corrections", "list"),
        ("explore", "similar", song, "--top", 1),
    ):
        result = run(*command)
        assert result.exit_code == 0, result.output
        assert is_clean(result.stdout), command
        assert is_clean(result.stderr), command
        assert not any(line.startswith("ok.wav") for line in result.output.splitlines()), command
    (line,) = run("library", "list").stdout.splitlines()
    assert r"\x1b[31m \x1b]0;t\x07 \x9b2J \x7f \r\nok.wav: happy \u202e3pm.wav: " in line


def test_documents_hold_names_as_they_are(song: Path) -> None:
    result = run("predict", song, "--model", "1", "--json")
    assert json.loads(result.stdout)[0]["file"] == str(song)
    assert is_clean(result.stdout)


def test_tags_are_printed_escaped(capsys: pytest.CaptureFixture[str]) -> None:
    echo("title \x1b[2J\u2028line\nnext\tcell")
    assert capsys.readouterr().out == "title \\x1b[2J\\u2028line\nnext\tcell\n"
    assert json.loads(json_text({"title": ODD})) == {"title": ODD}


def test_wrong_use_is_printed_escaped() -> None:
    for command in (
        ("predict", "x.wav", "--m3u", "\x1b[31mred"),
        ("extract", "x.wav", "--out", "\x1b[31mred"),
        ("predict", "\x1b[31mred"),
        ("library", "scan", "\x1b[31mred"),
        ("library", "list", "--\x1b[31mred"),
        ("datasets", "remove", "\x1b[31mred"),
    ):
        result = run(*command)
        assert result.exit_code != 0
        assert "red" in result.output
        assert "\x1b" not in result.output, command


def test_progress_is_still_rewritten_in_place(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("sys.stderr.isatty", lambda: True)
    with Progress("files") as progress:
        progress(1, 2)
    assert capsys.readouterr().err == "\r1 of 2 files\033[K\n"


ENDINGS = [
    ("library", "export", "SONGS.CSV"),
    ("library", "export", "Songs.Parquet"),
    ("library", "playlist", "--out", "L.M3U8"),
    ("predict", "song.wav", "--model", "1", "--m3u", "L.M3U8"),
    ("extract", "song.wav", "--out", "T.PARQUET"),
    ("corrections", "export", "ALL.CSV"),
    ("corrections", "export", "ALL.JSON"),
]


@pytest.mark.parametrize(
    "command", ENDINGS, ids=lambda command: " ".join(command[:2] + command[-1:])
)
def test_endings_are_taken_in_any_case(
    command: tuple[str, ...], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    write_tone(tmp_path / "song.wav", 440)
    with Journal() as journal:
        journal.save(made_song(0))
    assert run("corrections", "add", "song.wav", "--mood", "sad", "--model", "1").exit_code == 0
    result = run(*command)
    assert result.exit_code == 0, result.output
    written = [path for path in tmp_path.iterdir() if path.name == command[-1]]
    assert [path.stat().st_size > 0 for path in written] == [True]


def test_other_endings_and_folders_are_refused(tmp_path: Path) -> None:
    (tmp_path / "folder.csv").mkdir()
    for name in ("songs.txt", "songs", "csv", "folder.csv"):
        with pytest.raises(click.BadParameter, match=r"should be a file name ending in \.csv"):
            OutFile(".csv").convert(tmp_path / name, None, None)
