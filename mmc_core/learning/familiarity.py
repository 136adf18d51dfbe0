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

    x = np.concatenate(parts).astype(np.float64)
    mean, std = x.mean(axis=0), x.std(axis=0)
    std = np.where(std > 1e-4, std, np.inf)  # what never responds tells nothing
    components = min(COMPONENTS, len(x) - 1)
    pca = PCA(components, whiten=True, svd_solver="randomized", random_state=seed)
    pca.fit((x - mean) / std)
    axes = (pca.components_ / np.sqrt(pca.explained_variance_)[:, None]).T / std[:, None]
    return Familiarity(axes, mean @ axes)
