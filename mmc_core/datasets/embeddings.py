"""A dataset's clips on the axes of similarity: `embeddings.parquet`, where there is audio."""

from __future__ import annotations

import pandas as pd

from mmc_core import files
from mmc_core._typing import Float32
from mmc_core.datasets.base import Dataset
from mmc_core.errors import DatasetError
from mmc_core.features.embeddings import axes

NAME = "embeddings.parquet"
MADE_WITH = "axes"  # key of the axes' id in the file's metadata


def has(dataset: Dataset) -> bool:
    """Whether a dataset's clips can be compared by sound."""
    return dataset.file(NAME).exists()


def read(dataset: Dataset) -> pd.DataFrame:
    """The clips on the axes, by `clip`: 32 columns of single precision, the first axis first.

    Raises:
        DatasetError: if they are not here, or of other axes than those that are.
    """
    path, command = dataset.file(NAME), f"mmc datasets embeddings {dataset.id}"
    if not path.exists():
        raise DatasetError(
            f"The embeddings of {dataset.title} are not on this machine. Make them from its audio "
            f"with: {command}"
        )
    table = pd.read_parquet(path)
    if (made_with := table.attrs.get(MADE_WITH)) != axes.load().id:
        raise DatasetError(
            f"The embeddings of {dataset.title} are on the axes {made_with!r}; expected "
            f"{axes.load().id!r}. Make them again with: {command}"
        )
    return table.set_index("clip")[axes.COLUMNS]


def write(dataset: Dataset, values: Float32) -> None:
    """Keep the clips of a dataset's table on the axes. (n, 32)"""
    table = pd.DataFrame(values, columns=axes.COLUMNS)
    table.insert(0, "clip", dataset.table()["clip"].to_numpy())
    table.attrs[MADE_WITH] = axes.load().id
    files.write_parquet(table, dataset.folder / NAME)
