"""Comparisons as files: `data/comparisons` where they are of the project's datasets and all moods,
else the cache.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from mmc_core import datasets, files
from mmc_core.comparison.result import Comparison
from mmc_core.datasets import DATASETS, Dataset
from mmc_core.errors import DamagedFile, NewerFile
from mmc_core.moods import NAMES
from mmc_core.saved.comparison import COMPARISON
from mmc_core.saved.kind import SCHEMA
from mmc_core.settings import DATA, cache_dir, made_data_dir

VERSION = 2  # raise when a change of code changes a number


def saved_path(ids: Sequence[str], moods: Sequence[str] = NAMES) -> Path:
    """Where a comparison is written."""
    # Ids may have hyphens themselves: {a-b, c} and {a, b-c} are two files.
    name = ("+" if any("-" in id_ for id_ in ids) else "-").join(sorted(ids))
    if set(moods) == set(NAMES):
        if set(ids) <= set(DATASETS):
            return made_data_dir() / "comparisons" / f"{name}.json"
    else:
        name += "--" + "-".join(mood for mood in NAMES if mood in moods)
    return cache_dir() / "comparisons" / f"{name}.json"


def existing_path(ids: Sequence[str], moods: Sequence[str] = NAMES) -> Path:
    """Where one is read from: as made on this machine, else as it comes with the project."""
    made = saved_path(ids, moods)
    return made if made.exists() else DATA / "comparisons" / made.name


def load(ids: Sequence[str], moods: Sequence[str] = NAMES) -> Comparison | None:
    """A saved comparison, if it is of the datasets as they are now: as made on this machine, else
    as it comes with the project.
    """
    made = saved_path(ids, moods)
    of = identity([datasets.load_dataset(id_) for id_ in ids])
    for path in dict.fromkeys([made, DATA / "comparisons" / made.name]):
        try:
            comparison = Comparison.from_data(COMPARISON.read(path))
        except (OSError, DamagedFile, NewerFile):
            continue
        if comparison.of == of:
            return comparison
    return None


def save(comparison: Comparison) -> Path:
    """Write a comparison, but not over one whose numbers agree.

    Raises:
        NewerFile: if a newer version of the program wrote the comparison that is there.
    """
    path = saved_path(comparison.datasets, comparison.moods)
    refuse_newer(comparison.datasets, comparison.moods)
    files.write_json({SCHEMA: COMPARISON.schema, **comparison.to_json()}, path, indent=1)
    return path


def refuse_newer(ids: Sequence[str], moods: Sequence[str] = NAMES) -> None:
    """Do nothing, unless a newer version of the program wrote the comparison that is there.

    Raises:
        NewerFile: if one did; its file stays as it is.
    """
    with suppress(OSError, DamagedFile):
        COMPARISON.read(saved_path(ids, moods))


def identity(chosen: Sequence[Dataset]) -> dict[str, str]:
    """What a comparison is made of: the fingerprint of every dataset, and the method's version."""
    fingerprints = {d.id: d.summary().fingerprint() for d in sorted(chosen, key=lambda d: d.id)}
    return {**fingerprints, "version": str(VERSION)}


def command(ids: Sequence[str], moods: Sequence[str] = NAMES) -> str:
    """What makes a comparison."""
    some = f" --moods {','.join(moods)}" if set(moods) != set(NAMES) else ""
    return f"mmc compare {' '.join(sorted(ids))}{some}"
