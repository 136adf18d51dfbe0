"""What is written is read again, wherever paths lie and whatever else has the file."""

from __future__ import annotations

import os
import sqlite3
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mmc_core.errors import LibraryError
from mmc_core.library import journal, journal_file
from mmc_core.library.file_state import FileState
from mmc_core.library.journal import COLUMNS, Counts, Journal, LibrarySong
from mmc_core.library.journal_file import STEPS, VERSION
from tests.support.library import made_song, song_of
from tests.support.tagged import sha256


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "deep" / "songs.sqlite"


def test_a_song_is_read_as_it_was_written(path: Path) -> None:
    song = made_song(1, notes=["a note"], features={"tempo": 120.0, "key": "C"})
    with Journal(path) as opened:
        opened.save(song)
        assert list(opened.songs()) == [song]
        assert next(opened.songs(features=False)).features == {}
    with Journal(path) as opened:
        assert opened.song(song.path) == song
        assert opened.song(Path("/nowhere")) is None


names = st.binary(min_size=1, max_size=20).filter(lambda name: not {0, 47} & set(name))


@given(st.lists(names.filter(lambda name: name not in (b".", b"..")), min_size=1, max_size=5))
def test_any_path_survives(parts: list[bytes]) -> None:
    path = Path(os.fsdecode(b"/" + b"/".join(parts)))
    with Journal(Path(":memory:")) as opened:
        opened.save(LibrarySong(path, 1, 2))
        assert [song.path for song in opened.songs(path.parent)] == [path]
        assert opened.forget(path.parent) == 1


def test_a_folder_has_what_lies_in_it_and_nothing_beside(path: Path) -> None:
    with Journal(path) as opened:
        for name in ("/a/b/1.mp3", "/a/b!/2.mp3", "/a/b0/3.mp3", "/a/b.mp3", "/a/b/c/4.mp3"):
            opened.save(LibrarySong(Path(name), 1, 2))
        inside = [song.path.name for song in opened.songs(Path("/a/b"))]
        assert inside == ["1.mp3", "4.mp3"]
        assert opened.counts(Path("/")) == Counts(5, 0, 0)
        for folder in ("/a", "/a/b", "/a/b0"):
            opened.note_scan(Path(folder), "a model")
        assert opened.forget(Path("/a/b")) == 2
        assert [str(folder.path) for folder in opened.folders()] == ["/a", "/a/b0"]
        assert len(list(opened.songs())) == 3


def test_counts_and_marks(path: Path) -> None:
    songs = [made_song(i, error="broken" if i == 2 else None) for i in range(4)]
    with Journal(path) as opened:
        for song in songs:
            opened.save(song)
        opened.mark([songs[0].path], missing=True)
        assert opened.counts() == Counts(files=3, errors=1, missing=1)
        assert [song.path for song in opened.songs()] == [song.path for song in songs[1:]]
        assert len(list(opened.songs(missing=True))) == 4
        opened.mark([songs[0].path], missing=False)
        assert opened.counts().missing == 0


def test_a_file_whose_tags_were_written_is_the_same_song(path: Path, tmp_path: Path) -> None:
    file = tmp_path / "song.mp3"
    file.write_bytes(b"some sound")
    with Journal(path) as opened:
        opened.save(made_song(0, path=file))
        before, after = str(made_song(0).sha256), sha256(file)
        opened.rewritten(file, before, "f" * 64)  # which it is no more
        opened.rewritten(file, "f" * 64, after)  # which the row is not of
        assert opened.song(file) == made_song(0, path=file)
        opened.rewritten(file, before, after)
        song = opened.song(file)
    assert song == song_of(file)


def test_two_processes_may_have_it_open(path: Path) -> None:
    with Journal(path) as one, Journal(path) as other:
        one.save(made_song(0))
        other.save(made_song(1))
        assert list(one.songs()) == list(other.songs())


def test_what_is_no_journal_is_said(path: Path) -> None:
    path.parent.mkdir()
    path.write_bytes(b"no database at all " * 100)
    with pytest.raises(LibraryError, match=r"cannot be used.*scanning finds it again.*MMC_LIBRARY"):
        Journal(path)


