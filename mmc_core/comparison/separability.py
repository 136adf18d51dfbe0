"""How far apart the moods of a dataset lie in all features together: measures and their nulls.

They look at draws of equal size in which every group has one clip: no artist or song can be its own
neighbour or stand on both sides of a fold, and clips may be shuffled freely for the null.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from mmc_core._typing import Bools, Floats, Ints
from mmc_core.learning.classifiers import ranks

NEIGHBOURS = 10
BLOCKS = 50  # of groups, left out one by one


def equal_draws(
    tables: Mapping[str, pd.DataFrame], moods: Sequence[str], *, n_draws: int, seed: int
) -> tuple[int, dict[str, list[Ints]]]:
    """Rows of each table, drawn again and again: as many of every mood, and one of a group.

    Returns:
        Clips a mood, and by table the row numbers of each draw, mood by mood.
    """
    pools: dict[str, list[list[Ints]]] = {}
    for name, table in tables.items():
        rng = np.random.default_rng(seed)
        mood = table["mood"].to_numpy(dtype=object)
        group = table["group"].to_numpy(dtype=str)
        rows = np.flatnonzero(np.isin(mood, list(moods)))
        pools[name] = []
        for _ in range(n_draws):
            shuffled = rng.permutation(rows)
            _, first = np.unique(group[shuffled], return_index=True)
            one_each = shuffled[np.sort(first)]
            pools[name].append([one_each[mood[one_each] == m] for m in moods])
    n = min(len(part) for draws in pools.values() for pool in draws for part in pool)
    return n, {
        name: [np.concatenate([part[:n] for part in pool]) for pool in draws]
        for name, draws in pools.items()
    }


class Space:
    """Clips as points, Euclidean. points: (n, features)"""

    def __init__(self, points: Floats) -> None:
        self.points = points

    @classmethod
    def of(cls, x: Floats) -> Space:
        """By the normal scores of features. x: (n, 57), unscaled"""
        return cls(ranks(seed=0).fit_transform(x))

    def only(self, some: Bools) -> Space:
        """Some of the clips, where they lay among all."""
        space = Space(self.points[some])
        space.distances = self.distances[np.ix_(some, some)]
        return space

    @cached_property
    def distances(self) -> Floats:
        """(n, n)"""
        from scipy.spatial.distance import pdist, squareform

        result: Floats = squareform(pdist(self.points))
        return result

    @cached_property
    def neighbours(self) -> Ints:
        """The ten nearest others of each, or all where there are fewer. (n, k)"""
        distances = self.distances.copy()
        np.fill_diagonal(distances, np.inf)
        k = min(NEIGHBOURS, len(distances) - 1)
        return np.argsort(distances, axis=1, kind="stable")[:, :k]


# Each takes labellings of the clips by mood number, (p, n); the first two give a value a clip.


def purity(space: Space, labels: Ints) -> Floats:
    """Share of a clip's nearest neighbours that are of its mood: 1 where moods lie apart."""
    result: Floats = (labels[:, space.neighbours] == labels[:, :, None]).mean(axis=2)
    return result


def silhouette(space: Space, labels: Ints) -> Floats:
    """(b - a) / max(a, b) of the mean distances to its own and to the nearest other mood
    (Rousseeuw, J. Comp. Appl. Math. 20, 1987): 1 where moods are points, 0 where they mix.
    """
    member = _member(labels)
    sizes = member.sum(axis=1)  # (p, moods)
    sums = np.matmul(space.distances, member)  # (p, n, moods)
    own = np.take_along_axis(sizes, labels, axis=1)
    a = np.take_along_axis(sums, labels[:, :, None], axis=2)[:, :, 0] / np.maximum(own - 1, 1)
    b = np.where(member > 0, np.inf, sums / sizes[:, None, :]).min(axis=2)
    larger = np.maximum(a, b)
    result: Floats = np.where(
        (own > 1) & (larger > 0), (b - a) / np.where(larger > 0, larger, 1), 0
    )
    return result


def fisher(space: Space, labels: Ints) -> Floats:
    """Fisher's ratio of each labelling: the squared distances of moods' means from the mean of all,
    over those of clips from their mood's mean. 0 where the means agree, without limit where moods
    are points. (p,)
    """
    member = _member(labels)
    sizes = member.sum(axis=1)[:, :, None]
    means = np.swapaxes(member, 1, 2) @ space.points / sizes
    centre = space.points.mean(axis=0)
    between = (sizes * np.square(means - centre)).sum(axis=(1, 2))
    total = np.square(space.points - centre).sum()
    within = np.where(total - between > 1e-12 * total, total - between, 0)
    with np.errstate(divide="ignore"):
        result: Floats = between / within
    return result


CHEAP: dict[str, Callable[[Space, Ints], Floats]] = {
    "purity": lambda space, labels: purity(space, labels).mean(axis=1),
    "silhouette": lambda space, labels: silhouette(space, labels).mean(axis=1),
    "fisher": fisher,
}


LIMITS = {"purity": (0, 1), "silhouette": (-1, 1), "fisher": (0, np.inf)}


def interval(
    measure: str, spaces: Sequence[Space], labels: Ints, groups: Sequence[npt.NDArray[Any]]
) -> tuple[float, float]:
    """95 % interval of a cheap measure's mean over draws, by leaving out a fiftieth of the groups
    at a time: a grouped jackknife (Shao & Tu, The Jackknife and Bootstrap, 1995), since drawing
    with replacement would make a clip its own neighbour.

    Args:
        labels: (n,) mood of each clip, the same in every draw.
        groups: by draw, the group of each clip.
    """
    from scipy.stats import t

    statistic = CHEAP[measure]
    every, member = np.unique(np.concatenate(groups), return_inverse=True)
    n_blocks = min(BLOCKS, len(every))
    block_of = np.random.default_rng(0).permutation(len(every)) % n_blocks
    block = block_of[member].reshape(len(spaces), -1)
    value = np.mean([statistic(space, labels[None, :])[0] for space in spaces])
    without = [
        np.mean(
            [
                statistic(space.only(here != b), labels[None, here != b])[0]
                for space, here in zip(spaces, block, strict=True)
            ]
        )
        for b in range(n_blocks)
    ]
    error = np.sqrt((n_blocks - 1) * np.var(without))
    half = t.ppf(0.975, n_blocks - 1) * error
    low, high = np.clip([value - half, value + half], *LIMITS[measure])
    return float(low), float(high)


def epsilon_squared(x: Floats, labels: Ints) -> Floats:
    """Share of the variance of each column's ranks that lies between moods of equal numbers; see
    `effects.Separation`. x: (n, features)
    """
    from scipy.stats import rankdata

    r = rankdata(x, axis=0)
    r -= r.mean(axis=0)
    means = np.stack([r[labels == mood].mean(axis=0) for mood in np.unique(labels)])
    total = np.square(r).mean(axis=0)
    result: Floats = np.square(means).mean(axis=0) / np.where(total > 0, total, 1)
    return result


def shuffled(labels: Ints, n: int, *, seed: int) -> Ints:
    """Labellings with the moods shuffled among the clips. (n, clips)"""
    rng = np.random.default_rng(seed)
    return rng.permuted(np.tile(labels, (n, 1)), axis=1)


def _member(labels: Ints) -> Floats:
    """One-hot labellings. (p, n, moods)"""
    result: Floats = (labels[:, :, None] == np.arange(labels.max() + 1)).astype(float)
    return result
