"""Corrections: kept whole, listed, undone, exported; what is damaged or too much; off."""

from __future__ import annotations

import csv
import io
import json
import multiprocessing
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from scipy.stats import binomtest

from mmc_core.datasets.user import corrections
from mmc_core.datasets.user.correction import (
    agreement,
    as_csv,
    as_json,
    by_mood,
)
from mmc_core.errors import DatasetError, MMCError, NewerFile, UnknownName
from mmc_core.moods import NAMES
from mmc_core.saved.correction import CORRECTION, LONGEST_NAME, Correction
from mmc_core.settings import corrections_dir
from tests.support.corrections import add_some, made_correction

HAPPY, ANGRY, SAD, RELAXED = NAMES
HOSTILE = [
    "../../etc/passwd",
    "a\nb\x00.mp3",
    "<b>&amp;.mp3",
    "caf\udce9.mp3",
    "Ünïcødé 音楽.ogg",
    "",
]


@pytest.fixture
def folder() -> Path:
    place = corrections_dir()
    assert place is not None
    return place


def test_nothing_is_there_before_the_first(folder: Path) -> None:
    assert (corrections.every(), corrections.count(), corrections.undo()) == ([], 0, None)
    assert agreement([]) is None
    corrections.every()
    assert not list(folder.glob("*.json"))


def test_they_are_listed_newest_first_and_undone_one_by_one() -> None:
    first, second, third = add_some(3)
    assert corrections.every() == [third, second, first]
    assert corrections.undo() == third
    corrections.remove(first.sha256)
    corrections.remove("0" * 64)  # there is none
    assert corrections.every() == [second]
    assert corrections.clear() == 1
    assert corrections.every() == []


def test_a_song_corrected_again_replaces() -> None:
    add_some(2)
    again = made_correction(0, mood=RELAXED)
    corrections.add(again)
    assert corrections.count() == 2
    assert corrections.of(again.sha256) == corrections.every()[0] == again
    assert corrections.undo() == again


def test_what_a_correction_replaced_comes_back_once() -> None:
    first, _ = add_some(2)
    again = made_correction(0, mood=RELAXED)
    assert again.sha256 == first.sha256 and again.mood != first.mood
    corrections.add(again)
    assert corrections.undo(again.sha256) == again
    assert corrections.of(first.sha256) == first
    assert corrections.undo(first.sha256) == first
    assert corrections.of(first.sha256) is None
    assert corrections.undo(first.sha256) is None
    assert corrections.count() == 1


@pytest.mark.parametrize("take_away", [lambda one: corrections.remove(one.sha256), None])
def test_what_is_removed_leaves_nothing_behind(
    take_away: Callable[[Correction], None] | None, folder: Path
) -> None:
    (first,) = add_some(1)
    corrections.add(made_correction(0, mood=RELAXED))
    if take_away:
        take_away(first)
    else:
        corrections.clear()
    assert not [path for path in folder.iterdir() if first.sha256 in path.name]


@pytest.mark.parametrize("name", HOSTILE)
def test_a_name_is_only_text(name: str, folder: Path) -> None:
    new = made_correction(1, name=name)
    corrections.add(new)
    (file,) = folder.glob("*.json")
    assert file.stem == new.sha256
    (saved,) = corrections.every()
    assert saved.name.isprintable() and 0 < len(saved.name) <= LONGEST_NAME
    assert len(as_csv([saved]).splitlines()) == 2


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=25)
@given(
    name=st.text(max_size=400),
    mood=st.sampled_from(NAMES),
    answered=st.none() | st.sampled_from(NAMES),
    values=st.lists(st.floats(-1e6, 1e6, width=32), min_size=4, max_size=4),
)
def test_what_comes_back_is_what_was_kept(
    name: str, mood: str, answered: str | None, values: list[float]
) -> None:
    embedding = values + [0.0] * 1502
    new = made_correction(
        1, name=name, mood=mood, answered=answered, embeddings={"musicnn": embedding}
    )
    corrections.add(new)
    (saved,) = corrections.every()
    assert saved == new
    assert saved.agrees == (mood == answered)


