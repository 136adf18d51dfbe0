"""Where things are kept and how much is accepted. All that the environment may change."""

from __future__ import annotations

import os
from contextlib import suppress
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path

from mmc_core.errors import MMCError

_PACKAGE = Path(str(files("mmc_core")))
# Not a checkout: then the wheel's copies of `app.py`, `pages`, `data` and `models`.
INSTALLED = (_PACKAGE / "_project").is_dir()
PROJECT = _PACKAGE / "_project" if INSTALLED else _PACKAGE.parent
DATA = PROJECT / "data"

MOST_BYTES = 10**15  # that a limit may be: a petabyte
MOST_SECONDS = 10**7  # and four months


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
    return Limits(
        _whole_number("MMC_MAX_BYTES", 2 * 10**9), _seconds("MMC_MAX_SECONDS", 6 * 3600.0)
    )


def page_limits() -> Limits:
    """100 MB and 30 minutes, or `MMC_PAGE_MAX_BYTES` and `MMC_PAGE_MAX_SECONDS`."""
    return Limits(
        _whole_number("MMC_PAGE_MAX_BYTES", 100 * 10**6),
        _seconds("MMC_PAGE_MAX_SECONDS", 30 * 60.0),
    )


def table_limit() -> int:
    """The largest file, in bytes, that is read as a table: 4 GB, or `MMC_MAX_TABLE_BYTES`."""
    return _whole_number("MMC_MAX_TABLE_BYTES", 4 * 10**9)


def page_table_limit() -> int:
    """The same on the page: 200 MB, or `MMC_PAGE_MAX_TABLE_BYTES`."""
    return _whole_number("MMC_PAGE_MAX_TABLE_BYTES", 200 * 10**6)


def _whole_number(variable: str, default: int) -> int:
    written = os.environ.get(variable) or str(default)
    with suppress(ValueError):
        if 0 < (number := int(written)) <= MOST_BYTES:
            return number
    raise MMCError(
        f"{variable} should be a whole number of bytes from 1 to {MOST_BYTES}: got "
        f"{written[:60]!r}. Set it to such as {default}, or leave it out."
    )


def _seconds(variable: str, default: float) -> float:
    written = os.environ.get(variable) or str(default)
    with suppress(ValueError):
        if 0 < (number := float(written)) <= MOST_SECONDS:  # not so of NaN
            return number
    raise MMCError(
        f"{variable} should be a number of seconds above 0 and up to {MOST_SECONDS}: got "
        f"{written[:60]!r}. Set it to such as {default:.0f}, or leave it out."
    )
