"""Whether commas or points stand before decimals in a table, and which numbers leave that open.

"2.345" is a number of three decimals, or of thousands where the table has decimal commas; "2,345"
likewise the other way round.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np
import pyarrow.compute as pc

from mmc_core._typing import Bools

DECIMAL = r"^[+-]?\d*[{mark}]\d+([eE][+-]?\d+)?$"
THOUSANDS = r"^[+-]?[1-9]\d{{0,2}}([{mark}]\d{{3}})+$"


def marks(columns: Iterable[Any]) -> set[str]:
    """Which of "," and "." stand before decimals without doubt. Points are looked for only where
    there are commas as well.

    Args:
        columns: cells of text, Arrow's arrays.
    """
    columns = list(columns)
    if not any(pc.any(pc.match_substring(cells, ",")).as_py() for cells in columns):
        return set()
    return {mark for mark in ",." if any(_has_decimals(cells, mark) for cells in columns)}


def doubtful(cells: Any, known: set[str]) -> Bools:
    """The cells of a column that may be of thousands, by the marks that the table has. (n,)

    Where it has neither, a point is one of decimals, and a comma may be either.
    """
    either = np.zeros(len(cells), dtype=bool)
    for mark, decimal in ((".", "," not in known), (",", known == {","})):
        if not decimal:
            either |= pc.match_substring_regex(cells, THOUSANDS.format(mark=mark)).to_numpy()
    return either


def _has_decimals(cells: Any, mark: str) -> bool:
    decimal = pc.match_substring_regex(cells, DECIMAL.format(mark=mark))
    thousands = pc.match_substring_regex(cells, THOUSANDS.format(mark=mark))
    return bool(pc.any(pc.and_not(decimal, thousands)).as_py())
