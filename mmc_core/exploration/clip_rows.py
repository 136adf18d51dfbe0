"""The rows of the table of clips: a dataset's features, with what is known of each clip beside."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from mmc_core._typing import Float32
from mmc_core.analysis.stored.table import file_sql, text_sql
from mmc_core.datasets import Dataset
from mmc_core.errors import DatasetError
from mmc_core.exploration.expression import NUMBER, TEXT, YES_NO, quoted
from mmc_core.exploration.queries import FOLDED, GENRES
from mmc_core.moods import NAMES
from mmc_core.runs import Run

BATCH = 50_000  # rows that are read at once
MAP = ("map_x", "map_y")
MOST_HELD = 2**40  # rows, so that those of files have numbers behind them
SQL_TYPES = {pa.float64(): "DOUBLE", pa.string(): "VARCHAR", pa.bool_(): "BOOLEAN"}
ARROW_TYPES = {NUMBER: pa.float64(), TEXT: pa.string(), YES_NO: pa.bool_()}
ABOUT = {"name": TEXT, "clip": TEXT, "mood": TEXT, "dataset": TEXT}
SYSTEM = {"predicted": TEXT, "probability": NUMBER, "correct": YES_NO}


def of_system(column: str, i: int) -> str:
    """What a column of `SYSTEM` is called for the i-th system of a dataset, from 0."""
    return column if i == 0 else f"{column}_{i + 1}"


def held_out(predictions: pd.DataFrame) -> pd.DataFrame:
    """What a system predicted of each clip while it was held out: the mean over repeats.

    Args:
        predictions: see `learning.scores`.

    Returns:
        By clip, `predicted`, the likeliest mood, and its `probability`.
    """
    p = predictions.groupby("clip")[list(NAMES)].mean()
    p = p.div(p.sum(axis=1), axis=0)
    predicted = np.array(NAMES, dtype=object)[p.to_numpy().argmax(axis=1)]
    return pd.DataFrame({"predicted": predicted, "probability": p.max(axis=1)}, index=p.index)


def schema_of(dataset: Dataset) -> list[str]:
    """Return the names of the columns of a dataset's table.

    Raises:
        DatasetError: if the table cannot be read.
    """
    try:
        names: list[str] = pq.read_schema(dataset.table_path).names
    except (OSError, pa.ArrowException) as error:
        raise _unreadable(dataset, error) from error
    return names


def _unreadable(dataset: Dataset, error: Exception) -> DatasetError:
    return DatasetError(
        f"The table of {dataset.title} cannot be read ({error}). Fetch or build it again."
    )


def about_clips(dataset: Dataset, systems: Sequence[Run]) -> pd.DataFrame:
    """Return what is known of clips beside their sound, by clip."""
    known = dataset.about_clips()
    parts = [known[[name for name in ("name", GENRES) if name in known]]]
    for i, run in enumerate(systems):
        found = held_out(run.predictions())
        parts.append(found.rename(columns={name: of_system(name, i) for name in SYSTEM}))
    return pd.concat(parts, axis=1)


def batches(
    dataset: Dataset, about: pd.DataFrame, places: Float32 | None, schema: pa.Schema
) -> Iterator[pa.RecordBatch]:
    """Yield a dataset's rows with what is known of them, piece by piece."""
    names = [name for name in schema_of(dataset) if name in schema.names]
    begin = 0
    try:
        for batch in pq.ParquetFile(dataset.table_path).iter_batches(BATCH, columns=names):
            beside = _beside(batch, about).assign(dataset=dataset.id)
            if places is not None:
                beside[list(MAP)] = places[begin : begin + len(batch)]
            begin += len(batch)
            known = pa.RecordBatch.from_pandas(beside, preserve_index=False)
            columns = dict(zip(batch.schema.names, batch.columns, strict=True))
            columns |= dict(zip(known.schema.names, known.columns, strict=True))
            yield pa.record_batch(
                [
                    columns[field.name].cast(field.type)
                    if field.name in columns
                    else pa.nulls(len(batch), field.type)
                    for field in schema
                ],
                schema,
            )
    except (OSError, pa.ArrowException) as error:
        raise _unreadable(dataset, error) from error


def with_files(large: Sequence[Dataset], schema: pa.Schema) -> str:
    """Return SQL for the clips that are held, then those of files, numbered through."""
    parts = ["SELECT *, rowid AS rowid FROM held"]
    begin = MOST_HELD
    for dataset in large:
        there = {*schema_of(dataset)}
        known = {"name": "clip", "dataset": text_sql(dataset.id)}
        columns = [
            f"{known.get(each.name) or (quoted(each.name) if each.name in there else 'NULL')}"
            f"::{SQL_TYPES[each.type]} AS {quoted(each.name)}"
            for each in schema
        ]
        parts.append(
            f"SELECT {', '.join(columns)}, fold(clip) AS {FOLDED}, {begin} + file_row_number AS "
            "rowid FROM "
            f"read_parquet({file_sql(dataset.table_path)}, file_row_number = true, "
            "hive_partitioning = false)"
        )
        begin += sum(dataset.clips().values())
    return " UNION ALL ".join(parts)


def _beside(rows: pa.RecordBatch, about: pd.DataFrame) -> pd.DataFrame:
    """Return what is known of each row's clip; its name where it has no other."""
    clips = rows["clip"].to_pandas()
    if about.empty:
        return pd.DataFrame({"name": clips})
    beside = about.reindex(clips).set_index(clips.index)
    beside["name"] = beside["name"].fillna(clips)
    mood = rows["mood"].to_pandas()
    for name in [name for name in about if str(name).startswith("predicted")]:
        right = (beside[name] == mood).where(beside[name].notna())
        beside[str(name).replace("predicted", "correct")] = right.astype("boolean")
    return beside
