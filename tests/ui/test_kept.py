"""What is read for all visitors: once, until its file changes, and apart from all else."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from mmc_core.ui.common.kept import keep_while, state_of

reads: list[str] = []


@keep_while(state_of, most=2)
def content(path: Path) -> str:
    reads.append(path.name)
    return path.read_text()


@keep_while(state_of, most=2)
def shouted(path: Path) -> str:
    return path.read_text().upper()


@pytest.fixture(autouse=True)
def no_reads() -> None:
    reads.clear()


def test_a_file_is_read_again_once_it_changes(tmp_path: Path) -> None:
    path = tmp_path / "a"
    path.write_text("one")
    os.utime(path, ns=(1, 1))
    assert [content(path), content(path)] == ["one", "one"]
    assert reads == ["a"]
    path.write_text("two")
    os.utime(path, ns=(2, 2))
    assert content(path) == "two"
    assert reads == ["a", "a"]


def test_functions_keep_apart_what_they_return(tmp_path: Path) -> None:
    path = tmp_path / "b"
    path.write_text("one")
    assert (content(path), shouted(path), content(path)) == ("one", "ONE", "one")


def test_an_error_is_not_kept(tmp_path: Path) -> None:
    path = tmp_path / "c"
    with pytest.raises(FileNotFoundError):
        content(path)
    with pytest.raises(FileNotFoundError):
        content(path)
    assert reads == ["c", "c"]
