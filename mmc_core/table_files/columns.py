"""Columns of a table file: the task of reading them, and their cells, checked and cut."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from mmc_core._typing import Bools, Ints
from mmc_core.errors import DatasetError

MAX_COLUMNS = 10_000
MAX_CELL = 500  # characters of a text; the rest is cut
LONGEST_CELL = 2**20  # bytes of a text; a row with a longer one is left out
MAX_SHOWN = 200_000  # invalid cells that are sent to be shown
ALIASES = {"roll_off_var": "rolloff_var", "file": "path"}  # the original's names


@dataclass(frozen=True)
class Task:
    """A table file to be read.

    Args:
        name: what sentences call the file.
        size: its bytes.
        wanted: names of the columns to be read, in small letters.
        numbers: those of them that hold numbers; all others hold texts.
        most_rows: the most that are accepted.
        memory_bytes: the most memory that the process may take in addition to what it begins with.
        seconds: the most of the processor's time.
    """

    name: str
    size: int
    wanted: Collection[str]
    numbers: Collection[str]
    most_rows: int
    memory_bytes: int
    seconds: float

    @property
    def most_bytes(self) -> int:
        """The most bytes of the columns when they are read."""
        return self.memory_bytes // 2

    @property
    def most_sent(self) -> int:
        """The most bytes of the columns and the numbers of their rows."""
        return self.most_bytes + 8 * self.most_rows

    def check_rows(self, n: int) -> None:
        """Raise a `DatasetError` if a file has too many rows."""
        if n > self.most_rows:
            raise DatasetError(f"{self.name} has {n:,} rows; expected at most {self.most_rows:,}.")


@dataclass(frozen=True)
class RowProblem:
    """One kind of thing that is wrong with some rows, and the cell of each where one is shown."""

    what: str
    rows: Ints
    got: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Columns:
    """Wanted columns of a table file.

    Attributes:
        header: names of all the file's columns.
        rows: numbers of the rows that were read, as a spreadsheet numbers them.
        columns: Arrow's chunked arrays by name. Texts have no space around them and at most
            `MAX_CELL` characters, "" where there is nothing. Numbers are numbers, or texts where
            the file has texts.
        problems: what is wrong with other rows.
    """

    header: list[str]
    rows: Ints
    columns: dict[str, Any]
    problems: list[RowProblem]
    decimal_comma: bool = False


def places_of(file: str, header: list[str], wanted: Collection[str]) -> dict[str, int]:
    """Return the position of each wanted column.

    Raises:
        DatasetError: if there are too many columns, or two of one wanted name.
    """
    if len(header) > MAX_COLUMNS:
        raise DatasetError(f"{file} has {len(header):,} columns; expected at most {MAX_COLUMNS:,}.")
    places: dict[str, int] = {}
    for i, title in enumerate(header):
        name = title.strip().casefold()
        name = ALIASES.get(name, name)
        if name in places:
            raise DatasetError(
                f"{file} has the column {name} twice, as number {places[name] + 1} and {i + 1}; "
                "expected each once."
            )
        if name in wanted:
            places[name] = i
    return places


def clean(
    task: Task,
    header: list[str],
    rows: Ints,
    cells: Mapping[str, Callable[[], Any]],
    problems: list[RowProblem],
    *,
    decimal_comma: bool = False,
) -> Columns:
    """Make `Columns` of a file's cells: texts cut, and rows left out that are empty or have a text
    that is too long.

    Args:
        cells: for each wanted column, a function that returns its cells, so that those of one
            column are in memory at a time.
    """
    columns: dict[str, Any] = {}
    something, good = np.zeros(len(rows), dtype=bool), np.ones(len(rows), dtype=bool)
    room = task.most_bytes
    for name, read in cells.items():
        column, too_long = _column(read(), is_number=name in task.numbers, room=room)
        room -= column.nbytes
        if room < 0:
            raise MemoryError
        if too_long.any():
            what = f"{name} has more than {LONGEST_CELL:,} bytes, so the row is left out"
            problems.append(RowProblem(f"{what}; expected a short text.", rows[too_long]))
        good &= ~too_long
        if is_text(column.type):
            something |= too_long | pc.not_equal(column, "").to_numpy()
        else:
            something |= pc.is_valid(column).to_numpy()
        columns[name] = column
    keep = good & something
    if not keep.all():
        rows, chosen = rows[keep], pa.array(keep)
        columns = {name: columns.pop(name).filter(chosen) for name in list(columns)}
    return Columns(header, rows, columns, problems, decimal_comma)


def compact(array: Any) -> Any:
    """Return a copy of an Arrow array without the memory that it has set aside or cut off."""
    return pa.concat_arrays([array, array.slice(0, 0)])


def is_number(kind: Any) -> bool:
    """Return whether an Arrow type is one of numbers."""
    types = pa.types
    return bool(types.is_integer(kind) or types.is_floating(kind) or types.is_decimal(kind))


def is_text(kind: Any) -> bool:
    """Return whether an Arrow type is one of texts."""
    return bool(pa.types.is_string(kind) or pa.types.is_large_string(kind))


def _column(cells: Any, *, is_number: bool, room: int) -> tuple[Any, Bools]:
    """Return cells as `Columns` has them, and which are too long. (n,), (n,)

    Raises:
        MemoryError: if they have more bytes than there is room for.
    """
    kind = _sent_as(cells.type) if is_number else None
    if kind is not None:
        return pc.cast(cells, kind, safe=False), np.zeros(len(cells), dtype=bool)
    chunks, too_long = [], []
    for chunk in cells.chunks:
        text, long = _texts(chunk, room)
        room -= text.nbytes
        chunks.append(text)
        too_long.append(long)
    whole = np.concatenate([np.zeros(0, dtype=bool), *too_long])
    return pa.chunked_array(chunks, pa.string()), whole


def _sent_as(kind: Any) -> Any | None:
    """Return the type in which numbers of a type are sent; None if they are no numbers."""
    if not is_number(kind):
        return None
    if pa.types.is_float16(kind) or pa.types.is_float32(kind):
        return pa.float32()
    return pa.int64() if pa.types.is_signed_integer(kind) else pa.float64()


def _texts(chunk: Any, room: int) -> tuple[Any, Bools]:
    """Return an array's cells as short texts, and which are too long."""
    if not pa.types.is_dictionary(chunk.type):
        return _short(chunk)
    # Texts stay folded until they are short: unfolded, a long one in each row fills any memory.
    short, long = _short(chunk.dictionary)
    lengths = pc.take(pc.binary_length(short), chunk.indices)
    if (pc.sum(lengths).as_py() or 0) > room:
        raise MemoryError
    too_long = pc.fill_null(pc.take(pa.array(long), chunk.indices), fill_value=False)
    return pc.fill_null(pc.take(short, chunk.indices), ""), too_long.to_numpy(zero_copy_only=False)


def _short(cells: Any) -> tuple[Any, Bools]:
    try:
        text = pc.cast(cells, pa.string())
    except (pa.ArrowNotImplementedError, pa.ArrowInvalid):  # lists, bytes that are no text
        text = pa.nulls(len(cells), pa.string())
    long = pc.fill_null(pc.greater(pc.binary_length(text), LONGEST_CELL), fill_value=False)
    text = pc.utf8_trim_whitespace(pc.if_else(long, "", text))
    text = pc.utf8_slice_codeunits(text, 0, MAX_CELL)
    return pc.fill_null(text, ""), long.to_numpy(zero_copy_only=False)
