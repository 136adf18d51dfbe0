"""A folder of Parquet files becomes a dataset: which folders are, what is used, what is named."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from urllib.parse import quote

import numpy as np
import pandas as pd
import pytest

from mmc_core import datasets, moods
from mmc_core.analysis import tables
from mmc_core.datasets import UserDataset, user
from mmc_core.datasets.user import dataset as module
from mmc_core.datasets.user import hive, partitioned
from mmc_core.datasets.user.problems import Problem
from mmc_core.errors import DatasetError
from mmc_core.learning import inputs
from mmc_core.moods import NAMES

HAPPY, ANGRY, SAD, RELAXED = NAMES
MOODS = {mood.quadrant.lower(): mood.name for mood in moods.MOODS}


@pytest.fixture
def rows(table: pd.DataFrame) -> pd.DataFrame:
    """Some clips with few features, as another program may have written them."""
    some = table[[*tables.META, "tempo", "rms_mean", "mode"]].rename(columns={"tempo": " Tempo"})
    return some.assign(mood=some["mood"].map(lambda mood: moods.BY_NAME[mood].quadrant.lower()))


def write_parts(rows: pd.DataFrame, folder: Path, n: int = 3) -> Path:
    folder.mkdir(exist_ok=True)
    for i, places in enumerate(np.array_split(np.arange(len(rows)), n)):
        rows.iloc[places].to_parquet(folder / f"part-{i:05d}.parquet", index=False)
    return folder


def copied(folder: Path, to: Path) -> tuple[pd.DataFrame, list[str]]:
    problems = partitioned.copy(folder, to / "features.parquet")
    return tables.read_table(to / "features.parquet"), [each.sentence() for each in problems]


def test_parts_are_one_table_in_their_order(
    rows: pd.DataFrame, table: pd.DataFrame, tmp_path: Path
) -> None:
    folder = write_parts(rows.assign(extra="x"), tmp_path / "it's [mine]=all")
    (folder / "_SUCCESS").touch()
    read, problems = copied(folder, tmp_path)
    expected = table[[*tables.META, "tempo", "rms_mean", "mode"]]
    pd.testing.assert_frame_equal(read[list(expected)], expected)
    assert problems == []


def test_moods_and_groups_may_be_folders_of_the_path(tmp_path: Path) -> None:
    paths = [f"/music/{HAPPY.upper()}/Abba/a.mp3", "Q2\\b.mp3", f"{SAD}/c.mp3", "d.mp3"]
    paths.append(f"{SAD}/{RELAXED}/e.mp3")  # either may be meant
    rows = pd.DataFrame({"path": paths, "error": None, "tempo": [1.0, 2.0, 3.0, 4.0, 5.0]})
    read, problems = copied(write_parts(rows, tmp_path / "parts"), tmp_path)
    assert read["clip"].tolist() == paths[:3]
    assert read["mood"].tolist() == [HAPPY, ANGRY, SAD]
    assert read["group"].tolist() == ["Abba", *(f"clip {path}" for path in paths[1:3])]
    assert problems == [
        "2 rows, such as row 2 of 'part-00001.parquet': the mood is not known; expected "
        f"{moods.SPELLINGS}."
    ]


def test_what_cannot_be_used_is_named_and_left_out(rows: pd.DataFrame, tmp_path: Path) -> None:
    rows = rows.assign(error=None, duration_s=np.nan, rms_var="?")
    rows.loc[0, "error"] = "This is no sound."
    rows.loc[1, "mood"] = "bored"
    rows.loc[2, "duration_s"] = -1.0
    rows.loc[3, " Tempo"] = np.inf
    rows.loc[4, "mode"] = "dorian"
    rows.loc[6, "clip"] = str(rows["clip"][5])
    rows.iloc[8] = rows.iloc[7]
    read, problems = copied(write_parts(rows, tmp_path / "parts", 2), tmp_path)
    assert read["clip"].tolist() == [rows.loc[7, "clip"], *rows["clip"][9:]]
    starts = [
        "The column rms_var has a number in 0 of",
        "Row 1 of 'part-00000.parquet': there is an error in place of features",
        "Row 2 of 'part-00000.parquet': the mood is not known",
        "Row 3 of 'part-00000.parquet': duration_s is not a length",
        "Row 4 of 'part-00000.parquet': tempo is not a number",
        "Row 5 of 'part-00000.parquet': mode is not a known category",
        f"1 row, such as of the clip {rows.loc[7, 'clip']!r}: the clip occurs before",
        f"2 rows, such as of the clip {rows.loc[5, 'clip']!r}: the clip occurs more than once",
    ]
    pairs = zip(sorted(problems), sorted(starts), strict=True)
    assert all(problem.startswith(start) for problem, start in pairs), problems


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"mood": "bored"}, "the mood is not known"),
        ({" Tempo": np.nan, "rms_mean": np.nan}, "The column tempo has a number in 0 of"),
    ],
)
def test_nothing_usable_is_an_error(
    change: dict[str, Any], message: str, rows: pd.DataFrame, tmp_path: Path
) -> None:
    with pytest.raises(DatasetError, match=message):
        copied(write_parts(rows.assign(**change), tmp_path / "parts"), tmp_path)


@pytest.mark.parametrize(
    ("columns", "message"),
    [
        (["clip", " Tempo"], "no column mood, nor path"),
        (["clip", "mood", "mode"], "no column with numbers"),
    ],
)
def test_missing_columns_are_said(
    columns: list[str], message: str, rows: pd.DataFrame, tmp_path: Path
) -> None:
    with pytest.raises(DatasetError, match=message):
        copied(write_parts(rows[columns], tmp_path / "parts"), tmp_path)


def test_a_damaged_part_is_said(rows: pd.DataFrame, tmp_path: Path) -> None:
    folder = write_parts(rows, tmp_path / "parts")
    (folder / "part-00001.parquet").write_bytes(b"PAR1 and no more")
    with pytest.raises(DatasetError, match="cannot be read as one table"):
        copied(folder, tmp_path)


def test_other_folders_are_none_of_parts(rows: pd.DataFrame, tmp_path: Path) -> None:
    folder = write_parts(rows, tmp_path / "parts")
    assert len(partitioned.files_of(folder)) == 3
    (folder / "songs.csv").touch()
    assert partitioned.files_of(folder) == []
    (folder / "songs.csv").unlink()
    (folder / HAPPY).mkdir()
    assert partitioned.files_of(folder) == []
    (tmp_path / "one").mkdir()
    rows.to_parquet(tmp_path / "one" / "songs.parquet")
    assert partitioned.files_of(tmp_path / "one") == []
    assert len(partitioned.files_of(write_parts(rows, tmp_path / "single", 1))) == 1
    assert partitioned.files_of(tmp_path / "nowhere") == []


def test_it_is_a_dataset_as_any(rows: pd.DataFrame, tmp_path: Path) -> None:
    rows.loc[0, "mood"] = "bored"
    steps: list[tuple[int, int]] = []
    dataset = datasets.build_dataset(
        write_parts(rows, tmp_path / "parts"), "Parts", progress=lambda *step: steps.append(step)
    )
    assert user.every()["parts"].clips() == dataset.clips() == dataset.summary().clips
    assert sum(dataset.clips().values()) == len(dataset.table()) == len(rows) - 1
    assert dataset.n_problems == 1
    assert len(pd.read_csv(dataset.problems_path)) == 1
    assert steps[-1][0] == steps[-1][1]
    assert not dataset.too_large


def test_one_that_fails_leaves_the_one_before(rows: pd.DataFrame, tmp_path: Path) -> None:
    before = datasets.build_dataset(write_parts(rows, tmp_path / "parts"), "Parts").clips()
    with pytest.raises(DatasetError):
        datasets.build_dataset(write_parts(rows.assign(mood=""), tmp_path / "bad"), "Parts")
    assert user.every()["parts"].clips() == before
    assert [path.name for path in user.store.folder().iterdir()] == ["parts"]


@pytest.fixture
def large(rows: pd.DataFrame, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> UserDataset:
    """A dataset that counts as too large for memory."""
    monkeypatch.setattr(module, "MOST_ROWS", 5)
    return datasets.build_dataset(write_parts(rows, tmp_path / "parts"), "Large")


def test_a_large_one_is_not_read_into_memory(large: UserDataset) -> None:
    with pytest.raises(DatasetError, match="at most 5 are held in memory"):
        large.table()
    assert inputs.lacks(large) == large.too_large
    assert sum(large.clips().values()) > 5


def test_a_problem_is_of_many_rows_and_counted_once() -> None:
    assert Problem("12 rows: no mood.").n == 1


def partitions(rows: pd.DataFrame, folder: Path, *keys: str, kind: str = "parquet") -> Path:
    """Write rows as Spark does, each value in a folder of its own."""
    for values, some in rows.fillna(dict.fromkeys(keys, hive.NULL)).groupby(list(keys)):
        levels = [
            f"{key}={quote(str(value), safe=' ')}" for key, value in zip(keys, values, strict=True)
        ]
        place = folder.joinpath(*levels)
        place.mkdir(parents=True)
        part = place / f"part-00000-1c2f.c000.snappy.{kind}"
        rest = some.drop(columns=list(keys))
        rest.to_parquet(part) if kind.lower() == "parquet" else rest.to_csv(part, index=False)
        (place / f".{part.name}.crc").write_bytes(b"crc")
        (place / f"part-00001.{kind}").touch() if kind == "csv" else None
    (folder / "_SUCCESS").touch()
    (folder / "_metadata").write_bytes(b"PAR1")
    return folder


@pytest.mark.parametrize("kind", ["parquet", "PARQUET", "csv"])
def test_values_may_be_names_of_folders(
    kind: str, rows: pd.DataFrame, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As Spark, Polars, pandas and DuckDB write partitioned tables, wherever they are asked for."""
    groups = np.resize(np.array(["R&B", "a/b", "ü", "100%", "x=y", "007", "a+b"]), len(rows))
    rows = rows.assign(group=groups, year=2020)
    partitions(rows, tmp_path / "mood=sad [parts]", "year", "mood", "group", kind=kind)
    expected = rows.assign(mood=rows["mood"].map(MOODS.get))
    monkeypatch.chdir(tmp_path / "mood=sad [parts]")
    for folder in (Path(), tmp_path / "mood=sad [parts]"):
        read, problems = copied(folder, tmp_path)
        assert problems == []
        pd.testing.assert_frame_equal(
            read.sort_values("clip", ignore_index=True)[["clip", "mood", "group", "mode"]],
            expected.sort_values("clip", ignore_index=True)[["clip", "mood", "group", "mode"]],
            check_dtype=False,
        )


