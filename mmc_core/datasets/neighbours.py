"""Clips that sound alike: the cosine of the angle between them on the axes of similarity."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
import pandas as pd

from mmc_core._typing import Float32, Floats
from mmc_core.datasets import embeddings
from mmc_core.datasets.base import Dataset
from mmc_core.errors import DatasetError, UnknownName

# By the study "similar" no clip is nearer than `SAME` to one of another artist or song, but about
# half of the degraded copies are to theirs; 95 % of these copies are nearer than `ALIKE`.
SAME = 0.99
ALIKE = 0.95

PAIRS = 50_000  # of random clips, that a similarity is set beside
SEED = 13


@dataclass(frozen=True)
class Library:
    """Clips of datasets, to be searched by sound.

    Parameters
    ----------
    clips : DataFrame
        `dataset` (its id), `clip`, `name` to read, `mood` and `group`, a row a clip.
    vectors : ndarray of float32, (n, 32)
        The clips on the axes.
    notes : list of str
        Which datasets could not be searched, and why.
    """

    clips: pd.DataFrame
    vectors: Float32
    notes: list[str] = field(default_factory=list)

    @cached_property
    def directions(self) -> Float32:
        """The clips at length 1. (n, 32)"""
        return unit(self.vectors)

    @cached_property
    def usual(self) -> Floats:
        """Similarities of pairs of random clips, in order. Drawn from a seed."""
        rng, n = np.random.default_rng(SEED), len(self.clips)
        one = rng.integers(n, size=PAIRS)
        other = (one + rng.integers(1, max(2, n), size=PAIRS)) % n
        return np.sort((self.directions[one] * self.directions[other]).sum(axis=1))

    def row(self, dataset: str, clip: str) -> int:
        """The number of a clip.

        Raises:
            UnknownName: if it is not among them.
        """
        clips = self.clips
        rows = np.flatnonzero((clips["dataset"] == dataset) & (clips["clip"] == clip))
        if not len(rows):
            raise UnknownName(
                f"There is no clip {clip!r} of {dataset!r} to compare by sound; expected one of "
                f"the {len(clips):,} clips that have embeddings, such as 4qaed:MT0000004637."
            )
        return int(rows[0])

    def nearest(self, value: Floats, top: int = 10, *, but: int | None = None) -> pd.DataFrame:
        """The clips nearest to a place on the axes, the nearest first.

        Args:
            value: the place. (32,)
            top: how many clips.
            but: the number of a clip to leave out, the one that is asked about.

        Returns:
            `dataset`, `clip`, `name`, `mood`, `group`; `similarity`, a cosine from -1 to 1;
            `percentile`, the share (%) of pairs of random clips that are less alike; and
            `same_recording`, whether it is as alike as other files of one recording are.
        """
        similarity = self.directions @ unit(np.asarray(value, dtype=np.float32)[None])[0]
        table = self.clips.assign(similarity=np.clip(similarity, -1, 1))
        if but is not None:
            table = table.drop(index=but)
        table = table.sort_values(
            ["similarity", "dataset", "clip"], ascending=[False, True, True], ignore_index=True
        ).head(top)
        below = np.searchsorted(self.usual, table["similarity"])
        return table.assign(
            percentile=100 * below / len(self.usual), same_recording=table["similarity"] >= SAME
        )

    def share(self, mood: str) -> float:
        """The share of the clips that have a mood."""
        return float((self.clips["mood"] == mood).mean())


def library(datasets: Iterable[Dataset]) -> Library:
    """All clips of datasets that can be compared by sound.

    Raises:
        DatasetError: if there is none.
    """
    tables, vectors, notes = [], [], []
    for dataset in datasets:
        if not (embeddings.has(dataset) and dataset.has_table()):
            continue
        try:
            on_axes = embeddings.read(dataset)
        except DatasetError as error:
            notes.append(str(error))
            continue
        known = dataset.table()[["clip", "mood", "group"]]
        known = known[known["clip"].isin(on_axes.index)]
        names = dataset.about_clips()["name"].reindex(known["clip"]).to_numpy()
        names = np.where(pd.isna(names), known["clip"], names)
        tables.append(known.assign(dataset=dataset.id, name=names))
        vectors.append(on_axes.loc[known["clip"]].to_numpy(dtype=np.float32))
    if not tables:
        raise DatasetError(
            "No dataset has embeddings of its clips. Make those of 4QAED, or of your own dataset, "
            f"with: mmc datasets embeddings ID {' '.join(notes)}".strip()
        )
    clips = pd.concat(tables, ignore_index=True)
    columns = ["dataset", "clip", "name", "mood", "group"]
    return Library(clips[columns], np.concatenate(vectors), notes)


def unit(values: Floats) -> Float32:
    """Each row at length 1. (n, width)"""
    length = np.linalg.norm(values, axis=1, keepdims=True)
    return (values / np.maximum(length, 1e-12)).astype(np.float32)
