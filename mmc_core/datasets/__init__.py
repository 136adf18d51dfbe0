"""Labelled clips: the project's datasets and those a person builds, all of one form."""

from mmc_core.datasets import user
from mmc_core.datasets.base import Dataset
from mmc_core.datasets.registry import (
    DATASETS,
    build_dataset,
    every,
    list_datasets,
    load_dataset,
    title_of,
    user_dataset_name,
)
from mmc_core.datasets.registry import load_dataset as get
from mmc_core.datasets.user import UserDataset

__all__ = [
    "DATASETS",
    "Dataset",
    "UserDataset",
    "build_dataset",
    "every",
    "get",
    "list_datasets",
    "load_dataset",
    "title_of",
    "user",
    "user_dataset_name",
]