def test_exports_hold_what_is_kept() -> None:
    made = add_some(5, name='"quoted", with a comma.mp3', answered=None)
    read = [CORRECTION.parse(each, "x") for each in json.loads(as_json(made))]
    assert read == made
    rows = list(csv.DictReader(io.StringIO(as_csv(made))))
    assert [row["mood"] for row in rows] == [each.mood for each in made]
    assert {row["name"] for row in rows} == {made[0].name}
    assert np.allclose([float(row["tempo"]) for row in rows], [e.features["tempo"] for e in made])
    assert list(csv.DictReader(io.StringIO(as_csv([])))) == []


@pytest.mark.parametrize(
    "changes",
    [
        {"mood": "bored"},
        {"answered": ""},
        {"sha256": "../evil"},
        {"features": {"tempo": 120.0}},
        {"embeddings": {"musicnn": [1.0]}},
        {"duration_s": float("nan")},
    ],
)
def test_what_makes_no_sense_is_refused(changes: dict[str, Any], folder: Path) -> None:
    with pytest.raises(MMCError, match="cannot be kept as a correction"):
        corrections.add(made_correction(1, **changes))
    assert not folder.exists()


@pytest.mark.parametrize(
    "content", [b"", b"{", b"[]", b"\xff\xfe", b"null", b"0" * 2_000_000, b'{"sha256": 1}']
)
def test_what_cannot_be_read_is_moved_aside(content: bytes, folder: Path) -> None:
    good, bad = add_some(2)
    path = folder / f"{bad.sha256}.json"
    path.write_bytes(content)
    assert corrections.every() == [good]
    (aside,) = corrections.moved_aside()
    assert aside.read_bytes() == content
    assert not path.exists()
    corrections.add(bad)  # and nothing is in its way
    path.write_bytes(content)
    assert corrections.of(bad.sha256) is None
    assert len(corrections.moved_aside()) == 2
    assert corrections.clear() == 3
    assert corrections.moved_aside() == []


def test_a_file_of_another_song_is_moved_aside(folder: Path) -> None:
    one, other = add_some(2)
    (folder / f"{one.sha256}.json").write_bytes((folder / f"{other.sha256}.json").read_bytes())
    assert corrections.every() == [other]
    assert len(corrections.moved_aside()) == 1


