"""Datasets that a person builds: read from a folder, list or table, checked, kept, removed."""

from mmc_core.datasets.user.builder import build, build_parts
from mmc_core.datasets.user.corrected import current as corrected
from mmc_core.datasets.user.dataset import UserDataset
from mmc_core.datasets.user.naming import DatasetName, clean_title, folded, make_id
from mmc_core.datasets.user.partitioned import files_of as parts_of
from mmc_core.datasets.user.source import read
from mmc_core.datasets.user.store import damaged, every, find, newer, remove, taken

__all__ = [
    "DatasetName",
    "UserDataset",
    "build",
    "build_parts",
    "clean_title",
    "corrected",
    "damaged",
    "every",
    "find",
    "folded",
    "make_id",
    "newer",
    "parts_of",
    "read",
    "remove",
    "taken",
]
