"""How a CSV or parquet file is read, whatever is in it."""

from __future__ import annotations

import csv
import io
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mmc_core.datasets.user import reader
from mmc_core.datasets.user.source import read
from mmc_core.errors import DatasetError
from mmc_core.moods import NAMES
from mmc_core.table_files.columns import MAX_CELL
from tests.support.tables import read_in_this_process

HAPPY, ANGRY, SAD, RELAXED = NAMES

REFUSED = [
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
    (b"mood,tempo\nsad,x\n", "no usable numeric column"),
    (b"mood,key\nsad,C\n", "no usable numeric column"),
    (b'mood,tempo\n"sad,1\n', "a quote is opened in line 2 of the file and not closed"),
    (b'mood,"tempo\nsad,1\n', "no column names: a quote is opened in line 1 of the file"),
    (b"mood,tempo\n" + b'"sad,1\n' * 101, "100 quotes or more that are opened and not closed"),
    (b"mood,tempo\nsad," + b"1" * 2000, "0.0 MB; expected at most 0.0 MB"),
]


def test_what_cannot_be_used_at_all_is_refused(tmp_path: Path) -> None:
    for content, sentence in REFUSED:
        (tmp_path / "t.csv").write_bytes(content)
        with pytest.raises(DatasetError) as error:
            read(tmp_path / "t.csv", limit=1000)
        assert sentence in str(error.value), content
        assert len(str(error.value)) < 600, content


def test_what_is_named_parquet_and_is_not_is_refused(tmp_path: Path) -> None:
    for content in (b"mood,tempo\nsad,1\n", b"\x00\xff" * 50):
        (tmp_path / "t.parquet").write_bytes(content)
        with pytest.raises(DatasetError, match=r"t.parquet is not a Parquet file, though it is"):
            read(tmp_path / "t.parquet")


NO_TEXT = {
    "bytes": bytes(range(256)) * 20,
    "picture": b"\x89PNG\r\n\x1a\n" + bytes(99),
    "nothing": bytes(500),
    "utf-16 without a mark": "mood,tempo\nsad,1\n".encode("utf-16-le"),
    "utf-32": "mood,tempo\nsad,1\n".encode("utf-32"),
}


def test_what_is_no_text_is_refused_without_showing_it(tmp_path: Path) -> None:
    for kind, content in NO_TEXT.items():
        (tmp_path / "t.csv").write_bytes(content)
        with pytest.raises(DatasetError, match=r"^t.csv is not text in UTF-8") as error:
            read(tmp_path / "t.csv")
        assert str(error.value).isprintable(), kind


DAMAGES: dict[str, Callable[[bytes], bytes]] = {
    "a text": lambda content: content.replace(b"a name", b"a n\xffme"),
    "a column's name": lambda content: content.replace(b"tempo", b"t\xffmpo"),
    "the end": lambda content: content[:-20],
}


def test_a_damaged_parquet_is_refused_in_a_sentence(tmp_path: Path) -> None:
    frame = pd.DataFrame({"clip": ["a name"], "mood": [SAD], "tempo": [1.0]})
    path = tmp_path / "t.parquet"
    for dictionary in (True, False):
        for damaged, damage in DAMAGES.items():
            frame.to_parquet(path, compression=None, use_dictionary=dictionary)
            assert len(read(path).clips) == 1
            path.write_bytes(damage(path.read_bytes()))
            with pytest.raises(DatasetError) as error:
                read(path)
            assert str(error.value) == (
                "t.parquet is damaged and cannot be read as a Parquet file; save or copy it again."
            ), (damaged, dictionary)


def test_utf16_and_byte_order_marks_are_read(tmp_path: Path) -> None:
    text = "mood\ttempo\tclip\nsad\t1\té\n"
    for encoding in ("utf-8-sig", "utf-16"):
        (tmp_path / "t.tsv").write_bytes(text.encode(encoding))
        assert read(tmp_path / "t.tsv").clips["clip"].to_list() == ["é"]


@pytest.mark.parametrize("ending", ["sad,3\n", 'sad,3\n"sad",4\n', 'sad,3,"x, y"\nsad,4\n'])
@pytest.mark.parametrize("opened", ['"sad,2', 'sad,"2', 'sad,2,"a note'])
def test_an_open_quote_costs_its_row_alone(opened: str, ending: str, tmp_path: Path) -> None:
    """Wherever it is opened, and wherever the next one stands; cells of two lines stay one row."""
    text = f'mood,tempo,note\nsad,1,"two\nlines"\n{opened}\n' + ending.replace("\n", ",\n")
    (tmp_path / "t.csv").write_text(text.replace('",\n', '"\n').replace("4,\n", "4,\n"))
    source = read(tmp_path / "t.csv")
    rows = [2, *range(4, 4 + ending.count("\n"))]
    assert source.clips["clip"].to_list() == [f"row {row}" for row in rows]
    (sentence,) = [problem.sentence() for problem in source.problems]
    assert sentence.startswith("Row 3: a quote is opened in line 4 of the file and not closed")