def test_the_folder_decides_and_may_say_that_a_value_is_unknown(
    rows: pd.DataFrame, tmp_path: Path
) -> None:
    rows = rows.drop(columns="clip").assign(inside=HAPPY)
    rows.loc[0, "mood"] = None
    folder = partitions(rows.rename(columns={"mood": "Mood"}), tmp_path / "parts", "Mood", "mode")
    for path in folder.rglob("[!.]*.parquet"):
        pd.read_parquet(path).rename(columns={"inside": "mood"}).to_parquet(path)
    read, problems = copied(folder, tmp_path)
    assert len(read) == len(rows) - 1
    assert read["clip"].is_unique  # files of one name in several folders
    assert set(read["mood"]) == {MOODS[mood] for mood in rows["mood"].dropna()}
    assert [each.partition(": ")[2] for each in problems] == [
        f"the mood is not known; expected {moods.SPELLINGS}."
    ]
    assert f"Row 1 of 'Mood={hive.NULL}/mode=" in problems[0]


def test_parts_in_csv_need_names_of_clips_and_are_of_one_kind(
    rows: pd.DataFrame, tmp_path: Path
) -> None:
    folder = partitions(rows.drop(columns="clip"), tmp_path / "parts", "mood", "mode", kind="csv")
    with pytest.raises(DatasetError, match="parts have no column clip or path; got"):
        copied(folder, tmp_path)
    rows.to_parquet(next(folder.rglob("part-00000*.csv")).with_suffix(".parquet"))
    with pytest.raises(DatasetError, match="parts in Parquet and in CSV; expected one"):
        copied(folder, tmp_path)


def test_what_is_wrong_in_csv_is_named_by_its_file(rows: pd.DataFrame, tmp_path: Path) -> None:
    rows[" Tempo"] = rows[" Tempo"].astype(object)
    rows.loc[0, " Tempo"] = "fast"
    folder = partitions(rows, tmp_path / "parts", "mood", "mode", kind="csv")
    read, problems = copied(folder, tmp_path)
    assert len(read) == len(rows) - 1
    assert problems[0].startswith("One row of 'mood=")
    assert "tempo is not a number" in problems[0]
