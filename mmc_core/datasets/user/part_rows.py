"""The rows of a table in parts, as SQL: what each holds, and what is wrong with it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from mmc_core import moods
from mmc_core.analysis.stored.table import file_sql, quoted, text_sql
from mmc_core.analysis.tables import META, features_of
from mmc_core.datasets.user import hive
from mmc_core.datasets.user.problems import Problem
from mmc_core.datasets.user.problems import quoted as cell
from mmc_core.datasets.user.rows import LARGEST
from mmc_core.errors import DatasetError
from mmc_core.features.schema import BY_NAME, Feature
from mmc_core.table_files.columns import MAX_CELL, places_of

if TYPE_CHECKING:
    import duckdb

WANTED = {*META, "path", "error", *BY_NAME}
NUMBERS = ("FLOAT", "DOUBLE", "DECIMAL", "TINY", "SMALL", "INT", "BIG", "UT", "US", "UI", "UB")
MOODS = {
    **{name.casefold(): mood.name for name, mood in moods.BY_NAME.items()},
    **{name.casefold(): mood.name for name, mood in moods.BY_QUADRANT.items()},
}


class PartRows:
    """A view `rows` of what `copy` writes, with a column that says yes for each thing wrong.

    Args:
        folder: where they are.
        parts: its files, all Parquet or all CSV.

    Attributes:
        columns: SQL for each wanted column that is there.
        features: those whose columns hold what they should.

    Raises:
        DatasetError: if there are no moods or no features.
    """

    def __init__(
        self, folder: Path, parts: Sequence[Path], connection: duckdb.DuckDBPyConnection
    ) -> None:
        self.name, self.connection, self._folder = folder.name, connection, folder
        connection.execute(f"CREATE VIEW parts AS {self._read(parts)}")
        described = connection.execute("DESCRIBE parts").fetchall()
        header = [row[0] for row in described]
        places = places_of(self.name, header, WANTED)
        types = {each: str(described[i][1]) for each, i in places.items()}
        self.columns = {each: quoted(header[i]) for each, i in places.items()}
        by_folder = self._columns_by_folder(parts)
        self.columns |= by_folder
        types |= dict.fromkeys(by_folder, "VARCHAR")
        for each in features_of(self.columns):
            if not each.categories and types[each.name] == "VARCHAR":
                self.columns[each.name] = f"TRY_CAST({self.columns[each.name]} AS DOUBLE)"
                types[each.name] = "DOUBLE"
        self._types = types
        self._has_rows = parts[0].suffix.lower() == ".parquet"
        self.features = [
            each
            for each in features_of(self.columns)
            if each.categories or types[each.name].startswith(NUMBERS)
        ]
        self._check()
        connection.execute(f"CREATE VIEW rows AS {self._select()}")

    def wrong(self, feature: Feature) -> str:
        """The column that says whether a feature's value cannot be used."""
        return f"no_{feature.name}"

    @cached_property
    def n(self) -> dict[str, int]:
        """Number of rows with features, and of those with each thing wrong, by its column."""
        names = ["no_mood", "no_length", *map(self.wrong, self.features)]
        asked = ", ".join(f"count(*) FILTER (NOT failed AND {name})" for name in names)
        sql = f"SELECT count(*) FILTER (NOT failed), count(*) FILTER (failed), {asked} FROM rows"
        return dict(
            zip(["", "failed", *names], self.connection.execute(sql).fetchall()[0], strict=True)
        )

    def problem(self, name: str, what: str) -> Problem:
        """Return the problem of some rows, with the place of the first one."""
        condition = name if name == "failed" else f"NOT failed AND {name}"
        file, row = self.connection.execute(
            f"SELECT file_, row_ FROM rows WHERE {condition} LIMIT 1"
        ).fetchall()[0]
        n = self.n[name]
        where = "one" if row is None else f"row {row}"
        rows = f"{n:,} rows, such as {where}" if n > 1 else where.replace("one", "one row")
        return Problem(f"{rows[0].upper()}{rows[1:]} of {cell(file, 200)}: {what}")

    def _read(self, parts: Sequence[Path]) -> str:
        """Return the SQL of all rows, with `file_` and `row_`, NULL where that is not known."""
        listed = ", ".join(map(file_sql, parts))
        shared = f"[{listed}], union_by_name = true, filename = true, hive_partitioning = false"
        file = f"substr(filename, {len(str(self._folder)) + 2}) AS file_"
        kinds = {path.suffix.lower() == ".parquet" for path in parts}
        if kinds == {True}:
            return (
                f"SELECT *, {file}, file_row_number + 1 AS row_ "
                f"FROM read_parquet({shared}, file_row_number = true)"
            )
        if kinds == {False}:
            return (
                f"SELECT *, {file}, NULL::BIGINT AS row_ "
                f"FROM read_csv({shared}, all_varchar = true, header = true)"
            )
        raise DatasetError(
            f"{self.name} has parts in Parquet and in CSV; expected one of them. Move the others "
            "away."
        )

    def _columns_by_folder(self, parts: Sequence[Path]) -> dict[str, str]:
        """Return the SQL of each wanted column that folders named KEY=VALUE give."""
        names = {name for path in parts for name in path.relative_to(self._folder).parts[:-1]}
        keys = {key for key, _ in filter(None, map(hive.partition, names))} & WANTED - {"error"}
        columns = {}
        for key in sorted(keys):
            value = f"regexp_extract(file_, '(?:^|[/\\\\]){key}=([^/\\\\]*)[/\\\\]', 1, 'i')"
            columns[key] = f"nullif(nullif(url_decode({value}), ''), {text_sql(hive.NULL)})"
        return columns

    def _select(self) -> str:
        clip = self._text("clip") if "clip" in self.columns else self._text("path")
        clip = f"coalesce({clip}, file_ || ' row ' || row_)"
        written = self.columns.get("duration_s", "NULL")
        length = f"TRY_CAST({written} AS DOUBLE)"
        mood, group = self._mood_and_group()
        columns = {
            "file_": "file_",
            "row_": "row_",
            "clip": clip,
            "mood": mood,
            "group": f"coalesce({group}, 'clip ' || {clip})",
            "duration_s": f"coalesce({length}, 'nan')",
            "failed": f"{self.columns.get('error', 'NULL')} IS NOT NULL",
            "no_mood": f"({mood}) IS NULL",
            "no_length": f"NOT coalesce({length} > 0 AND isfinite({length}), {written} IS NULL)",
        }
        for each in self.features:
            value = self._value(each)
            right = f"{value} IS NOT NULL" if each.categories else f"abs({value}) <= {LARGEST}"
            columns[each.name] = value
            columns[self.wrong(each)] = f"NOT coalesce({right}, false)"
        listed = ", ".join(f"{value} AS {quoted(name)}" for name, value in columns.items())
        return f"SELECT {listed} FROM parts"

    def _mood_and_group(self) -> tuple[str, str]:
        """Return the SQL of a row's mood, NULL if it is not known, and of its group."""
        group = self._text("group")
        if "mood" in self.columns:
            return _spelled(self.columns["mood"], MOODS), group
        folders = f"regexp_split_to_array({self.columns['path']}, '[/\\\\]')[:-2]"
        known = ", ".join(map(text_sql, MOODS))
        named = f"list_filter({folders}, lambda each: lower(trim(each)) IN ({known}))"
        mood = f"CASE WHEN len({named}) = 1 THEN {_spelled(f'{named}[1]', MOODS)} END"
        return mood, f"coalesce({group}, {folders}[list_position({folders}, {named}[1]) + 1])"

    def _value(self, feature: Feature) -> str:
        column = self.columns[feature.name]
        if feature.categories:
            return _spelled(column, {each.casefold(): each for each in feature.categories})
        return column if self._types[feature.name] == "FLOAT" else f"{column}::DOUBLE"

    def _text(self, name: str) -> str:
        """Return the SQL of a text without space around it, NULL if it is empty."""
        if name not in self.columns:
            return "NULL"
        return f"nullif(left(trim({self.columns[name]}::VARCHAR), {MAX_CELL}), '')"

    def _check(self) -> None:
        got = ", ".join(sorted(self.columns)[:12]) or "none of these"
        if not {"mood", "path"} & set(self.columns):
            raise DatasetError(
                f"The parts in {self.name} have no column mood, nor path, whose folders may be "
                f"named after moods; got {got}. Expected mood or path, and features."
            )
        if not self._has_rows and not {"clip", "path"} & set(self.columns):
            raise DatasetError(
                f"The parts in {self.name} have no column clip or path; got {got}. Expected one of "
                "them, since rows of CSV files have no numbers here."
            )
        if all(each.categories for each in self.features):
            raise DatasetError(
                f"The parts in {self.name} have no column with numbers of a feature, such as tempo "
                f"or rms_mean; got {got}. Expected at least one."
            )


def _spelled(column: str, known: Mapping[str, str]) -> str:
    """How a text is spelled here, NULL of one that is not known in any case."""
    cases = " ".join(f"WHEN {text_sql(text)} THEN {text_sql(name)}" for text, name in known.items())
    return f"CASE lower(trim({column}::VARCHAR)) {cases} END"