def test_no_more_are_kept_than_may_be(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MMC_MAX_CORRECTIONS", "2")
    add_some(2)
    with pytest.raises(MMCError, match="2 corrections already"):
        corrections.add(made_correction(2))
    corrections.add(made_correction(1, mood=SAD))  # one of them again
    assert corrections.count() == 2


def test_a_full_disk_loses_nothing(monkeypatch: pytest.MonkeyPatch, folder: Path) -> None:
    (before,) = add_some(1)

    def full(self: Path, *args: object, **more: object) -> int:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(Path, "write_text", full)
        with pytest.raises(DatasetError, match="No space left on device"):
            corrections.add(made_correction(0, mood=RELAXED))
    assert corrections.every() == [before]
    assert sorted(path.suffix for path in folder.glob("*.*")) == [".json"]


def test_switched_off_nothing_is_kept_or_read(monkeypatch: pytest.MonkeyPatch) -> None:
    (one,) = add_some(1)
    monkeypatch.setenv("MMC_CORRECTIONS", "off")
    with pytest.raises(MMCError, match="switched off"):
        corrections.add(one)
    assert corrections.every() == []
    assert corrections.moved_aside() == []


def test_a_correction_is_found_by_name_or_hash() -> None:
    one, other = add_some(2)
    assert corrections.find(one.name) == one
    assert corrections.find(other.sha256[:8]) == other
    with pytest.raises(UnknownName, match="no correction of"):
        corrections.find(other.sha256[:7])
    corrections.add(made_correction(2, name=one.name))
    with pytest.raises(UnknownName, match="2 songs are called"):
        corrections.find(one.name)


def _add_from(first: int) -> None:
    for number in range(first, first + 10):
        corrections.add(made_correction(number))


def test_two_processes_at_once_lose_nothing() -> None:
    context = multiprocessing.get_context("spawn")
    workers = [context.Process(target=_add_from, args=[first]) for first in (0, 10)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert [worker.exitcode for worker in workers] == [0, 0]
    assert {each.name for each in corrections.every()} == {f"song {n}.mp3" for n in range(20)}


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such permissions")
def test_only_the_person_may_look_into_the_folder(folder: Path) -> None:
    add_some(1)
    assert folder.stat().st_mode & 0o077 == 0


def test_counts_and_agreement() -> None:
    made = [made_correction(n, answered=answered) for n, answered in enumerate([HAPPY, SAD, None])]
    assert by_mood(made) == {HAPPY: 1, ANGRY: 1, SAD: 1, RELAXED: 0}
    share = agreement(made)
    assert share is not None
    assert (share.agreed, share.n) == (1, 2)
    low, high = binomtest(1, 2).proportion_ci(method="wilson")
    assert (share.low, share.high) == pytest.approx((low, high))
    assert agreement(made[2:]) is None  # the model could not tell


SOUND = "5" * 64


def test_a_song_is_known_by_its_sound_where_its_file_has_changed(folder: Path) -> None:
    first = made_correction(1, sound_sha256=SOUND)
    corrections.add(first)
    again = made_correction(2, sound_sha256=SOUND, mood=RELAXED)  # another file by its SHA-256
    corrections.add(again)
    assert corrections.every() == [again]
    assert corrections.of(first.sha256, SOUND) == corrections.of(again.sha256) == again
    assert corrections.undo(SOUND) == again
    assert corrections.every() == [first]
    corrections.add(again)
    corrections.remove(SOUND)
    assert not [path for path in folder.iterdir() if SOUND in path.name]


def test_a_correction_goes_with_a_file_that_tags_were_written_into() -> None:
    first = made_correction(1, sound_sha256=SOUND, mood=SAD)
    corrections.add(first)
    corrections.add(made_correction(1, sound_sha256=SOUND, mood=RELAXED))
    corrections.rename(first.sha256, "a" * 64)
    (renamed,) = corrections.every()
    assert (renamed.sha256, renamed.sound_sha256, renamed.mood) == ("a" * 64, SOUND, RELAXED)
    assert corrections.of(first.sha256) is None
    corrections.undo()
    assert corrections.every() == [first]
    corrections.rename("b" * 64, "c" * 64)  # of no song
    assert corrections.every() == [first]


def test_a_correction_of_an_earlier_version_is_replaced_and_comes_back(folder: Path) -> None:
    old = made_correction(1)
    corrections.add(old)
    assert (folder / f"{old.sha256}.json").is_file()  # as earlier versions named it
    first = made_correction(1, sound_sha256=SOUND, mood=RELAXED)
    corrections.add(first)
    assert corrections.every() == [first]
    corrections.undo()
    assert corrections.every() == [old]
    corrections.add(first)
    corrections.add(made_correction(2, sound_sha256=SOUND))  # its tags were written meanwhile
    corrections.undo()
    assert corrections.every() == [first]
    corrections.undo()
    assert corrections.every() == []
    assert not list(folder.glob("*.before"))


def test_a_correction_as_an_earlier_version_wrote_it_is_read(folder: Path) -> None:
    corrections.add(made_correction(1))
    (path,) = folder.glob("*.json")
    written = json.loads(path.read_text())
    del written["sound_sha256"]
    path.write_text(json.dumps(written))
    (read,) = corrections.every()
    assert read.sound_sha256 is None


def test_what_a_newer_version_wrote_stays_as_it_is(folder: Path) -> None:
    good, newer = add_some(2)
    path = next(path for path in folder.glob("*.json") if newer.sha256 in path.name)
    path.write_text(json.dumps(json.loads(path.read_text()) | {"schema": 999, "weather": "fair"}))
    before = path.read_bytes()
    assert corrections.every() == [good]
    assert corrections.moved_aside() == []
    (sentence,) = corrections.newer()
    assert "written by a newer version of this program" in sentence
    with pytest.raises(NewerFile, match="Update the program"):
        corrections.add(newer)
    corrections.rename(newer.sha256, "0" * 64)
    assert corrections.undo() == good
    assert path.read_bytes() == before