@pytest.mark.parametrize("first", ["sep=;", '"sep=;"', "SEP=;\r", "\ufeffsep=;"])
def test_the_first_line_may_name_the_delimiter(first: str, tmp_path: Path) -> None:
    """Even one that another is found more often than. Spreadsheets do not count that line."""
    text = f"{first}\nmood;tempo;note,of,mine\nsad;1,5;a,b,c\nhapy;2;\n"
    for encoding in ("utf-8", "utf-16"):
        (tmp_path / "t.csv").write_bytes(text.encode(encoding))
        source = read(tmp_path / "t.csv")
        assert source.clips["tempo"].to_list() == [1.5]
        assert "Row 3: the mood is not known" in source.problems[0].sentence()


DOUBTFUL = {
    "thousands beside decimal commas": ("120,5", "2.345", [2]),
    "thousands beside decimal points": ("120.5", "2,345", [2]),
    "a comma that may be either": ("120", "2,345", [2]),
    "points alone": ("120.25", "2.345", []),
    "commas alone": ("120,25", "2,345", []),
    "no number of thousands": ("120,5", "0.345", []),
    "more decimals than thousands have": ("120,5", "2.3456", []),
}


@pytest.mark.parametrize("case", DOUBTFUL)
@pytest.mark.parametrize("delimiter", [";", "\t"])
def test_a_number_that_may_be_two_is_not_taken(case: str, delimiter: str, tmp_path: Path) -> None:
    tempo, centroid, doubtful = DOUBTFUL[case]
    lines = [["mood", "tempo", "centroid_mean"], [SAD, tempo, centroid], [SAD, tempo, "987"]]
    lines.append([SAD, tempo, "988"])
    (tmp_path / "t.csv").write_text("".join(f"{delimiter.join(line)}\n" for line in lines))
    source = read(tmp_path / "t.csv")
    assert len(source.clips) == 3 - len(doubtful)
    assert [int(row) for problem in source.problems for row in problem.rows] == doubtful
    assert all("centroid_mean is ambiguous" in problem.what for problem in source.problems)


def test_a_column_of_doubtful_numbers_is_left_out_and_named(tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_text("mood;tempo;centroid_mean\nsad;1,5;2.345\nsad;2,5;1.200\n")
    source = read(tmp_path / "t.csv")
    assert "centroid_mean" not in source.clips
    assert source.clips["tempo"].to_list() == [1.5, 2.5]
    assert source.problems[0].sentence().startswith("Rows 2 and 3: centroid_mean is ambiguous")


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
    source = read(tmp_path / "t.parquet")
    assert source.clips["clip"].to_list() == ["1", "2"]
    assert source.clips["mood"].to_list() == [HAPPY, ANGRY]
    assert source.clips["rms_mean"].to_list() == [0.5, 1.0]
    words = "\n".join(problem.sentence() for problem in source.problems)
    assert "Row 4: rms_mean is not a number: got nothing" in words
    for column in ("rms_var", "chroma_mean"):
        assert f"The column {column} has a number in 0 of 3 rows; it is left out." in words


@pytest.fixture
def pool() -> Iterator[pa.MemoryPool]:
    """What Arrow allocates during a test."""
    default = pa.default_memory_pool()
    counting = pa.proxy_memory_pool(default)
    pa.set_memory_pool(counting)
    yield counting
    pa.set_memory_pool(default)


def test_a_small_file_does_not_unfold_to_any_size(tmp_path: Path, pool: pa.MemoryPool) -> None:
    """Unfolded, the column group would have 2 GB."""
    n = 20_000
    long = pa.DictionaryArray.from_arrays(np.zeros(n, dtype=np.int32), ["x" * 100_000])
    columns = {"mood": [HAPPY] * n, "tempo": np.ones(n), "group": long}
    for stored in (True, False):
        pq.write_table(pa.table(columns), tmp_path / "t.parquet", store_schema=stored)
        assert (tmp_path / "t.parquet").stat().st_size < 10**6
        source = read(tmp_path / "t.parquet")
        assert 0 < pool.max_memory() < 500 * 10**6
        assert source.clips["group"].str.len().max() == MAX_CELL


def test_too_many_rows_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reader, "MOST_ROWS", 2)
    frame = pd.DataFrame({"mood": [HAPPY] * 3, "tempo": 1.0})
    frame.to_parquet(tmp_path / "t.parquet")
    frame.to_csv(tmp_path / "t.csv")
    for name in ("t.parquet", "t.csv"):
        with pytest.raises(DatasetError, match="3 rows; expected at most 2"):
            read(tmp_path / name)


cells = st.text(alphabet='ab,"\n ;é', max_size=4)


@given(
    st.lists(
        st.tuples(st.sampled_from([*NAMES, "", "hapy"]), cells, st.integers(1, 4), st.booleans()),
        min_size=1,
        max_size=30,
    )
)
def test_rows_are_numbered_as_a_spreadsheet_does(rows: list[tuple[str, str, int, bool]]) -> None:
    """Whatever is quoted, blank, or has too many cells."""
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
        with read_in_this_process():
            source = read(path)
    named = {
        key: [int(row) for p in source.problems if key in p.what for row in p.rows]
        for key in expected
    }
    assert named == expected
    assert source.clips["clip"].to_list() == [f"row {number}" for number in good]
