"""A user's CSV or parquet file as columns with the rows' numbers; never trusted."""

from __future__ import annotations

import codecs
import csv
import io
import re
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv
import pyarrow.parquet as pq

from mmc_core._typing import Bools, Float64, Ints, Objects
from mmc_core.analysis.tables import MOST_ROWS
from mmc_core.datasets.user import decimals, quotes
from mmc_core.datasets.user.problems import Problem
from mmc_core.errors import DatasetError
from mmc_core.features.schema import FEATURES
from mmc_core.files import GUARDED

FIRST_ROW = 2  # as spreadsheets number rows: the header is row 1
MAX_COLUMNS = 10_000
MAX_CELL = 500  # characters; longer ones are cut
BLOCK = 16 * 2**20  # bytes read at once; no row may be longer

PARQUET, ZIP = b"PAR1", b"PK\x03\x04"
BOMS = {codecs.BOM_UTF16_LE: "utf-16", codecs.BOM_UTF16_BE: "utf-16"}
NUMBER = r"^-?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$"
NUMBERS = {"duration_s", *(feature.name for feature in FEATURES if not feature.categories)}
SEPARATOR = re.compile(r'"?sep=(.)"?\s*', re.IGNORECASE)  # Excel's first line
BINARY = re.compile(r"[\x00-\x08\x0e-\x1f]")  # what no text has
ALIASES = {"roll_off_var": "rolloff_var", "file": "path"}  # the original's names


@dataclass(frozen=True)
class RawTable:
    """Some columns of a file, by their names in small letters.

    `rows` numbers what was read as a spreadsheet does; `problems` are rows that could not be.
    """

    name: str
    header: list[str]
    rows: Ints
    columns: dict[str, Any]  # Arrow's chunked arrays
    problems: list[Problem]
    decimal_comma: bool = False

    def __contains__(self, column: str) -> bool:
        return column in self.columns

    def text(self, column: str) -> Objects:
        """Cells without space around them; "" where there is nothing. (n,)"""
        cells: Objects = self._text(column).to_numpy(zero_copy_only=False)
        return cells

    def numbers(self, column: str) -> Float64:
        """Cells as numbers; NaN where there is none, or a doubtful one. (n,)"""
        cells = self.columns[column]
        if _is_number(cells.type):
            parsed = pc.cast(cells, pa.float64(), safe=False)
        else:
            text = pc.replace_substring_regex(self._text(column), r"^\+", "")
            open_to_doubt = pa.array(decimals.doubtful(text, self._marks))
            if self.decimal_comma:
                text = pc.replace_substring(text, ",", ".")
            is_number = pc.and_not(pc.match_substring_regex(text, NUMBER), open_to_doubt)
            parsed = pc.cast(pc.if_else(is_number, text, None), pa.float64())
        numbers: Float64 = pc.fill_null(parsed, np.nan).to_numpy()
        return numbers

    def doubtful(self, column: str) -> Bools:
        """Cells that are one number with a decimal mark, and another with one of thousands. (n,)"""
        if _is_number(self.columns[column].type):
            return np.zeros(len(self.rows), dtype=bool)
        return decimals.doubtful(self._text(column), self._marks)

    @cached_property
    def _marks(self) -> set[str]:
        """Before decimals, in all columns of numbers."""
        texts = [name for name in self.columns if name in NUMBERS]
        return decimals.marks(
            self._text(name) for name in texts if not _is_number(self.columns[name].type)
        )

    def rows_where(self, mask: Bools) -> RawTable:
        """Some of its rows."""
        chosen = pa.array(mask)
        columns = {name: cells.filter(chosen) for name, cells in self.columns.items()}
        return replace(self, rows=self.rows[mask], columns=columns)

    def _text(self, column: str) -> Any:
        cells = self.columns[column]
        if pa.types.is_dictionary(cells.type):
            cells = _short_dictionary(cells)
        try:
            text = pc.cast(cells, pa.string())
        except (pa.ArrowNotImplementedError, pa.ArrowInvalid):  # lists, bytes that are no text
            text = pa.chunked_array([pa.nulls(len(cells), pa.string())])
        cut = pc.utf8_slice_codeunits(pc.utf8_trim_whitespace(text), 0, MAX_CELL)
        return pc.fill_null(cut, "")


