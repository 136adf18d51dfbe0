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
MOST_PROCESSES = 64


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


def library_path() -> Path:
    """The journal of scanned songs: `MMC_LIBRARY`, else in the cache."""
    if set_by_hand := os.environ.get("MMC_LIBRARY"):
        return Path(set_by_hand).resolve()
    return cache_dir() / "library" / "songs.sqlite"


def tag_journal_path() -> Path:
    """What undoes the tags that were written: `MMC_TAG_JOURNAL`, else in the platform's folder for
    a person's data, as a cache may be cleared.
    """
    if set_by_hand := os.environ.get("MMC_TAG_JOURNAL"):
        return Path(set_by_hand).resolve()
    from platformdirs import user_data_path

    return user_data_path("mmc-music-mood") / "tags.sqlite"


def corrections_dir() -> Path | None:
    """Folder for moods that a person corrected: `MMC_CORRECTIONS`, else in the platform's folder
    for a person's data. None where that variable is "off": then nothing is kept or read.
    """
    folder = os.environ.get("MMC_CORRECTIONS", "")
    if folder.casefold() in ("off", "0"):
        return None
    if folder:
        return Path(folder).resolve()
    from platformdirs import user_data_path

    return user_data_path("mmc-music-mood") / "corrections"


def judgements_dir() -> Path:
    """Folder for what people judged of doubtful labels: `MMC_JUDGEMENTS`, else in the platform's
    folder for a person's data.
    """
    if folder := os.environ.get("MMC_JUDGEMENTS"):
        return Path(folder).resolve()
    from platformdirs import user_data_path

    return user_data_path("mmc-music-mood") / "judgements"


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


def page_library() -> bool:
    """Whether visitors of the page see and hear the songs that were scanned on this machine: unless
    `MMC_PAGE_LIBRARY` is 0.
    """
    return os.environ.get("MMC_PAGE_LIBRARY", "1") != "0"


def page_judgements() -> bool:
    """Whether visitors of the page may judge doubtful labels: unless `MMC_PAGE_JUDGEMENTS` is 0."""
    return os.environ.get("MMC_PAGE_JUDGEMENTS", "1") != "0"


def page_processes() -> int:
    """The most processes in which songs of the page's visitors are analysed: one a core, from 2 to
    4, or `MMC_PAGE_PROCESSES`. With 0, the server does that itself.
    """
    default = min(max(2, os.cpu_count() or 1), 4)
    return _whole_number("MMC_PAGE_PROCESSES", default, "processes", least=0, most=MOST_PROCESSES)


def page_keep_seconds() -> float:
    """How long a visitor's songs stay in memory after the last look at the page: an hour, or
    `MMC_PAGE_KEEP_SECONDS`.
    """
    return _seconds("MMC_PAGE_KEEP_SECONDS", 3600.0)


def page_corrections() -> bool:
    """Whether visitors of the page may keep and remove corrections. They become a dataset: unless
    these, or corrections, are switched off.
    """
    return page_datasets() and corrections_dir() is not None


def needs_sign_in() -> bool:
    """Whether the app shows nothing until sign-in is set up: if `MMC_SIGN_IN` is 1."""
    return os.environ.get("MMC_SIGN_IN", "0") not in ("", "0")


def corrections_limit() -> int:
    """The most corrections that are kept: 1000, or `MMC_MAX_CORRECTIONS`."""
    return _whole_number("MMC_MAX_CORRECTIONS", 1000, unit="songs")


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


def decoder_bytes() -> int:
    """The most memory of a process that decodes audio, beside what it takes when it begins: 1 GB,
    or `MMC_DECODER_BYTES`.
    """
    return _whole_number("MMC_DECODER_BYTES", 2**30)


def decoder_seconds(duration_s: float) -> float:
    """The longest that decoding one file may take: a minute and a twentieth of the longest duration
    accepted, or `MMC_DECODER_SECONDS`.
    """
    return _seconds("MMC_DECODER_SECONDS", min(60 + duration_s / 20, MOST_SECONDS / 10))


def table_limit() -> int:
    """The largest file, in bytes, that is read as a table: 4 GB, or `MMC_MAX_TABLE_BYTES`."""
    return _whole_number("MMC_MAX_TABLE_BYTES", 4 * 10**9)


def page_table_limit() -> int:
    """The same on the page: 200 MB, or `MMC_PAGE_MAX_TABLE_BYTES`."""
    return _whole_number("MMC_PAGE_MAX_TABLE_BYTES", 200 * 10**6)


def table_bytes(size: int) -> int:
    """Return the most memory of a process that reads a table, beside what it takes when it begins:
    512 MB and eight times the file's size, or `MMC_TABLE_BYTES`. The table itself may have half.
    """
    return _whole_number("MMC_TABLE_BYTES", min(2**29 + 8 * size, MOST_BYTES))


def table_seconds(size: int) -> float:
    """Return the longest that reading a table may take: a minute and a second per two megabytes of
    the file, or `MMC_TABLE_SECONDS`.
    """
    return _seconds("MMC_TABLE_SECONDS", min(60 + size / 2e6, MOST_SECONDS / 10))


def _whole_number(
    variable: str, default: int, unit: str = "bytes", *, least: int = 1, most: int = MOST_BYTES
) -> int:
    written = os.environ.get(variable) or str(default)
    with suppress(ValueError):
        if least <= (number := int(written)) <= most:
            return number
    raise MMCError(
        f"{variable} should be a whole number of {unit} from {least} to {most}: got "
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
