"""Folders searched for sound: links, loops, what systems leave there, what cannot be read."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from mmc_core.audio.folders import find_audio, search
from mmc_core.errors import MMCError


def put(*paths: Path) -> None:
    for path in paths:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"")


def names(folder: Path) -> list[str]:
    return [path.relative_to(folder).as_posix() for path in search(folder).files]


def link(at: Path, to: Path | str) -> None:
    try:
        at.symlink_to(to, target_is_directory=True)
    except OSError:
        pytest.skip("no links here")


def test_links_are_followed(tmp_path: Path) -> None:
    put(tmp_path / "real/band/a.ogg", tmp_path / "lib/sad/b.ogg", tmp_path / "song.mp3")
    link(tmp_path / "lib/sad/artist", "../../real/band")
    link(tmp_path / "lib/happy", tmp_path / "real")
    link(tmp_path / "lib/song.mp3", tmp_path / "song.mp3")
    found = search(tmp_path / "lib")
    assert names(tmp_path / "lib") == ["happy/band/a.ogg", "sad/b.ogg", "song.mp3"]
    (same,) = found.left_out
    assert same.path == tmp_path / "lib/sad/artist" or same.path == tmp_path / "lib/happy/band"
    assert "same folder as" in same.why
    assert not found.is_incomplete


def test_a_folder_that_is_a_link_is_searched(tmp_path: Path) -> None:
    put(tmp_path / "real/a.ogg")
    link(tmp_path / "music", "real")
    assert names(tmp_path / "music") == ["a.ogg"]


def test_loops_are_noticed(tmp_path: Path) -> None:
    put(tmp_path / "above.ogg", tmp_path / "lib/deep/a.ogg")
    link(tmp_path / "lib/deep/top", tmp_path / "lib")
    link(tmp_path / "lib/deep/self", ".")
    link(tmp_path / "lib/up", "..")
    found = search(tmp_path / "lib")
    assert names(tmp_path / "lib") == ["deep/a.ogg"]
    assert [each.path.name for each in found.left_out] == ["up", "self", "top"]
    assert all("leads back" in str(each) for each in found.left_out)
    assert not found.is_incomplete


def test_files_go_by_their_own_names(tmp_path: Path) -> None:
    put(tmp_path / "z/a.ogg")
    for name in ("a", "b", "z2"):
        link(tmp_path / name, "z")
    assert names(tmp_path) == ["z/a.ogg"]
    assert [each.path.name for each in search(tmp_path).left_out] == ["a", "b", "z2"]


def test_many_ways_through_links_are_one(tmp_path: Path) -> None:
    """Without a memory of what was searched these are 2^30 files."""
    for i in range(30):
        (tmp_path / f"all/{i}").mkdir(parents=True)
        for side in "ab":
            link(tmp_path / f"all/{i}/{side}", tmp_path / f"all/{i + 1}")
    put(tmp_path / "all/30/song.ogg")
    assert len(search(tmp_path / "all/0").files) == 1


def test_links_that_lead_nowhere_are_named(tmp_path: Path) -> None:
    put(tmp_path / "a.ogg")
    link(tmp_path / "usb", "/nowhere/at/all")
    link(tmp_path / "gone.mp3", "nothing")
    found = search(tmp_path)
    assert names(tmp_path) == ["a.ogg", "gone.mp3"]  # as a file it gives a row with its error
    assert [str(each) for each in found.left_out] == [
        f"{tmp_path / 'usb'}: this link leads nowhere; left out."
    ]
    assert found.is_incomplete


def test_what_systems_leave_is_passed_over(tmp_path: Path) -> None:
    put(
        *(tmp_path / name for name in ("song.ogg", "._song.ogg", ".hidden.mp3", "notes.txt")),
        *(tmp_path / name / "x.mp3" for name in (".git", "__MACOSX", "@eaDir", "lost+found")),
        tmp_path / "live.mp3/inside.flac",
    )
    (tmp_path / "empty.wav").mkdir()
    assert names(tmp_path) == ["live.mp3/inside.flac", "song.ogg"]
    assert search(tmp_path).left_out == []
    assert names(tmp_path / ".git") == ["x.mp3"]  # named by hand


@pytest.mark.parametrize("suffix", [".m4b", ".mp2", ".ogv", ".spx", ".MP3", ".Flac", ".mov"])
def test_suffixes_of_sound_are_picked(suffix: str, tmp_path: Path) -> None:
    put(tmp_path / f"song{suffix}")
    assert names(tmp_path) == [f"song{suffix}"]


def test_a_folder_that_cannot_be_read_is_named(
    tmp_path: Path, unreadable: Callable[[Path], None]
) -> None:
    put(tmp_path / "open/a.ogg", tmp_path / "closed/b.ogg")
    unreadable(tmp_path / "closed")
    found = find_audio([tmp_path])
    assert found.files == [tmp_path / "open/a.ogg"]
    assert found.is_incomplete
    (closed,) = map(str, found.left_out)
    assert closed.startswith(f"{tmp_path / 'closed'}: this folder could not be searched")
    assert "Permission denied" in closed
    with pytest.raises(MMCError, match=r"no sound file in .*closed.*Permission denied"):
        find_audio([tmp_path / "closed"])


def test_inputs_are_files_and_folders(tmp_path: Path) -> None:
    put(tmp_path / "in/a.ogg", tmp_path / "notes.txt")
    found = find_audio([tmp_path / "notes.txt", tmp_path / "in", tmp_path / "in/a.ogg"])
    assert found.files == [tmp_path / "in/a.ogg", tmp_path / "notes.txt"]
    with pytest.raises(MMCError, match="does not exist"):
        find_audio([tmp_path / "nothing"])
