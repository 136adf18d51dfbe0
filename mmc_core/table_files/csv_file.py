"""Read the wanted columns of a CSV file."""

from __future__ import annotations

import codecs
import csv
import io
import re
from dataclasses import dataclass
from functools import partial
from typing import IO, Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv

from mmc_core.errors import DatasetError
from mmc_core.files import GUARDED
from mmc_core.table_files import quotes
from mmc_core.table_files.columns import (
    LONGEST_CELL,
    MAX_SHOWN,
    Columns,
    RowProblem,
    Task,
    clean,
    compact,
    places_of,
)

BLOCK = 4 * 2**20  # bytes read at once; no row may be longer
MOST_SKIPPED = 1_000_000  # rows without as many cells as the header

BOMS = {codecs.BOM_UTF16_LE: "utf-16", codecs.BOM_UTF16_BE: "utf-16"}
SEPARATOR = re.compile(r'"?sep=(.{0,8}?)"?[\r\n]*', re.IGNORECASE | re.DOTALL)  # Excel's first line
DELIMITER = re.compile(r"""[\t !#$%&'()*,/:;<=>?@\[\\\]^_`{|}~]""")  # no part of a number or text
BINARY = re.compile(r"[\x00-\x08\x0e-\x1f]")  # what no text has


@dataclass(frozen=True)
class Text:
    """The text of a CSV from its column names on."""

    file: IO[bytes]
    header: list[str]
    delimiter: str
    n_above: int  # lines of the file before the column names
    problems: list[RowProblem]

    def long_line(self) -> int | None:
        """Return the number of the first line that is longer than a row may be."""
        self.file.seek(0)
        lines = enumerate(self.file, 1 + self.n_above)
        return next((number for number, line in lines if len(line) > BLOCK), None)


def read(file: IO[bytes], task: Task) -> Columns:
    """Return the wanted columns of a CSV file.

    Cells may be divided by commas, semicolons or tabs, or by the sign that the first line names, as
    in "sep=;".

    Raises:
        DatasetError: if it is no text, or has too much of anything.
    """
    csv.field_size_limit(LONGEST_CELL)
    text = _open(file, task.name)
    header, delimiter = text.header, text.delimiter
    places = places_of(task.name, header, task.wanted)
    if not places:  # Arrow would read all
        return Columns(header, np.zeros(0, dtype=np.int64), {}, text.problems)
    skipped = _SkippedRows(task.name, len(header), delimiter)
    included = [f"c{i}" for i in places.values()]
    chunks: dict[str, list[Any]] = {name: [] for name in places}
    try:
        reader = pyarrow.csv.open_csv(
            text.file,
            # One thread: with several, rows that are skipped come without their numbers.
            read_options=pyarrow.csv.ReadOptions(
                use_threads=False,
                block_size=BLOCK,
                # Names of our own, since a file's need not be unique.
                column_names=[f"c{i}" for i in range(len(header))],
            ),
            parse_options=pyarrow.csv.ParseOptions(
                delimiter=delimiter,
                newlines_in_values=True,
                ignore_empty_lines=False,
                invalid_row_handler=skipped.add,
            ),
            convert_options=pyarrow.csv.ConvertOptions(
                column_types=dict.fromkeys(included, pa.string()),
                include_columns=included,
                strings_can_be_null=False,
            ),
        )
        n_rows = 0
        for batch in reader:
            n_rows += batch.num_rows
            for name, column in zip(places, batch.columns, strict=True):
                chunks[name].append(compact(column))
    except pa.ArrowInvalid as error:
        if len(skipped.rows) > MOST_SKIPPED:
            raise skipped.error() from None
        if "straddling" in str(error):
            raise _long_row(task.name, text.long_line()) from None
        raise
    n_rows -= 1  # the header
    task.check_rows(n_rows)
    numbers = np.arange(1, 1 + n_rows + len(skipped.rows) + 1)
    rows = np.setdiff1d(numbers, [1, *skipped.rows], assume_unique=True)
    cells = {
        name: partial(_cells, chunks, name, is_guarded=name not in task.numbers) for name in places
    }
    problems = [*text.problems, *skipped.problems()]
    return clean(task, header, rows, cells, problems, decimal_comma=delimiter != ",")


class _SkippedRows:
    """Rows without as many cells as there are column names."""

    def __init__(self, file: str, n_columns: int, delimiter: str) -> None:
        self._file, self._n_columns = file, n_columns
        self._nothing = f"{delimiter} \r\n"
        self.rows: list[int] = []
        self._bad: list[int] = []
        self._got: list[str] = []

    def add(self, row: Any) -> str:
        """Note an invalid row; see Arrow's `invalid_row_handler`."""
        self.rows.append(row.number)
        if row.text.strip(self._nothing):
            self._bad.append(row.number)
            if len(self._got) < MAX_SHOWN:
                self._got.append(f"{row.actual_columns} cells")
        return "skip" if len(self.rows) <= MOST_SKIPPED else "error"

    def problems(self) -> list[RowProblem]:
        """Return what is wrong with the rows that have anything in them."""
        what = f"not as many cells as the {self._n_columns} column names, so the row is left out"
        bad = np.array(self._bad, dtype=np.int64)
        return [RowProblem(f"{what}; expected as many.", bad, self._got)] if self._bad else []

    def error(self) -> DatasetError:
        """Return why a file with more of them than `MOST_SKIPPED` is refused."""
        return DatasetError(
            f"{self._file} has more than {MOST_SKIPPED:,} rows without as many cells as the "
            f"{self._n_columns} column names, the first of them row {self.rows[0]}; expected as "
            "many in each row."
        )


