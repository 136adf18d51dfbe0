"""Playlists by the command line."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from mmc_core.cli.main import main


def run(*arguments: object) -> Result:
    return CliRunner().invoke(main, [str(argument) for argument in arguments])


def paths(playlist: Path) -> list[str]:
    lines = playlist.read_text("utf-8").splitlines()
    assert lines[0] == "#EXTM3U"
    assert all(line.startswith("#EXTINF:") for line in lines[1::2])
    return lines[2::2]


@pytest.fixture
def songs(samples: list[Path], tmp_path: Path) -> Path:
    """A folder with three songs, one of an odd name, and a file that is no song."""
    folder = tmp_path / "songs"
    folder.mkdir()
    for path, name in zip(samples, ("#1.ogg", "two\nlines.ogg", "ü.ogg"), strict=False):
        (folder / name).write_bytes(path.read_bytes())
    (folder / "broken.mp3").write_bytes(b"no song")
    return folder


def test_songs_are_listed_from_calm_to_energetic(songs: Path, tmp_path: Path) -> None:
    playlist = tmp_path / "p" / "all.m3u8"
    result = run("predict", "--model", "1", "--json", songs, "--m3u", playlist)
    assert result.exit_code == 1  # of the broken file
    predictions = json.loads(result.stdout)
    arousal = {each["file"]: each["arousal"] for each in predictions if not each["error"]}
    expected = sorted(arousal, key=arousal.__getitem__)
    assert len(expected) == 3
    listed = paths(playlist)
    assert [each.removeprefix("file://").replace("%0A", "\n") for each in listed] == expected
    assert f"3 of 4 songs: {playlist}" in result.stderr
    mood = predictions[0]["mood"] or predictions[1]["mood"]
    result = run(
        "predict",
        "--model",
        "1",
        songs,
        "--m3u",
        playlist,
        "--mood",
        mood.upper(),
        "--sort",
        "mood",
    )
    names = {each["file"] for each in predictions if each["mood"] == mood}
    assert {p.removeprefix("file://").replace("%0A", "\n") for p in paths(playlist)} == names


@pytest.mark.parametrize(
    ("options", "why"),
    [
        (("--m3u", "list.txt"), "should be a file name ending in .m3u8"),
        (("--mood", "happy"), "add --m3u"),
        (("--m3u", "list.m3u8", "--mood", "gloomy"), "There is no mood 'gloomy'"),
        (("--m3u", "list.m3u8", "--sort", "length"), "'length' is not one of"),
    ],
)
def test_wrong_use_is_said_before_any_work(options: tuple[str, ...], why: str) -> None:
    result = run("predict", "none.wav", *options)
    assert result.exit_code == 2
    assert why in result.stderr
    assert not Path("list.m3u8").exists()
