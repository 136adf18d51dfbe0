"""Where things are kept and how much is accepted. All that the environment may change."""

from __future__ import annotations

import os
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path

from mmc_core.errors import MMCError

_PACKAGE = Path(str(files("mmc_core")))
# Not a checkout: then the wheel's copies of `app.py`, `pages`, `data` and `models`.
INSTALLED = (_PACKAGE / "_project").is_dir()
PROJECT = _PACKAGE / "_project" if INSTALLED else _PACKAGE.parent
DATA = PROJECT / "data"


def made_data_dir() -> Path:
    """Where files of `data/` are written: there, or in the cache by an installed program."""
    return cache_dir() / "data" if INSTALLED else DATA


def models_dir() -> Path:
    """Folder that run folders are written to: `MMC_MODELS`, else `models/` of the checkout, else
    the platform's folder for a person's data.
    """
    if folder := os.environ.get("MMC_MODELS"):
        return Path(folder).resolve()
    if not INSTALLED:
        return PROJECT / "models"
    from platformdirs import user_data_path

    return user_data_path("mmc-music-mood") / "models"


def models_dirs() -> list[Path]:
    """Folders that runs are read from: what is written, and what is installed with the program,
    unless `MMC_MODELS` is set.
    """
    written = models_dir()
    both = INSTALLED and not os.environ.get("MMC_MODELS")
    return [PROJECT / "models", written] if both else [written]


def cache_dir() -> Path:
    """Folder for what is fetched or computed: `MMC_CACHE`, else the platform's cache folder."""
    if set_by_hand := os.environ.get("MMC_CACHE"):
        return Path(set_by_hand).resolve()
    from platformdirs import user_cache_path

    return user_cache_path("mmc-music-mood")


def soundfont() -> Path:
    """What EMOPIA's clips are rendered with: `MMC_SOUNDFONT`, else Debian's Fluid R3 GM."""
    return Path(os.environ.get("MMC_SOUNDFONT") or "/usr/share/sounds/sf2/FluidR3_GM.sf2")


def data_mirror() -> Path | None:
    """A folder with the datasets' files (`MMC_DATA_MIRROR`), or None."""
    mirror = os.environ.get("MMC_DATA_MIRROR")
    return Path(mirror) if mirror else None


def page_training() -> bool:
    """Whether visitors of the page may start trainings: unless `MMC_PAGE_TRAINING` is 0."""
    return os.environ.get("MMC_PAGE_TRAINING", "1") != "0"


def page_datasets() -> bool:
    """Whether visitors of the page may add and remove datasets: unless `MMC_PAGE_DATASETS` is 0."""
    return os.environ.get("MMC_PAGE_DATASETS", "1") != "0"


@dataclass(frozen=True)
class Limits:
    """The most that is accepted of one audio file."""

    size_bytes: int
    duration_s: float


def command_line_limits() -> Limits:
    """2 GB and 6 hours, or `MMC_MAX_BYTES` and `MMC_MAX_SECONDS`."""
    return _limits(2 * 10**9, 6 * 3600.0)


def page_limits() -> Limits:
    """100 MB and 30 minutes, or `MMC_PAGE_MAX_BYTES` and `MMC_PAGE_MAX_SECONDS`."""
    return _limits(100 * 10**6, 30 * 60.0, prefix="MMC_PAGE")


def table_limit() -> int:
    """The largest file, in bytes, that is read as a table: 4 GB, or `MMC_MAX_TABLE_BYTES`."""
    return _table_limit(4 * 10**9, "MMC")


def page_table_limit() -> int:
    """The same on the page: 200 MB, or `MMC_PAGE_MAX_TABLE_BYTES`."""
    return _table_limit(200 * 10**6, "MMC_PAGE")


def _table_limit(size_bytes: int, prefix: str) -> int:
    try:
        return int(os.environ.get(f"{prefix}_MAX_TABLE_BYTES") or size_bytes)
    except ValueError as error:
        raise MMCError(f"{prefix}_MAX_TABLE_BYTES should be a whole number: {error}.") from None


def _limits(size_bytes: int, duration_s: float, prefix: str = "MMC") -> Limits:
    try:
        return Limits(
            int(os.environ.get(f"{prefix}_MAX_BYTES") or size_bytes),
            float(os.environ.get(f"{prefix}_MAX_SECONDS") or duration_s),
        )
    except ValueError as error:
        raise MMCError(
            f"{prefix}_MAX_BYTES and {prefix}_MAX_SECONDS should be numbers: {error}."
        ) from None
