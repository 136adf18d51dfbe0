"""Songs and tables as users have them, each made once."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from mmc_core.moods import NAMES
from tests.support.sounds import write_tone


@pytest.fixture(scope="session")
def recorded_songs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    _, _, sad, relaxed = NAMES
    folder = tmp_path_factory.mktemp("recorded") / "songs"
    write_tone(folder / "Happy" / "one.wav", 440)
    write_tone(folder / "q2" / "Band" / "two.wav", 220)
    write_tone(folder / sad / "Band" / "three.wav", 330, duration_s=26)
    write_tone(folder / relaxed / "again.wav", 440)  # the same as one.wav
    return folder


@pytest.fixture
def songs(recorded_songs: Path, tmp_path: Path) -> Path:
    """A folder of four songs, to be changed at will."""
    return shutil.copytree(recorded_songs, tmp_path / "songs")


@pytest.fixture
def csv_file(tmp_path: Path) -> Callable[..., Path]:
    """Writes a CSV of some lines."""

    def write(*lines: str, name: str = "t.csv") -> Path:
        path = tmp_path / name
        path.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
        return path

    return write
