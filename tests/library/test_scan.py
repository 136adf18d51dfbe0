"""A folder scanned again after all that can happen to its files; killed, and gone on with."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from filelock import FileLock

from mmc_core import runs
from mmc_core.audio import open_audio
from mmc_core.errors import LibraryError, UnknownName
from mmc_core.features.extract import extract_file
from mmc_core.features.schema import FEATURES
from mmc_core.files import sha256_of
from mmc_core.library import hearing, scan
from mmc_core.library.file_state import read_state
from mmc_core.library.hearing import Task, hear
from mmc_core.library.journal import Journal, LibrarySong
from mmc_core.moods import NAMES
from mmc_core.settings import PROJECT, library_path
from tests.support.library import differences, moments_to_kill, n_done, rows, write_songs
from tests.support.sounds import write_tone

MODEL = "4qaed-cnn1d"  # is quick on short songs


@pytest.fixture
def music(tmp_path: Path) -> Path:
    folder = tmp_path / "music"
    write_songs(folder, 6)
    return folder


def scanned(folder: Path, model: str = MODEL, retry: bool = False) -> scan.Scan:
    with Journal() as journal:
        return scan.scan(journal, folder, model, retry=retry)


def known(folder: Path, *, missing: bool = False) -> dict[str, LibrarySong]:
    with Journal() as journal:
        return {song.path.name: song for song in journal.songs(folder, missing=missing)}


def test_a_song_has_what_extract_and_predict_say(music: Path) -> None:
    from mmc_core.prediction.song import predict

    done = scanned(music)
    assert (done.heard, done.unchanged, done.errors, done.has_failed) == (6, 0, 0, False)
    for song in known(music).values():
        row = extract_file(song.path)
        assert song.duration_s == pytest.approx(row["duration_s"])
        for name, value in song.features.items():
            is_text = isinstance(value, str)
            assert value == (row[name] if is_text else pytest.approx(row[name], rel=1e-6))
        assert set(song.features) == {feature.name for feature in FEATURES}
        prediction = predict(song.path, MODEL)
        assert song.mood == prediction.mood
        assert song.probabilities == pytest.approx(prediction.probabilities)
        assert song.prediction.answer == prediction.answer
        assert sum(song.shares.values()) == pytest.approx(1)


def test_what_is_as_it_was_is_not_heard_again(music: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    scanned(music)
    before = known(music)
    monkeypatch.setattr(scan, "hear", _never)
    assert scanned(music).unchanged == 6
    assert known(music) == before


def _never(task: Task) -> LibrarySong:
    raise AssertionError(f"{task.path} is heard again")


def test_moved_renamed_and_touched_files_are_recognised(
    music: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    scanned(music)
    first, second, third, *_ = sorted(music.rglob("*.*"))
    before = known(music)
    (music / "elsewhere").mkdir()
    first.rename(music / "elsewhere" / f"renamed{first.suffix}")
    second.rename(third)  # over another
    os.utime(sorted(music.rglob("*.*"))[-1], ns=(1, 1))
    monkeypatch.setattr(scan, "hear", _never)
    done = scanned(music)
    assert (done.moved, done.missing, done.unchanged) == (2, 0, 5)
    after = known(music)
    moved = after[f"renamed{first.suffix}"]
    assert moved.probabilities == before[first.name].probabilities
    assert moved.features == before[first.name].features
    assert after[third.name].sha256 == before[second.name].sha256
    assert len(after) == 5


def test_a_copy_is_another_song(music: Path) -> None:
    scanned(music)
    song = next(music.rglob("*.wav"))
    (music / "copy.wav").write_bytes(song.read_bytes())
    done = scanned(music)
    assert (done.heard, done.moved) == (1, 0)
    assert known(music)["copy.wav"].sha256 == known(music)[song.name].sha256


def test_removed_files_are_marked_and_known_when_they_return(
    music: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    scanned(music)
    song = next(music.rglob("*.wav"))
    content, state = song.read_bytes(), song.stat()
    song.unlink()
    assert scanned(music).missing == 1
    assert song.name not in known(music)
    assert known(music, missing=True)[song.name].missing
    song.write_bytes(content)
    os.utime(song, ns=(state.st_atime_ns, state.st_mtime_ns))
    monkeypatch.setattr(scan, "hear", _never)
    assert scanned(music).missing == 0
    assert not known(music)[song.name].missing


def test_changed_files_are_heard_again_and_damaged_ones_say_why(music: Path) -> None:
    scanned(music)
    before = known(music)
    changed, damaged, emptied = sorted(music.rglob("*.*"))[:3]
    write_tone(changed, 330.0)
    damaged.write_bytes(b"no sound " * 100)
    emptied.write_bytes(b"")
    done = scanned(music)
    assert (done.heard, done.errors, done.has_failed) == (3, 2, True)
    after = known(music)
    assert after[changed.name].sha256 != before[changed.name].sha256
    assert after[damaged.name].error_kind == "not-audio"
    assert after[emptied.name].error_kind == "empty"
    assert "0 bytes" in str(after[emptied.name].error)
    assert after[damaged.name].mood is None
    assert scanned(music).heard == 0
    assert scanned(music, retry=True).heard == 2


def test_what_may_not_be_read_is_tried_again(music: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (music / "nowhere.mp3").symlink_to(music / "gone.mp3")
    assert scanned(music).errors == 1
    assert known(music)["nowhere.mp3"].error_kind == "audio"
    assert scanned(music).heard == 1


def test_another_model_hears_all_again_and_keeps_the_features(
    music: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    scanned(music)
    before = known(music)
    monkeypatch.setattr("mmc_core.prediction.sound.Song.first_clip", _no_features)
    assert scanned(music, "emopia-cnn1d").heard == 6
    after = known(music)
    assert {song.model for song in after.values()} == {"emopia-cnn1d"}
    assert after["song 000.wav"].features == before["song 000.wav"].features
    assert after["song 000.wav"].probabilities != before["song 000.wav"].probabilities
    monkeypatch.setattr(hearing, "VERSION", hearing.VERSION + 1)
    assert scanned(music, "emopia-cnn1d").heard == 6


def _no_features(self: object) -> None:
    raise AssertionError("features are computed again")


def test_other_features_are_computed_again(music: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    scanned(music)
    monkeypatch.setattr(scan, "features_version", lambda: "another")
    assert scanned(music).heard == 6
    assert {song.features_by for song in known(music).values()} == {"another"}


def test_links_are_followed_and_loops_noticed(music: Path, tmp_path: Path) -> None:
    other = tmp_path / "other"
    write_tone(other / "linked.wav", 440.0)
    (music / "link").symlink_to(other)
    (music / "loop").symlink_to(music)
    done = scanned(music)
    assert done.heard == 7
    assert "leads back" in str(done.left_out[0])
    assert not done.has_failed


def test_names_that_are_not_unicode_survive(tmp_path: Path) -> None:
    path = tmp_path / "music" / os.fsdecode(b"caf\xe9.wav")
    try:
        write_tone(path, 440.0)
    except OSError:
        pytest.skip("this file system has names of Unicode only")
    scanned(path.parent)
    (song,) = known(path.parent).values()
    assert song.path == path
    assert song.where.endswith(r"caf\xe9.wav")
    assert scanned(path.parent).heard == 0


def test_an_unsearchable_folder_loses_no_song(
    music: Path, unreadable: Callable[[Path], None]
) -> None:
    (music / "inner").mkdir()
    write_tone(music / "inner" / "one.wav", 440.0)
    scanned(music)
    unreadable(music / "inner")
    done = scanned(music)
    assert (done.missing, done.has_failed) == (0, True)
    assert "one.wav" in known(music)


def test_an_emptied_folder_is_all_missing(music: Path) -> None:
    scanned(music)
    for path in music.rglob("*.*"):
        path.unlink()
    assert (scanned(music).missing, scanned(music).heard) == (6, 0)


def test_wrong_use_and_a_scan_beside_another(music: Path) -> None:
    with Journal() as journal:
        with pytest.raises(LibraryError, match="no folder"):
            scan.scan(journal, music / "nothing")
        with pytest.raises(UnknownName):
            scan.scan(journal, music, "nothing")
        with FileLock(f"{journal.path}.lock"), pytest.raises(LibraryError, match="Another"):
            scan.scan(journal, music, MODEL)


def test_a_fault_of_the_program_costs_one_file(
    music: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(path: Path) -> None:
        raise ValueError("of all things") if path.suffix == ".flac" else FileNotFoundError(path)

    monkeypatch.setattr(hearing, "open_audio", fails)
    assert scanned(music).errors == 6
    song = known(music)["song 001.flac"]
    assert song.error_kind == hearing.FAILED
    assert "of all things" in str(song.error)


def test_the_row_of_a_file_over_which_a_process_ended(music: Path) -> None:
    path = next(music.rglob("*.wav"))
    state = read_state(path)
    task = Task(path, runs.find(MODEL), "features", "model", state)
    path.write_bytes(b"written since: not what ended the process")
    song = hearing.crashed(task)
    assert song == replace(task.row(state), error_kind=hearing.CRASHED, error=song.error)
    assert song.size != path.stat().st_size


def writing_meanwhile(
    monkeypatch: pytest.MonkeyPatch, path: Path, contents: Iterable[bytes], *, keep_date: bool
) -> None:
    """Make another program write a file each time that the file was decoded."""

    def opens(source: Path) -> Any:
        sound = open_audio(source)
        if (content := next(rest, None)) is not None:
            state = path.stat()
            path.write_bytes(content)
            if keep_date:
                os.utime(path, ns=(state.st_atime_ns, state.st_mtime_ns))
        return sound

    rest = iter(contents)
    monkeypatch.setattr(hearing, "open_audio", opens)


@pytest.mark.parametrize("keep_date", [False, True])
def test_a_file_that_changes_meanwhile_has_the_row_of_what_it_is_then(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, keep_date: bool
) -> None:
    path = write_tone(tmp_path / "music" / "song.wav", 440.0)
    other = write_tone(tmp_path / "other.wav", 4000.0).read_bytes()
    assert path.stat().st_size == len(other)
    writing_meanwhile(monkeypatch, path, [other], keep_date=keep_date)
    scanned(path.parent)
    monkeypatch.setattr(scan, "hear", _never)
    assert scanned(path.parent).unchanged == 1
    (song,) = known(path.parent).values()
    assert song.sha256 == sha256_of(path)
    assert song.features["zcr_mean"] == pytest.approx(extract_file(path)["zcr_mean"], rel=1e-6)


def test_a_file_that_never_stops_changing_is_named_and_tried_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = write_tone(tmp_path / "music" / "song.wav", 440.0)
    content = path.read_bytes()
    longer = (content + bytes(i) for i in range(2, 1000, 2))
    with monkeypatch.context() as busy:
        writing_meanwhile(busy, path, longer, keep_date=False)
        assert scanned(path.parent).errors == 1
    assert "scan again" in str(known(path.parent)["song.wav"].error)
    done = scanned(path.parent)
    assert (done.heard, done.errors) == (1, 0)


def test_another_file_of_the_same_size_and_date_is_analysed(tmp_path: Path) -> None:
    path = write_tone(tmp_path / "music" / "song.wav", 440.0)
    scanned(path.parent)
    state = path.stat()
    write_tone(path, 330.0)
    os.utime(path, ns=(state.st_atime_ns, state.st_mtime_ns))
    assert scanned(path.parent).heard == 1
    assert known(path.parent)["song.wav"].sha256 == sha256_of(path)


def test_other_permissions_and_links_are_no_change(
    music: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    scanned(music)
    monkeypatch.setattr(scan, "hear", _never)
    for path in music.rglob("*.*"):
        path.chmod(0o600)
    assert scanned(music).unchanged == 6
    assert {song.ctime_ns for song in known(music).values()} == {
        path.stat().st_ctime_ns for path in music.rglob("*.*")
    }


def test_rows_of_version_1_hold_by_size_and_date(
    music: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    scanned(music)
    with Journal() as journal:
        for song in journal.songs():
            journal.save(replace(song, ctime_ns=None))
    monkeypatch.setattr(scan, "hear", _never)
    monkeypatch.setattr(scan, "read_content", _never)
    assert scanned(music).unchanged == 6
    assert all(song.ctime_ns for song in known(music).values())


def test_dates_that_no_database_holds_are_no_fault_of_the_song(
    music: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    future, past, *_ = sorted(music.rglob("*.*"))
    for path, second in ((future, 13_569_465_600), (past, -(10**10))):  # 2400 and 1653
        try:
            os.utime(path, (second, second))
        except OSError:
            pytest.skip("this file system has no such dates")
    assert scanned(music).errors == 0
    monkeypatch.setattr(scan, "hear", _never)
    assert scanned(music).unchanged == 6


@pytest.mark.parametrize(
    "odd",
    [{"year": 2**70}, {"artist": "lone \ud800"}, {"probabilities": {"happy": float("nan")}}],
    ids=str,
)
def test_what_cannot_be_stored_costs_one_song(
    music: Path, monkeypatch: pytest.MonkeyPatch, odd: dict[str, Any]
) -> None:
    def hears(task: Task) -> LibrarySong:
        song = hear(task)
        return replace(song, **odd) if task.path.suffix == ".flac" else song

    monkeypatch.setattr(scan, "hear", hears)
    assert scanned(music).errors == 1
    songs = known(music)
    assert len(songs) == 6
    assert songs["song 001.flac"].error_kind == hearing.FAILED
    monkeypatch.setattr(scan, "hear", _never)
    assert scanned(music).unchanged == 6


@pytest.mark.parametrize("error", [OSError(28, "No space left on device"), MemoryError()], ids=str)
def test_what_the_machine_lacks_is_no_fault_of_the_song(
    music: Path, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    def fails(*_: object, **__: object) -> None:
        raise error

    with monkeypatch.context() as short:
        short.setattr(hearing, "predict", fails)
        assert scanned(music).errors == 6
    assert {song.error_kind for song in known(music).values()} == {"audio"}
    done = scanned(music)
    assert (done.heard, done.errors) == (6, 0)


def test_known_features_are_of_the_same_content(tmp_path: Path) -> None:
    path = write_tone(tmp_path / "music" / "song.wav", 440.0)
    scanned(path.parent)
    row = known(path.parent)["song.wav"]
    task = Task(path, runs.find(MODEL), "features", "model", read_state(path), row.sha256)
    assert hear(task).features == {}
    write_tone(path, 4000.0)
    assert set(hear(task).features) == set(row.features)


def test_a_lock_that_cannot_be_written_is_named(
    music: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(*_: object, **__: object) -> None:
        raise OSError(30, "Read-only file system")

    monkeypatch.setattr(FileLock, "acquire", fails)
    with pytest.raises(LibraryError, match=r"songs.sqlite.lock.*Read-only.*MMC_LIBRARY"):
        scanned(music)


def test_the_course_of_a_song() -> None:
    from mmc_core.prediction.result import Moment

    def moment(i: int) -> Moment:
        p = {name: 0.7 if name == NAMES[i] else 0.1 for name in NAMES}
        return Moment(0.0, 1.0, p, 0.0, 0.0)

    shares, changes = hearing.course([moment(i) for i in (0, 0, 1, 0)])
    assert (shares[NAMES[0]], shares[NAMES[1]], changes) == (0.75, 0.25, 2)


@pytest.mark.slow
@pytest.mark.skipif(os.name != "posix", reason="kills by a signal")
def test_ten_kills_lose_and_repeat_nothing(tmp_path: Path) -> None:
    """`kill -9` at random moments: after the last resume the table is that of one go."""
    music = tmp_path / "music"
    write_songs(music, 40)
    next(music.rglob("*.mp3")).write_bytes(b"damaged")
    whole, killed = tmp_path / "whole.sqlite", tmp_path / "killed.sqlite"
    done = [0]
    for at, seconds in moments_to_kill(40, 10):
        process = scanning(music, killed)
        while process.poll() is None and n_done(killed) < at:
            time.sleep(0.01)
        time.sleep(seconds)
        process.kill()
        process.wait()
        done.append(n_done(killed))
    assert done == sorted(done)  # nothing is lost
    assert scanning(music, killed).wait() == 1  # one file is damaged
    assert scanning(music, whole).wait() == 1
    assert len(rows(whole)) == 40
    assert differences(rows(whole), rows(killed)) == []


def scanning(music: Path, journal: Path) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "mmc_core", "library", "scan", str(music), "--model", MODEL]
    return subprocess.Popen(
        [*command, "--jobs", "2"],
        cwd=PROJECT,
        env=os.environ | {"MMC_LIBRARY": str(journal)},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )


def test_the_journal_is_where_it_is_asked_for(
    own_cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert library_path() == own_cache / "library" / "songs.sqlite"
    monkeypatch.setenv("MMC_LIBRARY", str(own_cache / "mine.sqlite"))
    assert library_path() == own_cache / "mine.sqlite"
