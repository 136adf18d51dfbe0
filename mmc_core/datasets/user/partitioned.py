"""A table of features in a folder of Parquet or CSV files, as `mmc extract --out FOLDER/`, Spark,
Polars and DuckDB write one: checked and copied without ever being in memory as a whole.
"""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import pyarrow.parquet as pq

from mmc_core import files, moods
from mmc_core.analysis.stored.table import connect, file_sql, quoted, text_sql
from mmc_core.analysis.tables import META, features_of
from mmc_core.audio import CLIP_S
from mmc_core.datasets.user import hive
from mmc_core.datasets.user.part_rows import PartRows
from mmc_core.datasets.user.problems import Problem
from mmc_core.datasets.user.problems import quoted as cell
from mmc_core.datasets.user.rows import expected_of, kind_of
from mmc_core.errors import DatasetError
from mmc_core.features.schema import Feature

if TYPE_CHECKING:
    import duckdb

LISTS = {".csv", ".tsv"}
TABLES = {".parquet", *LISTS}
PART = "part-"  # how a file is called that is a table in parts, and no list of songs
FORMAT = "(FORMAT parquet, COMPRESSION zstd, PARQUET_VERSION v2)"


def files_of(folder: Path) -> list[Path]:
    """Return the files of a table in parts, in their order; none where the folder is something
    else: one with a subfolder per mood, or with a list of songs.

    Parts are in the folder itself, or in folders named KEY=VALUE.
    """
    if not folder.is_dir():
        return []
    here = sorted(path for path in folder.iterdir() if not hive.is_passed_over(path.name))
    if any(path.is_dir() and moods.parse(path.name) for path in here):
        return []
    if below := [path for each in hive.partitions(folder) for path in _tables(each)]:
        return below
    if any(path.suffix.lower() in LISTS and not path.name.startswith(PART) for path in here):
        return []
    found = _tables(folder)
    return found if len(found) > 1 or any(path.name.startswith(PART) for path in found) else []


def _tables(folder: Path) -> list[Path]:
    """Return the files of a folder that are tables, sorted. Spark writes empty CSV files."""
    return sorted(
        path
        for path in folder.iterdir()
        if path.suffix.lower() in TABLES
        and not hive.is_passed_over(path.name)
        and path.is_file()
        and (path.suffix.lower() == ".parquet" or path.stat().st_size)
    )


def copy(folder: Path, to: Path) -> list[Problem]:
    """Write the usable rows of a table in parts as a feature table, in their order.

    A row's mood is that of the folder named mood=VALUE in which its file is, else of its column,
    else the one folder in its path that is named after a mood; the folder below that is then its
    group, as in a folder of songs.

    Args:
        folder: of which `files_of` gives files.
        to: the table's path. What does not fit memory is meanwhile beside it.

    Returns:
        What is wrong with the other rows.

    Raises:
        DatasetError: if nothing can be used.
    """
    import duckdb

    folder = folder.absolute()
    with tempfile.TemporaryDirectory(dir=to.parent, prefix=".spill-") as spill:
        connection = connect(Path(spill))
        try:
            parts = PartRows(folder, files_of(folder), connection)
            features, problems = _checked(parts)
            problems += _write(parts, features, to)
            problems += _without_repeats(to, connection)
        except duckdb.Error as error:
            raise DatasetError(
                f"The parts in {folder.name} cannot be read as one table: "
                f"{str(error).splitlines()[0]} Expected Parquet or CSV files with the same columns."
            ) from error
        finally:
            connection.close()
    if not pq.read_metadata(to).num_rows:
        raise _unusable(folder.name, problems)
    return problems


def counts(path: Path) -> tuple[int, int, int]:
    """Clips of a table that `copy` wrote, the short ones, and those in a named group."""
    import duckdb

    with duckdb.connect(":memory:") as connection:
        asked = (
            f"SELECT count(*), count(*) FILTER (duration_s < {CLIP_S}), "
            f"""count(*) FILTER ("group" <> 'clip ' || clip) FROM {_table(path)}"""
        )
        n, short, named = connection.execute(asked).fetchall()[0]
    return n, short, named


