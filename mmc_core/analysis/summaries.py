"""Feature tables and their summaries: parquet in, parquet out.

A table has a row a clip: `clip`, `mood`, `group`, `duration_s`, then features. A summary has a
row a feature and mood and is all that boxplots, histograms and densities need, so that a page
costs the same for a hundred clips and for a million.
"""

from __future__ import annotations

from collections.abc import Container, Mapping
from dataclasses import asdict, dataclass, field, fields, replace
from math import nan
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from mmc_core._typing import Float64, Ints
from mmc_core.errors import DatasetError
from mmc_core.features.schema import BY_NAME, FEATURES, Feature
from mmc_core.moods import NAMES

META = ("clip", "mood", "group", "duration_s")
DENSITY_POINTS = 128
DENSITY_BINS = 8192
MANY = 10_000  # values
MAX_BINS = 500


def read_table(path: Path) -> pd.DataFrame:
    """A feature table, checked.

    Raises:
        DatasetError: if columns are missing, ids repeat or a mood is unknown.
    """
    try:
        table = pd.read_parquet(path)
    except (OSError, pa.ArrowException) as error:
        raise DatasetError(
            f"{path} cannot be read as a table ({error}). Fetch or build it again."
        ) from error
    if missing := [column for column in META if column not in table]:
        raise DatasetError(f"{path.name} lacks the columns {missing}; build the table again.")
    if strange := sorted(set(table["mood"]) - set(NAMES)):
        raise DatasetError(f"{path.name} has the moods {strange}; expected {list(NAMES)}.")
    if table["clip"].duplicated().any():
        repeated = sorted(set(table.loc[table["clip"].duplicated(), "clip"]))[:5]
        raise DatasetError(f"{path.name} holds the clips {repeated} more than once.")
    return table


