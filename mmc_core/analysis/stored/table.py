"""A feature table on disk, asked by DuckDB, which moves to disk what does not fit its memory."""

from __future__ import annotations

import glob
import os
import tempfile
from collections.abc import Iterator, Sequence
from functools import cached_property
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any

import numpy as np

from mmc_core._typing import Ints
from mmc_core.analysis.tables import features_of
from mmc_core.features.schema import Feature
from mmc_core.moods import NAMES

if TYPE_CHECKING:
    import duckdb
    import pandas as pd

MEMORY = "1GB"
VECTORS = 50  # of 2,048 rows: what is looked at at once


def connect(spill: Path) -> duckdb.DuckDBPyConnection:
    """DuckDB with so much memory, and a folder for what needs more."""
    import duckdb

    return duckdb.connect(
        ":memory:",
        config={
            "memory_limit": MEMORY,
            "temp_directory": str(spill),
            "threads": min(4, os.cpu_count() or 1),
            "autoinstall_known_extensions": False,
            "autoload_known_extensions": False,
            "python_enable_replacements": False,
        },
    )


def file_sql(path: Path) -> str:
    """A file's path as DuckDB's table functions take it: no pattern, whatever is in it."""
    return text_sql(glob.escape(str(path)))


def text_sql(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def quoted(column: str) -> str:
    return '"' + column.replace('"', '""') + '"'


def chunks(rows: duckdb.DuckDBPyConnection) -> Iterator[pd.DataFrame]:
    """The rows of an answer, piece by piece."""
    while len(chunk := rows.fetch_df_chunk(VECTORS)):
        yield chunk


class StoredTable:
    """A feature table in a Parquet file that may be too large for memory.

    Used with `with`, which takes away what was moved to disk. Moods have numbers, in the order of
    `moods`.

    Args:
        path: of a table such as `tables.write_table` writes.
        spill: where there is room on disk; a folder of its own is made in it.

    Attributes:
        moods: those that have clips.
        n: clips by mood. (moods,)
        features: in the schema's order.
    """

    def __init__(self, path: Path, spill: Path) -> None:
        self._folder = tempfile.TemporaryDirectory(dir=spill, prefix=".spill-")
        self._connection = connect(Path(self._folder.name))
        source = f"read_parquet({file_sql(path)}, hive_partitioning = false)"
        counted = dict(self.rows(f"SELECT mood, count(*) FROM {source} GROUP BY mood"))
        self.moods = [mood for mood in NAMES if mood in counted]
        self.n: Ints = np.array([counted[mood] for mood in self.moods])
        listed = ", ".join(map(text_sql, self.moods))
        self._connection.execute(
            f"CREATE VIEW clips AS SELECT *, list_position([{listed}], mood) - 1 AS code "
            f"FROM {source}"
        )
        self.types = {row[0]: row[1] for row in self.rows("DESCRIBE clips")}
        self.features: list[Feature] = features_of(self.types)

    def __enter__(self) -> StoredTable:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._connection.close()
        self._folder.cleanup()

    @property
    def numbers(self) -> list[Feature]:
        return [feature for feature in self.features if not feature.categories]

    @property
    def categories(self) -> list[Feature]:
        return [feature for feature in self.features if feature.categories]

    @cached_property
    def n_groups(self) -> int:
        return int(self.rows('SELECT count(DISTINCT "group") FROM clips')[0][0])

    def rows(self, sql: str, parameters: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        """What a query of a few rows gives."""
        return self._connection.execute(sql, list(parameters)).fetchall()

    def frame(self, sql: str) -> pd.DataFrame:
        table: pd.DataFrame = self._connection.execute(sql).df()
        return table

    def chunks(self, sql: str) -> Iterator[pd.DataFrame]:
        """What a query of any number of rows gives, piece by piece."""
        return chunks(self._connection.execute(sql))

    def value(self, feature: str) -> str:
        """A feature's numbers in SQL: of single precision where they are kept so, else double."""
        column = quoted(feature)
        return column if self.types[feature] == "FLOAT" else f"{column}::DOUBLE"
