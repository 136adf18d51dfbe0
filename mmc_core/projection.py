"""Clips of several datasets as points of a plane."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt

from mmc_core.plain import ranks

FOLDS = 5
SEED = 13

Floats = npt.NDArray[np.floating[Any]]
Indices = npt.NDArray[np.int64]


def principal(x: Floats, learned: Indices) -> Floats:
    """The two principal components of features, which know nothing of moods. (n, 2)

    Args:
        x: unscaled features of all clips. (n, 57)
        learned: rows that the components are learned from.
    """
    from sklearn.decomposition import PCA
    from sklearn.pipeline import make_pipeline

    fitted = make_pipeline(ranks(SEED), PCA(2, random_state=SEED)).fit(x[learned])
    found: Floats = fitted.transform(x)
    return found


def discriminant(
    x: Floats, mood: npt.NDArray[np.object_], group: npt.NDArray[Any], learned: Indices
) -> Floats:
    """The two linear discriminants of the moods, each clip by the fold that held it out. (n, 2)

    Discriminants of different folds agree but for a turn and signs: each fold's are turned so
    that the means of its moods meet those of all clips.
    """
    from scipy.linalg import orthogonal_procrustes
    from sklearn.model_selection import StratifiedGroupKFold

    moods = np.unique(mood[learned])
    reference = _fitted(x, mood, learned)
    target = _means(reference(x[learned]), mood[learned], moods)
    found = np.zeros((len(x), 2))
    splitter = StratifiedGroupKFold(FOLDS, shuffle=True, random_state=SEED)
    for train, test in splitter.split(x, mood, group):
        transform = _fitted(x, mood, np.intersect1d(train, learned))
        means = _means(transform(x[train]), mood[train], moods)
        turn, _ = orthogonal_procrustes(means - means.mean(axis=0), target - target.mean(axis=0))
        found[test] = (transform(x[test]) - means.mean(axis=0)) @ turn + target.mean(axis=0)
    return found


def _fitted(x: Floats, mood: npt.NDArray[np.object_], rows: Indices) -> Callable[[Floats], Floats]:
    from sklearn.discriminant_analysis import LinearDiscriminantAnalysis
    from sklearn.pipeline import make_pipeline

    # Shrunk as Ledoit and Wolf say: there are hardly more clips than features.
    lda = LinearDiscriminantAnalysis(solver="eigen", shrinkage="auto")
    fitted = make_pipeline(ranks(SEED), lda).fit(x[rows], mood[rows])

    def transform(values: Floats) -> Floats:
        points = fitted.transform(values)[:, :2]
        return points if points.shape[1] == 2 else np.column_stack([points, np.zeros(len(points))])

    return transform


def _means(points: Floats, mood: npt.NDArray[np.object_], moods: npt.NDArray[Any]) -> Floats:
    return np.stack([points[mood == m].mean(axis=0) for m in moods])
