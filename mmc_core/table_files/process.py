"""The process that reads a table file: its standard input is the file, its argument the task.

It writes a line of JSON, then the bytes of the columns: of each chunk of each column Arrow's
buffers, whose lengths the line gives.
"""

from __future__ import annotations

import codecs
import io
import json
import os
import signal
import sys
from collections.abc import Iterator
from typing import IO, Any

import numpy.ma  # noqa: F401  # Arrow loads it late
import pyarrow as pa
import pyarrow.parquet as pq

from mmc_core.errors import DatasetError
from mmc_core.table_files import csv_file, parquet_file
from mmc_core.table_files.columns import MAX_CELL, Columns, Task, compact
from mmc_core.workers.limits import limit, limit_time

PARQUET = b"PAR1"


def main() -> None:
    """Read the file, and write its columns or an error."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the process that asked decides what Ctrl-C ends
    task = Task(**json.loads(sys.argv[1]))
    with os.fdopen(os.dup(1), "wb") as stdout, os.fdopen(0, "rb", closefd=False) as file:
        os.dup2(2, 1)  # what libraries print is no answer
        load_all()
        limit(task.memory_bytes)
        limit_time(task.seconds)
        for content in answer(file, task):
            stdout.write(content)


def load_all() -> None:
    """Load what is loaded late otherwise, when no file can be opened."""
    for encoding in (*csv_file.BOMS.values(), "utf-8-sig", "latin-1"):
        codecs.lookup(encoding)
    sys.meta_path.clear()  # Arrow would load pandas
    pa.set_cpu_count(1)
    pa.set_io_thread_count(1)
    task = Task("", 0, ["mood", "tempo"], ["tempo"], 9, 2**20, 1)
    table = pa.table({"mood": ["a"], "tempo": [1.0]})
    file = io.BytesIO()
    pq.write_table(table, file)
    read(file, task)
    read(io.BytesIO(b'mood,tempo\n"a\n,",2\n"a,1\n'), task)


def answer(file: IO[bytes], task: Task) -> Iterator[bytes | memoryview]:
    """Yield what the process writes: a line, then the columns' buffers."""
    try:
        columns = read(file, task)
        arrays = {"": [pa.array(columns.rows)], **_arrays(columns.columns)}
        line = {
            "header": [name[:MAX_CELL] for name in columns.header],
            "decimal_comma": columns.decimal_comma,
            "problems": [[each.what, each.rows.tolist(), each.got] for each in columns.problems],
            "columns": [
                [name, str(chunks[0].type), [[len(each), _sizes(each)] for each in chunks]]
                for name, chunks in arrays.items()
            ],
        }
        yield json.dumps(line).encode() + b"\n"
        for chunks in arrays.values():
            for each in chunks:
                yield from (memoryview(buffer) for buffer in each.buffers() if buffer)
    except DatasetError as error:
        yield json.dumps({"error": str(error)}).encode() + b"\n"
    except MemoryError:
        yield b'{"error": null}\n'


def read(file: IO[bytes], task: Task) -> Columns:
    """Return the wanted columns of a file, recognised by its content: Parquet, else CSV.

    Raises:
        DatasetError: if it cannot be used.
    """
    file.seek(0)
    is_parquet = file.read(len(PARQUET)) == PARQUET
    try:
        return (parquet_file if is_parquet else csv_file).read(file, task)
    except (DatasetError, MemoryError):
        raise
    except Exception as error:  # whatever Arrow may come up with
        kind = "Parquet file" if is_parquet else "table"
        raise DatasetError(
            f"{task.name} is damaged and cannot be read as a {kind}; save or copy it again."
        ) from error


def _arrays(columns: dict[str, Any]) -> dict[str, list[Any]]:
    """Return the chunks of each column, at least one, without bytes that are no part of them."""
    return {
        name: [
            compact(chunk) for chunk in columns[name].chunks or [pa.array([], columns[name].type)]
        ]
        for name in columns
    }


def _sizes(array: Any) -> list[int]:
    """Return the bytes of each buffer of an array, 0 for one that is missing."""
    return [buffer.size if buffer else 0 for buffer in array.buffers()]


if __name__ == "__main__":
    main()