def write_table(table: pd.DataFrame, path: Path) -> None:
    """Write a table with its columns in the schema's order, whole or not at all.

    Raises:
        DatasetError: if it cannot be written there.
    """
    order = [*META, *(f.name for f in features_of(table))]
    part = path.with_suffix(".part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        table[order].to_parquet(part, compression="zstd", index=False)
        part.replace(path)
    except OSError as error:
        raise DatasetError(f"{path} cannot be written: {error}. Check the folder.") from error


# ---- summaries ------------------------------------------------------------------------------


@dataclass(frozen=True)
class Distribution:
    """How one feature is distributed in one mood of one dataset.

    Quartiles interpolate linearly (R's type 7); whiskers end at the last clips within 1.5
    interquartile ranges of the box (Tukey), clips beyond are outliers. `counts` are of bins
    centred on multiples of `bin_width`, the first around `first_bin`; for categories, of each
    category in order. `density` is sampled evenly from `density_from` to `density_to`.
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


Summary = dict[tuple[str, str], Distribution]


def summarise(table: pd.DataFrame) -> Summary:
    """Distribution of every feature by mood, moods without clips left out."""
    summary: Summary = {}
    by_mood = dict(list(table.groupby("mood")))
    for feature in features_of(table):
        for mood in (m for m in NAMES if m in by_mood):
            values = by_mood[mood][feature.name]
            if feature.categories:
                distribution = _of_categories(feature, mood, values)
            else:
                span = (float(table[feature.name].min()), float(table[feature.name].max()))
                distribution = _of_numbers(feature, mood, values.to_numpy(dtype=float), span)
            summary[feature.name, mood] = distribution
    return summary


def write_summary(summary: Summary, path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    rows = pa.Table.from_pylist([asdict(distribution) for distribution in summary.values()])
    pq.write_table(rows, path, compression="zstd")


def read_summary(path: Path) -> Summary:
    """The summary that `write_summary` wrote.

    Raises:
        DatasetError: if its columns are not those of today.
    """
    names = [field.name for field in fields(Distribution)]
    content = pq.read_table(path).to_pydict()
    if sorted(content) != sorted(names):
        raise DatasetError(f"{path.name} was written by another version; make it again.")
    rows = (Distribution(*values) for values in zip(*(content[n] for n in names), strict=True))
    return {(row.feature, row.mood): row for row in rows}


def by_mood(summary: Summary, feature: str) -> dict[str, Distribution]:
    """A feature's distributions; none where the summary is without it."""
    return {mood: summary[feature, mood] for mood in NAMES if (feature, mood) in summary}


def features_of(columns: Container[Any]) -> list[Feature]:
    """The schema's features among some names, or a table's columns, in the schema's order."""
    return [feature for feature in FEATURES if feature.name in columns]


def _of_numbers(
    feature: Feature, mood: str, values: Float64, span: tuple[float, float]
) -> Distribution:
    quantiles = np.percentile(values, np.arange(101))
    q1, median, q3 = quantiles[[25, 50, 75]]
    reach = 1.5 * (q3 - q1)
    inside = values[(values >= q1 - reach) & (values <= q3 + reach)]
    width = feature.bin_width or freedman_diaconis(values)
    while (span[1] - span[0]) / width > MAX_BINS:  # a far outlier, or values of another kind
        width *= 2
    first_bin, counts = histogram(values, width)
    density = density_estimate(values, np.linspace(*span, DENSITY_POINTS))
    return Distribution(
        feature=feature.name,
        mood=mood,
        n=len(values),
        counts=counts.tolist(),
        mean=float(values.mean()),
        sd=float(values.std(ddof=1)) if len(values) > 1 else 0.0,
        # As ggplot2 and matplotlib: a whisker never ends inside the box.
        whisker_low=float(min(inside.min(), q1)),
        q1=float(q1),
        median=float(median),
        q3=float(q3),
        whisker_high=float(max(inside.max(), q3)),
        n_outliers=len(values) - len(inside),
        quantiles=quantiles.tolist(),
        bin_width=width,
        first_bin=first_bin,
        density_from=span[0],
        density_to=span[1],
        density=density.tolist(),
    )


def _of_categories(feature: Feature, mood: str, values: pd.Series) -> Distribution:
    counts = [int((values == category).sum()) for category in feature.categories]
    return Distribution(feature.name, mood, len(values), counts)


def histogram(values: Float64, width: float) -> tuple[float, Ints]:
    """Counts in bins centred on multiples of `width` (ggplot2's default origin).

    Returns:
        Centre of the first bin, and counts up to the last bin that is not empty.

    Raises:
        ValueError: if `width` is not positive or would make more than 500 bins.
    """
    if not width > 0 or np.ptp(values) / width > MAX_BINS:
        raise ValueError(
            f"A bin width of {width:g} does not suit values from {values.min():g} to "
            f"{values.max():g}: expected a positive width that gives at most {MAX_BINS} bins."
        )
    # Bins are closed on the right as in R: (c - w/2, c + w/2].
    k = np.ceil(values / width - 0.5).astype(np.int64)
    return float(k.min() * width), np.bincount(k - k.min())


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


def agreement(table: pd.DataFrame, first: str, second: str) -> tuple[pd.DataFrame, float]:
    """How two features of the same categories agree: counts of each pair, and the share alike."""
    order = list(BY_NAME[first].categories)
    counts = pd.crosstab(table[first], table[second]).reindex(
        index=order, columns=order, fill_value=0
    )
    alike = table[first].to_numpy(dtype=object) == table[second].to_numpy(dtype=object)
    return counts, float(alike.mean())


def density_estimate(values: Float64, at: Float64) -> Float64:
    """Gaussian kernel density with R's default bandwidth (Silverman 1986, eq. 3.31).

    Values that are all alike have no density: zeros.
    """
    from scipy.stats import gaussian_kde

    spread = np.std(values, ddof=1) if len(values) > 1 else 0.0
    if spread <= 1e-12 * np.abs(values).max():  # no more than rounding
        return np.zeros_like(at)
    mean = values.mean()
    z = (values - mean) / spread  # of unit spread, so that no scale is too small to compute
    iqr = np.subtract(*np.percentile(z, [75, 25])) / 1.34
    bandwidth = 0.9 * (min(1, iqr) if iqr > 0 else 1) * len(z) ** -0.2
    weights = None
    if len(z) > MANY:
        # Counted into bins far narrower than the bandwidth first.
        weights, edges = np.histogram(z, DENSITY_BINS)
        z = (edges[:-1] + edges[1:]) / 2
        bandwidth *= 1 / np.sqrt(np.cov(z, aweights=weights))  # in units of its own spread
    kernels = gaussian_kde(z, bw_method=bandwidth, weights=weights)
    estimate: Float64 = kernels((at - mean) / spread) / spread
    return estimate


def freedman_diaconis(values: Float64) -> float:
    """Bin width 2 IQR / cube root of n, rounded to 1, 2 or 5 times a power of ten."""
    width = 2 * float(np.subtract(*np.percentile(values, [75, 25]))) / np.cbrt(len(values))
    if width <= 0:
        return 1.0
    power = 10.0 ** np.floor(np.log10(width))
    return float(min((1, 2, 5, 10), key=lambda step: abs(np.log(step * power / width))) * power)
