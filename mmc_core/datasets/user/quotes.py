"""Quotes of a CSV that are opened and not closed: all up to the next quote would be one cell."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable
from itertools import islice

MOST = 100  # that are looked for; each may take a pass over what follows


def may_be_open(lines: Iterable[bytes]) -> bool:
    """Whether a line has a quote too many: then a cell has several lines, or is never closed."""
    return any(line.count(b'"') % 2 for line in lines)


def without_open(text: str, delimiter: str) -> tuple[str, list[tuple[int, int]]]:
    """A CSV with those lines empty in which a quote is opened whose cell does not end as one does:
    with a quote, then a delimiter or the end of a line.

    Returns:
        The text, and of each such line the numbers of its row and of itself, from 1; `MOST` at
        most.
    """
    lines = io.StringIO(text, newline="").readlines()
    opened: list[tuple[int, int]] = []
    start = row = 0  # lines and rows before the one that is looked at
    while start < len(lines) and len(opened) < MOST:
        first = start
        rows = csv.reader(islice(lines, start, None), delimiter=delimiter, strict=True)
        try:
            for _ in rows:
                start = first + rows.line_num
                row += 1
        except csv.Error as error:
            took_others = first + rows.line_num > start + 1
            if took_others or "end of data" in str(error):
                opened.append((row + 1, start + 1))
                lines[start] = "\n"
            start += 1
            row += 1
    return "".join(lines), opened
