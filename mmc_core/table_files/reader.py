"""Read people's CSV and Parquet files: a process with limits does, from the side of its caller.

A Parquet file of 48 kB can unfold to 1.5 GB. The process has little memory and time, can open
neither a file nor a connection, and cannot take the process that asked with it. It answers with
numbers and texts, which are checked.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Collection
from dataclasses import asdict
from pathlib import Path
from typing import IO, Any

import numpy as np
import pyarrow as pa

from mmc_core.errors import DatasetError
from mmc_core.settings import PROJECT, table_bytes, table_seconds
from mmc_core.table_files.columns import Columns, RowProblem, Task, is_text
from mmc_core.workers.pool import THREADS

PROCESS = "mmc_core.table_files.process"
MOST_AT_ONCE = 2
LONGEST_LINE = 2**26  # bytes of the answer's first line
TYPES = {str(each): each for each in (pa.string(), pa.float32(), pa.float64(), pa.int64())}

_turns = threading.Semaphore(MOST_AT_ONCE)


class Ended(Exception):
    """A process that ended, or did not answer as one does."""


def read(
    path: Path, size: int, wanted: Collection[str], numbers: Collection[str], most_rows: int
) -> Columns:
    """Return the wanted columns of a table file, by their names in small letters.

    Args:
        size: the file's bytes.
        numbers: the names of columns of numbers.
        most_rows: the most that are accepted.

    Raises:
        DatasetError: if the file cannot be used, or takes too much memory or time.
        OSError: if it cannot be opened.
    """
    memory, seconds = table_bytes(size), table_seconds(size)
    task = Task(path.name, size, [*wanted], [*numbers], most_rows, memory, seconds)
    with _turns, path.open("rb") as file:
        process = subprocess.Popen(  # noqa: S603
            [sys.executable, "-m", PROCESS, json.dumps(asdict(task))],
            cwd=PROJECT,
            # Arrow's own pools of memory set aside more than they use.
            env={
                **os.environ,
                **dict.fromkeys(THREADS, "1"),
                "ARROW_DEFAULT_MEMORY_POOL": "system",
            },
            stdin=file,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        )
        is_late = threading.Event()

        def stop() -> None:
            is_late.set()
            process.kill()

        timer = threading.Timer(seconds, stop)
        timer.daemon = True
        timer.start()
        assert process.stdout
        try:
            return _columns(process.stdout, task)
        except Ended:
            if is_late.is_set() or process.wait() == -getattr(signal, "SIGXCPU", 0):
                raise _too_slow(task) from None
            raise _too_large(task) from None
        finally:
            timer.cancel()
            process.kill()
            process.stdout.close()
            process.wait()


def _columns(answer: IO[bytes], task: Task) -> Columns:
    """Return the columns that a process answers, checked.

    Raises:
        DatasetError: that the process answers instead.
        Ended: if it is no answer to the task.
    """
    try:
        said = json.loads(answer.readline(LONGEST_LINE))
        if "error" in said:
            raise DatasetError(str(said["error"])) if said["error"] else _too_large(task)
        if (
            sum(sum(sizes) for *_, chunks in said["columns"] for _, sizes in chunks)
            > task.most_sent
        ):
            raise Ended
        columns = {name: _column(answer, kind, chunks) for name, kind, chunks in said["columns"]}
        rows = columns.pop("").to_numpy()
        for name, column in columns.items():
            is_known = name in task.wanted and (name in task.numbers or is_text(column.type))
            if not is_known or len(column) != len(rows):
                raise Ended
        problems = [
            RowProblem(str(what), np.array(where, dtype=np.int64), [str(each) for each in got])
            for what, where, got in said["problems"]
        ]
        header = [str(name) for name in said["header"]]
        return Columns(header, rows, columns, problems, bool(said["decimal_comma"]))
    except (ValueError, TypeError, LookupError, OverflowError, RecursionError) as error:
        raise Ended from error


def _column(answer: IO[bytes], kind: str, chunks: list[tuple[int, list[int]]]) -> Any:
    """Return a column of which a process sends so many rows and bytes."""
    arrays = []
    for n_rows, sizes in chunks:
        valid, *rest = [pa.py_buffer(_exactly(answer, size)) for size in sizes]
        array = pa.Array.from_buffers(TYPES[kind], n_rows, [valid if valid.size else None, *rest])
        array.validate(full=True)
        arrays.append(array)
    return pa.chunked_array(arrays, TYPES[kind])


def _exactly(answer: IO[bytes], size: int) -> bytes:
    content = answer.read(size)
    if len(content) != size:
        raise Ended
    return content


def _too_large(task: Task) -> DatasetError:
    return DatasetError(
        f"{task.name} cannot be read: it takes more than {task.memory_bytes / 1e6:,.0f} MB of "
        f"memory, or ends the process that reads it. Expected a table that is not many times as "
        f"large as its file of {task.size / 1e3:,.0f} kB, with short texts; save it again so, or "
        "as another kind of file. MMC_TABLE_BYTES sets the limit."
    )


def _too_slow(task: Task) -> DatasetError:
    return DatasetError(
        f"{task.name} takes more than {task.seconds:,.0f} s to be read. Expected a table with one "
        "row per clip; leave out columns that are no features, or divide it. MMC_TABLE_SECONDS "
        "sets the limit."
    )
