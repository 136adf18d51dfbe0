"""How well each feature separates the moods of a dataset, and how features go together.

Made once from a table and kept beside its summary, so that pages need no table for it. Everything
is of ranks: the features have long tails, and ranks do not change with a logarithm.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, field, replace
from itertools import combinations
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from mmc_core import files
from mmc_core._typing import Floats, Ints
from mmc_core.analysis.statistics import grouped_p, holm, samples_of_groups
from mmc_core.analysis.sums import Draws, duel
from mmc_core.analysis.tables import features_of
from mmc_core.errors import DatasetError
from mmc_core.features.schema import BY_NAME, Feature
from mmc_core.moods import NAMES

BOOTSTRAPS = 1_000
SEED = 13


@dataclass(frozen=True)
class Pair:
    """Two moods in one feature: Cliff's delta, the share of pairs of clips in which `one` has the
    larger value minus that in which `other` has (Cliff, Psychological Bulletin 114, 1993); `p` of
    Mann and Whitney's test, for clips in groups, after Holm over the feature's pairs.
    """

    one: str
    other: str
    delta: float
    p: float


@dataclass(frozen=True)
class Separation:
    """How far one feature tells the moods of one dataset apart.

    Parameters
    ----------
    feature : str
        Its name.
    n : int
        Clips.
    statistic : float
        Of numbers Kruskal and Wallis's H, corrected for ties; of categories chi-square.
    p : float
        After Holm over all features. It allows for clips of one artist or song going together; see
        `statistics.grouped_p`.
    effect : float
        Of numbers epsilon-squared, H / (n - 1), the share of the ranks' variance that lies between
        moods [1]_; of categories Cramer's V squared. From 0 to 1.
    low, high : float
        95 % bootstrap interval of the effect, groups drawn whole; centred anew on the effect, since
        drawing with replacement moves moods apart.
    pairs : list of Pair, optional
        The moods two by two, of numbers.

    References
    ----------
    .. [1] M. Tomczak, E. Tomczak: The need to report effect size estimates revisited. Trends in
       Sport Sciences 21, 2014.

    Examples
    --------
    >>> import mmc_core as mmc
    >>> separation = mmc.load_dataset("4qaed").separation()["chroma_mean"]
    >>> round(separation.effect, 2), separation.p < 0.001
    (0.5, True)
    """

    feature: str
    n: int
    statistic: float
    p: float
    effect: float
    low: float
    high: float
    pairs: list[Pair] = field(default_factory=list)


Separations = dict[str, Separation]


def separate(table: pd.DataFrame) -> Separations:
    """How far every feature of a table tells the moods apart.

    Parameters
    ----------
    table : DataFrame
        A feature table; see `read_table`.

    Returns
    -------
    dict of Separation
        By feature, in the schema's order.

    Examples
    --------
    >>> import mmc_core as mmc
    >>> table = mmc.load_dataset("4qaed").table()[["clip", "mood", "group", "rms_mean"]]
    >>> round(mmc.separate(table)["rms_mean"].effect, 2)
    0.27
    """
    moods = [mood for mood in NAMES if (table["mood"] == mood).any()]
    labels = pd.Categorical(table["mood"], categories=moods).codes.astype(np.int64)
    _, group = np.unique(table["group"].to_numpy(dtype=str), return_inverse=True)
    clips = _Clips(group, labels, len(moods))
    duels = [_Duel(moods, pair, labels, group) for pair in combinations(range(len(moods)), 2)]
    results = []
    for feature in features_of(table):
        if feature.categories:
            results.append(_of_categories(feature, table[feature.name], clips))
        else:
            values = table[feature.name].to_numpy(dtype=float)
            one = _of_numbers(feature, values, clips)
            results.append(replace(one, pairs=_pairs(values, duels)))
    return by_feature(results)


def by_feature(results: Sequence[Separation]) -> Separations:
    """Separations by feature, with p after Holm over all of them."""
    p_values = holm([one.p for one in results])
    return {one.feature: replace(one, p=p) for one, p in zip(results, p_values, strict=True)}


def ranking(separations: Separations) -> list[Separation]:
    """The features of numbers, best first."""
    numeric = [one for one in separations.values() if not BY_NAME[one.feature].categories]
    return sorted(numeric, key=lambda one: -one.effect)


def correlations(table: pd.DataFrame) -> pd.DataFrame:
    """Spearman's rank correlation of every two features of numbers; missing for one that is
    everywhere the same. (features, features)
    """
    from scipy.stats import rankdata

    names = [feature.name for feature in features_of(table) if not feature.categories]
    ranks = np.stack(
        [rankdata(table[name].to_numpy(dtype=float)).astype(np.float32) for name in names]
    )
    ranks -= ranks.mean(axis=1, keepdims=True)
    norm = np.sqrt(np.einsum("ij,ij->i", ranks, ranks, dtype=np.float64))
    with np.errstate(invalid="ignore", divide="ignore"):
        rho = (ranks @ ranks.T) / np.outer(norm, norm)
    rho[norm == 0] = rho[:, norm == 0] = np.nan
    return pd.DataFrame(np.clip(rho, -1, 1).astype(np.float64), index=names, columns=names)


def write(separations: Separations, path: Path) -> None:
    """Write them as Parquet, but not over a file whose numbers agree."""
    rows = pa.Table.from_pylist([asdict(one) for one in separations.values()], schema=_SCHEMA)
    with files.replacing(path, files.same_records) as part:
        pq.write_table(rows, part, compression="zstd")


def read(path: Path) -> Separations:
    """What `write` wrote.

    Raises:
        DatasetError: if it is not there, or its columns are not those of today.
    """
    try:
        content = pq.read_table(path)
    except (OSError, pa.ArrowException) as error:
        raise DatasetError(f"{path} cannot be read ({error}). Build the dataset again.") from error
    if content.column_names != _SCHEMA.names:
        raise DatasetError(f"{path.name} was written by another version; make it again.")
    return {
        row["feature"]: Separation(**{**row, "pairs": [Pair(**pair) for pair in row["pairs"]]})
        for row in content.to_pylist()
    }


_PAIR = pa.struct(
    [("one", pa.string()), ("other", pa.string()), ("delta", pa.float64()), ("p", pa.float64())]
)
_SCHEMA = pa.schema(
    [
        ("feature", pa.string()),
        ("n", pa.int64()),
        *((name, pa.float64()) for name in ("statistic", "p", "effect", "low", "high")),
        ("pairs", pa.list_(_PAIR)),
    ]
)


class _Clips:
    """The moods and groups of a table's clips, and bootstrap samples of the groups."""

    def __init__(self, group: Ints, labels: Ints, n_moods: int) -> None:
        block, drawn = samples_of_groups(group, BOOTSTRAPS, seed=SEED)
        self.group, self.labels = group, labels
        self.shape = drawn.shape[1], n_moods
        self.cell = block * n_moods + labels
        self.draws = Draws(self.sums(), drawn)

    def sums(self, values: Floats | None = None) -> Floats:
        """Sums of some values, or numbers of clips, by block and mood. (blocks, moods)"""
        n_blocks, n_moods = self.shape
        by_cell = np.bincount(self.cell, values, minlength=n_blocks * n_moods)
        return by_cell.reshape(n_blocks, n_moods).astype(float)


