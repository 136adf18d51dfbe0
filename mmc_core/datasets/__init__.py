"""The datasets there are, in the order in which they are shown."""

from __future__ import annotations

from mmc_core.datasets.base import Dataset
from mmc_core.datasets.fourqaed import FourQAED
from mmc_core.datasets.turkish import Turkish
from mmc_core.errors import UnknownName

DATASETS: dict[str, Dataset] = {dataset.id: dataset for dataset in (FourQAED(), Turkish())}


def every() -> dict[str, Dataset]:
    """All datasets by id: the project's, then a person's own."""
    return dict(DATASETS)


def get(dataset_id: str) -> Dataset:
    """A dataset by its id.

    Raises:
        UnknownName: if there is none of that id.
    """
    known = every()
    if dataset_id not in known:
        raise UnknownName(
            f"There is no dataset {dataset_id!r}; expected one of {', '.join(known)}."
        )
    return known[dataset_id]


__all__ = ["DATASETS", "Dataset", "every", "get"]
