"""What is read of a folder, a list or a table: what is taken, what is named and left out."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Literal
from unicodedata import normalize

import pandas as pd
import pytest

from mmc_core import files, moods
from mmc_core.datasets.user.source import Source, read
from mmc_core.errors import DatasetError
from mmc_core.moods import NAMES
from tests.support.sounds import write_tone

HAPPY, ANGRY, SAD, RELAXED = NAMES


def words(source: Source) -> str:
    return "\n".join(problem.sentence() for problem in source.problems)


def test_what_does_not_exist_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DatasetError, match="does not exist"):
        read(tmp_path / "nothing.csv")


# ---- a folder -------------------------------------------------------------------------------


def test_a_mood_without_songs_is_named(songs: Path) -> None:
    (songs / ANGRY).mkdir()
    assert f"The folder '{ANGRY}' has no sound file." in words(read(songs))


def test_a_folder_without_moods_is_refused(tmp_path: Path) -> None:
    write_tone(tmp_path / "rock" / "x.wav", 300)
    with pytest.raises(DatasetError, match="no subfolder that is named after a mood"):
        read(tmp_path)


def test_folders_that_are_links_are_read_and_those_that_cannot_be_are_named(
    songs: Path, tmp_path: Path, unreadable: Callable[[Path], None]
) -> None:
    write_tone(tmp_path / "elsewhere" / "Band" / "four.wav", 500)
    (songs / ANGRY).symlink_to(tmp_path / "elsewhere")
    (songs / SAD / "loop").symlink_to(songs / SAD)
    unreadable(songs / RELAXED)
    source = read(songs)
    four = source.clips.set_index("clip").loc[f"{ANGRY}/Band/four.wav"]
    assert [four["mood"], four["group"]] == [ANGRY, "Band"]
    assert f"'{RELAXED}': this folder could not be searched" in words(source)
    assert "has no sound file" not in words(source)
    assert [note.sentence() for note in source.notes] == [
        f"'{SAD}/loop': this link leads back to a folder that it lies in; left out."
    ]


def test_songs_may_be_in_folders_named_by_column_and_value(tmp_path: Path) -> None:
    for name in (
        f"mood={HAPPY}/a.wav",
        f"year=2020/Mood={ANGRY.title()}/Band/b.wav",
        f"mood={SAD}/group=R%26B/part=test/c.wav",
        f"mood={SAD}/part=other/d.wav",
        "mood=__HIVE_DEFAULT_PARTITION__/e.wav",
        "mood=bored/f.wav",
    ):
        write_tone(tmp_path / name, 300)
    (tmp_path / f"mood={RELAXED}").mkdir()
    source = read(tmp_path)
    clips = source.clips[["mood", "group", "part"]].to_numpy().tolist()
    assert sorted(clips) == [
        [ANGRY, "Band", ""],
        [HAPPY, "", ""],
        [SAD, "", ""],
        [SAD, "R&B", "test"],
    ]
    assert f"The folder 'mood={RELAXED}' has no sound file." in words(source)
    assert "the folder 'mood=bored' is not a mood" in words(source)
    (tmp_path / "k=v").symlink_to(tmp_path)
    assert len(read(tmp_path).clips) == 4


def test_an_equals_sign_in_a_band_is_part_of_its_name(songs: Path) -> None:
    write_tone(songs / ANGRY / "AC=DC" / "x.wav", 300)
    assert "AC=DC" in read(songs).clips["group"].to_list()


# ---- a list ---------------------------------------------------------------------------------


def test_what_a_list_has_wrong_is_named(songs: Path, csv_file: Callable[..., Path]) -> None:
    path = csv_file(
        "path,mood",
        "songs/Happy/one.wav,happy",  # 2
        "songs/nowhere.wav,happy",
        "songs/q2/Band/two.wav,",
        "songs/q2/Band/two.wav,hapy",  # 5: neither says what 4 and 5 are
        ",sad",
        "./songs/Happy/one.wav,Q1",  # 7: the same as 2
        "songs/Happy,sad",
        "songs/sad/Band/three.wav,sad,more",  # 9
        "songs/Happy/one.wav,hapy",
    )
    source = read(path)
    assert source.clips["clip"].to_list() == ["songs/Happy/one.wav"]
    text = words(source)
    assert "Row 4: the mood is missing" in text
    assert "Rows 5 and 10: the mood is not known, such as 'hapy' in row 5; expected happy" in text
    assert "Rows 3 and 8: there is no such file, such as 'songs/nowhere.wav' in row 3" in text
    assert "Row 6: the path is empty" in text
    assert "Row 7: the clip occurs before with the same values" in text
    assert "more than once" not in text
    assert "Row 9: not as many cells as the 2 column names" in text


@pytest.mark.parametrize("wrong", ["a,gloomy,120,30", "a,sad,fast,30", "a,sad,120,-3"])
def test_a_row_that_is_left_out_does_not_take_its_twin_along(
    csv_file: Callable[..., Path], wrong: str
) -> None:
    source = read(csv_file("clip,mood,tempo,duration_s", wrong, "a,sad,121,30", "b,happy,122,30"))
    assert source.clips["clip"].to_list() == ["a", "b"]
    assert source.clips["tempo"].to_list() == [121, 122]
    assert [problem.rows for problem in source.problems] == [[2]]


def test_twins_that_differ_are_both_left_out(csv_file: Callable[..., Path]) -> None:
    source = read(
        csv_file("clip,mood,tempo", "a,sad,121", "a,gloomy,120", "a,happy,121", "b,sad,1")
    )
    assert source.clips["clip"].to_list() == ["b"]
    assert "Rows 2 and 4: the clip occurs more than once with different values" in words(source)


def test_a_confined_list_reads_nothing_outside_its_folder(songs: Path, tmp_path: Path) -> None:
    inside = tmp_path / "inside"
    write_tone(inside / "a.wav", 300)
    (inside / "link.wav").symlink_to(songs / "Happy" / "one.wav")
    outside = [str(songs / "Happy" / "one.wav"), "../songs/Happy/one.wav", "link.wav"]
    (inside / "l.csv").write_text("path,mood\na.wav,sad\n" + "".join(f"{p},sad\n" for p in outside))
    assert len(read(inside / "l.csv").clips) == 4
    source = read(inside / "l.csv", confined=True)
    assert source.clips["clip"].to_list() == ["a.wav"]
    assert "Rows 3, 4 and 5: there is no such file" in words(source)


def test_a_folder_with_one_list_is_that_list(songs: Path) -> None:
    for path in songs.rglob("*.wav"):
        path.rename(songs / path.name)
    for folder in (path for path in songs.iterdir() if path.is_dir()):
        (folder / "Band").rmdir() if (folder / "Band").exists() else None
        folder.rmdir()
    (songs / "moods.csv").write_text("file,mood\none.wav,Q1\ntwo.wav,Q2\n")
    (songs / "._moods.csv").write_bytes(b"\0\5\x16\7")  # macOS leaves such
    assert read(songs).clips["mood"].to_list() == [HAPPY, ANGRY]


@pytest.mark.parametrize("forms", [("NFC", "NFD"), ("NFD", "NFC")])
def test_accents_may_be_composed_otherwise_than_on_disk(
    forms: tuple[Literal["NFC", "NFD"], Literal["NFC", "NFD"]],
    csv_file: Callable[..., Path],
    tmp_path: Path,
) -> None:
    there, listed = (normalize(form, "Björk/Ágætis byrjun.wav") for form in forms)
    write_tone(tmp_path / there, 300)
    source = read(csv_file("path,mood", f"{listed},happy", "Björk/Ágætis.wav,sad"))
    assert [Path(path).is_file() for path in source.clips["path"]] == [True]
    assert "Row 3: there is no such file" in words(source)


# ---- a table --------------------------------------------------------------------------------


def test_commas_may_be_decimal(csv_file: Callable[..., Path]) -> None:
    path = csv_file("mood;tempo", "sad;120,5", "sad;+1e2", "sad;-.5")
    assert read(path).clips["tempo"].to_list() == [120.5, 100.0, -0.5]


def test_what_a_table_has_wrong_is_named(csv_file: Callable[..., Path]) -> None:
    path = csv_file(
        "clip,mood,tempo,key,part,duration_s,rms_mean",
        "a,happy,120,C,train,30,x",
        "b,,120,C,,30,x",  # 3
        "c,gloomy,120,C,,30,1",
        "d,sad,fast,c#,test,,x",  # 5
        "e,sad,inf,C,,30,x",
        "f,sad,NaN,C,,30,x",
        "g,sad,1e15,C,,30,x",
        "h,sad,120,H,,30,x",  # 9
        "i,sad,120,C,exam,30,x",
        "j,sad,120,C,,-3,x",
        "",
        ",,,,,,",
        "k,sad,120,C,,30,x",  # 14
        "k,Q3,120.0,C,,30,x",
        "l,sad,120,C,,30,x",  # 16
        "l,angry,120,C,,30,x",
        "m,Q4,121,C,Validation,,2",
        "n,sad,120",  # 19
        "o,sad,5,c#,,,1",
        "p,sad,5,c#,,,1",
        "q,sad,5,c#,,,1",
    )
    source = read(path)
    assert source.clips["clip"].to_list() == ["a", "k", "m", "o", "p", "q"]
    assert source.clips["key"].to_list() == ["C", "C", "C", "C#", "C#", "C#"]
    assert "rms_mean" not in source.clips
    assert [problem.sentence() for problem in source.problems] == [
        "Row 19: not as many cells as the 7 column names, so the row is left out: got '3 cells'; "
        "expected as many.",
        f"Row 3: the mood is missing; expected {moods.SPELLINGS}.",
        f"Row 4: the mood is not known: got 'gloomy'; expected {moods.SPELLINGS}.",
        "Row 10: the part is not known: got 'exam'; expected train, validation, test or nothing.",
        "Row 9: key is not a known category: got 'H'; expected one of C, C#, D, D#, E, F, F#, G, "
        "G#, A, A#, B.",
        "Rows 5, 6, 7 and 8: tempo is not a number, such as 'fast' in row 5; expected a finite "
        "number up to 1e12.",
        "The column rms_mean has a number in 5 of 18 rows; it is left out.",
        "Row 11: duration_s is not a length: got '-3'; expected seconds above 0, or nothing.",
        "Row 15: the clip occurs before with the same values: got 'k'; left out.",
        "Rows 16 and 17: the clip occurs more than once with different values, such as 'l' in row "
        "16; none of these rows is used.",
    ]


def test_our_own_csv_is_read_back_without_its_apostrophes(tmp_path: Path) -> None:
    table = pd.DataFrame(
        {"clip": ["=a", "-b", "'c"], "mood": list(NAMES[:3]), "group": "@g", "tempo": -1.0}
    )
    (tmp_path / "t.csv").write_text(files.csv_text(table), encoding="utf-8")
    clips = read(tmp_path / "t.csv").clips
    assert clips["clip"].tolist() == ["=a", "-b", "'c"]
    assert set(clips["group"]) == {"@g"}
    assert clips["tempo"].tolist() == [-1.0] * 3
