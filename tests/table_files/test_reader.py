"""People's tables are read in a process that has little memory and time."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from mmc_core.errors import DatasetError
from mmc_core.settings import PROJECT
from mmc_core.table_files import reader
from mmc_core.table_files.columns import LONGEST_CELL, MAX_CELL, Columns
from tests.support.odd_table_process import SAID

MB = 10**6


def read(path: Path, wanted: Sequence[str] = ("clip", "mood", "tempo")) -> Columns:
    return reader.read(path, path.stat().st_size, wanted, ["tempo"], most_rows=1000)


def parquet(path: Path, clips: Sequence[str], *, dictionary: bool = True) -> Path:
    n = len(clips)
    table = pa.table({"clip": clips, "mood": ["sad"] * n, "tempo": [float(i) for i in range(n)]})
    pq.write_table(table, path, compression="zstd", use_dictionary=dictionary)
    return path


@pytest.mark.parametrize("dictionary", [True, False])
def test_a_file_that_unfolds_to_much_is_refused(
    dictionary: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Before it does: the file itself says how much it is."""
    monkeypatch.setenv("MMC_TABLE_BYTES", str(20 * MB))
    path = parquet(tmp_path / "t.parquet", ["a" * 11 * MB] * 3, dictionary=dictionary)
    assert (size := path.stat().st_size) < 50_000
    unfolded = 11 if dictionary else 33
    with pytest.raises(DatasetError) as error:
        read(path)
    assert str(error.value) == (
        f"t.parquet has {size / 1e3:.0f} kB and unfolds to {unfolded} MB, {unfolded} MB of them in "
        "the column clip; expected at most 10 MB. Shorten its texts, or divide it."
    )
    assert read(path, ["mood", "tempo"]).columns["tempo"].to_pylist() == [0.0, 1.0, 2.0]


@pytest.mark.skipif(sys.platform != "linux", reason="memory is limited on Linux alone")
def test_what_takes_more_memory_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MMC_TABLE_BYTES", str(20 * MB))
    (tmp_path / "t.csv").write_text("mood,tempo\n" + "sad,1\n" * 900 + f"{'x' * 15 * MB},2\n" * 3)
    with pytest.raises(DatasetError, match=r"^t.csv cannot be read: it takes more than 20 MB of"):
        read(tmp_path / "t.csv")


def test_a_text_in_many_rows_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Folded it is short: cut it is that many times `MAX_CELL`."""
    path = parquet(tmp_path / "t.parquet", ["a" * MAX_CELL] * 1000)
    monkeypatch.setenv("MMC_TABLE_BYTES", str(2 * MAX_CELL * 900))
    with pytest.raises(DatasetError, match=r"^t.parquet cannot be read: it takes more than"):
        read(path)


def test_what_takes_longer_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MMC_TABLE_SECONDS", "0.001")
    path = parquet(tmp_path / "t.parquet", ["a"])
    with pytest.raises(DatasetError, match=r"^t.parquet takes more than 0 s to be read. .* clip"):
        read(path)


def test_what_ends_the_process_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = parquet(tmp_path / "t.parquet", ["a"])
    monkeypatch.setattr(sys, "executable", "/bin/false")
    with pytest.raises(DatasetError, match=r"or ends the process that reads it"):
        read(path)


@pytest.mark.parametrize("odd", SAID)
def test_a_process_that_a_file_took_over_is_not_believed(
    odd: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reader, "PROCESS", "tests.support.odd_table_process")
    monkeypatch.setenv("ODD", odd)
    path = parquet(tmp_path / "t.parquet", ["a"])
    with pytest.raises(DatasetError, match=r"^t.parquet cannot be read"):
        read(path)


@pytest.mark.skipif(sys.platform != "linux", reason="the limits are Unix's")
def test_all_kinds_are_read_when_no_file_can_be_opened(tmp_path: Path) -> None:
    path = parquet(tmp_path / "t.parquet", ["a"])
    code = """
import io, sys
from mmc_core.table_files import process
from mmc_core.table_files.columns import Task
from mmc_core.workers.limits import limit
parquet = sys.stdin.buffer.read()
process.load_all()
limit(2**28)
task = Task("t", 1, ["mood", "tempo", "clip"], ["tempo"], 9, 2**28, 9)
text = 'mood;tempo;clip\\nsad;1;"a\\nb"\\nsad;2;é\\n\\nsad\\n"sad;3;c\\n'
for content in (parquet, text.encode(), ("sep=;\\n" + text).encode("utf-16")):
    content, *rest = list(process.answer(io.BytesIO(content), task))
    print(content.decode())
for deed in (lambda: open("/etc/hostname"), lambda: bytes(2**30)):
    try:
        deed()
    except (OSError, MemoryError):
        print("refused")
"""
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=PROJECT, input=path.read_bytes(), capture_output=True
    )
    lines = done.stdout.decode().split("\n")
    answers, refused = [line for line in lines if "columns" in line], lines.count("refused")
    assert (len(answers), refused) == (3, 2), done.stderr.decode()


def test_a_text_that_is_too_long_costs_its_row(tmp_path: Path) -> None:
    long = "a" * (LONGEST_CELL + 1)
    for dictionary in (True, False):
        got = read(parquet(tmp_path / "t.parquet", [long, "b", ""], dictionary=dictionary))
        assert got.columns["clip"].to_pylist() == ["b", ""]
        assert got.rows.tolist() == [3, 4]
        (problem,) = got.problems
        assert problem.rows.tolist() == [2]
        assert problem.what.startswith("clip has more than 1,048,576 bytes")
    (tmp_path / "t.csv").write_text(f"clip,mood,tempo\n{long},sad,1\nb,sad,2\n")
    got = read(tmp_path / "t.csv")
    assert got.columns["clip"].to_pylist() == ["b"]
    assert got.problems[0].rows.tolist() == [2]


def test_texts_are_cut(tmp_path: Path) -> None:
    for clip in ("é" * 2 * MAX_CELL, "  " + "é" * 2 * MAX_CELL):
        got = read(parquet(tmp_path / "t.parquet", [clip]))
        assert got.columns["clip"].to_pylist() == ["é" * MAX_CELL]
