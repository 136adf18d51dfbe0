"""How features are distributed by mood in a dataset: all that boxplots, histograms and densities
need, so that a page costs the same for a hundred clips and for a million.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass, field, fields, replace
from math import nan
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from mmc_core import files
from mmc_core._typing import Float64, Ints
from mmc_core.analysis.density import MAX_BINS, density_estimate, histogram, rounded_width
from mmc_core.analysis.tables import features_of
from mmc_core.errors import DatasetError
from mmc_core.features.schema import Feature
from mmc_core.moods import NAMES

DENSITY_POINTS = 128
ADDED = "outliers"  # a column that files of earlier versions lack
MAX_OUTLIERS = 100  # of a feature in a mood, whose values are kept


@dataclass(frozen=True)
class Distribution:
    """How one feature is distributed in one mood of one dataset.

    Parameters
    ----------
    feature, mood : str
        Their names.
    n : int
        Clips.
    counts : list of int
        Clips in each bin; of a feature of categories, in each category in order. The following
        are of numbers only, in the feature's unit.
    mean, sd : float, optional
        Mean and sample standard deviation.
    whisker_low, q1, median, q3, whisker_high : float, optional
        Quartiles interpolate linearly (R's type 7); whiskers end at the last clips within 1.5
        interquartile ranges of the box (Tukey 1977).
    n_outliers : int, optional
        Clips beyond the whiskers.
    quantiles : list of float, optional
        The 0th to 100th percentile. (101,)
    bin_width, first_bin : float, optional
        Bins are centred on multiples of the width; the centre of the first one.
    density_from, density_to : float, optional
        Where `density` begins and ends.
    density : list of float, optional
        Kernel density at evenly spaced values; see `density.density_estimate`. (128,)
    outliers : list of float, optional
        Values of clips beyond the whiskers in ascending order: all of them, or the 100 farthest
        from the box. Empty in a summary that an earlier version wrote.

    Examples
    --------
    >>> import mmc_core as mmc
    >>> tempo = mmc.load_dataset("4qaed").summary()["tempo", "sad"]
    >>> round(tempo.q1), round(tempo.median), round(tempo.q3)
    (108, 123, 136)
    >>> round(tempo.share_below(100.0), 2)
    0.17
    """

    feature: str
    mood: str
    n: int
    counts: list[int]
    # Of numbers only:
    mean: float = nan
    sd: float = nan
    whisker_low: float = nan
    q1: float = nan
    median: float = nan
    q3: float = nan
    whisker_high: float = nan
    n_outliers: int = 0
    quantiles: list[float] = field(default_factory=list)
    bin_width: float = nan
    first_bin: float = nan
    density_from: float = nan
    density_to: float = nan
    density: list[float] = field(default_factory=list)
    outliers: list[float] = field(default_factory=list)

    def __repr__(self) -> str:
        middle = f", median {self.median:.4g} ({self.q1:.4g} to {self.q3:.4g})"
        return f"{self.feature}, {self.mood}: {self.n:,} clips{middle if self.quantiles else ''}"

    def share_below(self, value: float) -> float:
        """The share of clips below a value, from 0 to 1; of clips at the very value, half.

        This is the mid-distribution function (Parzen 1979), known at the 101 quantiles: between
        two of them it is interpolated, and where several are the value, it is the middle of
        theirs. It is off by at most 0.01, and half a clip.
        """
        quantiles = np.asarray(self.quantiles)
        first = np.searchsorted(quantiles, value, side="left")
        after = np.searchsorted(quantiles, value, side="right")
        if after > first:
            return float((first + after - 1) / 200)
        return float(np.interp(value, quantiles, np.linspace(0, 1, len(quantiles))))

    @property
    def minimum(self) -> float:
        return self.quantiles[0]

    @property
    def maximum(self) -> float:
        return self.quantiles[-1]

    @property
    def bin_centres(self) -> Float64:
        return self.first_bin + self.bin_width * np.arange(len(self.counts), dtype=float)

    @property
    def density_at(self) -> Float64:
        return np.linspace(self.density_from, self.density_to, len(self.density))


@dataclass(frozen=True)
class Summary(Mapping[tuple[str, str], Distribution]):
    """A dataset's distributions by feature and mood; moods without clips are left out.

    Parameters
    ----------
    distributions : dict
        By feature and mood.

    Examples
    --------
    >>> import mmc_core as mmc
    >>> summary = mmc.Summary.of(mmc.load_dataset("4qaed").table())
    >>> summary.clips
    {'happy': 223, 'angry': 225, 'sad': 225, 'relaxed': 225}
    >>> {mood: round(d.median, 2) for mood, d in summary.by_mood("rms_mean").items()}
    {'happy': 0.15, 'angry': 0.21, 'sad': 0.11, 'relaxed': 0.11}
    """

    distributions: dict[tuple[str, str], Distribution]

    @classmethod
    def of(cls, table: pd.DataFrame) -> Summary:
        """The summary of a feature table; see `tables.read_table`."""
        by_mood = dict(list(table.groupby("mood")))
        moods = [mood for mood in NAMES if mood in by_mood]
        return cls(
            {
                (feature.name, mood): _of_categories(feature, mood, by_mood[mood][feature.name])
                if feature.categories
                else _of_numbers(feature, mood, by_mood[mood], table)
                for feature in features_of(table)
                for mood in moods
            }
        )

    @classmethod
    def read(cls, path: Path) -> Summary:
        """What `write` wrote.

        Raises:
            DatasetError: if it is damaged, or its columns are not those of today.
        """
        names = {field.name for field in fields(Distribution)}
        try:
            columns = pq.read_table(path).to_pydict()
        except (OSError, ValueError) as error:  # pyarrow's own are either
            if isinstance(error, FileNotFoundError):
                raise
            raise DatasetError(f"{path} is damaged; make it again, or install anew.") from error
        if names - set(columns) - {ADDED} or set(columns) - names:
            raise DatasetError(f"{path.name} was written by another version; make it again.")
        values = zip(*columns.values(), strict=True)
        rows = [Distribution(**dict(zip(columns, row, strict=True))) for row in values]
        return cls({(row.feature, row.mood): row for row in rows})

    def write(self, path: Path) -> None:
        """Write it as Parquet, a row a feature and mood, but not over one whose numbers agree."""
        rows = pa.Table.from_pylist([asdict(each) for each in self.distributions.values()])
        with files.replacing(path, files.same_records) as part:
            pq.write_table(rows, part, compression="zstd")

    def __repr__(self) -> str:
        return f"{len(self.features)} features of {counted(self.clips)}"

    def __getitem__(self, key: tuple[str, str]) -> Distribution:
        return self.distributions[key]

    def __iter__(self) -> Iterator[tuple[str, str]]:
        return iter(self.distributions)

    def __len__(self) -> int:
        return len(self.distributions)

    def fingerprint(self) -> str:
        """Sixteen hexadecimal digits of what it says of the clips: their numbers and quantiles, to
        four digits, since the last ones differ between processors.
        """
        digest = hashlib.sha256()
        for (feature, mood), d in self.items():
            values = [f"{value + 0.0:.4g}" for value in d.quantiles] or [str(n) for n in d.counts]
            digest.update(f"{feature} {mood} {d.n} {' '.join(values)}\n".encode())
        return digest.hexdigest()[:16]

    @property
    def features(self) -> list[Feature]:
        """In the schema's order."""
        return features_of({name for name, _ in self})

    @property
    def moods(self) -> list[str]:
        """Those that have clips, in their order."""
        return list(self.clips)

    @property
    def clips(self) -> dict[str, int]:
        """Number of clips by mood."""
        feature = next((name for name, _ in self), "")
        return {mood: d.n for mood, d in self.by_mood(feature).items()}

    def by_mood(self, feature: str) -> dict[str, Distribution]:
        """A feature's distributions; none where the summary is without it."""
        return {mood: self[feature, mood] for mood in NAMES if (feature, mood) in self}


def counted(clips: Mapping[str, int]) -> str:
    """Return numbers of clips by mood in words.

    >>> counted({"happy": 1200, "sad": 34})
    '1,234 clips (1,200 happy, 34 sad)'
    """
    each = ", ".join(f"{n:,} {mood}" for mood, n in clips.items())
    return f"{sum(clips.values()):,} clips" + (f" ({each})" if each else "")


def outliers_without_values(distributions: Iterable[Distribution]) -> int:
    """Count the outliers whose values are not kept, so that they cannot be drawn."""
    return sum(d.n_outliers - len(d.outliers) for d in distributions)


def variance(moods: Collection[Distribution]) -> float:
    """Of one feature over the clips of several moods, which weigh alike; in its unit squared."""
    within = np.mean([d.sd**2 for d in moods])
    return float(within + np.var([d.mean for d in moods]))


def with_bins(
    moods: Mapping[str, Distribution], values: Mapping[str, Float64], width: float
) -> dict[str, Distribution]:
    """One feature's distributions by mood with bins of another width, counted from its values.

    Raises:
        ValueError: if the width does not suit the values; see `histogram`.
    """
    span = max(d.maximum for d in moods.values()) - min(d.minimum for d in moods.values())
    if not 0 < width <= span:
        raise ValueError(
            f"A bin width of {width:g} does not suit values that span {span:g}: expected a "
            "positive width below that."
        )
    changed = {}
    for mood, distribution in moods.items():
        first_bin, counts = histogram(values[mood], width)
        changed[mood] = replace(
            distribution, bin_width=width, first_bin=first_bin, counts=counts.tolist()
        )
    return changed


def _of_numbers(
    feature: Feature, mood: str, clips: pd.DataFrame, table: pd.DataFrame
) -> Distribution:
    values = clips[feature.name].to_numpy(dtype=float)
    span = (float(table[feature.name].min()), float(table[feature.name].max()))
    quantiles = np.percentile(values, np.arange(101))
    low, high = fences(quantiles)
    inside = values[(values >= low) & (values <= high)]
    width = width_of_bins(feature, quantiles, len(values), span)
    first_bin, counts = histogram(values, width)
    return of_numbers(
        feature.name,
        mood,
        n=len(values),
        mean=float(values.mean()),
        sd=float(values.std(ddof=1)) if len(values) > 1 else 0.0,
        quantiles=quantiles,
        inside=(float(inside.min()), float(inside.max()), len(inside)),
        bins=(width, first_bin, counts),
        span=span,
        density=density_estimate(values, np.linspace(*span, DENSITY_POINTS)),
        outliers=farthest(values, (low, high)),
    )


def fences(quantiles: Float64) -> tuple[float, float]:
    """Where outliers begin: 1.5 interquartile ranges from the box. Of percentiles, (101,)."""
    q1, q3 = quantiles[[25, 75]]
    reach = 1.5 * (q3 - q1)
    return float(q1 - reach), float(q3 + reach)


def farthest(values: Float64, fences: tuple[float, float]) -> list[float]:
    """Return the values beyond the fences, ascending; at most the `MAX_OUTLIERS` farthest."""
    low, high = fences
    beyond = np.maximum(low - values, values - high)
    outside = np.flatnonzero(beyond > 0)
    order = np.lexsort((values[outside], -beyond[outside]))[:MAX_OUTLIERS]
    return sorted(values[outside[order]].tolist())


def width_of_bins(feature: Feature, quantiles: Float64, n: int, span: tuple[float, float]) -> float:
    """The default bin width of a mood's n values, `span` being all moods' least and greatest."""
    width = feature.bin_width or rounded_width(float(quantiles[75] - quantiles[25]), n)
    while (span[1] - span[0]) / width > MAX_BINS:  # a far outlier, or values of another kind
        width *= 2
    return width


def of_numbers(
    feature: str,
    mood: str,
    *,
    n: int,
    mean: float,
    sd: float,
    quantiles: Float64,
    inside: tuple[float, float, int],
    bins: tuple[float, float, Ints],
    span: tuple[float, float],
    density: Float64,
    outliers: list[float],
) -> Distribution:
    """A distribution of numbers from what was worked out of them.

    Args:
        inside: the least and greatest value between the `fences`, and their number.
        bins: width, centre of the first, and counts.
        outliers: of `farthest`.
    """
    q1, median, q3 = map(float, quantiles[[25, 50, 75]])
    return Distribution(
        feature=feature,
        mood=mood,
        n=n,
        counts=bins[2].tolist(),
        mean=mean,
        sd=sd,
        # As ggplot2 and matplotlib: a whisker never ends inside the box.
        whisker_low=min(inside[0], q1),
        q1=q1,
        median=median,
        q3=q3,
        whisker_high=max(inside[1], q3),
        n_outliers=n - inside[2],
        quantiles=quantiles.tolist(),
        bin_width=bins[0],
        first_bin=bins[1],
        density_from=span[0],
        density_to=span[1],
        density=density.tolist(),
        outliers=outliers,
    )


def _of_categories(feature: Feature, mood: str, values: pd.Series) -> Distribution:
    counts = [int((values == category).sum()) for category in feature.categories]
    return Distribution(feature.name, mood, len(values), counts)
