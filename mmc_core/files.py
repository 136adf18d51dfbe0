"""Files written whole or not at all, and left alone where their numbers agree already.

What is computed again on another processor differs from the 14th digit on: BLAS picks its kernel
by the processor, and a sum depends on the order of its terms. Numbers that are kept rounded to six
digits then differ by one in the sixth. Hence `RTOL`. `ATOL`, in units of the largest of the numbers
beside it, is for what is nearly nothing: the tail of a density, and correlations of ranks, which
move by 1e-6 where two of a thousand clips change places.
"""

from __future__ import annotations

import csv
import hashlib
import json
import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal
from uuid import uuid4

if TYPE_CHECKING:
    import pandas as pd

FORMULA = re.compile(r"'*[=+\-@\t\r]")  # how a formula begins, or a text that is guarded already
GUARDED = re.compile(r"^'('*[=+\-@\t\r])")
RTOL = 2e-5
ATOL = 2e-6
REMOTE = "s3://"  # object storage, in place of a folder


def is_remote(place: str) -> bool:
    """Whether a place is an address in object storage, and no path."""
    return place.startswith(REMOTE)


@contextmanager
def replacing(path: Path, same: Callable[[Path, Path], bool] | None = None) -> Iterator[Path]:
    """A path to write to; what is written there then takes the place of `path`, in one step.

    Args:
        same: if given, called with the file there is and the new one; where it says so, the file
            there is stays as it is.

    Raises:
        OSError: if it cannot be written. The file there was is then untouched.
    """
    place = path
    path = path.resolve()  # a link stays one
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f".{uuid4().hex}{path.suffix}")
    try:
        yield part
        if not (same and path.exists() and same(path, part)):
            if path.exists():
                part.chmod(path.stat().st_mode)
            part.replace(path)
    except OSError as error:
        if error.errno is not None and error.filename in (None, str(part)):
            error.filename = str(place)  # the name that a person knows
        raise
    finally:
        part.unlink(missing_ok=True)


