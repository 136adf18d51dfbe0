"""Files are written whole or not at all, and left alone where their numbers agree."""

from __future__ import annotations

import io
import re
import stat
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mmc_core import files
from mmc_core.settings import PROJECT


def test_a_failure_leaves_what_there_was(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    files.write_text("before", path)

    def fail() -> None:
        with files.replacing(path) as part:
            part.write_text("half of it")
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail()
    assert path.read_text() == "before"
    assert list(tmp_path.iterdir()) == [path]


def test_a_new_file_may_be_read_by_whom_any_file_may_be(tmp_path: Path) -> None:
    (tmp_path / "usual").touch()
    files.write_text("", tmp_path / "folder" / "ours")
    usual, ours = (p.stat().st_mode for p in (tmp_path / "usual", tmp_path / "folder" / "ours"))
    assert stat.S_IMODE(usual) == stat.S_IMODE(ours)


@pytest.mark.parametrize("kind", ["json", "parquet", "csv"])
def test_numbers_that_agree_are_left_alone(tmp_path: Path, kind: str) -> None:
    """As another processor gives them; and no others."""
    path = tmp_path / f"a.{kind}"

    def write(values: dict[str, list[Any]]) -> bytes:
        if kind == "json":
            files.write_json(values, path)
        elif kind == "csv":
            files.write_csv(pd.DataFrame(values), path)
        else:
            files.write_parquet(pd.DataFrame(values), path)
        return path.read_bytes()

    rng = np.random.default_rng(1)
    numbers = [*rng.lognormal(0, 3, 50), 0.0, float("nan")]
    table: dict[str, list[Any]] = {"number": numbers, "word": ["a"] * 52, "count": [*range(52)]}
    first = write(table)
    assert write(table | {"number": [x * (1 + 1e-13) for x in numbers]}) == first
    assert write(table | {"number": [float(f"{x:.6g}") for x in numbers]}) == first
    for other in (
        {"number": [x * 1.001 for x in numbers]},
        {"word": ["a"] * 51 + ["b"]},
        {"count": [*range(1, 53)]},
        {"number": [*numbers[:-1], 1.0]},
    ):
        changed = write(table | other)
        assert changed != first
        first = write(table)
        assert changed != first


def test_a_column_of_texts_is_one_if_all_are_missing(tmp_path: Path) -> None:
    columns: list[list[str | None]] = [["a", "b"], ["a", None], [None, None]]
    for i, values in enumerate(columns):
        table = pd.DataFrame({"a": values, "b": pd.Series(values, dtype=object)})
        files.write_parquet(table, tmp_path / f"{i}.parquet")
    tables = [pq.read_table(tmp_path / f"{i}.parquet") for i in range(3)]
    assert pa.concat_tables(tables, promote_options="none").num_rows == 6


def test_what_cannot_be_read_is_replaced(tmp_path: Path) -> None:
    for kind in ("json", "parquet"):
        path = tmp_path / f"a.{kind}"
        path.write_bytes(b"{half")
        if kind == "json":
            files.write_json({"a": 1}, path)
        else:
            files.write_parquet(pd.DataFrame({"a": [1]}), path)
        assert path.read_bytes() != b"{half"


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ({"a": 1.0}, {"a": 1.0 + 1e-12}, True),
        ({"a": 1.0}, {"b": 1.0}, False),
        ([1.0, 1e-20], [1.0, 3e-20], True),  # beside 1, both are nothing
        ([1e-20], [3e-20], False),
        ([1, 2], [1, 3], False),  # counts are exact
        ([1.0, None], [1.0, None], True),
        ([True, 1.0], [1.0, 1.0], True),
        ("a", "a", True),
        ([1.0], [1.0, 1.0], False),
        (float("inf"), float("inf"), True),
    ],
)
def test_agreement(one: object, other: object, same: bool) -> None:
    assert files.agree(one, other) is same


def test_each_number_of_a_record_is_held_to_itself(tmp_path: Path) -> None:
    """A small unit beside a large one is not lost."""
    table = pd.DataFrame({"feature": ["a", "b"], "sd": [1e6, 0.1]})
    for name, row in (("one", 0.1), ("same", 0.1 * (1 + 1e-12)), ("other", 0.2)):
        table.assign(sd=[1e6, row]).to_parquet(tmp_path / name)
    assert files.same_records(tmp_path / "one", tmp_path / "same")
    assert not files.same_records(tmp_path / "one", tmp_path / "other")


def test_texts_of_a_csv_are_no_numbers(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    for clips in (["100000.1", "100000.2"], ["100000.2", "100000.1"], ["007", "7"], ["7", "007"]):
        files.write_csv(pd.DataFrame({"clip": clips, "n": [1, 2]}), path)
        assert pd.read_csv(path, dtype=str)["clip"].tolist() == clips


def test_links_and_modes_stay(tmp_path: Path) -> None:
    path, link = tmp_path / "a.txt", tmp_path / "link"
    path.write_text("before")
    path.chmod(0o600)
    link.symlink_to(path)
    files.write_text("after", link)
    assert link.is_symlink()
    assert path.read_text() == "after"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


# ---- CSV for people -----------------------------------------------------------------------------

FORMULAS = ["=1+1", "+1", "-2", "@SUM(A1)", "\t=1", "\r=1", "'=1", "''-"]


def test_no_text_is_a_formula_and_numbers_stay_numbers() -> None:
    harmless = ["'tis", "a=b", "", "5-4", " =1", "ä"]
    table = pd.DataFrame({"text": [*FORMULAS, *harmless], "number": -1.5, "count": -2})
    table["name"] = table["text"].astype("category")
    read = pd.read_csv(io.StringIO(files.csv_text(table)), keep_default_na=False)
    guarded = [f"'{text}" for text in FORMULAS]
    assert read["text"].tolist() == read["name"].tolist() == [*guarded, *harmless]
    assert read["number"].tolist() == [-1.5] * len(table)
    assert read["count"].dtype == np.int64


@given(st.lists(st.text("'=+-@\t\r\n,a\"", max_size=4), min_size=1))
def test_what_is_guarded_is_read_back_the_same(texts: list[str]) -> None:
    written = files.guarded(pd.DataFrame({"text": texts}))["text"]
    assert [files.unguarded(text) for text in written] == texts
    assert not any(text[:1] in tuple("=+-@\t\r") for text in written if text)


def test_a_missing_text_stays_missing(tmp_path: Path) -> None:
    table = pd.DataFrame({"text": ["=1", None], "value": [None, 2.0]})
    files.write_csv(table, tmp_path / "t.csv", for_people=True)
    assert (tmp_path / "t.csv").read_text() == "text,value\n'=1,\n,2.0\n"
    assert table["text"][0] == "=1"


def test_one_function_writes_all_csv_for_people() -> None:
    """Others would forget the apostrophe."""
    writing = {
        path.relative_to(PROJECT).as_posix()
        for folder in ("mmc_core", "pages")
        for path in (PROJECT / folder).rglob("*.py")
        if re.search(r"\.to_csv\(|csv\.writer", path.read_text(encoding="utf-8"))
    }
    assert writing == {"mmc_core/files.py", "mmc_core/runs/writing.py"}  # epochs are numbers


def test_what_cannot_be_written_names_the_file(tmp_path: Path) -> None:
    """Not the file beside it that was written, nor none, as the system does of a full disk."""
    path = tmp_path / "table.csv"
    for named in (False, True):
        with pytest.raises(OSError, match="No space left") as error, files.replacing(path) as part:
            raise OSError(28, "No space left on device", str(part) if named else None)
        assert error.value.filename == str(path)
