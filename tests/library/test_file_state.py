"""The state of a file, and content that is read only while it is the one that was scanned."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from mmc_core.library import file_state
from mmc_core.library.file_state import LARGEST, read_content, read_if_same, read_state
from tests.support.tagged import sha256


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "song.mp3"
    path.write_bytes(b"some sound")
    return path


def test_any_date_fits(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def stat(path: Path) -> os.stat_result:
        return os.stat_result(range(10), {"st_mtime_ns": 10**20, "st_ctime_ns": -(10**20)})

    monkeypatch.setattr(Path, "stat", stat)
    assert read_state(file) == file_state.FileState(6, LARGEST, -LARGEST - 1)


def test_state_and_hash_are_of_one_moment(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def changed_once_read(path: Path) -> str:
        result = sha256(path)
        path.write_bytes(next(contents, path.read_bytes()))
        return result

    contents = iter([b"other sound"])
    monkeypatch.setattr(file_state, "sha256_of", changed_once_read)
    monkeypatch.setattr(Path, "write_bytes", _write_if_other)
    content = read_content(file)
    assert content
    assert content[1] == sha256(file)
    contents = iter(bytes([i] * (i + 1)) for i in range(100))
    assert read_content(file) is None
    assert read_content(file.with_name("none")) is None


def _write_if_other(path: Path, content: bytes) -> None:
    if path.read_bytes() != content:
        with path.open("wb") as file:
            file.write(content)


def test_only_the_same_content_is_read(file: Path, tmp_path: Path) -> None:
    of_file = (10, sha256(file))
    assert read_if_same(file, *of_file) == b"some sound"
    assert read_if_same(file, 10, None) is None
    assert read_if_same(tmp_path, *of_file) is None
    file.write_bytes(b"same sized")
    assert read_if_same(file, *of_file) is None
    file.unlink()
    assert read_if_same(file, *of_file) is None


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="pipes with names are Unix's")
def test_a_pipe_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "song.mp3")
    assert read_if_same(tmp_path / "song.mp3", 0, None) is None
