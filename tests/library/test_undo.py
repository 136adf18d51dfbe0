"""What another program does between check and replace, and a journal that cannot be used."""

from __future__ import annotations

import os
import shutil
import sqlite3
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from mmc_core.errors import TagError
from mmc_core.library import replacing as module
from mmc_core.library.tagging import Tagging, tag
from mmc_core.library.undo import TagJournal, undo
from tests.support.tagged import answer, sha256, song

exchange = module.exchange
LINUX = pytest.mark.skipif(sys.platform != "linux", reason="other systems have no leases")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    folder = tmp_path / "music"
    folder.mkdir()
    return song(folder / "song.flac")


@pytest.fixture(params=[True, False], ids=["in one step", "by links"])
def can_exchange(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    if not request.param:
        monkeypatch.setattr(module, "_exchanged", lambda *_: False)


def write(path: Path) -> Tagging:
    with TagJournal() as journal:
        return tag(path, lambda _: answer(), journal)


def undo_all() -> list[str]:
    """Undo all; return what could not be undone."""
    errors = []
    with TagJournal() as journal:
        for change in journal.changes():
            try:
                undo(change, journal)
            except TagError as error:
                errors.append(str(error))
    return errors


def names(path: Path) -> list[str]:
    return sorted(each.name for each in path.parent.iterdir())


def edit_in_place(path: Path) -> None:
    with path.open("ab") as file:
        file.write(b"edit")


def edit_by_replacing(path: Path) -> None:
    other = path.with_name("other")
    other.write_bytes(b"edit")
    other.replace(path)


def edit_with_same_size_and_date(path: Path) -> None:
    status = path.stat()
    path.write_bytes(b"e" * status.st_size)
    os.utime(path, ns=(status.st_atime_ns, status.st_mtime_ns))


EDITS = pytest.mark.parametrize(
    "edit", [edit_in_place, edit_by_replacing, edit_with_same_size_and_date]
)


@EDITS
@pytest.mark.usefixtures("can_exchange")
@pytest.mark.parametrize("command", ["tag", "undo"])
def test_an_edit_right_before_the_replacement_is_put_back(
    command: str, edit: Callable[[Path], None], path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def edit_then_exchange(one: Path, other: Path) -> None:
        if not edited:
            edit(path)
            edited.append(path.read_bytes())
        exchange(one, other)

    edited: list[bytes] = []
    if command == "undo":
        write(path)
    with monkeypatch.context() as patch:
        patch.setattr(module, "exchange", edit_then_exchange)
        error = str(write(path).error) if command == "tag" else undo_all()[0]
    assert "changed by another program" in error
    assert path.read_bytes() == edited[0]
    assert names(path) == ["song.flac"]


@EDITS
@pytest.mark.parametrize("command", ["tag", "undo"])
def test_an_edit_after_the_check_and_before_the_copy_is_left(
    command: str, edit: Callable[[Path], None], path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def edit_then_replace(*arguments: object, **options: object) -> None:
        edit(path)
        edited.append(path.read_bytes())
        replace(*arguments, **options)  # type: ignore[arg-type]

    edited: list[bytes] = []
    replace = module.replace
    if command == "undo":
        write(path)
    with monkeypatch.context() as patch:
        for name in ("tagging", "undo"):
            patch.setattr(f"mmc_core.library.{name}.replace", edit_then_replace)
        error = str(write(path).error) if command == "tag" else undo_all()[0]
    assert "changed by another program" in error
    assert path.read_bytes() == edited[0]
    assert names(path) == ["song.flac"]


def test_two_edits_are_both_kept_and_named(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def edit_around(one: Path, other: Path) -> None:
        edits.append(f"edit {len(edits)}".encode())
        path.write_bytes(edits[-1])
        exchange(one, other)

    edits: list[bytes] = []
    with monkeypatch.context() as patch:
        patch.setattr(module, "exchange", edit_around)
        error = str(write(path).error)
    assert "twice" in error
    assert path.read_bytes() == edits[0]
    (kept,) = [each for each in path.parent.iterdir() if each != path]
    assert kept.read_bytes() == edits[1]
    assert kept.name in error
    with TagJournal() as journal:
        assert kept.name in journal.kept[0]
    kept.unlink()
    with TagJournal() as journal:
        assert journal.kept == []


@LINUX
def test_a_file_that_another_program_has_open_to_write_is_left(path: Path) -> None:
    before = sha256(path)
    with path.open("r+b"):
        assert "is open in it" in str(write(path).error)
    assert sha256(path) == before
    assert names(path) == ["song.flac"]
    with path.open("rb"):
        assert write(path).differences


@pytest.mark.usefixtures("can_exchange")
def test_what_a_kill_leaves_aside_is_taken_away_or_named(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Killed(BaseException):
        pass

    def kill(*_: object) -> None:
        raise Killed

    def killed_at(name: str, step: Callable[..., object], edit: bool = False) -> None:
        with monkeypatch.context() as patch, pytest.raises(Killed):
            patch.setattr(module, name, step)
            if edit:
                patch.setattr(module, "exchange", edited_exchange)
            write(path)

    def edited_exchange(one: Path, other: Path) -> None:
        path.write_bytes(b"edit")
        exchange(one, other)

    before = sha256(path)
    killed_at("exchange", kill)
    assert sha256(path) == before
    assert len(names(path)) == 2
    TagJournal().__exit__()
    assert names(path) == ["song.flac"]
    is_unchanged = module._is_unchanged

    def kill_after(path: Path, expected: str) -> bool:
        if path.suffix != ".flac":
            kill()
        return is_unchanged(path, expected)

    killed_at("_is_unchanged", kill_after)
    assert len(names(path)) == 2
    assert undo_all() == []
    assert names(path) == ["song.flac"]
    assert sha256(path) == before
    killed_at("_is_unchanged", kill_after, edit=True)
    with TagJournal() as journal:
        (sentence,) = journal.kept
    (kept,) = [each for each in path.parent.iterdir() if each != path]
    assert kept.read_bytes() == b"edit"
    assert kept.name in sentence


def test_a_file_system_without_hard_links(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(*_: object, **__: object) -> None:
        raise PermissionError

    before = sha256(path)
    monkeypatch.setattr(module, "_exchanged", lambda *_: False)
    monkeypatch.setattr(os, "link", refused)
    assert write(path).differences
    assert undo_all() == []
    assert sha256(path) == before
    assert names(path) == ["song.flac"]


@pytest.mark.parametrize("year", [1900, 2400])
def test_a_date_far_away_is_kept(year: int, path: Path) -> None:
    ns = (year - 1970) * 31_556_952 * 10**9 + 1
    os.utime(path, ns=(0, ns))
    if path.stat().st_mtime_ns != ns:
        pytest.skip("the file system has no such dates")
    assert write(path).differences
    assert undo_all() == []
    assert path.stat().st_mtime_ns == ns


@pytest.mark.parametrize("error", [OverflowError("too big"), MemoryError(), RecursionError("deep")])
def test_any_error_of_one_file_names_it(
    error: Exception, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise error

    before = sha256(path)
    with monkeypatch.context() as patch:
        patch.setattr("mmc_core.library.tagging.delta", fail)
        assert "song.flac" in str(write(path).error)
    assert sha256(path) == before
    assert write(path).differences
    with monkeypatch.context() as patch:
        patch.setattr("mmc_core.library.undo.restored", fail)
        (sentence,) = undo_all()
    assert "song.flac" in sentence
    assert undo_all() == []
    assert sha256(path) == before


@pytest.mark.parametrize("at", ["insert into parts", "insert into changes", "delete from changes"])
def test_a_journal_that_is_full_names_the_song(
    at: str, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Full(sqlite3.Connection):
        def execute(self, query: str, *values: Any) -> sqlite3.Cursor:
            if query.startswith(at):
                raise sqlite3.OperationalError("database or disk is full")
            return super().execute(query, *values)

    connect = sqlite3.connect
    before = sha256(path)
    is_undo = at != "insert into changes"
    if is_undo:
        write(path)
    with monkeypatch.context() as patch:
        patch.setattr(sqlite3, "connect", lambda *a, **o: connect(*a, factory=Full, **o))
        error = undo_all()[0] if is_undo else str(write(path).error)
    assert error.startswith("song.flac: ")
    assert "disk is full" in error
    assert "MMC_TAG_JOURNAL" in error
    assert names(path) == ["song.flac"]
    assert undo_all() == []
    assert sha256(path) == before


def test_a_journal_of_a_newer_version_is_refused(path: Path) -> None:
    write(path)
    with TagJournal() as journal:
        file = journal.path
    db = sqlite3.connect(file)
    db.execute("pragma user_version = 99")
    db.close()
    with pytest.raises(TagError, match="newer version"):
        TagJournal()


def test_a_journal_without_a_place_is_named(
    path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def no_locks(*_: object, **__: object) -> None:
        raise NotImplementedError

    with pytest.raises(TagError, match=r"(?s)song\.flac.*MMC_TAG_JOURNAL"):
        TagJournal(path / "tags.sqlite")  # below a file there is no folder
    with pytest.raises(TagError, match="MMC_TAG_JOURNAL"):
        TagJournal(tmp_path)  # a folder
    monkeypatch.setattr("filelock.FileLock.acquire", no_locks)
    with pytest.raises(TagError, match="no locks"):
        TagJournal(tmp_path / "tags.sqlite")


def test_a_journal_is_read_without_writing(path: Path, tmp_path: Path) -> None:
    file = tmp_path / "tags.sqlite"
    with TagJournal(file, only_read=True) as journal:
        assert journal.runs() == {}
    assert not file.exists()
    with TagJournal(file) as journal:
        tag(path, lambda _: answer(), journal)
    alone = tmp_path / "alone"
    alone.mkdir()
    shutil.copy(file, alone)
    (alone / file.name).chmod(0o444)
    with TagJournal(alone / file.name, only_read=True) as journal:
        assert list(journal.runs().values()) == [1]
    assert [each.name for each in alone.iterdir()] == [file.name]


@contextmanager
def full_disk(most_bytes: int) -> Iterator[None]:
    """Let no file grow beyond some bytes, which is to a program what a full disk is."""
    import resource

    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (most_bytes, limits[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)


@pytest.mark.skipif(sys.platform == "win32", reason="limits are Unix's")
@pytest.mark.parametrize("command", ["tag", "undo"])
def test_a_disk_that_is_full_at_any_step(
    command: str, path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("mmc_core.library.tagging.same_sound", lambda *_: True)  # decodes to files
    before, size = path.read_bytes(), path.stat().st_size
    errors = []
    for most_bytes in (*range(0, 24 * 1024, 1024), size - 1, size + 100, size + 24 * 1024):
        monkeypatch.setenv("MMC_TAG_JOURNAL", str(tmp_path / f"{most_bytes}.sqlite"))
        if command == "undo":
            assert write(path).differences
        with full_disk(most_bytes):
            try:
                error = str(write(path).error or "") if command == "tag" else "".join(undo_all())
            except TagError as stopped:  # the journal cannot be made
                error = str(stopped)
        is_done = (path.read_bytes() == before) == (command == "undo")
        assert bool(error) != is_done
        assert names(path) == ["song.flac"]
        errors.append(error)
        assert undo_all() == []
        assert path.read_bytes() == before
    assert "" in errors
    assert any("MMC_TAG_JOURNAL" in error for error in errors)
    assert any("song.flac could not be" in error for error in errors)
