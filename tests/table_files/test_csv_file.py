"""CSV files of any content: read, or refused in a sentence."""

from __future__ import annotations

import io

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from mmc_core.errors import DatasetError
from mmc_core.table_files import csv_file, process
from mmc_core.table_files.columns import LONGEST_CELL, Columns, Task


def read(text: str | bytes) -> Columns:
    content = text if isinstance(text, bytes) else text.encode()
    task = Task("t.csv", len(content), ["clip", "mood", "tempo"], ["tempo"], 10**6, 2**30, 9)
    return process.read(io.BytesIO(content), task)


DELIMITERS = {";": ";", ",": ",", r"\t": "\t", "\t": "\t", "|": "|", " ": " ", "; ": ";", "": ","}


@pytest.mark.parametrize("written", DELIMITERS)
def test_a_first_line_names_the_delimiter(written: str) -> None:
    rows = ["mood", "tempo"], ["sad", "1"]
    text = "\n".join(DELIMITERS[written].join(row) for row in rows)
    for first in (f"sep={written}", f'"sep={written}"', f"SEP={written}\r"):
        got = read(f"{first}\n{text}\n")
        assert got.columns["tempo"].to_pylist() == ["1"], first
        assert got.rows.tolist() == [2]


@pytest.mark.parametrize("written", ["§", "é", '""', '"', "||", ".", "1", "a", "-", "😀"])
def test_a_delimiter_that_can_be_none_is_refused(written: str) -> None:
    with pytest.raises(DatasetError, match=r"^t.csv has sep= and .* expected one sign") as error:
        read(f'"sep={written}"\nmood{written}tempo\nsad{written}1\n')
    assert str(error.value).isprintable()


lines = st.text(alphabet='sep=;,§"\\\t\r\x00 |é.1a\ufeff', max_size=12)


@given(st.text(max_size=4) | lines, st.lists(lines, max_size=4), st.booleans())
@example('"', ["mood,tempo"], True)
@example("\r", ["mood\rtempo", "sad\r1"], True)
def test_any_first_line_is_read_or_refused(first: str, rest: list[str], is_named: bool) -> None:
    text = "\n".join([f"sep={first}" if is_named else first, *rest])
    for encoding in ("utf-8", "utf-16"):
        try:
            read(text.encode(encoding, errors="replace"))
        except DatasetError as error:
            assert str(error).startswith("t.csv ")


@pytest.mark.parametrize("end", ['"', 'end"', '",x', 'he said ""no"""'])
def test_a_cell_of_many_lines_costs_its_row(end: str) -> None:
    """One that is closed, wherever; rows are numbered as if it were one."""
    header, rest = ("note,mood,tempo", '"') if ",x" not in end else ("note,mood", "")
    long = "a line\n" * (LONGEST_CELL // 7 + 1)
    text = f'clip,{header}\n1,"x\ny",sad,1\n2,"{long}{end}{"" if ",x" in end else ",sad,1"}\n'
    got = read(f"{text}3,z,sad,1\n".replace(",sad,1\n", f",sad{',1' if rest else ''}\n"))
    assert got.rows.tolist() == [2, 4]
    (problem,) = got.problems
    assert problem.rows.tolist() == [3]
    assert problem.what.startswith("a cell that begins in line 4 of the file has more than 1,048,")


def test_an_open_quote_far_from_the_next_costs_its_line() -> None:
    long = "1,sad,1\n" * (LONGEST_CELL // 7)
    got = read(f'clip,mood,tempo\n"0,sad,1\n{long}"2, 3",sad,1\n')
    assert len(got.rows) == LONGEST_CELL // 7 + 1
    (problem,) = got.problems
    assert problem.rows.tolist() == [2]
    assert problem.what.startswith("a quote is opened in line 2 of the file and not closed")


def test_a_file_with_no_wanted_column_is_read() -> None:
    got = read("one,two\n1,2\n")
    assert (got.header, got.columns) == (["one", "two"], {})


def test_many_rows_without_their_cells_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(csv_file, "MOST_SKIPPED", 5)
    assert len(read("mood,tempo\nsad,1\n" + "sad\n" * 5).problems[0].rows) == 5
    with pytest.raises(DatasetError, match=r"more than 5 rows .* the first of them row 3; expect"):
        read("mood,tempo\nsad,1\n" + "sad\n" * 6)


def test_a_row_that_is_too_long_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(csv_file, "BLOCK", 2**16)
    long = "x" * 2**18
    for text, line in ((f"mood,{long}\nsad,1\n", 1), (f"mood,tempo\nsad,1\nsad,{long}\n", 3)):
        with pytest.raises(DatasetError, match=rf"^t.csv has a row of more .* in line {line};"):
            read(text)
