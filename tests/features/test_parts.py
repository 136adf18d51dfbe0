"""A table in parts is the table in one, however often its making was stopped."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from mmc_core.audio.remote import RemoteFile, Source
from mmc_core.errors import StorageError
from mmc_core.features import parts
from mmc_core.features.extract import Row, as_arrow, as_table
from mmc_core.features.schema import FEATURES

FILES = [Path(f"/music/{i}.mp3") for i in range(5)]


def row(source: Source) -> Row:
    """As if a file had been heard; the last of `FILES` cannot be used."""
    number = int(source.name[0])
    if number == 4:
        return {"path": str(source), "error": "no sound"}
    values: Row = {f.name: "C" if f.categories else number + 0.5 for f in FEATURES}
    reading = {"start_s": 0.0, "note": "one channel" if number == 1 else None}
    return {"path": str(source), "duration_s": 2.0, "error": None, **values, **reading}


@pytest.fixture
def heard(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What is heard, last first: the order in which files are done is not that of the table."""
    names: list[str] = []

    def extract_each(sources: Sequence[Source], **_: Any) -> Iterator[tuple[Source, Row]]:
        for source in reversed(sources):
            names.append(source.name)
            yield source, row(source)

    monkeypatch.setattr(parts, "extract_each", extract_each)
    return names


def write(folder: Path, files: Sequence[Source] = FILES, rows: int = 2) -> list[Row]:
    return list(parts.extract_parts(files, str(folder), rows=rows))


def test_the_parts_in_order_are_the_table(heard: list[str], tmp_path: Path) -> None:
    folder = tmp_path / "new" / "table"
    fresh = write(folder)
    assert [Path(r["path"]) for r in fresh] == FILES[::-1]
    names = sorted(path.name for path in folder.iterdir())
    assert names == [f"part-00000{i}.parquet" for i in range(3)]
    assert [len(pd.read_parquet(folder / name)) for name in names] == [2, 2, 1]
    whole = as_table(map(row, FILES))
    pd.testing.assert_frame_equal(pd.read_parquet(folder), whole, check_dtype=False)


def test_tables_and_parts_are_joined_as_they_are(heard: list[str], tmp_path: Path) -> None:
    """Of files with notes, without, of those that all failed, and of none."""
    for name, files in {"noted": FILES[1:2], "plain": FILES[:1], "failed": FILES[4:]}.items():
        write(tmp_path / name, files)
        pq.write_table(as_arrow(map(row, files)), tmp_path / f"{name}.parquet")
    pq.write_table(as_arrow([]), tmp_path / "none.parquet")
    tables = [pq.read_table(path) for path in sorted(tmp_path.rglob("*.parquet"))]
    assert len(tables) == 7
    joined = pa.concat_tables(tables, promote_options="none")
    assert joined.schema.field("note").type == joined.schema.field("error").type == pa.string()
    assert joined.schema.field("tempo").type == joined.schema.field("start_s").type == pa.float64()
    assert joined.num_rows == 6


def test_a_stopped_run_goes_on_and_what_failed_is_tried_again(
    heard: list[str], tmp_path: Path
) -> None:
    for number, _ in enumerate(parts.extract_parts(FILES, str(tmp_path), rows=2)):
        if number == 3:  # the last two parts are done, the first is not
            break
    assert len(list(tmp_path.iterdir())) == 2
    heard.clear()
    assert len(write(tmp_path)) == 3
    assert heard == ["4.mp3", "1.mp3", "0.mp3"]
    pd.testing.assert_frame_equal(
        pd.read_parquet(tmp_path), as_table(map(row, FILES)), check_dtype=False
    )


def test_rows_that_were_right_stay_beside_one_that_is_tried_again(
    heard: list[str], tmp_path: Path
) -> None:
    write(tmp_path, rows=5)
    heard.clear()
    write(tmp_path, rows=5)
    assert heard == ["4.mp3"]
    pd.testing.assert_frame_equal(
        pd.read_parquet(tmp_path), as_table(map(row, FILES)), check_dtype=False
    )


def test_parts_of_other_files_are_made_again_and_what_is_over_is_removed(
    heard: list[str], tmp_path: Path
) -> None:
    before = [RemoteFile(f"s3://b/{i}.mp3", 10, "one") for i in range(4)]
    after = [*before[:2], RemoteFile("s3://b/2.mp3", 10, "two")]
    write(tmp_path, before, rows=1)
    heard.clear()
    write(tmp_path, after, rows=1)
    assert heard == ["2.mp3"]
    assert len(list(tmp_path.iterdir())) == 3


def test_names_that_are_not_unicode(heard: list[str], tmp_path: Path) -> None:
    path = Path(os.fsdecode(b"/music/1 caf\xe9.mp3"))
    for _ in range(2):
        write(tmp_path, [path, FILES[4]])
        assert pd.read_parquet(tmp_path)["path"].tolist() == [
            r"/music/1 caf\xe9.mp3",
            "/music/4.mp3",
        ]


def test_another_table_is_left_alone(heard: list[str], tmp_path: Path) -> None:
    pd.DataFrame({"a": [1]}).to_parquet(tmp_path / "other.parquet")
    with pytest.raises(StorageError, match=r"other\.parquet, which is no part"):
        write(tmp_path)
    assert not heard
