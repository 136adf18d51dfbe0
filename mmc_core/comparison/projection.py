"""Clips of several datasets as points of a plane."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from mmc_core._typing import Floats, Ints, Objects
from mmc_core.comparison.separability import equal_draws
from mmc_core.errors import DatasetError
from mmc_core.language import N_
from mmc_core.learning import inputs
from mmc_core.learning.classifiers import ranks

FOLDS = 5
SEED = 13
NEAREST = 10  # clips on a map that are looked at beside each
LEAST = 10  # clips of a mood that discriminants are learned from

METHODS = {
    "lda": N_("Linear discriminant analysis (LDA)"),
    "pca": N_("Principal component analysis (PCA)"),
}
MAX_CLIPS = 1_500  # of a dataset: three make a figure of 170 kB


def project(tables: Mapping[str, pd.DataFrame], moods: Sequence[str], method: str) -> pd.DataFrame:
    """Clips of some moods, all or `MAX_CLIPS` of a dataset at random: `dataset`, `clip`, `mood`,
    `x`, `y`.

    The plane is learned from as many clips of each mood and dataset, one of a group.

    Raises:
        DatasetError: if these are too few.
    """
    rng = np.random.default_rng(SEED)
    n, draws = equal_draws(tables, moods, n_draws=1, seed=SEED)
    if n < LEAST:
        raise DatasetError(
            f"Taking one clip of each group (artist, song), {n} of the rarest mood are left; a map "
            f"needs at least {LEAST}. Choose fewer moods, or a dataset with more groups."
        )
    parts, learned = [], []
    for name, table in tables.items():
        drawn = draws[name][0].reshape(len(moods), n)[:, : MAX_CLIPS // len(moods)].ravel()
        some = table["mood"].isin(list(moods)).to_numpy()
        others = np.setdiff1d(np.flatnonzero(some), drawn)
        rows = np.concatenate([drawn, rng.permutation(others)[: MAX_CLIPS - len(drawn)]])
        parts.append(table.iloc[rows].assign(dataset=name))
        learned.append(np.isin(rows, drawn))
    clips = pd.concat(parts, ignore_index=True)
    plane = Plane(clips, np.flatnonzero(np.concatenate(learned)), method)
    return clips[["dataset", "clip", "mood"]].assign(x=plane.points[:, 0], y=plane.points[:, 1])


def nearest_alike(points: pd.DataFrame, column: str) -> tuple[float, float]:
    """Return the share of clips' nearest on a map that are like them, and what chance would give.

    Args:
        points: as `project` returns them.
        column: in which two clips are alike: "mood" or "dataset".
    """
    from sklearn.neighbors import NearestNeighbors

    places = points[["x", "y"]].to_numpy(dtype=float)
    value = points[column].to_numpy(dtype=object)
    nearest = NearestNeighbors(n_neighbors=min(NEAREST, len(points) - 1)).fit(places)
    alike = value[nearest.kneighbors(return_distance=False)] == value[:, None]
    shares = np.unique(value, return_counts=True)[1] / len(value)
    return float(alike.mean()), float(np.square(shares).sum())


class Plane:
    """A plane learned from some clips of datasets, and these in it.

    Args:
        clips: `dataset`, `mood`, `group` and the 57 features.
        learned: their rows that the plane is learned from.
        method: one of `METHODS`.

    Attributes:
        points: of the clips, those of discriminants by the fold that held each out. (n, 2)
        transform: places other clips' unscaled features: (m, 57) to (m, 2).
    """

    def __init__(self, clips: pd.DataFrame, learned: Ints, method: str) -> None:
        x = inputs.features(clips)
        self.transform: Callable[[Floats], Floats]
        if method == "pca":
            self.transform = principal(x[learned])
            self.points = self.transform(x)
        else:
            mood = clips["mood"].to_numpy(dtype=object)
            group = (clips["dataset"] + " " + clips["group"].astype(str)).to_numpy(dtype=str)
            self.transform = _fitted(x, mood, learned)
            self.points = discriminant(x, mood, group, learned)


def principal(x: Floats) -> Callable[[Floats], Floats]:
    """The two principal components of features, which know nothing of moods: (m, 57) to (m, 2).

    Args:
        x: unscaled features that they are learned from. (n, 57)
    """
    from sklearn.decomposition import PCA
    from sklearn.pipeline import make_pipeline

    fitted = make_pipeline(ranks(SEED), PCA(2, random_state=SEED)).fit(x)
    transform: Callable[[Floats], Floats] = fitted.transform
    return transform


def discriminant(x: Floats, mood: Objects, group: npt.NDArray[Any], learned: Ints) -> Floats:
    """The two linear discriminants of the moods, each clip by the fold that held it out. (n, 2)

    Discriminants of different folds agree but for a turn and signs: each fold's are turned so
    that the means of its moods meet those of all clips.
    """
    from scipy.linalg import orthogonal_procrustes
    from sklearn.model_selection import StratifiedGroupKFold

    moods = np.unique(mood[learned])
    reference = _fitted(x, mood, learned)
    target = _means(reference(x[learned]), mood[learned], moods)
    projected = np.zeros((len(x), 2))
    splitter = StratifiedGroupKFold(FOLDS, shuffle=True, random_state=SEED)
    for train, test in splitter.split(x, mood, group):
        transform = _fitted(x, mood, np.intersect1d(train, learned))
        means = _means(transform(x[train]), mood[train], moods)
        turn, _ = orthogonal_procrustes(means - means.mean(axis=0), target - target.mean(axis=0))
        projected[test] = (transform(x[test]) - means.mean(axis=0)) @ turn + target.mean(axis=0)
    return projected


def _fitted(x: Floats, mood: Objects, rows: Ints) -> Callable[[Floats], Floats]:
    from sklearn.discriminant_analysis import LinearDiscriminantAnalysis
    from sklearn.pipeline import make_pipeline

    # Shrunk as Ledoit and Wolf say: there are hardly more clips than features.
    lda = LinearDiscriminantAnalysis(solver="eigen", shrinkage="auto")
    fitted = make_pipeline(ranks(SEED), lda).fit(x[rows], mood[rows])

    if len(np.unique(mood[rows])) > 2:
        return lambda values: fitted.transform(values)[:, :2]
    # Two moods have one discriminant: beside it, the first component of what it leaves.
    scaled = fitted[0].transform(x[rows])
    axis = fitted[1].scalings_[:, 0] / np.linalg.norm(fitted[1].scalings_[:, 0])
    left = scaled - np.outer(scaled @ axis, axis)
    component = np.linalg.svd(left - left.mean(axis=0), full_matrices=False)[2][0]
    component *= np.sign(component[np.argmax(np.abs(component))])

    def transform(values: Floats) -> Floats:
        return np.column_stack(
            [fitted.transform(values)[:, 0], fitted[0].transform(values) @ component]
        )

    return transform


def _means(points: Floats, mood: Objects, moods: npt.NDArray[Any]) -> Floats:
    return np.stack([points[mood == m].mean(axis=0) for m in moods])
