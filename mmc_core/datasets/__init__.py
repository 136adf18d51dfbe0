"""The datasets there are, in the order in which they are shown."""

from __future__ import annotations

from mmc_core.datasets import user
from mmc_core.datasets.base import Dataset
from mmc_core.datasets.emopia import Emopia
from mmc_core.datasets.fourqaed import FourQAED
from mmc_core.datasets.turkish import Turkish
from mmc_core.datasets.user.store import Own
from mmc_core.errors import MMCError, UnknownName

DATASETS: dict[str, Dataset] = {
    dataset.id: dataset for dataset in (FourQAED(), Turkish(), Emopia())
}


def every() -> dict[str, Dataset]:
    """All datasets by id: the project's, then a person's own."""
    return DATASETS | {id_: each for id_, each in user.every().items() if id_ not in DATASETS}


def get(dataset_id: str) -> Dataset:
    """A dataset by its id.

    Raises:
        UnknownName: if there is none of that id.
    """
    known = DATASETS if dataset_id in DATASETS else every()
    if dataset_id not in known:
        raise UnknownName(
            f"There is no dataset {dataset_id!r}; expected one of {', '.join(known)}."
        )
    return known[dataset_id]


def title_of(dataset_id: str) -> str:
    """A dataset's title; its id where it was removed, since runs on it may have stayed."""
    known = DATASETS if dataset_id in DATASETS else every()
    return known[dataset_id].title if dataset_id in known else f"{dataset_id} (removed)"


def own_name(name: str, title: str = "") -> tuple[str, str]:
    """The id and title of a dataset of one's own that is to be called so.

    Raises:
        MMCError: if they are taken, or there is nothing in the name to make an id of.
    """
    dataset_id = user.slug(name)
    title = user.clean_title(title or name) or dataset_id
    if dataset_id in DATASETS:
        raise MMCError(
            f"{dataset_id} is a dataset of the project; choose another name for your own."
        )
    for other in every().values():
        if other.id != dataset_id and other.title.casefold() == title.casefold():
            raise MMCError(
                f"The dataset {other.id} has the title {other.title!r} already; choose another."
            )
    return dataset_id, title


__all__ = ["DATASETS", "Dataset", "Own", "every", "get", "own_name", "title_of", "user"]