def read(path: Path, wanted: set[str], *, limit: int) -> RawTable:
    """The wanted columns of a file, recognised by its content: parquet, else CSV.

    A CSV's cells may be divided by commas, semicolons or tabs, or by what its first line names, as
    in "sep=;". Rows without anything in them are left out.

    Raises:
        DatasetError: if it cannot be read at all, is larger than `limit` bytes, or names one of
            the wanted columns twice.
    """
    try:
        size = path.stat().st_size
        with path.open("rb") as file:
            start = file.read(4)
    except OSError as error:
        raise DatasetError(f"{path.name} cannot be read: {error.strerror}.") from error
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
    if start != PARQUET and path.suffix.lower() == ".parquet":
        raise DatasetError(
            f"{path.name} is not a Parquet file, though it is named so; expected Parquet, or CSV "
            "in a file that ends in .csv."
        )
    try:
        raw = (_read_parquet if start == PARQUET else _read_csv)(path, wanted)
    except (pa.ArrowException, OSError, csv.Error, UnicodeError) as error:
        kind = "Parquet file" if start == PARQUET else "table"
        raise DatasetError(
            f"{path.name} is damaged and cannot be read as a {kind}; save or copy it again."
        ) from error
    if len(raw.rows) > MOST_ROWS:
        raise DatasetError(
            f"{path.name} has {len(raw.rows):,} rows; expected at most {MOST_ROWS:,}."
        )
    return raw


def _read_csv(path: Path, wanted: set[str]) -> RawTable:
    source, header, delimiter, problems = _open_csv(path)
    names = columns_of(path.name, header, wanted)
    skipped: list[tuple[int, int, str]] = []

    def skip(row: Any) -> str:
        skipped.append((row.number, row.actual_columns, row.text))
        return "skip"

    read = pyarrow.csv.read_csv(
        source,
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
            invalid_row_handler=skip,
        ),
        convert_options=pyarrow.csv.ConvertOptions(
            column_types={f"c{i}": pa.string() for i in names.values()},
            include_columns=[f"c{i}" for i in names.values()],
            strings_can_be_null=False,
        ),
    ).slice(1)  # the header
    numbers = np.arange(1, 1 + read.num_rows + len(skipped) + 1)
    rows = np.setdiff1d(numbers, [1, *(number for number, _, _ in skipped)], assume_unique=True)
    raw = RawTable(
        path.name,
        header,
        rows,
        {
            name: read[f"c{i}"] if name in NUMBERS else _unguarded(read[f"c{i}"])
            for name, i in names.items()
        },
        problems,
        decimal_comma=delimiter != ",",
    )
    bad = [(number, n, text) for number, n, text in skipped if text.strip(f"{delimiter} \r\n")]
    if bad:
        raw.problems.append(
            Problem(
                f"not as many cells as the {len(header)} column names, so the row is left out; "
                "expected as many.",
                np.array([number for number, _, _ in bad]),
                [f"{n} cells" for _, n, _ in bad],
            )
        )
    return _without_blank_rows(raw)


def _read_parquet(path: Path, wanted: set[str]) -> RawTable:
    with pq.ParquetFile(path) as file:
        schema, n_rows = file.schema_arrow, file.metadata.num_rows
    header = list(schema.names)
    names = columns_of(path.name, header, wanted)
    if n_rows > MOST_ROWS:  # a small file can unfold to any size
        raise DatasetError(f"{path.name} has {n_rows:,} rows; expected at most {MOST_ROWS:,}.")
    # Texts stay folded: unfolded, one long text in every row could fill the memory.
    texts = [header[i] for i in names.values() if _is_text(schema.types[i])]
    chosen = [header[i] for i in names.values()]
    read = pq.read_table(path, columns=chosen, read_dictionary=texts)
    read.validate(full=True)  # what is damaged need not have been noticed yet
    columns = {name: read[header[i]] for name, i in names.items()}
    rows = np.arange(FIRST_ROW, FIRST_ROW + read.num_rows)
    return _without_blank_rows(RawTable(path.name, header, rows, columns, []))


def columns_of(file: str, header: list[str], wanted: set[str]) -> dict[str, int]:
    """Where each wanted column is."""
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