def _of_numbers(feature: Feature, values: Floats, clips: _Clips) -> Separation:
    from scipy.stats import rankdata

    ranks = rankdata(values) - (len(values) + 1) / 2
    effect, low, high = clips.draws.of_ranks(clips.sums(ranks), clips.sums(ranks**2))
    h = effect * (len(values) - 1)
    p = grouped_p(h, ranks[:, None], clips.labels, clips.group)
    return Separation(feature.name, len(values), h, p, effect, low, high)


def _of_categories(feature: Feature, values: pd.Series, clips: _Clips) -> Separation:
    there = np.stack([(values == c).to_numpy().astype(float) for c in feature.categories], axis=1)
    counts = np.stack([clips.sums(column) for column in there.T], axis=2)
    statistic, effect, low, high = clips.draws.of_categories(counts)
    p = grouped_p(statistic, there, clips.labels, clips.group)
    return Separation(feature.name, len(values), statistic, p, effect, low, high)


class _Duel:
    """The clips of two moods."""

    def __init__(
        self, moods: Sequence[str], pair: tuple[int, int], labels: Ints, group: Ints
    ) -> None:
        self.names = moods[pair[0]], moods[pair[1]]
        self.rows = np.flatnonzero(np.isin(labels, pair))
        self.labels = (labels[self.rows] == pair[1]).astype(np.int64)
        _, self.group = np.unique(group[self.rows], return_inverse=True)


def _pairs(values: Floats, duels: Sequence[_Duel]) -> list[Pair]:
    """Cliff's delta of every two moods."""
    from scipy.stats import rankdata

    results = []
    for each in duels:
        ranks = rankdata(values[each.rows]) - (len(each.rows) + 1) / 2
        n, total = np.bincount(each.labels), np.bincount(each.labels, ranks).astype(float)
        delta, statistic = duel(total, n, ranks.var())
        p = grouped_p(statistic, ranks[:, None], each.labels, each.group)
        results.append(Pair(*each.names, delta, p))
    return adjusted(results)


def adjusted(pairs: Sequence[Pair]) -> list[Pair]:
    """A feature's pairs with p after Holm over them."""
    p_values = holm([pair.p for pair in pairs])
    return [replace(pair, p=p) for pair, p in zip(pairs, p_values, strict=True)]
