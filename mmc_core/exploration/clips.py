"""The clips of datasets as one table: names, moods, features, what systems predicted for them.

It is kept in a database of its own, so that filtering, sorting and counting a million clips takes
a fraction of a second, and only the rows that are looked at leave it. Datasets too large for memory
stay in their files, which the database reads column by column.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa

from mmc_core._typing import Float32
from mmc_core.analysis import tables
from mmc_core.analysis.summaries import MAX_OUTLIERS, Distribution, farthest
from mmc_core.datasets import Dataset
from mmc_core.exploration.clip_rows import (
    ABOUT,
    ARROW_TYPES,
    MAP,
    SYSTEM,
    about_clips,
    batches,
    of_system,
    schema_of,
    with_files,
)
from mmc_core.exploration.database import Database
from mmc_core.exploration.expression import NUMBER, TEXT, quoted
from mmc_core.exploration.queries import FOLDED, GENRES, JOINED_BY, Query
from mmc_core.features.schema import Feature
from mmc_core.language.collation import sort_key_sql
from mmc_core.moods import NAMES
from mmc_core.runs import Run

PAGE = 100  # rows
MOST_POINTS = 2_500  # of a figure: twice that and a page are less than 400 kB
MOST_OUTLIERS = 500  # of a boxplot
LARGEST_HASH = 2**64 - 1


class ClipTable:
    """The clips of some datasets, to be asked for by `Query`.

    Args:
        datasets: whose tables are on this machine. Of those too large for memory only the table is
            known: no names, systems and places.
        systems: by dataset, evaluations of it. Of the first, `predicted`, `probability` and
            `correct` are columns, of the next `predicted_2` and so on.
        places: by dataset, where its clips are on a map, in its table's order. (n, 2) each

    Attributes:
        columns: what each holds, in their order, but for those of the map.
        features: those that one of the datasets has, in the schema's order.

    Raises:
        DatasetError: if a table cannot be read.
        RunError: if predictions cannot be read.
    """

    def __init__(
        self,
        datasets: Sequence[Dataset],
        systems: Mapping[str, Sequence[Run]] | None = None,
        places: Mapping[str, Float32] | None = None,
    ) -> None:
        self.datasets = {dataset.id: dataset for dataset in datasets}
        systems, places = systems or {}, places or {}
        about = {each.id: about_clips(each, systems.get(each.id, ())) for each in datasets}
        names = [schema_of(each) for each in datasets]
        self.features: list[Feature] = tables.features_of(set().union(*names))
        self.columns = ABOUT | {
            of_system(column, i): kind
            for i in range(max((len(runs) for runs in systems.values()), default=0))
            for column, kind in SYSTEM.items()
        }
        if any(GENRES in each for each in about.values()):
            self.columns[GENRES] = TEXT
        self.columns |= {"duration_s": NUMBER, "group": TEXT}
        self.columns |= {f.name: TEXT if f.categories else NUMBER for f in self.features}
        large = [each for each in datasets if each.too_large]
        self._has_files = bool(large)
        self._database = Database([each.table_path for each in large])
        held = self.columns | (dict.fromkeys(MAP, NUMBER) if places else {})
        schema = pa.schema([(name, ARROW_TYPES[kind]) for name, kind in held.items()])
        rows = (
            batch
            for each in datasets
            if each not in large
            for batch in batches(each, about[each.id], places.get(each.id), schema)
        )
        self._database.create(
            "held" if large else "clips",
            pa.RecordBatchReader.from_batches(schema, rows),
            f"*, fold(name) AS {FOLDED}",
        )
        if large:
            self._database.view("clips", with_files(large, schema))
        self.n = sum(self.counts(Query()).values())

    def counts(self, query: Query) -> dict[str, int]:
        """Number of clips by mood, of the moods that are there."""
        asked = query.condition()
        counted = self._database.frame(
            f"SELECT mood, count(*) AS n FROM clips WHERE {asked.sql} GROUP BY mood",
            asked.parameters,
        )
        by_mood = dict(zip(counted["mood"], counted["n"], strict=True))
        return {mood: int(by_mood[mood]) for mood in NAMES if mood in by_mood}

    def page(
        self,
        query: Query,
        columns: Sequence[str],
        *,
        sort: str = "",
        descending: bool = False,
        page: int = 1,
    ) -> pd.DataFrame:
        """The rows of one page, from 1: some columns of `PAGE` clips.

        Clips are sorted by a column, those without a value last; clips that are alike in it, and
        all where none is named, are in the datasets' order.
        """
        asked = query.condition()
        return self._database.frame(
            f"{self._select(columns)} WHERE {asked.sql} {self._order(sort, descending)} "
            "LIMIT ? OFFSET ?",
            (*asked.parameters, PAGE, PAGE * (page - 1)),
        )

    def parts(
        self,
        query: Query,
        columns: Sequence[str] | None = None,
        *,
        sort: str = "",
        descending: bool = False,
    ) -> Iterator[pd.DataFrame]:
        """All rows, sorted as `page` has them, piece by piece."""
        asked = query.condition()
        return self._database.frames(
            f"{self._select(columns or list(self.columns))} WHERE {asked.sql} "
            f"{self._order(sort, descending)}",
            asked.parameters,
        )

    def find(self, dataset: str, clip: str, columns: Sequence[str]) -> pd.DataFrame:
        """The row of one clip, or none."""
        return self._database.frame(
            f"{self._select(columns)} WHERE dataset = ? AND clip = ?", (dataset, clip)
        )

    def values(self, column: str) -> list[Any]:
        """Return the values of a column of categories, sorted; of genres, each one."""
        each = quoted(column)
        if column == GENRES:
            each = f"unnest(string_split({each}, '{JOINED_BY}'))"
        found = self._database.frame(
            f"SELECT DISTINCT {each} AS value FROM clips ORDER BY {self._sort_key(column, 'value')}"
        )
        return [value for value in found["value"].dropna().tolist() if value != ""]

    def points(self, query: Query, x: str, y: str, *, asked_for: int) -> pd.DataFrame:
        """Clips to draw in the plane of two columns, `MOST_POINTS` at most, always the same ones:
        those whose row has the lowest hash. Two in three may be clips that are asked for.

        Args:
            asked_for: how many these are; see `counts`.

        Returns:
            `dataset`, `clip`, `name`, `mood`, `x`, `y`, and `selected`: whether it is asked for.
        """
        if query.is_everything:
            return self._drawn(query, x, y, True, MOST_POINTS, asked_for)
        selected = self._drawn(query, x, y, True, 2 * MOST_POINTS // 3, asked_for)
        most = MOST_POINTS - len(selected)
        others = self._drawn(query, x, y, False, most, self.n - asked_for)
        return pd.concat([others, selected], ignore_index=True)

    def _drawn(
        self, query: Query, x: str, y: str, selected: bool, most: int, of: int
    ) -> pd.DataFrame:
        asked = query.condition()
        # So few rows pass this that a million cost little; a half more than are wanted, at random.
        share = min(1.0, (1.5 * most + 100) / max(of, 1))
        drawn = self._database.frame(
            f"SELECT dataset, clip, name, mood, {quoted(x)} AS x, {quoted(y)} AS y, "
            f"? AS selected, hash(rowid) AS draw FROM clips WHERE hash(rowid) <= ?::UBIGINT "
            f"AND ({asked.sql}) IS {'' if selected else 'NOT '}TRUE "
            "AND x IS NOT NULL AND y IS NOT NULL ORDER BY draw LIMIT ?",
            (selected, min(int(share * LARGEST_HASH), LARGEST_HASH), *asked.parameters, most),
        )
        return drawn.drop(columns="draw")

    def n_places(self, x: str, y: str) -> int:
        """Number of clips that have a place in the plane of two columns."""
        counted = self._database.frame(
            f"SELECT count(*) AS n FROM clips WHERE {quoted(x)} IS NOT NULL AND {quoted(y)} "
            "IS NOT NULL"
        )
        return int(counted["n"].iloc[0])

    def by_mood(self, query: Query, feature: str) -> dict[str, Distribution]:
        """How a feature of numbers is distributed in each mood, as far as boxplots show it."""
        asked = query.condition()
        found = self._database.frame(
            f"""
            WITH asked AS (SELECT mood, {quoted(feature)} AS value FROM clips
                           WHERE ({asked.sql}) AND value IS NOT NULL),
            box AS (SELECT mood, count(*) AS n, avg(value) AS mean, stddev_samp(value) AS sd,
                           quantile_cont(value, [0, 0.25, 0.5, 0.75, 1]) AS q
                    FROM asked GROUP BY mood)
            SELECT mood, n, mean, sd, any_value(q) AS q,
                   count(*) FILTER (NOT inside) AS n_outliers,
                   min(value, {MAX_OUTLIERS}) FILTER (NOT inside AND value < q[2]) AS below,
                   max(value, {MAX_OUTLIERS}) FILTER (NOT inside AND value > q[4]) AS above,
                   min(value) FILTER (inside) AS low, max(value) FILTER (inside) AS high
            FROM (SELECT *, value BETWEEN q[2] - 1.5 * (q[4] - q[2])
                                  AND q[4] + 1.5 * (q[4] - q[2]) AS inside
                  FROM asked JOIN box USING (mood))
            GROUP BY mood, n, mean, sd
            """,
            asked.parameters,
        )
        rows = {row["mood"]: row for row in found.to_dict(orient="records")}
        return {mood: _distribution(feature, mood, rows[mood]) for mood in NAMES if mood in rows}

    def outliers(self, query: Query, feature: str) -> pd.DataFrame:
        """Clips outside the whiskers of their mood's box, the `MOST_OUTLIERS` furthest.

        Returns:
            `dataset`, `clip`, `name`, `mood` and `value`.
        """
        asked = query.condition()
        return self._database.frame(
            f"""
            WITH asked AS (SELECT dataset, clip, name, mood, {quoted(feature)} AS value FROM clips
                           WHERE ({asked.sql}) AND value IS NOT NULL),
            box AS (SELECT mood, quantile_cont(value, [0.25, 0.75]) AS q FROM asked GROUP BY mood)
            SELECT dataset, clip, name, mood, value
            FROM (SELECT *, greatest(q[1] - value, value - q[2]) AS beyond
                  FROM asked JOIN box USING (mood))
            WHERE beyond > 1.5 * (q[2] - q[1])
            ORDER BY beyond DESC, dataset, clip LIMIT {MOST_OUTLIERS}
            """,
            asked.parameters,
        )

    def _select(self, columns: Sequence[str]) -> str:
        return f"SELECT {', '.join(map(quoted, columns))} FROM clips"

    def _order(self, sort: str, descending: bool) -> str:
        if not sort and self._has_files:
            return ""  # DuckDB keeps the order of files, and stops where it has enough rows
        direction = "DESC" if descending else "ASC"
        first = f"{self._sort_key(sort, quoted(sort))} {direction} NULLS LAST, " if sort else ""
        return f"ORDER BY {first}rowid"

    def _sort_key(self, column: str, expression: str) -> str:
        """Return SQL for what the values of a column are sorted by: texts as the reader sorts."""
        is_text = self.columns.get(column) == TEXT and column not in ("mood", "dataset")
        return sort_key_sql(expression) if is_text else expression


def _distribution(feature: str, mood: str, row: Mapping[Any, Any]) -> Distribution:
    lowest, q1, median, q3, highest = map(float, row["q"])
    beyond = [float(value) for side in ("below", "above") for value in _listed(row[side])]
    return Distribution(
        feature,
        mood,
        int(row["n"]),
        counts=[],
        mean=float(row["mean"]),
        sd=float(row["sd"]) if row["n"] > 1 else 0.0,
        whisker_low=min(float(row["low"]), q1),  # as summaries have it
        q1=q1,
        median=median,
        q3=q3,
        whisker_high=max(float(row["high"]), q3),
        n_outliers=int(row["n_outliers"]),
        quantiles=[lowest, highest],
        outliers=farthest(np.array(beyond), (q1 - 1.5 * (q3 - q1), q3 + 1.5 * (q3 - q1))),
    )


def _listed(values: Any) -> Sequence[float]:
    """Return DuckDB's list of numbers, which is missing where there are none."""
    return [] if values is None or values is pd.NA else values
