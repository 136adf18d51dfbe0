"""Intervals and tests for scores over folds, whose training clips overlap."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.floating[Any]]

BOOTSTRAPS = 10_000


def corrected_resampled_t(values: Floats, test_share: float) -> tuple[float, float]:
    """95 % interval of a mean over folds (Nadeau & Bengio, Machine Learning 52, 2003).

    Args:
        values: a score of each fold, at least two.
        test_share: test clips over training clips of a fold.
    """
    from scipy.stats import t

    half = t.ppf(0.975, len(values) - 1) * _standard_error(values, test_share)
    return float(values.mean() - half), float(values.mean() + half)


def corrected_paired_t(differences: Floats, test_share: float) -> float:
    """Two-sided p of a mean difference over the same folds; the same correction.

    1 where no fold differs.
    """
    from scipy.stats import t

    error = _standard_error(differences, test_share)
    if error == 0:
        return 1.0 if differences.mean() == 0 else 0.0
    return float(2 * t.sf(abs(differences.mean()) / error, len(differences) - 1))


def holm(p_values: Sequence[float]) -> list[float]:
    """P values adjusted for their number, family-wise (Holm, Scandinavian J. Stat. 6, 1979)."""
    order = np.argsort(p_values, kind="stable")
    scaled = np.asarray(p_values)[order] * np.arange(len(order), 0, -1)
    adjusted = np.empty(len(order))
    adjusted[order] = np.minimum(np.maximum.accumulate(scaled), 1)
    return [float(p) for p in adjusted]


def bootstrap_over_groups(
    values: Floats, groups: npt.NDArray[Any], *, seed: int
) -> tuple[float, float]:
    """95 % interval of a mean whose values come in groups; groups are drawn, not clips."""
    return middle_95(bootstrapped(values, groups, seed=seed))


def bootstrapped(
    values: Floats, groups: npt.NDArray[Any], *, seed: int, over: Floats | None = None
) -> Floats:
    """Means of values that come in groups, over samples of groups. (BOOTSTRAPS,)

    Args:
        over: what the sums of values are divided by, summed likewise; their number, if not said.
    """
    _, member = np.unique(groups.astype(str), return_inverse=True)
    sums, sizes = np.bincount(member, values), np.bincount(member, over)
    rng = np.random.default_rng(seed)
    drawn = rng.multinomial(len(sums), np.full(len(sums), 1 / len(sums)), size=BOOTSTRAPS)
    return (drawn @ sums) / (drawn @ sizes)


def middle_95(values: Floats) -> tuple[float, float]:
    """What the middle 95 % of some values lie between."""
    low, high = np.percentile(values, [2.5, 97.5])
    return float(low), float(high)


def permutation_p(observed: float, null: Floats) -> float:
    """One-sided p of a statistic that is large where there is something: the share of the
    permuted ones that reach it, itself among them (Phipson & Smyth, SAGMB 9, 2010).
    """
    return float((1 + np.sum(null >= observed - 1e-12)) / (1 + len(null)))


def _standard_error(values: Floats, test_share: float) -> float:
    return float(np.sqrt((1 / len(values) + test_share) * values.var(ddof=1)))
