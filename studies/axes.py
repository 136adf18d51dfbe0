"""The fit of the axes on which clips are compared; see `features.embeddings.axes`."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from mmc_core import datasets
from mmc_core._typing import Float32, Float64, Progress
from mmc_core.features.embeddings import axes
from mmc_core.learning.axes import embedded
from mmc_core.learning.familiarity import standardising

SOURCES = ("4qaed", "emopia")
COPY = "degraded"
COMPONENTS = 256  # of the embeddings, that the axes are found in
SHRINKAGE = 0.03  # of the differences of copies, towards the same on all components
SEED = 13

Pairs = tuple[Float32, Float32]  # embeddings of clips and of their copies, (n, width) each


def fit(pairs: Sequence[Pairs], n: int = axes.N) -> tuple[Float64, Float64]:
    """Return the mean (width,) and the axes (width, n) that tell clips
    apart by more than copies differ.

    Args:
        pairs: of each dataset the clips' embeddings, and those of other files of the same music.
    """
    from scipy.linalg import eigh
    from sklearn.decomposition import PCA

    x = np.concatenate([clips for clips, _ in pairs])
    moved = np.concatenate([copies - clips for clips, copies in pairs])
    mean, scale = standardising(x)
    pca = PCA(COMPONENTS, svd_solver="randomized", random_state=SEED).fit((x - mean) * scale)
    basis = pca.components_.T
    between = np.diag(pca.explained_variance_)
    moved = (moved * scale) @ basis
    within = moved.T @ moved / len(moved)
    within += SHRINKAGE * pca.explained_variance_.mean() * np.eye(COMPONENTS)
    _, found = eigh(between, within, subset_by_index=[COMPONENTS - n, COMPONENTS - 1])
    weights: Float64 = scale[:, None] * (basis @ found[:, ::-1])
    largest = weights[np.abs(weights).argmax(axis=0), np.arange(n)]
    return mean, weights * np.sign(largest)  # else a sign may turn with the machine


def make(progress: Progress) -> Path:
    """Fit the axes on the datasets that have audio, write them and return the file's path.

    Raises:
        DatasetError: if the audio of one is not on this machine.
    """
    pairs = []
    for done, name in enumerate(SOURCES):
        progress(done, len(SOURCES))
        pairs.append((embedded(datasets.get(name)), embedded(datasets.get(name), COPY)))
    axes.save(*fit(pairs))
    progress(len(SOURCES), len(SOURCES))
    return axes.PATH
