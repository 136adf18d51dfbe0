"""Writing tags without harm: hostile files, no space, kills at any moment; and undoing it."""

from __future__ import annotations

import errno
import os
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from mmc_core.errors import TagError
from mmc_core.library import tagging
from mmc_core.library.tag_formats import read_tags
from mmc_core.library.tagging import Tagging, tag
from mmc_core.library.undo import TagJournal, undo
from mmc_core.moods import NAMES
from mmc_core.prediction.result import Prediction
from tests.support.tagged import answer, copied, killed_and_resumed, sha256, song

IS_POSIX = os.name == "posix"


@pytest.fixture(scope="session")
def original(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return song(tmp_path_factory.mktemp("original") / "song.flac")


@pytest.fixture
def path(original: Path, tmp_path: Path) -> Path:
    folder = tmp_path / "music"
    folder.mkdir()
    return copied(original, folder)


def write(path: Path, prediction: Prediction | None = None, **options: bool | float) -> Tagging:
    with TagJournal() as journal:
        return tag(path, lambda _: prediction or answer(), journal, **options)  # type: ignore[arg-type]


def undo_all() -> list[str]:
    """What could not be undone."""
    errors = []
    with TagJournal() as journal:
        for change in journal.changes():
            try:
                undo(change, journal)
            except TagError as error:
                errors.append(str(error))
    return errors


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_nothing_is_written_without_a_journal(path: Path) -> None:
    before = sha256(path)
    done = tag(path, lambda _: answer(), None)
    assert done.lines[0] == f"MOOD: (none) → {NAMES[0]}"
    assert sha256(path) == before


def test_an_answer_that_is_none_or_unsure_writes_nothing(path: Path) -> None:
    before = sha256(path)
    assert write(path, answer(None)).left == "the model cannot tell its mood"
    assert "has only 60" in str(write(path, answer(share=0.6), min_confidence=0.61).left)
    assert write(path, Prediction("x", "m", error="x is silent.")).error == "x is silent."
    assert sha256(path) == before
    assert write(path, answer(share=0.6), min_confidence=0.6).differences


def test_permissions_and_on_request_times_stay(path: Path) -> None:
    path.chmod(0o640)
    os.utime(path, (10**9, 10**9))
    write(path, keep_times=True)
    assert path.stat().st_mtime == 10**9
    assert path.stat().st_mode & 0o777 == 0o640
    write(path, answer(NAMES[1]))
    assert path.stat().st_mtime > 10**9
    assert undo_all() == []
    assert path.stat().st_mtime == 10**9
    assert path.stat().st_mode & 0o777 == 0o640


def test_undo_takes_back_one_run_or_refuses_what_was_changed_since(
    path: Path, original: Path
) -> None:
    write(path)
    first = sha256(path)
    write(path, answer(NAMES[1]))
    with TagJournal() as journal:
        (last,) = journal.changes([*journal.runs()][-1])
        undo(last, journal)
        assert sha256(path) == first
    path.write_bytes(path.read_bytes() + b"x")
    (error,) = undo_all()
    assert "was changed since its tags were written" in error
    path.unlink()
    (error,) = undo_all()
    assert "no longer there" in error
    copied(original, path.parent)
    assert undo_all() == []
    assert undo_all() == []


def test_a_damaged_journal_of_changes_harms_no_file(path: Path) -> None:
    import sqlite3

    write(path)
    before = sha256(path)
    with TagJournal() as journal:
        file = journal.path
    db = sqlite3.connect(file)
    db.execute("update changes set delta = substr(delta, 1, 20)")
    db.commit()
    db.close()
    (error,) = undo_all()
    assert "is damaged" in error
    assert sha256(path) == before
    file.write_bytes(b"no database, but of some length" * 100)
    with pytest.raises(TagError, match="cannot be used"):
        TagJournal()


def test_two_cannot_write_at_once() -> None:
    with TagJournal(), pytest.raises(TagError, match="already"):
        TagJournal()


@pytest.mark.parametrize(
    "content",
    [b"", b"no song", b"ID3\4\0\0\0\0\0\x7fTIT2", b"fLaC\0\0\0\x22" + bytes(40), b"RIFF\xff\xff"],
)
def test_damaged_files_are_named_and_left(content: bytes, path: Path) -> None:
    bad = path.with_name("bad.mp3")
    bad.write_bytes(content)
    done = write(bad)
    assert done.error
    assert "bad.mp3" in done.error
    assert bad.read_bytes() == content
    assert names(bad.parent) == ["bad.mp3", "song.flac"]


def test_a_damaged_end_is_carried_over_or_left(path: Path) -> None:
    content = path.read_bytes()[:-4000]
    path.write_bytes(content)
    write(path)
    assert undo_all() == []
    assert path.read_bytes() == content


def test_a_read_only_file_is_left(path: Path) -> None:
    path.chmod(0o444)
    assert write(path).left == "it is read-only"


@pytest.mark.skipif(sys.platform != "linux", reason="such names are Linux's")
def test_a_name_that_is_not_unicode(path: Path, original: Path) -> None:
    odd = Path(os.fsdecode(os.fsencode(path.parent) + b"/caf\xe9\n#1.flac"))
    path.rename(odd)
    assert write(odd).differences
    assert undo_all() == []
    assert sha256(odd) == sha256(original)


@pytest.mark.skipif(not IS_POSIX, reason="links need rights elsewhere")
def test_links_stay_links_and_hard_links_stay_one_file(path: Path, original: Path) -> None:
    link = path.with_name("link.flac")
    link.symlink_to(path)
    assert write(link).differences
    assert link.is_symlink()
    assert not path.is_symlink()
    assert undo_all() == []
    assert sha256(path) == sha256(original)
    os.link(path, path.with_name("twin.flac"))
    assert "2 names" in str(write(path).left)
    assert "no such file" in str(write(path.with_name("none.flac")).error).casefold()


@pytest.mark.skipif(not IS_POSIX, reason="Windows does not let go of a file that is open")
def test_a_player_that_has_the_file_open_plays_on(path: Path, original: Path) -> None:
    with path.open("rb") as player:
        start = player.read(1000)
        assert write(path).differences
        assert start + player.read() == original.read_bytes()


@pytest.mark.parametrize("at", ["copyfile", "write", "replace", "fsync", "journal"])
def test_no_space_left(
    at: str, path: Path, original: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object, **__: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    with monkeypatch.context() as patch:
        if at == "copyfile":
            patch.setattr(shutil, "copyfile", full)
        elif at == "write":
            patch.setattr("mmc_core.library.tag_formats.NamedTags.write", full)
        elif at == "replace":
            patch.setattr(Path, "replace", full)
        elif at == "fsync":
            patch.setattr(os, "fsync", full)
        else:
            patch.setattr(TagJournal, "add", full)
        done = write(path)
    assert "No space left" in str(done.error)
    assert sha256(path) == sha256(original)
    assert names(path.parent) == ["song.flac"]
    assert write(path).differences
    assert undo_all() == []
    assert sha256(path) == sha256(original)


def test_what_another_program_writes_meanwhile_is_kept(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def same_sound(one: Path, _: Path) -> bool:
        one.write_bytes(b"of another program")
        return True

    monkeypatch.setattr(tagging, "same_sound", same_sound)
    assert "changed by another program" in str(write(path).error)
    assert path.read_bytes() == b"of another program"


@pytest.mark.parametrize("harm", ["sound", "tags"])
def test_a_copy_that_is_not_as_it_should_be_is_dropped(
    harm: str, path: Path, original: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from mutagen.flac import FLAC

    def write_badly(tags: object) -> None:
        media = tags.media  # type: ignore[attr-defined]
        if harm == "tags":
            media["TITLE"] = "Another"
        media.save()
        if harm == "sound":
            other = song(path.parent.parent / "other.flac", 880.0)
            flac, fields = FLAC(other), FLAC(tags.path)  # type: ignore[attr-defined]
            flac.tags = fields.tags
            flac.save()
            shutil.copyfile(other, tags.path)  # type: ignore[attr-defined]

    monkeypatch.setattr("mmc_core.library.tag_formats.NamedTags.write", write_badly)
    assert "would not stay as" in str(write(path).error)
    assert sha256(path) == sha256(original)
    assert names(path.parent) == ["song.flac"]


def files(folder: Path, original: Path, n: int) -> Iterator[Path]:
    """Copies of a file, each with a title of its own."""
    from mutagen.flac import FLAC

    folder.mkdir()
    for i in range(n):
        path = folder / f"{i:03d}.flac"
        shutil.copyfile(original, path)
        flac = FLAC(path)
        flac["TITLE"] = f"Song {i}"
        flac.save()
        yield path


@pytest.mark.slow
@pytest.mark.skipif(not IS_POSIX, reason="kill -9 is POSIX")
def test_killed_at_any_moment_no_file_is_harmed_and_all_are_undone(
    original: Path, tmp_path: Path
) -> None:
    folder = tmp_path / "many"
    before = {path: sha256(path) for path in files(folder, original, 40)}
    killed_and_resumed(folder, kills=10, files_each=3)
    assert names(folder) == [path.name for path in before]
    with TagJournal() as journal:
        assert len(journal.runs()) > 2  # so some were killed on their way
    for path in before:
        assert tagging.same_sound(path, original)
        assert read_tags(path).fields() == tagging.wanted(answer())
    assert undo_all() == []
    assert {path: sha256(path) for path in before} == before
    assert names(folder) == [path.name for path in before]


def test_a_file_that_changes_while_its_mood_is_found_is_not_tagged(
    path: Path, tmp_path: Path
) -> None:
    def answer_and_edit(asked: Path) -> Prediction:
        asked.write_bytes(edited)
        return answer()

    edited = path.read_bytes() + b"\0"
    with TagJournal(tmp_path / "tags.sqlite") as journal:
        done = tag(path, answer_and_edit, journal)
    assert "changed by another program" in str(done.error)
    assert path.read_bytes() == edited
