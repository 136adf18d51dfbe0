"""Read the wanted columns of a Parquet file."""

from __future__ import annotations

from collections import Counter
from functools import partial
from typing import IO, Any

import numpy as np
import pyarrow.parquet as pq

from mmc_core.errors import DatasetError
from mmc_core.table_files.columns import Columns, Task, clean, is_text, places_of

FIRST_ROW = 2  # as spreadsheets number rows: the header is row 1


def read(file: IO[bytes], task: Task) -> Columns:
    """Return the wanted columns of a Parquet file.

    Raises:
        DatasetError: if it unfolds to too much, or has too many rows or columns.
    """
    parquet = pq.ParquetFile(file)
    schema, n_rows = parquet.schema_arrow, parquet.metadata.num_rows
    header = list(schema.names)
    places = places_of(task.name, header, task.wanted)
    task.check_rows(n_rows)  # a small file can unfold to any size
    _check_sizes(parquet.metadata, [header[i] for i in places.values()], task)
    folded = [header[i] for i in places.values() if is_text(schema.types[i])]
    parquet = pq.ParquetFile(file, read_dictionary=folded)
    cells = {name: partial(_cells, parquet, header[i], n_rows) for name, i in places.items()}
    rows = np.arange(FIRST_ROW, FIRST_ROW + n_rows)
    return clean(task, header, rows, cells, [])


def _cells(parquet: Any, name: str, n_rows: int) -> Any:
    """Return a column, checked: what is damaged need not have been noticed when it was read."""
    table = parquet.read(columns=[name], use_threads=False)
    table.validate(full=True)
    if table.num_rows != n_rows:
        raise ValueError(f"{table.num_rows} rows")
    return table[name]


def _check_sizes(metadata: Any, wanted: list[str], task: Task) -> None:
    """Raise a `DatasetError` if the file itself says that its columns have too many bytes."""
    sizes = Counter[str]()
    paths = [metadata.schema.column(i).path for i in range(metadata.num_columns)]
    of_field = {i: path.partition(".")[0] for i, path in enumerate(paths) if path not in wanted}
    of_field |= {i: path for i, path in enumerate(paths) if path in wanted}
    columns = [i for i, name in of_field.items() if name in wanted]
    for group in range(metadata.num_row_groups):
        chunks = metadata.row_group(group)
        for i in columns:
            sizes[of_field[i]] += max(0, chunks.column(i).total_uncompressed_size)
    if sizes.total() > task.most_bytes:
        (name, size), *_ = sizes.most_common(1)
        raise DatasetError(
            f"{task.name} has {task.size / 1e3:,.0f} kB and unfolds to "
            f"{sizes.total() / 1e6:,.0f} MB, {size / 1e6:,.0f} MB of them in the column {name}; "
            f"expected at most {task.most_bytes / 1e6:,.0f} MB. Shorten its texts, or divide it."
        )
