"""Intervals and tests where plain ones fail: folds that overlap, clips that come in groups."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from mmc_core._typing import Floats, Ints

BOOTSTRAPS = 10_000
MAX_BLOCKS = 2_000
SHARE, DIFFERENCE = (0.0, 1.0), (-1.0, 1.0)  # limits of a share, and of two shares' difference


def corrected_resampled_t(
    values: Floats, test_share: float, limits: tuple[float, float] = (-np.inf, np.inf)
) -> tuple[float, float]:
    """95 % interval of a mean over folds (Nadeau & Bengio, Machine Learning 52, 2003).

    Args:
        values: a score of each fold, at least two.
        test_share: test clips over training clips of a fold.
        limits: what no score can be below or above; nor is the interval then.
    """
    from scipy.stats import t

    half = t.ppf(0.975, len(values) - 1) * _standard_error(values, test_share)
    low, high = np.clip([values.mean() - half, values.mean() + half], *limits)
    return float(low), float(high)


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


def grouped_p(statistic: float, scores: Floats, labels: Ints, group: Ints) -> float:
    """P of a chi-square-like statistic that compares mean scores by label, clips coming in groups.

    The statistic is scaled by its design effects: the variance of the sums of scores by label when
    groups are drawn whole, over that when each clip is drawn by itself and labels say nothing (Rao
    & Scott, Annals of Statistics 12, 1984, second order). Where each clip is its own group it is
    the plain p. Few groups and rare categories make it err on the side of finding nothing.

    Args:
        statistic: Kruskal and Wallis's H or Pearson's chi-square.
        scores: (n, q) what labels are compared in: ranks, or categories as columns of 0 and 1.
        labels: (n,) label of each clip, from 0.
        group: (n,) group of each clip, from 0.
    """
    n_labels, n_groups = int(labels.max()) + 1, int(group.max()) + 1
    centred = scores - scores.mean(axis=0)
    cell = group * n_labels + labels
    sums = np.stack(
        [np.bincount(cell, column, minlength=n_groups * n_labels) for column in centred.T], axis=1
    ).reshape(n_groups, n_labels, -1)
    return p_of_sums(statistic, sums.astype(float), centred.T @ centred, np.bincount(labels))


def p_of_sums(
    statistic: float, sums: Floats, scatter: Floats, n_by_label: Ints, *, single: bool = False
) -> float:
    """`grouped_p` of the sums of scores by group and label.

    Args:
        sums: of scores whose mean over all clips is 0. (groups, labels, q)
        scatter: sums of products of these scores. (q, q)
        n_by_label: clips. (labels,)
        single: whether each clip is known to be its own group, `sums` being of some together.
    """
    from scipy.stats import chi2

    n_groups, n_labels, q = sums.shape
    n = int(n_by_label.sum())
    share = n_by_label / n
    sums = sums - share[:, None] * sums.sum(axis=1, keepdims=True)
    by_group = np.tensordot(sums, sums, axes=(0, 0)) * _unbiased(n_groups)
    spread_of_labels = np.diag(share) - np.outer(share, share)
    by_clip = np.einsum("mn,cd->mcnd", spread_of_labels, scatter) * _unbiased(n)
    size = n_labels * q
    by_clip = by_clip.reshape(size, size)
    if single or n_groups == n:  # each clip by itself: the plain p
        freedom = np.linalg.matrix_rank(by_clip, hermitian=True)
        return float(chi2.sf(statistic, freedom)) if freedom else 1.0
    effects = np.linalg.pinv(by_clip, rcond=1e-10, hermitian=True) @ by_group.reshape(size, size)
    mean, spread = np.trace(effects), np.trace(effects @ effects)
    return float(chi2.sf(statistic * mean / spread, mean**2 / spread)) if spread > 0 else 1.0


def samples_of_groups(group: Ints, n_samples: int, *, seed: int) -> tuple[Ints, Ints]:
    """Bootstrap samples of groups, drawn whole with replacement.

    Args:
        group: (n,) group of each clip, from 0. Where there are more than `MAX_BLOCKS`, some are
            drawn as one block.

    Returns:
        The block of each clip, (n,), and how often each sample has each block, (samples, blocks).
    """
    rng = np.random.default_rng(seed)
    n_blocks = int(group.max()) + 1
    if n_blocks > MAX_BLOCKS:
        group = rng.permutation(n_blocks)[group] % MAX_BLOCKS
        n_blocks = MAX_BLOCKS
    return group, samples_of_blocks(n_blocks, n_samples, rng)


def samples_of_blocks(n_blocks: int, n_samples: int, rng: np.random.Generator) -> Ints:
    """How often each bootstrap sample has each block. (samples, blocks)"""
    return rng.multinomial(n_blocks, np.full(n_blocks, 1 / n_blocks), size=n_samples)


def bootstrap_over_groups(
    values: Floats, groups: npt.NDArray[Any], *, seed: int
) -> tuple[float, float]:
    """95 % interval of a mean whose values come in groups; groups are drawn, not clips."""
    return middle_95(bootstrapped(values, groups, seed=seed))


def bootstrapped(values: Floats, groups: npt.NDArray[Any], *, seed: int) -> Floats:
    """Means of values that come in groups, over samples of groups. (BOOTSTRAPS,)"""
    _, member = np.unique(groups.astype(str), return_inverse=True)
    sums, sizes = np.bincount(member, values), np.bincount(member)
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


def _unbiased(n: int) -> float:
    return n / (n - 1) if n > 1 else 1.0


def _standard_error(values: Floats, test_share: float) -> float:
    return float(np.sqrt((1 / len(values) + test_share) * values.var(ddof=1)))
