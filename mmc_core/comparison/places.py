"""Every clip of datasets as a point of one plane, however many there are.

`projection` draws a few clips of a dataset; here the others have their places, too.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
import pyarrow.parquet as pq

from mmc_core._typing import Float32, Floats, Ints
from mmc_core.comparison import projection
from mmc_core.comparison.separability import equal_draws
from mmc_core.datasets import Dataset
from mmc_core.errors import DatasetError
from mmc_core.features.schema import ORIGINAL_57
from mmc_core.language import N_, _
from mmc_core.learning import inputs
from mmc_core.moods import NAMES
from mmc_core.wording import listed

EMBEDDINGS = "embeddings"
FILE = "embeddings.parquet"  # `clip`, then components of a pretrained network's embeddings
METHODS = {
    "lda": N_("LDA of the features"),
    "pca": N_("PCA of the features"),
    EMBEDDINGS: N_("PCA of a network's embeddings"),
}
BATCH = 50_000  # rows that are placed at once
LEARNED = ["mood", "group", *ORIGINAL_57]


def methods(datasets: Sequence[Dataset]) -> list[str]:
    """Those of `METHODS` that these datasets have the files for."""
    known = all(dataset.file(FILE).exists() for dataset in datasets)
    return [method for method in METHODS if known or method != EMBEDDINGS]


def places(datasets: Sequence[Dataset], method: str) -> dict[str, Float32]:
    """Where the clips of each dataset lie, in the order of its table. (n, 2) each

    The plane is learned as that of `projection`. By discriminants, clips are placed by the fold
    that held them out; of a dataset with more than `projection.MAX_CLIPS`, so many are, and the
    others, which nothing is learned from, by the discriminants of all of these.

    Args:
        datasets: with all of the 57 features, and their tables on this machine.
        method: one of `methods`. Clips without embeddings have no place: NaN.

    Raises:
        DatasetError: if there are too few clips to learn a plane from.
    """
    if method == EMBEDDINGS:
        return _by_embeddings(datasets)
    labels = {each.id: _labels(each) for each in datasets}
    moods = [mood for mood in NAMES if all(mood in each.clips() for each in datasets)]
    n, draws = equal_draws(labels, moods, n_draws=1, seed=projection.SEED) if moods else (0, {})
    if n < projection.LEAST or len(moods) < 2:
        raise DatasetError(
            _(
                "Taking one clip of each group (artist, song), {n} of the rarest mood are left in "
                "{datasets}; a map needs at least {least} of two moods. Choose other datasets.",
                n=n,
                datasets=listed(each.title for each in datasets),
                least=projection.LEAST,
            )
        )
    rows, drawn = {}, {}
    for id_, (draw,) in draws.items():
        of_mood = draw.reshape(len(moods), n)
        drawn[id_] = of_mood[:, : projection.MAX_CLIPS // len(moods)].ravel()
        rows[id_] = _some_rows(len(labels[id_]), drawn[id_])
    clips = pd.concat([_rows(each, rows[each.id]) for each in datasets], ignore_index=True)
    learned = np.concatenate([np.isin(rows[each.id], drawn[each.id]) for each in datasets])
    plane = projection.Plane(clips, np.flatnonzero(learned), method)
    placed = {}
    for each in datasets:
        placed[each.id] = _others(each, plane, len(labels[each.id]), len(rows[each.id]))
        placed[each.id][rows[each.id]] = plane.points[clips["dataset"] == each.id]
    return placed


def _labels(dataset: Dataset) -> pd.DataFrame:
    labels: pd.DataFrame = pq.read_table(dataset.table_path, columns=["mood", "group"]).to_pandas()
    return labels


def _some_rows(n: int, drawn: Ints) -> Ints:
    """All rows of a table, or `drawn` and others at random, up to `MAX_CLIPS`; in order."""
    if n <= projection.MAX_CLIPS:
        return np.arange(n)
    others = np.setdiff1d(np.arange(n), drawn)
    more = np.random.default_rng(projection.SEED).permutation(others)
    return np.sort(np.concatenate([drawn, more[: projection.MAX_CLIPS - len(drawn)]]))


def _rows(dataset: Dataset, rows: Ints) -> pd.DataFrame:
    """Some rows of a table that may be too large to be read as a whole."""
    parts, begin = [], 0
    for batch in pq.ParquetFile(dataset.table_path).iter_batches(BATCH, columns=LEARNED):
        here = rows[(rows >= begin) & (rows < begin + len(batch))] - begin
        parts.append(batch.take(here.tolist()).to_pandas())
        begin += len(batch)
    return pd.concat(parts, ignore_index=True).assign(dataset=dataset.id)


def _others(dataset: Dataset, plane: projection.Plane, n: int, known: int) -> Float32:
    """The places of a dataset's clips, empty ones where those of all will be known."""
    placed = np.empty((n, 2), dtype=np.float32)
    if n == known:
        return placed
    begin = 0
    for batch in pq.ParquetFile(dataset.table_path).iter_batches(BATCH, columns=LEARNED):
        x = inputs.features(batch.to_pandas())
        placed[begin : begin + len(batch)] = plane.transform(x)
        begin += len(batch)
    return placed


def _by_embeddings(datasets: Sequence[Dataset]) -> dict[str, Float32]:
    """By the first two principal components, unscaled: embeddings have one unit."""
    from sklearn.decomposition import PCA

    components = [pd.read_parquet(each.file(FILE)).set_index("clip") for each in datasets]
    x: Floats = np.concatenate([each.to_numpy(dtype=np.float64) for each in components])
    fitted = PCA(2, random_state=projection.SEED).fit(x)
    placed = {}
    for dataset, each in zip(datasets, components, strict=True):
        points = pd.DataFrame(fitted.transform(each.to_numpy(dtype=np.float64)), each.index)
        clips = pq.read_table(dataset.table_path, columns=["clip"])["clip"].to_pylist()
        placed[dataset.id] = points.reindex(clips).to_numpy(dtype=np.float32)
    return placed
