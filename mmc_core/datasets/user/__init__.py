"""Datasets that a person builds: read from a folder, list or table, checked, kept, removed."""

from mmc_core.datasets.user.builder import build, clean_title, slug
from mmc_core.datasets.user.dataset import UserDataset
from mmc_core.datasets.user.source import read
from mmc_core.datasets.user.store import damaged, every, remove

__all__ = ["UserDataset", "build", "clean_title", "damaged", "every", "read", "remove", "slug"]
