"""Find quotes of a CSV that are opened and not closed, and cells of many lines without end."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable
from dataclasses import dataclass
from typing import IO

MOST = 100  # that are looked for; each may take a pass over what follows


@dataclass(frozen=True)
class OpenQuote:
    """A quote that is not closed, or whose cell is longer than `csv.field_size_limit()`.

    Attributes:
        row, line: the numbers of the row and the line in which it is opened, from 1.
        n_lines: 1, or the number of lines of a cell that is too long.
    """

    row: int
    line: int
    n_lines: int = 1


def may_be_open(lines: Iterable[bytes]) -> bool:
    """Return whether a line has an odd number of quotes: then a cell has several lines, or is never
    closed.
    """
    return any(line.count(b'"') % 2 for line in lines)


def without_open(file: IO[bytes], delimiter: str) -> tuple[IO[bytes], list[OpenQuote]]:
    """Copy a CSV with those rows empty in which a quote is opened whose cell does not end as one
    does: with a quote, then a delimiter or the end of a line.

    A quote that is not closed costs its line. A cell that is closed and too long costs its lines.

    Returns:
        The copy, from where the file stood, and what was found, `MOST` at most.
    """
    text = io.TextIOWrapper(file, encoding="utf-8-sig", newline="")
    lines = text.readlines()
    text.detach()
    opened: list[OpenQuote] = []
    start = row = 0  # lines and rows before the one that is looked at
    while start < len(lines) and len(opened) < MOST:
        first = start
        rest = map(lines.__getitem__, range(first, len(lines)))
        rows = csv.reader(rest, delimiter=delimiter, strict=True)
        try:
            for _ in rows:
                start = first + rows.line_num
                row += 1
        except csv.Error as error:
            n_lines = 1
            if "larger than field limit" in str(error):
                n_lines = _lines_of_cell(lines, start, first + rows.line_num - 1, delimiter)
            took_others = first + rows.line_num > start + 1
            if took_others or "end of data" in str(error):
                opened.append(OpenQuote(row + 1, start + 1, n_lines))
                lines[start : start + n_lines] = ["\n", *[""] * (n_lines - 1)]
            start += n_lines
            row += 1
    copy = io.BytesIO()
    copy.writelines(map(str.encode, lines))
    return copy, opened


def _lines_of_cell(lines: list[str], start: int, seen: int, delimiter: str) -> int:
    """Return the number of lines of a cell that is too long; 1 if the next quote opens another.

    Args:
        start: the line in which the cell begins.
        seen: the line in which it became too long.
    """
    for i in range(max(seen, start + 1), len(lines)):
        line = lines[i].replace('""', "")
        before, quote, after = line.partition('"')
        if quote:
            closes = not after.rstrip("\r\n") or after.startswith(delimiter)
            return i + 1 - start if closes and not before.endswith(delimiter) else 1
    return 1
