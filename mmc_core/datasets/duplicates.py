"""Clips that are in a dataset twice: nearly the same features, one song by its file name, or one
recording by its sound.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np
import pandas as pd

from mmc_core._typing import Bools, Float64, Ints, Objects
from mmc_core.datasets.recordings import Match
from mmc_core.errors import DatasetError
from mmc_core.features.schema import BY_NAME, ORIGINAL_57
from mmc_core.language import N_

# Pairs nearer than this in standardised features sound alike: in the Turkish table the nearest
# pair of different songs is 1.75 apart, the farthest pair of one song under two names 1.01.
NEAR = 1.5
MAX_CLIPS = 20_000  # clips whose every pair fits into memory

EXACT, NEARLY = N_("same features"), N_("nearly the same features")
NAMES, RECORDING = N_("names alike"), N_("same recording")


def groups(table: pd.DataFrame) -> list[str]:
    """A group's name for each clip: connected by near features or by like names."""
    from scipy.sparse.csgraph import connected_components

    distance, names = _distances(table), _like_names(table)
    connected = (distance < NEAR) | (names[:, None] == names)
    _, component = connected_components(connected, directed=False)
    return [f"song {number + 1:03d}" for number in component]


def near(table: pd.DataFrame) -> Bools:
    """Which clips sound alike. Takes all numeric features, and memory of n squared. (n, n)"""
    return _distances(table) < NEAR


def pairs(table: pd.DataFrame) -> pd.DataFrame:
    """Every pair of duplicates: both clips, their moods, distance and why they are one."""
    distance, names = _distances(table), _like_names(table)
    first, second = np.nonzero(np.triu((distance < NEAR) | (names[:, None] == names), 1))
    why = np.where(
        distance[first, second] == 0,
        EXACT,
        np.where(distance[first, second] < NEAR, NEARLY, NAMES),
    )
    return _listed(table, first, second, distance, why).sort_values("distance", ignore_index=True)


def same_recordings(table: pd.DataFrame, matches: Sequence[Match]) -> pd.DataFrame:
    """Pairs of clips of one recording as `pairs` has them, with `correlation` and `time_shift_s`:
    how well they agree, and by how much later the other begins.
    """
    of = pd.DataFrame(matches, columns=list(Match._fields))
    first, second = (of[name].to_numpy(dtype=np.intp) for name in ("first", "second"))
    why = np.full(len(of), RECORDING, dtype=object)
    return _listed(table, first, second, _distances(table), why).join(
        of[["correlation", "time_shift_s"]].astype(float)
    )


def joined(table: pd.DataFrame, duplicates: pd.DataFrame) -> list[str]:
    """The table's groups, those of two clips that are one made one: the first in order."""
    group = dict(zip(table["clip"], table["group"], strict=True))
    for pair in zip(duplicates["clip"], duplicates["other"], strict=True):
        first, second = sorted(group[clip] for clip in pair)
        group = {clip: first if name == second else name for clip, name in group.items()}
    return list(group.values())


def like_name(clip: str) -> str:
    """A file name without numbers and the word "part", its words in alphabetic order."""
    words = re.findall(r"[a-z]+", clip.casefold())
    return " ".join(sorted(word for word in words if word != "part")) or clip


def _listed(
    table: pd.DataFrame, first: Ints, second: Ints, distance: Float64, why: Objects
) -> pd.DataFrame:
    clip, mood = (table[column].to_numpy(dtype=object) for column in ("clip", "mood"))
    return pd.DataFrame(
        {
            "clip": clip[first],
            "other": clip[second],
            "mood": mood[first],
            "other_mood": mood[second],
            "distance": distance[first, second],
            "why": why,
        }
    )


def _distances(table: pd.DataFrame) -> Float64:
    """Between clips, over the numeric features, each in its standard deviations. (n, n)"""
    from scipy.spatial.distance import pdist, squareform

    numbers = [name for name in ORIGINAL_57 if not BY_NAME[name].categories]
    if missing := [name for name in numbers if name not in table]:
        raise DatasetError(f"Clips are compared by all 57 features; {missing[0]} is not there.")
    if len(table) > MAX_CLIPS:
        raise DatasetError(
            f"{len(table):,} clips are too many to compare; expected at most {MAX_CLIPS:,}."
        )
    features = table[numbers].to_numpy(dtype=float)
    std = features.std(axis=0)
    standardised = (features - features.mean(axis=0)) / np.where(std == 0, 1, std)
    distance: Float64 = squareform(pdist(standardised))
    return distance


def _like_names(table: pd.DataFrame) -> Objects:
    return np.array([like_name(str(clip)) for clip in table["clip"]], dtype=object)
