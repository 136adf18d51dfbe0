"""A user's CSV or Parquet file as columns with the rows' numbers; never trusted."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from mmc_core._typing import Bools, Float64, Ints, Objects
from mmc_core.analysis.tables import MOST_ROWS
from mmc_core.datasets.user import decimals
from mmc_core.datasets.user.problems import Problem
from mmc_core.errors import DatasetError
from mmc_core.features.schema import FEATURES
from mmc_core.table_files import reader
from mmc_core.table_files.columns import is_text

PARQUET, ENCRYPTED, ZIP = b"PAR1", b"PARE", b"PK\x03\x04"
NUMBER = r"^-?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$"
NUMBERS = {"duration_s", *(feature.name for feature in FEATURES if not feature.categories)}


@dataclass(frozen=True)
class RawTable:
    """Some columns of a file, by their names in small letters.

    `rows` numbers what was read as a spreadsheet does; `problems` are rows that could not be.
    `columns` are Arrow's chunked arrays: texts, or numbers in columns of numbers.
    """

    header: list[str]
    rows: Ints
    columns: dict[str, Any]
    problems: list[Problem]
    decimal_comma: bool = False

    def __contains__(self, column: str) -> bool:
        return column in self.columns

    def text(self, column: str) -> Objects:
        """Return a column's cells without space around them; "" where there is nothing. (n,)"""
        cells: Objects = pc.fill_null(pc.cast(self.columns[column], pa.string()), "").to_numpy()
        return cells

    def numbers(self, column: str) -> Float64:
        """Return a column's cells as numbers; NaN where there is none, or a doubtful one. (n,)"""
        cells = self.columns[column]
        if is_text(cells.type):
            cells = pc.replace_substring_regex(cells, r"^\+", "")
            open_to_doubt = pa.array(decimals.doubtful(cells, self._marks))
            if self.decimal_comma:
                cells = pc.replace_substring(cells, ",", ".")
            is_number = pc.and_not(pc.match_substring_regex(cells, NUMBER), open_to_doubt)
            cells = pc.if_else(is_number, cells, None)
        parsed = pc.cast(cells, pa.float64(), safe=False)
        numbers: Float64 = pc.fill_null(parsed, np.nan).to_numpy()
        return numbers

    def doubtful(self, column: str) -> Bools:
        """Return which cells are one number with a decimal mark, and another with one of thousands.
        (n,)
        """
        cells = self.columns[column]
        if is_text(cells.type):
            return decimals.doubtful(cells, self._marks)
        return np.zeros(len(self.rows), dtype=bool)

    @cached_property
    def _marks(self) -> set[str]:
        """The marks before decimals in all columns of numbers."""
        texts = [cells for name, cells in self.columns.items() if name in NUMBERS]
        return decimals.marks(cells for cells in texts if is_text(cells.type))


def read(path: Path, wanted: set[str], *, limit: int) -> RawTable:
    """Return the wanted columns of a file, recognised by its content: Parquet, else CSV.

    A CSV's cells may be divided by commas, semicolons or tabs, or by the sign that its first line
    names, as in "sep=;". Rows without anything in them are left out.

    Raises:
        DatasetError: if it cannot be read at all, is larger than `limit` bytes, or names one of
            the wanted columns twice.
    """
    try:
        size = path.stat().st_size
        with path.open("rb") as file:
            start = file.read(4)
        _check(path, size, start, limit)
        read = reader.read(path, size, wanted, NUMBERS & wanted, MOST_ROWS)
    except OSError as error:
        raise DatasetError(f"{path.name} cannot be read: {error.strerror}.") from error
    problems = [Problem(each.what, each.rows, each.got) for each in read.problems]
    return RawTable(read.header, read.rows, read.columns, problems, read.decimal_comma)


def _check(path: Path, size: int, start: bytes, limit: int) -> None:
    """Raise a `DatasetError` if a file cannot be a table, by its size and first bytes."""
    if size > limit:
        raise DatasetError(
            f"{path.name} has {size / 1e6:,.1f} MB; expected at most {limit / 1e6:,.1f} MB. "
            "Leave out columns that are no features, or divide it."
        )
    if not size:
        raise DatasetError(
            f"{path.name} is empty; expected a row of column names, then one row per clip."
        )
    if start == ZIP:
        raise DatasetError(
            f"{path.name} is a workbook or an archive; expected CSV or parquet. In a spreadsheet, "
            "save it as “CSV UTF-8”."
        )
    if start == ENCRYPTED:
        raise DatasetError(f"{path.name} is encrypted; expected a Parquet file that is not.")
    if start != PARQUET and path.suffix.lower() == ".parquet":
        raise DatasetError(
            f"{path.name} is not a Parquet file, though it is named so; expected Parquet, or CSV "
            "in a file that ends in .csv."
        )
