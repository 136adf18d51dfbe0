"""Files are written whole or not at all, and left alone where their numbers agree."""

from __future__ import annotations

import stat
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from mmc_core import files


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