@pytest.mark.parametrize("error", ["locking protocol", "disk I/O error"])
def test_a_share_without_locks_is_said(
    path: Path, monkeypatch: pytest.MonkeyPatch, error: str
) -> None:
    def fails(*_: object, **__: object) -> None:
        raise sqlite3.OperationalError(error)

    monkeypatch.setattr(sqlite3, "connect", fails)
    with pytest.raises(LibraryError, match=rf"songs.sqlite.*{error}.*locks.*MMC_LIBRARY"):
        Journal(path)


def test_a_place_that_cannot_be_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(LibraryError, match=r"file.songs.sqlite.*MMC_LIBRARY"):
        Journal(tmp_path / "file" / "songs.sqlite")


def of_version_1(path: Path) -> LibrarySong:
    """Write a journal as the first version did; return the song in it."""
    song = made_song(1, notes=["a note"], features={"tempo": 120.0})
    columns = [name for name in COLUMNS if name not in ("ctime_ns", "album_artist")]
    path.parent.mkdir(parents=True)
    with closing(sqlite3.connect(path)) as db, db:
        db.execute("pragma journal_mode = wal")
        db.executescript(STEPS[0])
        values = [journal._stored(name, getattr(song, name)) for name in columns]
        marks = ", ".join("?" * len(columns))
        db.execute(f"insert into songs ({', '.join(columns)}) values ({marks})", values)
        db.execute("insert into folders values (?, '2026-01-01T00:00:00+00:00', 'm')", (b"/music",))
        db.execute("pragma user_version = 1")
    return song


def test_an_earlier_version_is_upgraded_and_keeps_every_row(path: Path) -> None:
    song = of_version_1(path)
    for _ in range(2):
        with Journal(path) as opened:
            assert list(opened.songs()) == [song]
            assert [folder.path for folder in opened.folders()] == [Path("/music")]
            assert opened._version() == VERSION
    with Journal(path) as opened:
        opened.save(replace(song, album_artist="Various"))
        assert [each.album_artist for each in opened.songs()] == ["Various"]


def test_an_upgrade_that_fails_changes_nothing(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    song = of_version_1(path)
    with monkeypatch.context() as broken, pytest.raises(LibraryError):
        broken.setattr(journal_file, "STEPS", (STEPS[0], f"{STEPS[1]}; no statement"))
        Journal(path)
    with Journal(path) as opened:
        assert list(opened.songs()) == [song]


@pytest.mark.parametrize("version", [1, VERSION])
def test_a_journal_that_may_not_be_written_is_read(
    path: Path, monkeypatch: pytest.MonkeyPatch, version: int
) -> None:
    song = of_version_1(path)
    if version > 1:
        Journal(path).__exit__()
    content = path.read_bytes()
    monkeypatch.setattr(os, "access", lambda *_: False)  # to root, too
    with Journal(path) as opened:
        assert list(opened.songs()) == [song]
        assert opened.counts() == Counts(1, 0, 0)
        opened.rewritten(song.path, "a", "b")
        with pytest.raises(LibraryError, match=r"songs.sqlite.*readonly.*MMC_LIBRARY"):
            opened.save(song)
        with pytest.raises(LibraryError, match="readonly"):
            opened.forget(Path("/music"))
    assert path.read_bytes() == content
    assert [each.name for each in path.parent.iterdir()] == [path.name]


def test_what_a_scan_has_written_so_far_is_read_where_nothing_may_be_written(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Journal(path) as scanning:
        scanning.save(made_song(0))
        monkeypatch.setattr(os, "access", lambda *_: False)
        with Journal(path) as reading:
            assert list(reading.songs()) == [made_song(0)]


def test_what_json_cannot_say_is_not_written(path: Path) -> None:
    with Journal(path) as opened, pytest.raises(ValueError, match="JSON"):
        opened.save(made_song(0, features={"tempo": float("nan")}))


def test_a_later_version_is_refused(path: Path) -> None:
    Journal(path).__exit__()
    with sqlite3.connect(path) as db:
        db.execute("pragma user_version = 99")
    db.close()
    with pytest.raises(LibraryError, match=r"version 99.*newer program") as refused:
        Journal(path)
    assert "remove" not in str(refused.value)


def test_a_failed_move_leaves_all_as_it_was(path: Path) -> None:
    with Journal(path) as opened:
        opened.save(made_song(0))
        nothing: Any = FileState(1, None, None)  # type: ignore[arg-type]
        with pytest.raises(LibraryError):
            opened.rename(made_song(0).path, Path("/new.mp3"), nothing)
        assert [song.path for song in opened.songs()] == [made_song(0).path]
