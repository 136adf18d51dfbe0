"""Clips that are nearly one, and whether they have one label."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import pandas as pd

from mmc_core.datasets import Dataset, embeddings
from mmc_core.datasets.neighbours import ALIKE, library
from mmc_core.language import N_

ALIKE_ONLY, SAME_GROUP = N_("sound alike"), N_("sound alike, same artist or song")
COLUMNS = ["clip", "other", "mood", "other_mood", "why", "similarity"]
BLOCK = 512  # clips whose similarities with all others are in memory at a time


class Differing(NamedTuple):
    """How many pairs have different labels, and the share that would if labels were dealt out among
    the clips of these pairs at random.
    """

    pairs: int
    differing: int
    chance: float


def alike(dataset: Dataset) -> pd.DataFrame:
    """Pairs of clips that are one, by `duplicates.csv`, or sound about as alike as copies do.

    Returns:
        `clip`, `other`, `mood`, `other_mood`, `why`, and `similarity` where it is known; pairs with
        different labels first, of these the most alike.

    Raises:
        DatasetError: if the dataset's embeddings are of other axes than those that are here.
    """
    parts = [pd.DataFrame(columns=COLUMNS).astype({"similarity": float})]
    if dataset.duplicates_path.exists():
        parts.append(pd.read_csv(dataset.duplicates_path, dtype={"clip": str, "other": str}))
    if embeddings.has(dataset) and dataset.has_table():
        parts.append(_sounding_alike(dataset))
    pairs = pd.concat(parts, ignore_index=True)
    of_two = [frozenset(each) for each in zip(pairs["clip"], pairs["other"], strict=True)]
    known = pairs["similarity"].groupby(of_two).transform("max")
    pairs = pairs.assign(similarity=known)[~pd.Series(of_two).duplicated()]
    order = (pairs["mood"] == pairs["other_mood"]) * 10 - pairs["similarity"].fillna(1)
    return pairs.loc[order.sort_values(kind="stable").index, COLUMNS].reset_index(drop=True)


def has_pairs(dataset: Dataset) -> bool:
    """Return whether `alike` may find pairs with what is on this machine."""
    return dataset.duplicates_path.exists() or (embeddings.has(dataset) and dataset.has_table())


def differing(pairs: pd.DataFrame) -> Differing:
    """How often the labels of such pairs differ."""
    moods = pd.concat([pairs["mood"], pairs["other_mood"]])
    chance = 1 - float(np.square(moods.value_counts(normalize=True)).sum())
    return Differing(len(pairs), int((pairs["mood"] != pairs["other_mood"]).sum()), chance)


def _sounding_alike(dataset: Dataset) -> pd.DataFrame:
    every = library([dataset])
    clip, mood, group = (
        every.clips[name].to_numpy(dtype=object) for name in ("clip", "mood", "group")
    )
    found = []
    for start in range(0, len(clip), BLOCK):
        similarity = every.directions[start : start + BLOCK] @ every.directions.T
        first, second = np.nonzero(similarity >= ALIKE)
        later = second > first + start
        first, second = first[later], second[later]
        one = first + start
        found.append(
            pd.DataFrame(
                {
                    "clip": clip[one],
                    "other": clip[second],
                    "mood": mood[one],
                    "other_mood": mood[second],
                    "why": np.where(group[one] == group[second], SAME_GROUP, ALIKE_ONLY),
                    "similarity": similarity[first, second].astype(float),
                }
            )
        )
    return pd.concat(found, ignore_index=True)
