"""Folders named KEY=VALUE, in which Spark, Polars, pandas and DuckDB write partitioned tables."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from urllib.parse import unquote

from mmc_core import moods
from mmc_core.moods import Mood

NULL = "__HIVE_DEFAULT_PARTITION__"
MOST_LEVELS = 16  # of folders; a link may lead back


def partition(folder: str) -> tuple[str, str] | None:
    """Return the column, in small letters, and the value that a folder's name gives; None if it
    gives none. A value that is not known is "".

    >>> partition("mood=R%26B")
    ('mood', 'R&B')
    """
    key, equals, value = folder.partition("=")
    if not (key.strip() and equals):
        return None
    return unquote(key).strip().casefold(), "" if value == NULL else unquote(value)


def mood_of(folder: str) -> Mood | None:
    """Return the mood that a folder is named after, as in "happy" or "mood=happy"."""
    key, value = partition(folder) or ("mood", folder)
    return moods.parse(value) if key == "mood" else None


def labels(folders: Sequence[str]) -> tuple[Mood | None, str, str]:
    """Return the mood, group and part that a file has by the folders above it, "" where none.

    The mood is that of a folder "mood=VALUE", else of the first folder; the folder below it is the
    group. Other folders named KEY=VALUE may then give the group and the part.
    """
    values = dict(filter(None, map(partition, folders)))
    if "mood" not in values:
        return moods.parse(folders[0]), folders[1] if len(folders) > 1 else "", ""
    at = next(i for i, name in enumerate(folders) if (partition(name) or ("", ""))[0] == "mood")
    below = [name for name in folders[at + 1 :] if not partition(name)]
    group = values.get("group") or (below[0] if below else "")
    return moods.parse(values["mood"]), group, values.get("part", "").casefold()


def partitions(folder: Path, levels: int = MOST_LEVELS) -> Iterator[Path]:
    """Yield the folders named KEY=VALUE in a folder, and those in them, sorted."""
    if not levels:
        return
    with suppress(OSError):  # those that may not be looked into
        for path in sorted(folder.iterdir()):
            if partition(path.name) and not is_passed_over(path.name) and path.is_dir():
                yield path
                yield from partitions(path, levels - 1)


def is_passed_over(name: str) -> bool:
    """Return whether a file or folder is no part of a table, as _SUCCESS and ".crc" files."""
    return name.startswith((".", "_"))