def _checked(parts: PartRows) -> tuple[list[Feature], list[Problem]]:
    """The features that can be used, and what is wrong with the others."""
    kept, problems = [], []
    n = parts.n[""]
    for feature in features_of(parts.columns):
        wrong = parts.n.get(parts.wrong(feature), n)
        if 2 * wrong > n:
            problems.append(
                Problem(
                    f"The column {feature.name} has {kind_of(feature)} in {n - wrong:,} of {n:,} "
                    "rows; it is left out."
                )
            )
        else:
            kept.append(feature)
    if all(feature.categories for feature in kept):
        raise _unusable(parts.name, problems)
    return kept, problems


def _write(parts: PartRows, features: Sequence[Feature], to: Path) -> list[Problem]:
    """Write the rows with nothing wrong, and say what is wrong with the others."""
    wrong = {
        "failed": "there is an error in place of features; the file is left out.",
        "no_mood": f"the mood is not known; expected {moods.SPELLINGS}.",
        "no_length": "duration_s is not a length; expected seconds above 0, or nothing.",
    }
    for each in features:
        wrong[parts.wrong(each)] = (
            f"{each.name} is not {kind_of(each)}; expected {expected_of(each)}."
        )
    columns = ", ".join(map(quoted, [*META, *(each.name for each in features)]))
    parts.connection.execute(
        f"COPY (SELECT {columns} FROM rows WHERE NOT ({' OR '.join(wrong)})) "
        f"TO {text_sql(str(to))} {FORMAT}"
    )
    return [parts.problem(name, what) for name, what in wrong.items() if parts.n[name]]


def _without_repeats(path: Path, connection: duckdb.DuckDBPyConnection) -> list[Problem]:
    """Leave out clips that come again: of rows that are alike the first stays, of others none."""
    table, columns = _table(path), ", ".join(map(quoted, pq.read_schema(path).names))
    connection.execute(
        f"CREATE TEMP TABLE repeated AS SELECT clip FROM {table} GROUP BY clip HAVING count(*) > 1"
    )
    if not connection.execute("SELECT count(*) FROM repeated").fetchall()[0][0]:
        return []
    connection.execute(
        "CREATE TEMP TABLE first AS SELECT clip, min(file_row_number) AS place, count(*) AS n, "
        f"count(DISTINCT hash({columns})) > 1 AS differs "
        f"FROM {table} SEMI JOIN repeated USING (clip) GROUP BY clip"
    )
    with files.replacing(path) as written:
        connection.execute(
            f"COPY (SELECT {columns} FROM {table} LEFT JOIN first USING (clip) "
            "WHERE place IS NULL OR (NOT differs AND place = file_row_number)) "
            f"TO {text_sql(str(written))} {FORMAT}"
        )
    return [
        Problem(f"{n:,} row{'s' * (n > 1)}, such as of the clip {cell(clip, 200)}: {what}")
        for differs, what in (
            (False, "the clip occurs before with the same values; left out."),
            (True, "the clip occurs more than once with different values; none is used."),
        )
        for n, clip in connection.execute(
            f"SELECT sum(n - {int(not differs)})::BIGINT, min(clip) FROM first "
            f"WHERE differs = {differs} HAVING count(*) > 0"
        ).fetchall()
    ]


def _table(path: Path) -> str:
    return f"read_parquet({file_sql(path)}, hive_partitioning = false, file_row_number = true)"


def _unusable(name: str, problems: Sequence[Problem]) -> DatasetError:
    why = " ".join(each.sentence() for each in problems[:5]) or "There is no row in them."
    return DatasetError(f"Nothing in the parts of {name} can be used. {why}")
