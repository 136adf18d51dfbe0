"""The same rules for sound and folders in `extract`, `datasets build` and `predict`."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from click.testing import CliRunner, Result

from mmc_core import datasets
from mmc_core.audio import SR
from mmc_core.cli.main import main
from mmc_core.features.scalars import describe
from mmc_core.features.schema import ORIGINAL_57
from tests.support.sounds import encode, write_tone

pytestmark = pytest.mark.usefixtures("one_process")
RNG = np.random.default_rng(0)
MUSIC = (0.1 * RNG.standard_normal((3 * SR, 1))).astype(np.float32)


def run(*arguments: object) -> Result:
    return CliRunner().invoke(main, [str(argument) for argument in arguments])


def write(path: Path, y: np.ndarray) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(encode(y.astype(np.float32), SR, "wavfloat"))


def extracted(folder: Path, out: Path) -> tuple[Result, pd.DataFrame]:
    return run("extract", folder, "--out", out, "--jobs", 1), pd.read_parquet(out)


def test_a_silent_beginning_is_never_described(tmp_path: Path) -> None:
    """Digital silence, and hiss 75 dB below the music, as `predict` skips it."""
    silence = np.zeros((27 * SR, 1))
    hiss = (2e-5 * RNG.standard_normal((4 * SR, 1))).astype(np.float32)
    beginnings = {"a.wav": silence, "b.wav": hiss, "c.wav": silence[: 2 * SR]}
    songs = tmp_path / "songs"
    for name, beginning in beginnings.items():
        write(songs / "sad" / name, np.concatenate([beginning, MUSIC]))
    result, table = extracted(songs, tmp_path / "t.parquet")
    assert result.exit_code == 0
    assert table["start_s"].round(2).tolist() == [27.0, 4.0, 0.0]
    expected = describe(MUSIC[:, 0])
    for row in table.iloc[:2].to_dict("records"):
        assert row["rms_mean"] == pytest.approx(expected["rms_mean"], rel=0.02)
        assert row["tempo"] == expected["tempo"]
    assert run("datasets", "build", "s", "--from", songs).exit_code == 0
    built = datasets.get("s").table()
    assert built["start_s"].tolist() == table["start_s"].tolist()
    names = [name for name in ORIGINAL_57 if built[name].dtype.kind == "f"]
    np.testing.assert_allclose(built[names], table[names], rtol=1e-6)
    predicted = json.loads(run("predict", "--model", "1", "--json", songs).stdout)
    starts = [song["windows"][0]["start_s"] for song in predicted]
    assert starts == pytest.approx([27.0, 4.0, 2.0], abs=0.01)


def test_channels_that_cancel_are_said(tmp_path: Path) -> None:
    songs = tmp_path / "songs"
    write(songs / "sad" / "a.wav", MUSIC * [[1, -1]])
    write(songs / "sad" / "b.wav", MUSIC)
    result, table = extracted(songs, tmp_path / "t.parquet")
    assert result.exit_code == 0
    note = "The channels cancel each other"
    assert f"a.wav: {note}" in result.stderr
    assert table["note"].iloc[0].startswith(note)
    assert pd.isna(table["note"].iloc[1])
    one, other = table["rms_mean"]
    assert one == pytest.approx(other)
    result = run("datasets", "build", "s", "--from", songs)
    assert result.exit_code == 0
    assert f"'sad/a.wav': {note}" in result.stderr
    assert datasets.user.every()["s"].notes[0].startswith("'sad/a.wav'")
    result = run("predict", "--model", "1", songs)
    assert result.stdout.count(note) == 1
    first, second = json.loads(run("predict", "--model", "1", "--json", songs).stdout)
    assert [len(first["notes"]), len(second["notes"])] == [1, 0]


COMMANDS: dict[str, Callable[[Path, Path], Result]] = {
    "extract": lambda folder, out: run("extract", folder, "--out", out, "--jobs", 1),
    "build": lambda folder, _: run("datasets", "build", "s", "--from", folder),
    "predict": lambda folder, _: run("predict", "--model", "1", folder),
}


@pytest.mark.parametrize("command", COMMANDS)
def test_a_folder_that_cannot_be_read_is_a_failure(
    command: str, tmp_path: Path, unreadable: Callable[[Path], None]
) -> None:
    songs = tmp_path / "songs"
    write_tone(songs / "sad" / "a.wav", 300)
    write_tone(songs / "sad" / "closed" / "b.wav", 300)
    unreadable(songs / "sad" / "closed")
    result = COMMANDS[command](songs, tmp_path / "t.parquet")
    assert result.exit_code == 1
    assert "closed" in result.stderr
    assert "could not be searched (Permission denied)" in result.stderr


@pytest.mark.parametrize("command", COMMANDS)
def test_links_are_followed_loops_named_and_leftovers_passed_over(
    command: str, tmp_path: Path
) -> None:
    songs = tmp_path / "songs"
    write_tone(songs / "sad" / "a.wav", 300)
    write_tone(tmp_path / "real" / "b.wav", 400)
    (songs / "happy").symlink_to(tmp_path / "real")
    (songs / "sad" / "again").symlink_to(songs)
    (songs / "sad" / "._a.wav").write_bytes(b"\0\5\x16\7\0\2\0\0Mac OS X        ")
    (songs / "live.mp3").mkdir()
    result = COMMANDS[command](songs, tmp_path / "t.parquet")
    assert result.exit_code == 0
    assert "leads back to a folder that it lies in" in result.stderr
    everything = result.stdout + result.stderr
    assert "._a" not in everything
    assert {"extract": "2 of 2 files", "build": "happy 1, sad 1", "predict": "b.wav"}[
        command
    ] in everything
