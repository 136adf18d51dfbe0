"""A person's own datasets: given as folder, list or table, checked, kept, removed."""

from mmc_core.datasets.user.store import (
    Own,
    build,
    clean_title,
    damaged,
    every,
    remove,
    slug,
)

__all__ = ["Own", "build", "clean_title", "damaged", "every", "remove", "slug"]
