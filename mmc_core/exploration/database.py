"""A table that answers SQL, bounded: no files but those named, so much memory, so many seconds."""

from __future__ import annotations

import glob
import os
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mmc_core.errors import FilterError
from mmc_core.language.collation import fold

if TYPE_CHECKING:
    import pandas as pd
    import pyarrow as pa

MEMORY = "4GB"  # of a million clips with 57 features, 0.5 GB are used
LONGEST_S = 10.0
CACHED = 64  # answers; the largest are the points of a figure


class Database:
    """DuckDB without network, extensions and files; threads may ask at the same time. `fold` in SQL
    is that of `language.collation`.

    Args:
        files: those that may be read all the same.
    """

    def __init__(self, files: Sequence[Path] = ()) -> None:
        import duckdb

        self._connection = duckdb.connect(
            ":memory:",
            config={
                "autoinstall_known_extensions": False,
                "autoload_known_extensions": False,
                "python_enable_replacements": False,  # names of Python's variables are no tables
                "temp_directory": "",
                "memory_limit": MEMORY,
                "threads": min(4, os.cpu_count() or 1),
            },
        )
        self._connection.create_function("fold", fold, ["VARCHAR"], "VARCHAR")
        # As they are, and as they are named in SQL, where names are patterns.
        allowed = [each for file in files for each in (str(file), glob.escape(str(file)))]
        self._connection.execute("SET allowed_paths = ?", [allowed])
        self._connection.execute("SET enable_external_access = false")
        self._connection.execute("SET lock_configuration = true")
        self._cached = lru_cache(maxsize=CACHED)(self._frame)

    def create(self, table: str, rows: pa.RecordBatchReader, columns: str = "*") -> None:
        """Make a table of rows, which come piece by piece.

        Args:
            columns: SQL for the columns of the table.
        """
        self._connection.register("rows_of_table", rows)
        self._connection.execute(f"CREATE TABLE {table} AS SELECT {columns} FROM rows_of_table")
        self._connection.unregister("rows_of_table")

    def view(self, name: str, sql: str) -> None:
        """Name a query, so that it can be asked like a table."""
        self._connection.execute(f"CREATE VIEW {name} AS {sql}")

    def frame(self, sql: str, parameters: Sequence[Any] = ()) -> pd.DataFrame:
        """What a query gives; kept, so not to be changed.

        Raises:
            FilterError: if it takes longer than `LONGEST_S`, or more memory than there may be.
        """
        return self._cached(sql, tuple(parameters))

    def _frame(self, sql: str, parameters: tuple[Any, ...]) -> pd.DataFrame:
        with self._answer(sql, parameters, LONGEST_S) as cursor:
            table: pd.DataFrame = cursor.df()
            return table

    def frames(self, sql: str, parameters: Sequence[Any] = ()) -> Iterator[pd.DataFrame]:
        """The same piece by piece, for more rows than should be held; without a limit of time."""
        with self._answer(sql, parameters, threading.TIMEOUT_MAX) as cursor:
            while len(part := cursor.fetch_df_chunk(16)):
                yield part

    @contextmanager
    def _answer(self, sql: str, parameters: Sequence[Any], seconds: float) -> Iterator[Any]:
        import duckdb

        cursor = self._connection.cursor()
        timer = threading.Timer(seconds, cursor.interrupt)
        timer.daemon = True
        timer.start()
        try:
            yield cursor.execute(sql, list(parameters))
        except duckdb.InterruptException as error:
            raise FilterError(
                f"The filter took longer than {seconds:.0f} s; expected less. Make it simpler, or "
                "choose fewer datasets."
            ) from error
        except duckdb.OutOfMemoryException as error:
            raise FilterError(
                f"The clips need more memory than the {MEMORY} they may take. Choose fewer "
                "datasets, or show fewer columns."
            ) from error
        finally:
            timer.cancel()
            cursor.close()
