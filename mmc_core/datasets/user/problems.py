"""What is wrong with a user's data: one kind of thing, at one place or at many."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pandas as pd

from mmc_core import files
from mmc_core._typing import Ints

SHOWN_PLACES = 8  # rows or files named in one sentence
SHOWN_PROBLEMS = 20  # sentences on a screen
MAX_LINES = 200_000  # lines of problems.csv; a table of a million rows may be wrong in every cell


@dataclass(frozen=True)
class Problem:
    """One kind of thing that is wrong.

    `what` goes on after the place: "Row 3: `what`". `rows` are numbered as a spreadsheet numbers
    them, the header being row 1; `got` has the cell of each where there is one to show. `files`
    are there instead where no row names them. A problem without either is of the whole.
    """

    what: str
    rows: Ints = field(default_factory=lambda: np.zeros(0, dtype=np.int64))
    got: Sequence[str] = ()
    files: Sequence[str] = ()

    @property
    def n(self) -> int:
        """At how many places."""
        return max(1, len(self.rows), len(self.files))

    def sentence(self) -> str:
        """The problem in words, with the first of its places."""
        if self.files:
            return f"{_listed([quoted(name, 200) for name in self.files])}: {self.what}"
        if not len(self.rows):
            return self.what
        places = f"{'Row' if self.n == 1 else 'Rows'} {_listed(list(map(str, self.rows)))}"
        if not len(self.got):
            return f"{places}: {self.what}"
        one = f": got {quoted(self.got[0])}"
        example = one if self.n == 1 else f", such as {quoted(self.got[0])} in row {self.rows[0]}"
        what, semicolon, rest = self.what.partition(";")
        return f"{places}: {what}{example}{semicolon}{rest}"

    def lines(self) -> pd.DataFrame:
        """A line a place: `where`, `got`, `problem`."""
        where = [f"row {row}" for row in self.rows[:MAX_LINES]] or self.files or [""]
        got = list(self.got[:MAX_LINES]) if len(self.got) else ""
        return pd.DataFrame({"where": where, "got": got, "problem": self.what})


def sentences(problems: Sequence[Problem], most: int = SHOWN_PROBLEMS) -> list[str]:
    """The problems in words; the last one says how many are not shown."""
    words = [problem.sentence() for problem in problems[:most]]
    if len(problems) > most:
        words.append(f"And {len(problems) - most:,} more problems.")
    return words


def write(problems: Sequence[Problem], path: Path) -> None:
    """All problems as CSV, a line a row or file."""
    empty = pd.DataFrame({"where": [], "got": [], "problem": []}, dtype=object)
    lines = pd.concat([empty, *(problem.lines() for problem in problems)])
    if (more := len(lines) - MAX_LINES) > 0:
        lines = lines.iloc[:MAX_LINES]
        lines.loc[len(lines)] = ["", "", f"And {more:,} more lines."]
    files.write_csv(lines, path, for_people=True)


def _listed(places: Sequence[str]) -> str:
    """Such as "3", "3 and 5", "3, 5 and 12,345 more"."""
    more = len(places) - SHOWN_PLACES
    *most, last = [*places[:SHOWN_PLACES], *([f"{more:,} more"] if more > 0 else [])]
    return f"{', '.join(most)} and {last}" if most else last


def quoted(text: str, most: int = 40) -> str:
    """A cell's content in quotes, on one line and not long."""
    short = " ".join(text.split())
    return repr(short if len(short) <= most else f"{short[: most - 1]}…") if short else "nothing"
