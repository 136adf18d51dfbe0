"""How far moods lie apart, from sums of ranks by block of groups and mood.

No single clip is needed, so a table may be of any length.
"""

from __future__ import annotations

import numpy as np

from mmc_core._typing import Floats, Ints


class Draws:
    """Bootstrap samples of blocks of groups.

    Args:
        n: clips by block and mood. (blocks, moods)
        drawn: how often each sample has each block; see `statistics.samples_of_blocks`.
            (samples, blocks)
    """

    def __init__(self, n: Floats, drawn: Ints) -> None:
        # The first row counts every block once: the table itself.
        self._times = np.vstack([np.ones(len(n)), drawn])
        self._n = self._times @ n
        self._least = int((n > 0).sum(axis=0).min())  # blocks of the mood that has fewest

    def of_ranks(self, total: Floats, squares: Floats) -> tuple[float, float, float]:
        """Epsilon-squared and its interval.

        Args:
            total: sums of the ranks, which are 0 in the mean of all clips. (blocks, moods)
            squares: sums of their squares.
        """
        n, total, squares = self._n, self._times @ total, self._times @ squares
        mean = total.sum(axis=1) / n.sum(axis=1)
        with np.errstate(invalid="ignore", divide="ignore"):
            between = np.nansum(total**2 / n, axis=1) - n.sum(axis=1) * mean**2
            effects = between / (squares.sum(axis=1) - n.sum(axis=1) * mean**2)
        return self._interval(np.clip(np.nan_to_num(effects), 0, 1))

    def of_categories(self, counts: Floats) -> tuple[float, float, float, float]:
        """Pearson's chi-square, Cramer's V squared and its interval.

        Args:
            counts: clips. (blocks, moods, categories)
        """
        counts = np.tensordot(self._times, counts, axes=1)
        n = counts.sum(axis=(1, 2))
        expected = (
            counts.sum(axis=2)[:, :, None] * counts.sum(axis=1)[:, None, :] / n[:, None, None]
        )
        with np.errstate(invalid="ignore", divide="ignore"):
            statistics = np.nansum((counts - expected) ** 2 / expected, axis=(1, 2))
        n_categories = int((counts[0].sum(axis=0) > 0).sum())
        fewer = max(min(counts.shape[1], n_categories) - 1, 1)
        return float(statistics[0]), *self._interval(np.clip(statistics / (n * fewer), 0, 1))

    def _interval(self, effects: Floats) -> tuple[float, float, float]:
        """The table's own effect, and the interval of the samples' around it."""
        effect, samples = float(effects[0]), effects[1:]
        if self._least < 2:  # a mood of one group says nothing of others
            return effect, 0.0, 1.0
        low, high = np.percentile(samples - samples.mean() + effect, [2.5, 97.5])
        # Samples without a mood pull the mean down: the effect itself stays inside.
        return effect, float(np.clip(low, 0, effect)), float(np.clip(high, effect, 1))


def duel(total: Floats, n: Ints, variance: float) -> tuple[float, float]:
    """Cliff's delta of two moods, and the square of Mann and Whitney's z.

    Args:
        total: sums by mood of the ranks among the clips of both, centred. (2,)
        n: clips. (2,)
        variance: of these ranks.
    """
    of_both = float(n.sum())
    u = total[0] + n[0] * (of_both + 1) / 2 - n[0] * (n[0] + 1) / 2
    delta = float(2 * u / (n[0] * n[1]) - 1)
    # (n - 1) times the squared correlation of ranks and mood.
    between = (total[0] / n[0]) ** 2 * n[0] / n[1]
    return delta, float((of_both - 1) * between / variance) if variance > 0 else 0.0
