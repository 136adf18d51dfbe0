"""How far a sound lies from all that a probe learned from.

Mahalanobis distance over the leading principal components of the embeddings (Lee et al., "A simple
unified framework for detecting out-of-distribution samples", NeurIPS 2018). It knows what it was
not taught, not what music is: a kind of music that is in neither dataset may lie far away, too.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from mmc_core._typing import Float32, Float64
from mmc_core.learning.inputs import Clips
from mmc_core.learning.splits import inner_folds

COMPONENTS = 32
LEAST_STD = 1e-4  # of a response that varies
WITHIN = 0.98  # of held-out clips lie within the limit


@dataclass(frozen=True)
class Familiarity:
    """`axes` (width, 32) and `centre` (32,) bring embeddings to whitened components."""

    axes: Float64
    centre: Float64
    limit: float = np.inf

    def distances(self, x: Float32) -> Float64:
        """Mean square of the components of embeddings (n, width). (n,)"""
        distance: Float64 = np.square(x @ self.axes - self.centre).mean(axis=1)
        return distance


def fit(clips: Clips, *, seed: int) -> Familiarity:
    """Fitted on clips and on other datasets' clips; the limit is of clips that folds held out."""
    every = np.arange(len(clips.table))
    beside = [other.x for other in clips.beside]
    held_out = [
        _fitted([clips.x[train], *beside], seed).distances(clips.x[test])
        for train, test in inner_folds(clips.table, every, seed)
    ]
    limit = float(np.quantile(np.concatenate(held_out), WITHIN))
    whole = _fitted([clips.x, *beside], seed)
    return Familiarity(whole.axes, whole.centre, limit)


def _fitted(parts: list[Any], seed: int) -> Familiarity:
    from sklearn.decomposition import PCA

    x = np.concatenate(parts)
    mean, scale = standardising(x)
    components = min(COMPONENTS, len(x) - 1)
    pca = PCA(components, whiten=True, svd_solver="randomized", random_state=seed)
    pca.fit((x - mean) * scale)
    axes = (pca.components_ / np.sqrt(pca.explained_variance_)[:, None]).T * scale[:, None]
    return Familiarity(axes, mean @ axes)


def standardising(x: Float32, weight: Float64 | None = None) -> tuple[Float64, Float64]:
    """Means, and what standardises embeddings (n, width) once these are taken away: 1 over the
    standard deviation, and 0 for a response that never varies. (width,) each
    """
    mean = np.average(x, axis=0, weights=weight).astype(np.float64)
    std = np.sqrt(np.average((x - mean) ** 2, axis=0, weights=weight))
    varies = std > LEAST_STD
    return mean, np.where(varies, 1 / np.where(varies, std, 1), 0)