def sha256_of(path: Path) -> str:
    """Of a file's content."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def write_text(text: str, path: Path) -> None:
    with replacing(path) as part:
        part.write_text(text, encoding="utf-8")


def write_json(content: Any, path: Path, *, indent: int = 2) -> None:
    """Write JSON, but not over JSON whose numbers agree."""
    with replacing(path, same_json) as part:
        part.write_text(json.dumps(content, indent=indent) + "\n", encoding="utf-8")


def write_parquet(table: pd.DataFrame, path: Path) -> None:
    """Write a table without its index, but not over one whose numbers agree.

    A column of texts is one of texts in the file, also if all of them are missing.
    """
    table = _typed(table)
    single = [name for name in table if table[name].dtype == "float32"]
    with replacing(path, same_parquet) as part:
        table.to_parquet(
            part,
            compression="zstd",
            index=False,
            # Numbers of single precision take a third less room with their bytes sorted by place.
            use_dictionary=[name for name in table if name not in single],
            column_encoding=dict.fromkeys(single, "BYTE_STREAM_SPLIT"),
        )


def _typed(table: pd.DataFrame) -> pd.DataFrame:
    """Return a table whose columns of texts are of one type, also if all of them are missing."""
    import pandas as pd

    objects = [name for name in table if table[name].dtype == object]
    kinds = {name: pd.api.types.infer_dtype(table[name], skipna=True) for name in objects}
    texts = [name for name, kind in kinds.items() if kind in ("string", "empty")]
    return table.astype(dict.fromkeys(texts, "str"))


def write_csv(
    table: pd.DataFrame, path: Path, *, float_format: str | None = None, for_people: bool = False
) -> None:
    """Write a table without its index, but not over one whose numbers agree. What is not Unicode
    in a file's name is written as a question mark.

    Args:
        for_people: whether it may be opened in a spreadsheet; see `csv_text`.
    """
    table = guarded(table) if for_people else table
    texts = [str(name) for name in table if table[name].dtype.kind not in "biuf"]
    with replacing(path, partial(same_csv, texts=texts)) as part:
        table.to_csv(
            part,
            index=False,
            lineterminator="\n",
            errors="replace",
            float_format=float_format,
            quoting=_quoting(table, texts),
        )


def csv_text(table: pd.DataFrame, *, header: bool = True) -> str:
    """A table as CSV for people, without its index.

    A text that a spreadsheet would take for a formula has an apostrophe in front: one that begins
    with =, +, -, @, a tab or a carriage return, or with apostrophes before such. `unguarded` takes
    it away. Numbers stay numbers.
    """
    texts = [str(name) for name in table if table[name].dtype.kind not in "biuf"]
    quoting = _quoting(table, texts)
    return str(
        guarded(table).to_csv(index=False, header=header, lineterminator="\n", quoting=quoting)
    )


def _quoting(table: pd.DataFrame, texts: Sequence[str]) -> Literal[0, 2]:
    """Quotes around all texts where one has a carriage return, which would else end its row."""
    has_return = any(
        "\r" in cell for name in texts for cell in table[name] if isinstance(cell, str)
    )
    return csv.QUOTE_NONNUMERIC if has_return else csv.QUOTE_MINIMAL


def guarded(table: pd.DataFrame) -> pd.DataFrame:
    """A table whose texts are no formulas; see `csv_text`."""
    texts = [i for i, kind in enumerate(table.dtypes) if kind.kind not in "biufmM"]
    changed = table.copy(deep=False)
    for i in texts:
        changed.isetitem(i, table.iloc[:, i].astype(object).map(_guarded).to_numpy())
    return changed


def _guarded(cell: Any) -> Any:
    return f"'{cell}" if isinstance(cell, str) and FORMULA.match(cell) else cell


def unguarded(text: str) -> str:
    """What `csv_text` was given.

    >>> unguarded("'=1+1"), unguarded("'tis")
    ('=1+1', "'tis")
    """
    return GUARDED.sub(r"\1", text)


def same_bytes(one: Path, other: Path) -> bool:
    """Whether two files are the same."""
    return one.read_bytes() == other.read_bytes()


def same_json(one: Path, other: Path) -> bool:
    """Whether two JSON files say the same, numbers within the tolerance."""
    try:
        contents = [json.loads(path.read_text(encoding="utf-8")) for path in (one, other)]
    except (OSError, ValueError):
        return False
    return agree(*contents)


def same_records(one: Path, other: Path) -> bool:
    """Whether two tables hold the same, each number held to itself: for those whose rows are of
    different units.
    """
    return _same_tables(one, other, lambda table: table.to_pylist())


def same_parquet(one: Path, other: Path) -> bool:
    """Whether two tables hold the same, numbers within the tolerance of their column."""
    return _same_tables(one, other, lambda table: table.to_pydict())


def _same_tables(one: Path, other: Path, content: Callable[[Any], Any]) -> bool:
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        tables = [pq.read_table(path) for path in (one, other)]
    except (OSError, pa.ArrowException):
        return False
    if tables[0].schema != tables[1].schema or len(tables[0]) != len(tables[1]):
        return False
    return agree(*map(content, tables))


def same_csv(one: Path, other: Path, texts: Sequence[str] = ()) -> bool:
    """Whether two CSV files hold the same, numbers within the tolerance; `texts` are columns of
    text, even where it looks like numbers.
    """
    import pandas as pd

    try:
        tables = [
            pd.read_csv(
                path, keep_default_na=False, na_values=[""], dtype=dict.fromkeys(texts, str)
            )
            for path in (one, other)
        ]
    except (OSError, ValueError):  # pandas' errors are ValueErrors
        return False
    if list(tables[0]) != list(tables[1]):
        return False
    return agree(*(table.to_dict(orient="list") for table in tables))


def agree(one: Any, other: Any) -> bool:
    """Whether nested lists, dicts, texts and numbers are the same, numbers within the tolerance.

    >>> agree({"a": [1.0, 2.0]}, {"a": [1.0, 2.0 + 1e-12]})
    True
    """
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(agree(one[key], other[key]) for key in one)
    if isinstance(one, list) and isinstance(other, list):
        if len(one) != len(other):
            return False
        if _are_numbers(one) and _are_numbers(other):
            return _close(one, other)
        return all(map(agree, one, other))
    if _are_numbers([one, other]):
        return _close([one], [other])
    both_missing = one != one and other != other
    return bool(one == other or both_missing)


def _are_numbers(values: list[Any]) -> bool:
    return any(isinstance(value, float) for value in values) and all(
        isinstance(value, int | float) and not isinstance(value, bool) for value in values
    )


def _close(one: list[float], other: list[float]) -> bool:
    import numpy as np

    a, b = np.asarray(one, dtype=float), np.asarray(other, dtype=float)
    finite = np.abs(a[np.isfinite(a)])
    largest = float(finite.max()) if len(finite) else 0.0
    return bool(np.allclose(a, b, rtol=RTOL, atol=ATOL * largest, equal_nan=True))
