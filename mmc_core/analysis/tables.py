"""Feature tables: parquet in, parquet out.

A table has a row a clip: `clip`, `mood`, `group`, `duration_s`, in some `start_s`, then features.
"""

from __future__ import annotations

from collections.abc import Container
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa

from mmc_core import files
from mmc_core.errors import DatasetError
from mmc_core.features.schema import BY_NAME, FEATURES, Feature
from mmc_core.moods import NAMES

META = ("clip", "mood", "group", "duration_s")
MOST_ROWS = 3_000_000  # of a table that is read into memory
START = "start_s"  # where the described part of a clip begins, where that is known


def read_table(path: Path) -> pd.DataFrame:
    """A feature table, checked.

    Parameters
    ----------
    path : Path
        Of a Parquet file.

    Returns
    -------
    DataFrame
        A row a clip: `clip` (its name, each once), `mood`, `group`, `duration_s` in seconds, then
        a column a feature.

    Raises
    ------
    DatasetError
        If it cannot be read, columns are missing, clips repeat or a mood is unknown.

    Examples
    --------
    >>> import mmc_core as mmc
    >>> len(mmc.read_table(mmc.load_dataset("4qaed").table_path))
    898
    """
    try:
        table = pd.read_parquet(path)
    except (OSError, pa.ArrowException) as error:
        raise DatasetError(
            f"{path} cannot be read as a table ({error}). Fetch or build it again."
        ) from error
    if missing := [column for column in META if column not in table]:
        raise DatasetError(f"{path.name} lacks the columns {missing}; build the table again.")
    if strange := sorted(set(table["mood"]) - set(NAMES)):
        raise DatasetError(f"{path.name} has the moods {strange}; expected {list(NAMES)}.")
    if table["clip"].duplicated().any():
        repeated = sorted(set(table.loc[table["clip"].duplicated(), "clip"]))[:5]
        raise DatasetError(f"{path.name} holds the clips {repeated} more than once.")
    return table


def write_table(table: pd.DataFrame, path: Path) -> None:
    """Write a table with its columns in the schema's order, whole or not at all.

    A table there whose numbers agree is left alone.

    Parameters
    ----------
    table : DataFrame
        As `read_table` gives one.
    path : Path
        Of a Parquet file; its folder is made.

    Raises
    ------
    DatasetError
        If it cannot be written there.

    Examples
    --------
    >>> from pathlib import Path
    >>> import mmc_core as mmc
    >>> table = mmc.load_dataset("4qaed").table()
    >>> mmc.write_table(table[table["mood"] == "sad"], Path("sad.parquet"))
    """
    start = [START] if START in table else []
    order = [*META, *start, *(feature.name for feature in features_of(table))]
    try:
        files.write_parquet(table[order], path)
    except OSError as error:
        raise DatasetError(f"{path} cannot be written: {error}. Check the folder.") from error


def features_of(columns: Container[Any]) -> list[Feature]:
    """The schema's features among some names, or a table's columns, in the schema's order."""
    return [feature for feature in FEATURES if feature.name in columns]


def agreement(table: pd.DataFrame, first: str, second: str) -> tuple[pd.DataFrame, float]:
    """How two features of the same categories agree: counts of each pair, and the share alike."""
    order = list(BY_NAME[first].categories)
    counts = pd.crosstab(table[first], table[second]).reindex(
        index=order, columns=order, fill_value=0
    )
    alike = table[first].to_numpy(dtype=object) == table[second].to_numpy(dtype=object)
    return counts, float(alike.mean())
