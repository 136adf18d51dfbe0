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
    iqr = np.subtract(*np.percentile(z, [75, 25])) / 1.34
    bandwidth = 0.9 * (min(1, iqr) if iqr > 0 else 1) * len(z) ** -0.2
    weights = None
    if len(z) > MANY:
        # Counted into bins far narrower than the bandwidth first.
        weights, edges = np.histogram(z, DENSITY_BINS)
        z = (edges[:-1] + edges[1:]) / 2
        bandwidth *= 1 / np.sqrt(np.cov(z, aweights=weights))  # in units of its own deviation
    kernels = gaussian_kde(z, bw_method=bandwidth, weights=weights)
    estimate: Float64 = kernels((at - mean) / std) / std
    return estimate


def freedman_diaconis(values: Float64) -> float:
    """Bin width 2 IQR / cube root of n, rounded to 1, 2 or 5 times a power of ten."""
    width = 2 * float(np.subtract(*np.percentile(values, [75, 25]))) / np.cbrt(len(values))
    if width <= 0:
        return 1.0
    power = 10.0 ** np.floor(np.log10(width))
    return float(min((1, 2, 5, 10), key=lambda step: abs(np.log(step * power / width))) * power)