def _cells(chunks: dict[str, list[Any]], name: str, *, is_guarded: bool) -> Any:
    """Return a column's texts, without the apostrophes that `files.csv_text` writes before some."""
    texts = pa.chunked_array(chunks.pop(name), pa.string()).slice(1)  # below the header
    return pc.replace_substring_regex(texts, GUARDED.pattern, r"\1") if is_guarded else texts


def _open(file: IO[bytes], name: str) -> Text:
    """Return a file as UTF-8, from its column names on, without open quotes.

    Raises:
        DatasetError: if it is no text with column names.
    """
    file.seek(0)
    encoding = BOMS.get(file.read(2))
    if encoding:
        file.seek(0)
        try:
            file = io.BytesIO(file.read().decode(encoding).encode())
        except UnicodeError as error:
            raise DatasetError(
                f"{name} is not the UTF-16 that it begins as; save it as “CSV UTF-8”."
            ) from error
    else:
        _check_utf8(file, name)
    file.seek(0)
    first = _line(file, name)
    named = SEPARATOR.fullmatch(first)
    above, n_above = (file.tell(), 1) if named else (0, 0)
    line = _line(file, name) if named else first
    if BINARY.search(line):
        raise _no_text(name)
    delimiter = (named and _delimiter(named[1], name)) or max(",;\t", key=line.count)
    file.seek(above)
    is_open = quotes.may_be_open(file)
    file.seek(above)
    problems = []
    if is_open:
        file, found = quotes.without_open(file, delimiter)
        problems = _open_quotes(found, name, n_above)
    elif named:
        file = io.BytesIO(file.read())
    file.seek(0)
    lines = io.TextIOWrapper(file, encoding="utf-8-sig", newline="")
    header = next(csv.reader(lines, delimiter=delimiter), [])
    lines.detach()
    if not any(title.strip() for title in header):
        raise DatasetError(
            f"{name} has nothing in its first row; expected column names there, such as path "
            "and mood."
        )
    file.seek(0)
    return Text(file, header, delimiter, n_above, problems)


def _line(file: IO[bytes], name: str) -> str:
    line = file.readline(BLOCK)
    if len(line) == BLOCK and not line.endswith(b"\n") and b"\r" not in line:
        raise _long_row(name, 1)
    return line.decode("utf-8-sig", errors="replace")


def _delimiter(written: str, name: str) -> str | None:
    """Return the delimiter that a first line names, as in "sep=;"; None if it names nothing."""
    sign = written.strip(" ") or written
    if sign == r"\t":
        return "\t"
    if sign and not DELIMITER.fullmatch(sign):
        raise DatasetError(
            f"{name} has sep= and {sign!a} in its first line; expected one sign there that stands "
            "between cells and in no number or quote, such as a semicolon, a comma or a tab. "
            "Replace it in the whole file, or save the table as “CSV UTF-8”."
        )
    return sign or None


def _open_quotes(found: list[quotes.OpenQuote], name: str, n_above: int) -> list[RowProblem]:
    """Return what is wrong with rows that have an open quote, or a cell that is too long.

    Args:
        n_above: lines of the file that are no rows.

    Raises:
        DatasetError: if there are too many, or one is among the column names.
    """
    problems = []
    for each in found:
        line = each.line + n_above
        if each.n_lines > 1:
            what = f"a cell that begins in line {line} of the file has more than {LONGEST_CELL:,} "
            what, rest = f"{what}characters", "shorten it, or leave out its column."
        else:
            what = f"a quote is opened in line {line} of the file and not closed"
            rest = "close the quote, or remove it."
        if each.row == 1:
            raise DatasetError(f"{name} has no column names: {what}; {rest}")
        problems.append(RowProblem(f"{what}, so the row is left out; {rest}", np.array([each.row])))
    if len(found) == quotes.MOST:
        raise DatasetError(
            f"{name} has {quotes.MOST} quotes or more that are opened and not closed, the "
            f"first in line {found[0].line + n_above}; expected a quote on both sides of a cell, "
            "or none."
        )
    return problems


def _check_utf8(file: IO[bytes], name: str) -> None:
    decoder, row = codecs.getincrementaldecoder("utf-8")(), 1
    file.seek(0)
    block = b"-"
    while block:
        block = file.read(BLOCK)
        try:
            decoder.decode(block, final=not block)
        except UnicodeDecodeError as error:
            if BINARY.search(error.object[:4096].decode("latin-1")):
                raise _no_text(name) from None
            line = row + bytes(error.object[: error.start]).count(b"\n")
            byte = error.object[error.start]
            raise DatasetError(
                f"{name} is not UTF-8: in line {line} there is the byte 0x{byte:02X}. "
                "Save it as “CSV UTF-8”, or as text with the encoding UTF-8."
            ) from None
        row += block.count(b"\n")


def _no_text(name: str) -> DatasetError:
    return DatasetError(
        f"{name} is not text in UTF-8, as a CSV is, nor parquet. In a spreadsheet, save it as "
        "“CSV UTF-8”."
    )


def _long_row(name: str, line: int | None) -> DatasetError:
    where = f" in line {line}" if line else ""
    return DatasetError(
        f"{name} has a row of more than {BLOCK:,} bytes{where}; expected one row per clip, each in "
        "a line of its own."
    )