def _open_csv(path: Path) -> tuple[Any, list[str], str, list[Problem]]:
    """What to read a CSV from, its column names, what divides its cells, and its open quotes."""
    with path.open("rb") as file:
        encoding = BOMS.get(file.read(2))
    content = b""
    if encoding:
        try:
            content = path.read_bytes().decode(encoding).encode()
        except UnicodeError as error:
            raise DatasetError(
                f"{path.name} is not the UTF-16 that it begins as; save it as “CSV UTF-8”."
            ) from error
    else:
        _check_utf8(path)
    with io.BytesIO(content) if content else path.open("rb") as source:
        first = source.readline(BLOCK).decode("utf-8-sig")
        named = SEPARATOR.fullmatch(first)
        above = source.tell() if named else 0
        line = source.readline(BLOCK).decode() if named else first
        delimiter = named[1] if named else max(",;\t", key=line.count)
        source.seek(0)
        is_open = quotes.may_be_open(source)
        if named or is_open:
            source.seek(above)
            content = source.read()
    problems = []
    if is_open:
        text, found = quotes.without_open(content.decode("utf-8-sig"), delimiter)
        content = text.encode()
        if len(found) == quotes.MOST:
            raise DatasetError(
                f"{path.name} has {quotes.MOST} quotes or more that are opened and not closed, the "
                f"first in line {found[0][1]}; expected a quote on both sides of a cell, or none."
            )
        problems = [_open_quote(path, row, line + bool(named)) for row, line in found]
    with io.BytesIO(content) if content else path.open("rb") as file:
        lines = io.TextIOWrapper(file, encoding="utf-8-sig", newline="")
        header = next(csv.reader(lines, delimiter=delimiter), [])
    if BINARY.search(line):
        raise _no_text(path)
    if not any(name.strip() for name in header):
        raise DatasetError(
            f"{path.name} has nothing in its first row; expected column names there, such as path "
            "and mood."
        )
    return io.BytesIO(content) if content else path, header, delimiter, problems


def _open_quote(path: Path, row: int, line: int) -> Problem:
    """
    Raises:
        DatasetError: if it is among the column names.
    """
    what = f"a quote is opened in line {line} of the file and not closed"
    if row == 1:
        raise DatasetError(f"{path.name} has no column names: {what}. Close it, or remove it.")
    return Problem(
        f"{what}, so the row is left out; close the quote, or remove it.", np.array([row])
    )


def _check_utf8(path: Path) -> None:
    decoder, row = codecs.getincrementaldecoder("utf-8")(), 1
    with path.open("rb") as file:
        block = b"-"
        while block:
            block = file.read(BLOCK)
            try:
                decoder.decode(block, final=not block)
            except UnicodeDecodeError as error:
                if BINARY.search(error.object[:4096].decode("latin-1")):
                    raise _no_text(path) from None
                line = row + bytes(error.object[: error.start]).count(b"\n")
                byte = error.object[error.start]
                raise DatasetError(
                    f"{path.name} is not UTF-8: in line {line} there is the byte 0x{byte:02X}. "
                    "Save it as “CSV UTF-8”, or as text with the encoding UTF-8."
                ) from None
            row += block.count(b"\n")


def _no_text(path: Path) -> DatasetError:
    return DatasetError(
        f"{path.name} is not text in UTF-8, as a CSV is, nor parquet. In a spreadsheet, save it as "
        "“CSV UTF-8”."
    )


def _without_blank_rows(raw: RawTable) -> RawTable:
    """Without the rows in which no wanted column has anything; spreadsheets leave such."""
    something = np.zeros(len(raw.rows), dtype=bool)
    for name, cells in raw.columns.items():
        if something.all():
            break
        if _is_number(cells.type):
            something |= pc.is_valid(cells).to_numpy()
        else:
            something |= pc.not_equal(raw._text(name), "").to_numpy()
    return raw if something.all() else raw.rows_where(something)


def _unguarded(texts: Any) -> Any:
    """What our own CSV files have an apostrophe before; see `files.csv_text`."""
    return pc.replace_substring_regex(texts, GUARDED.pattern, r"\1")


def _is_number(kind: Any) -> bool:
    types = pa.types
    return bool(types.is_integer(kind) or types.is_floating(kind) or types.is_decimal(kind))


def _is_text(kind: Any) -> bool:
    return bool(pa.types.is_string(kind) or pa.types.is_large_string(kind))


def _short_dictionary(cells: Any) -> Any:
    """Folded texts unfolded, each cut short before."""
    chunks = []
    for chunk in cells.chunks:
        texts = pc.cast(chunk.dictionary, pa.string())
        chunks.append(pc.take(pc.utf8_slice_codeunits(texts, 0, MAX_CELL), chunk.indices))
    return pa.chunked_array(chunks, pa.string())
