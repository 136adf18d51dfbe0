"""A person's own datasets: what is taken, what is named and left out, how they are kept."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given as drawn
from hypothesis import strategies as st

from mmc_core import datasets, moods
from mmc_core.datasets import UserDataset
from mmc_core.datasets.user import builder, problems, reader, source, store
from mmc_core.datasets.user.problems import Problem
from mmc_core.errors import DatasetError, MMCError, UnknownName
from mmc_core.features.schema import ORIGINAL_57
from mmc_core.moods import NAMES
from tests.support.sounds import encode, tone

HAPPY, ANGRY, SAD, RELAXED = NAMES
LIMIT = 10**9


def nothing(done: int, total: int) -> None:
    """Progress that nobody watches."""


def song(path: Path, pitch: float, duration_s: float = 1.5) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(encode(tone(duration_s, 22_050, (pitch,)), 22_050, "wav"))


def build(path: Path, name: str = "mine") -> tuple[UserDataset, list[str]]:
    made = datasets.build_dataset(path, name)
    return made, made.problem_sentences


def said(found: list[Problem]) -> str:
    return "\n".join(problem.sentence() for problem in found)


@pytest.fixture
def sheet(tmp_path: Path) -> Callable[..., Path]:
    """Writes a CSV of some lines."""

    def write(*lines: str, name: str = "t.csv") -> Path:
        path = tmp_path / name
        path.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
        return path

    return write


# ---- moods ----------------------------------------------------------------------------------


@pytest.mark.parametrize("mood", moods.MOODS, ids=lambda mood: mood.name)
def test_moods_are_known_in_any_case(mood: moods.Mood) -> None:
    for text in (mood.name, mood.name.upper(), f" {mood.name.title()} ", mood.quadrant.lower()):
        assert moods.parse(text) is mood


@pytest.mark.parametrize("text", ["", "Q5", "q", "happyish", "1", "ha ppy"])
def test_other_moods_are_not(text: str) -> None:
    assert moods.parse(text) is None


# ---- a folder -------------------------------------------------------------------------------


@pytest.fixture
def songs(tmp_path: Path) -> Path:
    folder = tmp_path / "songs"
    song(folder / "Happy" / "one.wav", 440)
    song(folder / "q2" / "Band" / "two.wav", 220)
    song(folder / SAD / "Band" / "three.wav", 330, duration_s=26)
    song(folder / RELAXED / "again.wav", 440)  # the same as one.wav
    return folder


def test_a_folder_a_mood_is_built(songs: Path) -> None:
    seen: list[tuple[int, int]] = []
    made = datasets.build_dataset(songs, "Mine", progress=lambda *done: seen.append(done))
    assert not made.problem_sentences
    assert seen == [(0, 4), (1, 4), (2, 4), (3, 4), (4, 4)]
    table = made.table().set_index("clip")
    assert table["mood"].to_dict() == {
        "Happy/one.wav": HAPPY,
        "q2/Band/two.wav": ANGRY,
        f"{SAD}/Band/three.wav": SAD,
        f"{RELAXED}/again.wav": RELAXED,
    }
    groups = table["group"]
    assert groups["q2/Band/two.wav"] == groups[f"{SAD}/Band/three.wav"] == "Band"
    assert groups["Happy/one.wav"] == groups[f"{RELAXED}/again.wav"] != "Band"
    assert table["duration_s"].to_list() == pytest.approx([1.5, 1.5, 1.5, 26.0])
    assert "3 clips kept shorter" in made.length_rule
    assert made.audio()["Happy/one.wav"] == songs / "Happy" / "one.wav"
    assert set(made.audio()) == set(table.index)
    (songs / "Happy" / "one.wav").unlink()
    assert "Happy/one.wav" not in made.audio()


def test_what_a_folder_has_wrong_is_named_and_the_rest_is_taken(songs: Path) -> None:
    (songs / SAD / "noise.mp3").write_text("no song")
    song(songs / SAD / "short.wav", 300, duration_s=0.3)
    (songs / SAD / "gone.ogg").symlink_to(songs / "nowhere.ogg")
    song(songs / "rock" / "x.wav", 300)
    song(songs / "top.wav", 300)
    (songs / SAD / "cover.jpg").write_text("a picture")
    song(songs / SAD / ".hidden.wav", 300)
    made, found = build(songs)
    assert made.clips() == {HAPPY: 1, ANGRY: 1, SAD: 1, RELAXED: 1}
    words = "\n".join(found)
    for part in (
        "'rock/x.wav': the folder 'rock' is no mood",
        "'top.wav': this is in no folder",
        f"'{SAD}/noise.mp3': noise.mp3 is not a sound file",
        f"'{SAD}/short.wav': short.wav lasts 0.30 s",
        f"'{SAD}/gone.ogg': gone.ogg could not be read",
    ):
        assert part in words
    assert "cover" not in words
    assert "hidden" not in words
    kept = pd.read_csv(made.problems_path, keep_default_na=False)
    assert {"rock/x.wav", "top.wav", f"{SAD}/noise.mp3"} < set(kept["where"])
    assert made.n_problems == len(kept) == 5


def test_a_mood_without_songs_is_named(songs: Path) -> None:
    (songs / ANGRY).mkdir()
    assert f"The folder '{ANGRY}' has no sound file." in said(source.read(songs).problems)


def test_a_folder_without_moods_is_refused(tmp_path: Path) -> None:
    song(tmp_path / "rock" / "x.wav", 300)
    with pytest.raises(DatasetError, match="no subfolder that is named after a mood"):
        source.read(tmp_path)


def test_a_folder_of_nothing_but_bad_files_is_refused_and_the_old_stays(songs: Path) -> None:
    before, _ = build(songs)
    for path in songs.rglob("*.wav"):
        path.write_text("no song")
    with pytest.raises(DatasetError, match="None of the 4 files can be used"):
        build(songs)
    assert datasets.get("mine").clips() == before.clips()
    assert [path.name for path in store.folder().iterdir()] == ["mine"]


@pytest.mark.filterwarnings("ignore")  # joblib's, on tasks that nobody waits for
def test_a_stopped_build_goes_on(songs: Path, own_cache: Path) -> None:
    def stop(done: int, total: int) -> None:
        if done == 2:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        datasets.build_dataset(songs, "mine", progress=stop)
    kept = (own_cache / "build" / "own-mine.jsonl").read_text().splitlines()
    assert len(kept) == 2
    assert datasets.get("4qaed")
    assert "mine" not in datasets.every()
    build(songs)
    assert len((own_cache / "build" / "own-mine.jsonl").read_text().splitlines()) == 4


# ---- a list ---------------------------------------------------------------------------------


def test_a_list_is_built(songs: Path, tmp_path: Path) -> None:
    (tmp_path / "list.csv").write_text(
        "Path;MOOD;group\nsongs/Happy/one.wav;HAPPY;me\nsongs\\q2\\Band\\two.wav;q3;\n"
    )
    made, found = build(tmp_path / "list.csv")
    assert not found
    table = made.table().set_index("clip")
    assert table["mood"].to_list() == [HAPPY, SAD]
    assert table["group"].to_list() == ["me", "clip songs\\q2\\Band\\two.wav"]
    assert set(made.audio()) == set(table.index)


def test_what_a_list_has_wrong_is_named(songs: Path, sheet: Callable[..., Path]) -> None:
    path = sheet(
        "path,mood",
        "songs/Happy/one.wav,happy",  # 2
        "songs/nowhere.wav,happy",
        "songs/q2/Band/two.wav,",
        "songs/q2/Band/two.wav,hapy",  # 5: with 4, contradicting
        ",sad",
        "./songs/Happy/one.wav,Q1",  # 7: the same as 2
        "songs/Happy,sad",
        "songs/sad/Band/three.wav,sad,more",  # 9
    )
    found = source.read(path)
    assert found.clips["clip"].to_list() == ["songs/Happy/one.wav"]
    words = said(found.problems)
    assert "Row 4: the mood is missing" in words
    assert "Row 5: the mood is not known: got 'hapy'; expected happy, angry" in words
    assert "Rows 3 and 8: there is no such file, such as 'songs/nowhere.wav' in row 3" in words
    assert "Row 6: the path is empty" in words
    assert "Row 7: the clip is there already, the same in all" in words
    assert "Rows 4 and 5: the clip is there more than once, and not the same" in words
    assert "Row 9: not as many cells as the 2 column names" in words


def test_a_confined_list_reads_nothing_outside_its_folder(songs: Path, tmp_path: Path) -> None:
    inside = tmp_path / "inside"
    song(inside / "a.wav", 300)
    (inside / "link.wav").symlink_to(songs / "Happy" / "one.wav")
    outside = [str(songs / "Happy" / "one.wav"), "../songs/Happy/one.wav", "link.wav"]
    (inside / "l.csv").write_text("path,mood\na.wav,sad\n" + "".join(f"{p},sad\n" for p in outside))
    assert len(source.read(inside / "l.csv").clips) == 4
    found = source.read(inside / "l.csv", confined=True)
    assert found.clips["clip"].to_list() == ["a.wav"]
    assert "Rows 3, 4 and 5: there is no such file" in said(found.problems)


def test_a_folder_with_one_list_is_that_list(songs: Path) -> None:
    for path in songs.rglob("*.wav"):
        path.rename(songs / path.name)
    for folder in (path for path in songs.iterdir() if path.is_dir()):
        (folder / "Band").rmdir() if (folder / "Band").exists() else None
        folder.rmdir()
    (songs / "moods.csv").write_text("file,mood\none.wav,Q1\ntwo.wav,Q2\n")
    assert source.read(songs).clips["mood"].to_list() == [HAPPY, ANGRY]


# ---- a table --------------------------------------------------------------------------------


@pytest.mark.parametrize("suffix", ["csv", "parquet"])
def test_a_table_is_built_as_it_is(table: pd.DataFrame, tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"t.{suffix}"
    table["part"] = np.where(table.index % 3 == 0, "test", np.where(table.index % 3, "TRAIN", ""))
    table["mood"] = [moods.BY_NAME[mood].quadrant for mood in table["mood"]]
    table.to_csv(path, index=False) if suffix == "csv" else table.to_parquet(path)
    made, found = build(path)
    assert not found
    kept = made.table()
    pd.testing.assert_frame_equal(
        kept.drop(columns="mood"),
        table[kept.columns].drop(columns="mood"),
        check_dtype=False,
        rtol=1e-12,
    )
    part = made.official_part(kept)
    assert part is not None
    assert part.tolist() == table["part"].str.lower().to_list()
    assert made.clips() == dict.fromkeys(NAMES, 50)
    assert made.separation()["tempo"].n == len(table)
    assert list(made.correlations()) == list(made.correlations().index)


def test_any_features_do(sheet: Callable[..., Path]) -> None:
    made, found = build(sheet("mood,Tempo,roll_off_var,note", "sad,120,3,x", "Q4,90.5,1e3,y"))
    assert not found
    assert list(made.table()) == [
        *("clip", "mood", "group", "duration_s"),
        *("tempo", "rolloff_var"),
    ]
    assert made.table()["clip"].to_list() == ["row 2", "row 3"]
    assert made.clips() == {SAD: 1, RELAXED: 1}


def test_commas_may_be_decimal(sheet: Callable[..., Path]) -> None:
    path = sheet("mood;tempo", "sad;120,5", "sad;+1e2", "sad;-.5")
    assert source.read(path).clips["tempo"].to_list() == [120.5, 100.0, -0.5]


def test_what_a_table_has_wrong_is_named(sheet: Callable[..., Path]) -> None:
    path = sheet(
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
    found = source.read(path)
    assert found.clips["clip"].to_list() == ["a", "k", "m", "o", "p", "q"]
    assert found.clips["key"].to_list() == ["C", "C", "C", "C#", "C#", "C#"]
    assert "rms_mean" not in found.clips
    assert [problem.sentence() for problem in found.problems] == [
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
        "Row 15: the clip is there already, the same in all: got 'k'; left out.",
        "Rows 16 and 17: the clip is there more than once, and not the same, such as 'l' in row "
        "16; none of these rows is taken.",
    ]


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "t.csv is empty"),
        (b"\n\n", "nothing in its first row"),
        (b"PK\x03\x04...", "is a workbook"),
        (b"PAR1 is no parquet", "t.csv is damaged and cannot be read as a Parquet file"),
        (
            "mood,tempo\nsad,1\nsad,é".encode("latin-1"),
            "not UTF-8: in line 3 there is the byte 0xE9",
        ),
        (b"\xff\xfem", "not the UTF-16"),
        (b"path,tempo\na,1", "has no column mood; got path, tempo"),
        (b"mood,speed\nsad,1", "neither a column path nor one of a feature; got mood, speed"),
        (b"mood,tempo,Tempo\nsad,1,2", "has the column tempo twice, as number 2 and 3"),
        (b"mood,tempo\n", "Nothing in t.csv can be used. It has no whole row"),
        (b"mood,tempo\nhapy,1\n", "Nothing in t.csv can be used. Row 2: the mood is not known"),
        (b"mood,tempo\nsad,x\n", "no column of numbers"),
        (b"mood,key\nsad,C\n", "no column of numbers"),
        (b'mood,tempo\n"sad,1\nsad,2\n', "Nothing in t.csv can be used"),
        (b"mood,tempo\nsad," + b"1" * 2000, "0.0 MB; expected at most 0.0 MB"),
    ],
)
def test_what_cannot_be_used_at_all_is_refused(content: bytes, says: str, tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_bytes(content)
    with pytest.raises(DatasetError) as error:
        source.read(tmp_path / "t.csv", limit=1000)
    assert says in str(error.value)
    assert len(str(error.value)) < 600


@pytest.mark.parametrize("content", [b"mood,tempo\nsad,1\n", b"\x00\xff" * 50])
def test_what_is_named_parquet_and_is_not_is_refused(content: bytes, tmp_path: Path) -> None:
    (tmp_path / "t.parquet").write_bytes(content)
    with pytest.raises(DatasetError, match=r"t.parquet is not a Parquet file, though it is named"):
        source.read(tmp_path / "t.parquet")


@pytest.mark.parametrize(
    "content",
    [
        bytes(range(256)) * 20,
        b"\x89PNG\r\n\x1a\n" + bytes(99),
        bytes(500),
        "mood,tempo\nsad,1\n".encode("utf-16-le"),
        "mood,tempo\nsad,1\n".encode("utf-32"),
    ],
    ids=["bytes", "picture", "nothing", "utf-16 without a mark", "utf-32"],
)
def test_what_is_no_text_is_refused_without_showing_it(content: bytes, tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_bytes(content)
    with pytest.raises(DatasetError, match=r"^t.csv is not text in UTF-8") as error:
        source.read(tmp_path / "t.csv")
    assert str(error.value).isprintable()


@pytest.mark.parametrize("dictionary", [True, False])
@pytest.mark.parametrize(
    "damage",
    [
        lambda content: content.replace(b"a name", b"a n\xffme"),
        lambda content: content.replace(b"tempo", b"t\xffmpo"),
        lambda content: content[:-20],
    ],
    ids=["a text", "a column's name", "the end"],
)
def test_a_damaged_parquet_is_refused_in_a_sentence(
    tmp_path: Path, damage: Callable[[bytes], bytes], dictionary: bool
) -> None:
    frame = pd.DataFrame({"clip": ["a name"], "mood": ["sad"], "tempo": [1.0]})
    path = tmp_path / "t.parquet"
    frame.to_parquet(path, compression=None, use_dictionary=dictionary)
    assert len(source.read(path).clips) == 1
    path.write_bytes(damage(path.read_bytes()))
    with pytest.raises(DatasetError) as error:
        source.read(path)
    assert str(error.value) == (
        "t.parquet is damaged and cannot be read as a Parquet file; save or copy it again."
    )


def test_what_does_not_exist_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DatasetError, match="does not exist"):
        source.read(tmp_path / "nothing.csv")


def test_utf16_and_byte_order_marks_are_read(tmp_path: Path) -> None:
    text = "mood\ttempo\tclip\nsad\t1\té\n"
    for encoding in ("utf-8-sig", "utf-16"):
        (tmp_path / "t.tsv").write_bytes(text.encode(encoding))
        assert source.read(tmp_path / "t.tsv").clips["clip"].to_list() == ["é"]


def test_a_parquet_of_odd_types_is_read(tmp_path: Path) -> None:
    frame = pd.DataFrame(
        {
            "clip": [1, 2, 3],
            "mood": pd.Categorical([HAPPY, "q2", HAPPY]),
            "tempo": np.array([1, 2, 3], dtype=np.int8),
            "rms_mean": ["0.5", "1", None],
            "rms_var": [[1.0], [2.0], [3.0]],
            "chroma_mean": [True, False, True],
        }
    )
    frame.to_parquet(tmp_path / "t.parquet")
    found = source.read(tmp_path / "t.parquet")
    assert found.clips["clip"].to_list() == ["1", "2"]
    assert found.clips["mood"].to_list() == [HAPPY, ANGRY]
    assert found.clips["rms_mean"].to_list() == [0.5, 1.0]
    words = said(found.problems)
    assert "Row 4: rms_mean is not a number: got nothing" in words
    for column in ("rms_var", "chroma_mean"):
        assert f"The column {column} has a number in 0 of 3 rows; it is left out." in words


@pytest.mark.parametrize("stored", [True, False])
def test_a_small_file_does_not_unfold_to_any_size(tmp_path: Path, stored: bool) -> None:
    """Unfolded, the column group would have 2 GB."""
    n = 20_000
    long = pa.DictionaryArray.from_arrays(np.zeros(n, dtype=np.int32), ["x" * 100_000])
    columns = {"mood": [HAPPY] * n, "tempo": np.ones(n), "group": long}
    pq.write_table(pa.table(columns), tmp_path / "t.parquet", store_schema=stored)
    assert (tmp_path / "t.parquet").stat().st_size < 10**6
    before = pa.total_allocated_bytes()
    found = source.read(tmp_path / "t.parquet")
    assert pa.default_memory_pool().max_memory() - before < 500 * 10**6
    assert found.clips["group"].str.len().max() == reader.MAX_CELL


def test_too_many_rows_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reader, "MAX_ROWS", 2)
    frame = pd.DataFrame({"mood": [HAPPY] * 3, "tempo": 1.0})
    frame.to_parquet(tmp_path / "t.parquet")
    frame.to_csv(tmp_path / "t.csv")
    for name in ("t.parquet", "t.csv"):
        with pytest.raises(DatasetError, match="3 rows; expected at most 2"):
            source.read(tmp_path / name)


cells = st.text(alphabet='ab,"\n ;é', max_size=4)


@drawn(
    st.lists(
        st.tuples(st.sampled_from([*NAMES, "", "hapy"]), cells, st.integers(1, 4), st.booleans()),
        min_size=1,
        max_size=30,
    )
)
def test_rows_are_numbered_as_a_spreadsheet_does(rows: list[tuple[str, str, int, bool]]) -> None:
    """Whatever is quoted, blank, or has too many cells."""
    import tempfile

    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(["note", "mood", "tempo"])
    expected: dict[str, list[int]] = {"missing": [], "not known": [], "as many cells": []}
    good = [2]
    writer.writerow(["first", HAPPY, 1])
    for number, (mood, note, n_cells, is_blank) in enumerate(rows, 3):
        if is_blank:
            text.write("\r\n")
            continue
        writer.writerow([note or "x", mood, 1, 1][:n_cells] if n_cells != 3 else [note, mood, 1])
        if n_cells < 3 and not "".join([note or "x", mood][:n_cells]).strip(" "):
            continue  # nothing but spaces is no row at all
        if n_cells != 3:
            expected["as many cells"].append(number)
        elif not mood:
            expected["missing"].append(number)
        elif mood not in NAMES:
            expected["not known"].append(number)
        else:
            good.append(number)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "t.csv"
        path.write_text(text.getvalue(), encoding="utf-8", newline="")
        found = source.read(path)
    named = {
        key: [int(row) for p in found.problems if key in p.what for row in p.rows]
        for key in expected
    }
    assert named == expected
    assert found.clips["clip"].to_list() == [f"row {number}" for number in good]


# ---- problems -------------------------------------------------------------------------------


def test_many_rows_are_one_sentence_and_all_are_kept(tmp_path: Path) -> None:
    problem = Problem("odd; expected even.", np.arange(2, 12_002), ["x"] * 12_000)
    assert problem.sentence() == (
        "Rows 2, 3, 4, 5, 6, 7, 8, 9 and 11,992 more: odd, such as 'x' in row 2; expected even."
    )
    problems.write([problem, Problem("The whole is odd.")], tmp_path / "p.csv")
    kept = pd.read_csv(tmp_path / "p.csv", keep_default_na=False)
    assert len(kept) == 12_001
    assert kept.iloc[-2].to_list() == ["row 12001", "x", "odd; expected even."]
    assert kept.iloc[-1].to_list() == ["", "", "The whole is odd."]


def test_many_problems_are_counted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    found = [Problem("broken.", files=[f"{i}.mp3"]) for i in range(30)]
    words = problems.sentences(found)
    assert len(words) == problems.SHOWN_PROBLEMS + 1
    assert words[0] == "'0.mp3': broken."
    assert words[-1] == "And 10 problems more."
    monkeypatch.setattr(problems, "MAX_LINES", 7)
    problems.write(found, tmp_path / "p.csv")
    kept = pd.read_csv(tmp_path / "p.csv", keep_default_na=False)
    assert kept["problem"].to_list() == [*["broken."] * 7, "And 23 lines more."]


def test_no_problems_are_an_empty_file(tmp_path: Path) -> None:
    problems.write([], tmp_path / "p.csv")
    assert (tmp_path / "p.csv").read_text() == "where,got,problem\n"


# ---- how they are kept ----------------------------------------------------------------------


@pytest.fixture
def one(table: pd.DataFrame, tmp_path: Path) -> Path:
    table.to_parquet(tmp_path / "one.parquet")
    return tmp_path / "one.parquet"


def test_they_stand_after_the_projects_own(one: Path) -> None:
    build(one, "Zebra")
    build(one, "Aard vark")
    assert list(datasets.every()) == [*datasets.DATASETS, "aard-vark", "zebra"]
    made = datasets.get("aard-vark")
    assert isinstance(made, UserDataset)
    assert (made.title, made.citation, made.bundled) == ("Aard vark", "your own", [])
    assert made.has_table()
    for text in (made.description, made.music, made.labels, made.grouping, made.length_rule):
        assert len(text) > 4


@pytest.mark.parametrize(
    ("name", "dataset_id"),
    [("My Sëts!", "my-sets"), ("  a__b ", "a-b"), ("x" * 60, "x" * 40), ("../../etc", "etc")],
)
def test_ids_are_made_of_names(name: str, dataset_id: str) -> None:
    assert datasets.user_dataset_name(name)[0] == dataset_id


@pytest.mark.parametrize(
    ("name", "title", "says"),
    [
        ("4QAED", "", "is a dataset of the project"),
        ("Turkish", "", "is a dataset of the project"),
        ("mine", "Turkish music emotion", "has the title"),
        ("…", "", "no letter"),
    ],
)
def test_some_names_are_taken(name: str, title: str, says: str) -> None:
    with pytest.raises(MMCError, match=says):
        datasets.user_dataset_name(name, title)


def test_titles_are_harmless() -> None:
    assert datasets.user_dataset_name("x", "**a** [b](javascript:c) <i>$d$") == (
        "x",
        "a b (javascript c) i d",
    )


def test_building_again_replaces_the_whole(one: Path, sheet: Callable[..., Path]) -> None:
    made, _ = build(one)
    pd.DataFrame({"clip": [1]}).to_parquet(made.folds_path)
    again, _ = build(sheet("mood,tempo", "sad,1"))
    assert again.clips() == datasets.get("mine").clips() == {SAD: 1}
    assert not again.folds_path.exists()
    assert [path.name for path in store.folder().iterdir()] == ["mine"]


@pytest.mark.parametrize("at", ["_write", "put_in_place"])
def test_a_build_that_fails_leaves_the_old(
    one: Path, sheet: Callable[..., Path], monkeypatch: pytest.MonkeyPatch, at: str
) -> None:
    build(one)

    def fail(*_: object, **__: object) -> None:
        raise OSError("No space left on device")

    if at == "_write":
        monkeypatch.setattr(builder, at, fail)
    else:
        rename = Path.rename

        def fail_once(path: Path, target: Path) -> Path:
            if path.name.startswith(".new-"):
                raise OSError("No space left on device")
            return rename(path, target)

        monkeypatch.setattr(Path, "rename", fail_once)
    with pytest.raises(OSError, match="No space"):
        build(sheet("mood,tempo", "sad,1"))
    assert sum(datasets.get("mine").clips().values()) == 200
    assert [path.name for path in store.folder().iterdir()] == ["mine"]


def test_what_a_killed_build_left_is_put_right(
    one: Path, sheet: Callable[..., Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    made, _ = build(one)
    made.folder.rename(store.folder() / ".old-mine-12345678")
    for name in (".new-mine-12345678", ".gone-other-one-12345678"):
        (store.folder() / name).mkdir()
    build(sheet("mood,tempo", "sad,1"), "Another")
    assert list(store.every()) == ["another"]  # it may have been under way
    monkeypatch.setattr(store, "LEFT_S", -1.0)
    build(sheet("mood,tempo", "sad,1"), "Another")
    assert list(store.every()) == ["another", "mine"]
    assert sum(datasets.get("mine").clips().values()) == 200
    assert sorted(path.name for path in store.folder().iterdir()) == ["another", "mine"]


DAMAGES: dict[str, Callable[[Path], object]] = {
    "no about": lambda folder: (folder / "about.json").unlink(),
    "about is no JSON": lambda folder: (folder / "about.json").write_text("{"),
    "about is a list": lambda folder: (folder / "about.json").write_text("[]"),
    "about lacks a title": lambda folder: (folder / "about.json").write_text('{"id": "mine"}'),
    "another id": lambda folder: (folder / "about.json").write_text(
        (folder / "about.json").read_text().replace('"mine"', '"4qaed"')
    ),
    "no summary": lambda folder: (folder / "summary.parquet").unlink(),
    "a broken summary": lambda folder: (folder / "summary.parquet").write_text("x"),
    "a broken table": lambda folder: (folder / "features.parquet").write_text("x"),
    "no separation": lambda folder: (folder / "separation.parquet").unlink(),
    "no correlations": lambda folder: (folder / "correlations.parquet").unlink(),
    "no problems": lambda folder: (folder / "problems.csv").unlink(),
}


@pytest.mark.parametrize("damage", DAMAGES)
def test_a_damaged_folder_is_left_out_and_can_be_removed(
    one: Path, sheet: Callable[..., Path], damage: str
) -> None:
    made, _ = build(one)
    assert "mine" in datasets.every()
    DAMAGES[damage](made.folder)
    assert list(datasets.every()) == list(datasets.DATASETS)
    assert store.damaged() == ["mine"]
    build(sheet("mood,tempo", "sad,1"))  # or built again in its place
    assert store.damaged() == []
    DAMAGES[damage](made.folder)
    store.remove("mine")
    assert store.damaged() == []
    assert not list(store.folder().iterdir())


@pytest.mark.parametrize("name", ["4qaed", "..", "nothing", ""])
def test_only_own_datasets_are_removed(one: Path, own_cache: Path, name: str) -> None:
    build(one)
    with pytest.raises(UnknownName, match="there are: mine"):
        store.remove(name)
    assert own_cache.exists()
    assert "mine" in datasets.every()


def test_a_stray_file_is_no_dataset(one: Path) -> None:
    build(one)
    (store.folder() / "notes.txt").write_text("x")
    assert list(store.every()) == ["mine"]
    assert store.damaged() == []


# ---- groups and training --------------------------------------------------------------------


def test_near_clips_without_a_group_join(table: pd.DataFrame, tmp_path: Path) -> None:
    table = table.head(6).copy()
    table.loc[1, list(ORIGINAL_57)] = table.loc[0, list(ORIGINAL_57)]  # both without a group
    table.loc[3, list(ORIGINAL_57)] = table.loc[2, list(ORIGINAL_57)]  # one named
    table.loc[5, list(ORIGINAL_57)] = table.loc[4, list(ORIGINAL_57)]  # both named, apart
    table["group"] = ["", "", "", "band", "this", "that"]
    table.to_parquet(tmp_path / "t.parquet")
    made, _ = build(tmp_path / "t.parquet")
    groups = made.table()["group"].to_list()
    assert groups[0] == groups[1]
    assert groups[0] not in groups[2:]
    assert groups[2:] == ["band", "band", "this", "that"]
    assert "but those nearly the same" in made.grouping


@pytest.mark.parametrize(("n", "n_moods"), [(1, 1), (2, 2), (4, 4), (7, 1), (9, 2)])
def test_the_smallest_are_whole(table: pd.DataFrame, tmp_path: Path, n: int, n_moods: int) -> None:
    small = table.head(n).assign(mood=[NAMES[i % n_moods] for i in range(n)])
    small.to_parquet(tmp_path / "t.parquet")
    made, _ = build(tmp_path / "t.parquet")
    assert sum(made.clips().values()) == n
    assert datasets.get("mine").clips() == made.clips()


def test_training_works_where_all_moods_are(one: Path, own_models: Path) -> None:
    from mmc_core.learning import recipes
    from mmc_core.runs import train

    build(one)
    run = train.train(recipes.load("logistic-regression", ["dataset=mine"]), lambda *_: None)
    assert run.scores["n"] > 0
    store.remove("mine")
    assert datasets.title_of(run.dataset) == "mine (removed)"


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (lambda t: t[t["mood"] != SAD], "has no clip that is sad; training takes all four"),
        (lambda t: t.drop(columns="tempo"), "lacks 1 of the 57 features, such as tempo"),
        (lambda t: t.groupby("mood").head(3), "too few groups to train and test on: 3 of happy"),
    ],
)
def test_what_cannot_be_trained_on_says_why(
    table: pd.DataFrame,
    tmp_path: Path,
    own_models: Path,
    change: Callable[[pd.DataFrame], pd.DataFrame],
    says: str,
) -> None:
    from mmc_core.learning import recipes, splits
    from mmc_core.runs import evaluate, train

    change(table.assign(group=table["clip"])).to_parquet(tmp_path / "t.parquet")
    build(tmp_path / "t.parquet")
    recipe = recipes.load("logistic-regression", ["dataset=mine"])
    with pytest.raises(DatasetError, match=says):
        train.prepare(recipe)
    with pytest.raises(DatasetError, match=says):
        evaluate.over_folds(recipe, splits.Protocol("grouped", 5), nothing)
    assert not list(own_models.iterdir())


def test_what_is_kept_says_what_it_is(one: Path) -> None:
    made, _ = build(one)
    about = json.loads((made.folder / "about.json").read_text())
    assert about["clips"] == 200
    assert about["kind"] == source.TABLE
    assert sorted(path.name for path in made.folder.iterdir()) == [
        *("about.json", "correlations.parquet", "features.parquet", "problems.csv"),
        *("separation.parquet", "summary.parquet"),
    ]
