"""The few axes on which clips are compared: those on which other files of one recording agree.

A network's embedding also tells a codec from another. The axes are linear discriminants where each
clip, with another file of the same music, is a class of its own (R. A. Fisher, "The use of multiple
measurements in taxonomic problems", Annals of Eugenics 7, 1936): no mood and no group is used.
`python -m studies axes` fits and writes them.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np
import pandas as pd

from mmc_core import files
from mmc_core._typing import Float32, Floats
from mmc_core.errors import DatasetError
from mmc_core.features.embeddings import fingerprint
from mmc_core.settings import PROJECT

NETWORK = "musicnn"  # always on this machine
N = 32
COLUMNS = [f"axis_{number:02d}" for number in range(1, N + 1)]
PATH = PROJECT / "models" / NETWORK / "axes.parquet"
MADE_FOR = "network"  # key of the fingerprint in the files' metadata


@dataclass(frozen=True)
class Axes:
    """What brings pooled embeddings to the axes.

    Parameters
    ----------
    mean : ndarray of float32, (width,)
        Of the clips that the axes were fitted on.
    weights : ndarray of float32, (width, 32)
        The axes, the one that tells clips apart best first.
    id : str
        Tells these axes from others.
    """

    mean: Float32
    weights: Float32
    id: str

    def project(self, pooled: Floats) -> Float32:
        """Embeddings (n, width) on the axes. (n, 32)"""
        return ((pooled - self.mean) @ self.weights).astype(np.float32)


def load() -> Axes:
    """The axes that come with the project.

    Raises:
        DatasetError: if they were fitted on another network than the one that is here.
    """
    return _load(PATH, PATH.stat().st_mtime_ns)


def save(mean: Floats, weights: Floats, path: Path = PATH) -> None:
    """Write axes, with the fingerprint of the network that they are for."""
    table = pd.DataFrame(weights, columns=COLUMNS).astype("float32")
    table.insert(0, "mean", mean.astype("float32"))
    table.attrs[MADE_FOR] = fingerprint(NETWORK)
    files.write_parquet(table, path)


@lru_cache(maxsize=2)
def _load(path: Path, modified_ns: int) -> Axes:
    table = pd.read_parquet(path)
    if (made_for := table.attrs.get(MADE_FOR)) != fingerprint(NETWORK):
        raise DatasetError(
            f"The axes of similarity are for the network {made_for!r}; expected "
            f"{fingerprint(NETWORK)!r}. Fit them again with: python -m studies axes"
        )
    identity = hashlib.sha256(path.read_bytes()).hexdigest()[:12]
    weights = table[COLUMNS].to_numpy(dtype=np.float32)
    return Axes(table["mean"].to_numpy(dtype=np.float32), weights, identity)
