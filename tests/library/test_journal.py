"""What is written is read again, wherever paths lie and whatever else has the file."""

from __future__ import annotations

import os
import sqlite3
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mmc_core.errors import LibraryError
from mmc_core.library.journal import Counts, Journal, LibrarySong
from tests.support.library import made_song


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "deep" / "songs.sqlite"


def test_a_song_is_read_as_it_was_written(path: Path) -> None:
    song = made_song(1, notes=["a note"], features={"tempo": 120.0, "key": "C"})
    with Journal(path) as journal:
        journal.save(song)
        assert list(journal.songs()) == [song]
        assert next(journal.songs(features=False)).features == {}
    with Journal(path) as journal:
        assert journal.song(song.path) == song
        assert journal.song(Path("/nowhere")) is None


names = st.binary(min_size=1, max_size=20).filter(lambda name: not {0, 47} & set(name))


@given(st.lists(names.filter(lambda name: name not in (b".", b"..")), min_size=1, max_size=5))
def test_any_path_survives(parts: list[bytes]) -> None:
    path = Path(os.fsdecode(b"/" + b"/".join(parts)))
    with Journal(Path(":memory:")) as journal:
        journal.save(LibrarySong(path, 1, 2))
        assert [song.path for song in journal.songs(path.parent)] == [path]
        assert journal.forget(path.parent) == 1


def test_a_folder_has_what_lies_in_it_and_nothing_beside(path: Path) -> None:
    with Journal(path) as journal:
        for name in ("/a/b/1.mp3", "/a/b!/2.mp3", "/a/b0/3.mp3", "/a/b.mp3", "/a/b/c/4.mp3"):
            journal.save(LibrarySong(Path(name), 1, 2))
        inside = [song.path.name for song in journal.songs(Path("/a/b"))]
        assert inside == ["1.mp3", "4.mp3"]
        assert journal.counts(Path("/")) == Counts(5, 0, 0)
        for folder in ("/a", "/a/b", "/a/b0"):
            journal.note_scan(Path(folder), "a model")
        assert journal.forget(Path("/a/b")) == 2
        assert [str(folder.path) for folder in journal.folders()] == ["/a", "/a/b0"]
        assert len(list(journal.songs())) == 3


def test_counts_and_marks(path: Path) -> None:
    songs = [made_song(i, error="broken" if i == 2 else None) for i in range(4)]
    with Journal(path) as journal:
        for song in songs:
            journal.save(song)
        journal.mark([songs[0].path], missing=True)
        assert journal.counts() == Counts(files=3, errors=1, missing=1)
        assert [song.path for song in journal.songs()] == [song.path for song in songs[1:]]
        assert len(list(journal.songs(missing=True))) == 4
        journal.mark([songs[0].path], missing=False)
        assert journal.counts().missing == 0


def test_a_file_whose_tags_were_written_is_the_same_song(path: Path, tmp_path: Path) -> None:
    file = tmp_path / "song.mp3"
    file.write_bytes(b"some sound")
    with Journal(path) as journal:
        journal.save(made_song(0, path=file))
        journal.rewritten(file, "f" * 64)
        song = journal.song(file)
    assert song is not None
    assert (song.size, song.mtime_ns, song.sha256) == (10, file.stat().st_mtime_ns, "f" * 64)
    assert song.mood == made_song(0).mood


def test_two_processes_may_have_it_open(path: Path) -> None:
    with Journal(path) as one, Journal(path) as other:
        one.save(made_song(0))
        other.save(made_song(1))
        assert list(one.songs()) == list(other.songs())


def test_what_is_no_journal_is_said(path: Path) -> None:
    path.parent.mkdir()
    path.write_bytes(b"no database at all " * 100)
    with pytest.raises(LibraryError, match="cannot be used"):
        Journal(path)


def test_a_later_version_is_refused(path: Path) -> None:
    Journal(path).__exit__()
    with sqlite3.connect(path) as db:
        db.execute("pragma user_version = 99")
    db.close()
    with pytest.raises(LibraryError, match="version 99"):
        Journal(path)


def test_a_failed_move_leaves_all_as_it_was(path: Path) -> None:
    with Journal(path) as journal:
        journal.save(made_song(0))
        with pytest.raises(LibraryError):
            journal.rename(made_song(0).path, Path("/new.mp3"), None)  # type: ignore[arg-type]
        assert [song.path for song in journal.songs()] == [made_song(0).path]
