"""Histograms and kernel densities of one feature's values."""

from __future__ import annotations

import numpy as np

from mmc_core._typing import Float64, Ints

DENSITY_BINS = 8192
MANY = 10_000  # values
MAX_BINS = 500


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


def density_estimate(values: Float64, at: Float64) -> Float64:
    """Gaussian kernel density with R's default bandwidth (Silverman 1986, eq. 3.31).

    Values that are all alike have no density: zeros.
    """
    from scipy.stats import gaussian_kde

    std = np.std(values, ddof=1) if len(values) > 1 else 0.0
    if std <= 1e-12 * np.abs(values).max():  # no more than rounding
        return np.zeros_like(at)
    mean = values.mean()
    z = (values - mean) / std  # of unit deviation, so that no scale is too small to compute
    z_at = (at - mean) / std
    iqr = float(np.subtract(*np.percentile(z, [75, 25])))
    if len(z) > MANY:
        # Counted into bins far narrower than the bandwidth first.
        counts, edges = np.histogram(z, DENSITY_BINS)
        return density_of_bins(counts, (edges[0], edges[-1]), iqr, z_at) / std
    estimate: Float64 = gaussian_kde(z, bw_method=_bandwidth(iqr, len(z)))(z_at) / std
    return estimate


def density_of_bins(counts: Ints, ends: tuple[float, float], iqr: float, at: Float64) -> Float64:
    """The same of values of unit deviation that were counted into bins of one width.

    Args:
        ends: where the first bin begins and the last one ends.
        iqr: interquartile range of the values.
    """
    from scipy.stats import gaussian_kde

    edges = np.linspace(*ends, len(counts) + 1)
    z = (edges[:-1] + edges[1:]) / 2
    own = np.sqrt(np.cov(z, aweights=counts))  # gaussian_kde's unit: the bins' own deviation
    bandwidth = _bandwidth(iqr, int(counts.sum())) / own
    estimate: Float64 = gaussian_kde(z, bw_method=bandwidth, weights=counts)(at)
    return estimate


def _bandwidth(iqr: float, n: int) -> float:
    """R's default for n values of unit deviation."""
    return float(0.9 * (min(1, iqr / 1.34) if iqr > 0 else 1) * n**-0.2)


def freedman_diaconis(values: Float64) -> float:
    """Bin width 2 IQR / cube root of n, rounded to 1, 2 or 5 times a power of ten."""
    return rounded_width(float(np.subtract(*np.percentile(values, [75, 25]))), len(values))


def rounded_width(iqr: float, n: int) -> float:
    """Freedman's and Diaconis's bin width of n values, from their interquartile range."""
    width = 2 * iqr / np.cbrt(n)
    if width <= 0:
        return 1.0
    power = 10.0 ** np.floor(np.log10(width))
    return float(min((1, 2, 5, 10), key=lambda step: abs(np.log(step * power / width))) * power)
