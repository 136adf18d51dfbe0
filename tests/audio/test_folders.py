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


SYSTEMS = [
    *("@Recycle", "#recycle", "$RECYCLE.BIN", "$Recycle.Bin", ".Trash-1000", ".Trashes", ".trash"),
    *("@tmp", "@TMP", "found.000", "FOUND.001", "lost+found", "@eaDir", ".@__thumb", "__MACOSX"),
    *(".AppleDouble", ".Spotlight-V100", ".fseventsd", ".stfolder", ".stversions", ".sync"),
    *(".dropbox.cache", ".git", ".cache", ".snapshots", "S-1-5-21-1004336348-1177238915-1003"),
]


@pytest.mark.parametrize("name", SYSTEMS)
def test_system_folders_are_left_out_and_named_if_they_hold_sound(
    name: str, tmp_path: Path
) -> None:
    put(tmp_path / "song.ogg", tmp_path / name / "deep/x.mp3", tmp_path / "more" / name / "y.jpg")
    assert names(tmp_path) == ["song.ogg"]
    (left_out,) = search(tmp_path).left_out
    assert left_out.path == tmp_path / name
    assert "by its name" in str(left_out)
    assert not search(tmp_path).is_incomplete
    assert names(tmp_path / name) == ["deep/x.mp3"]  # named by hand


MUSIC = [
    *("...And Justice/song.mp3", ".38 Calibre/...One More Time.mp3", ".hidden/.5.flac"),
    *("Recycler/My Head's in Mississippi.mp3", "Recycled/a.mp3", "found.100 days/a.mp3"),
    *("Snapshot/a.mp3", "Tmp/_a.mp3", "..a/b.ogg", "@Band/a.mp3", "Lost & Found/a.mp3"),
]


@pytest.mark.parametrize("name", MUSIC)
def test_names_that_only_look_like_a_systems_are_searched(name: str, tmp_path: Path) -> None:
    put(tmp_path / name)
    assert names(tmp_path) == [name]
    assert search(tmp_path).left_out == []


def test_what_programs_keep_of_a_song_is_no_song(tmp_path: Path) -> None:
    put(tmp_path / "song.mp3", tmp_path / "notes.txt", tmp_path / ".DS_Store")
    put(tmp_path / "live.mp3/inside.flac", tmp_path / "__MACOSX/._song.mp3")
    (tmp_path / "._song.mp3").write_bytes(b"\x00\x05\x16\x07\x00\x02\x00\x00Mac OS X")
    (tmp_path / "empty.wav").mkdir()
    assert names(tmp_path) == ["live.mp3/inside.flac", "song.mp3"]
    assert search(tmp_path).left_out == []


def test_copies_that_are_not_whole_are_named(tmp_path: Path) -> None:
    digits = "0123456789abcdef" * 2
    copies = [f".{digits}.mp3", f".mmc-{digits}.mp3", ".trashed-1699999999-a.mp3", "._song.mp3"]
    put(tmp_path / "song.mp3", *(tmp_path / name for name in copies))
    assert names(tmp_path) == ["song.mp3"]
    assert {each.path.name for each in search(tmp_path).left_out} == set(copies)


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
