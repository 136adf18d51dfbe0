"""How much each kind of feature contributed to the answer of a model on the 57 features.

Shapley values over the groups of features (Shapley 1953; Lundberg and Lee, NIPS 2017), all
coalitions of them counted out. Where a group is absent, its features are those of clips that the
model learned from, one after the other, and the answers are averaged. The contributions sum to what
the model answers for the song, less its mean answer for those clips.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import factorial

import numpy as np

from mmc_core import datasets
from mmc_core._typing import Bools, Float32, Float64, Progress, no_progress
from mmc_core.features.encode import encode
from mmc_core.features.schema import BY_NAME, GROUPS, ORIGINAL_57
from mmc_core.features.titles import FEATURES
from mmc_core.learning import inputs
from mmc_core.moods import NAMES
from mmc_core.prediction.network import answer
from mmc_core.prediction.result import Prediction
from mmc_core.prediction.windows import shares_of_time
from mmc_core.runs import Run

BACKGROUND = 100  # clips
MAX_ROWS = 2_000  # of one coalition: a long song has many windows, and takes fewer clips
LEAST_BACKGROUND = 20
SEED = 13


@dataclass(frozen=True)
class Contributions:
    """What moved a model from its usual answer to the one for a song.

    Parameters
    ----------
    mood : str
        Whose probability it is about.
    probability : float
        Of the song.
    usual : float
        The model's mean probability of that mood over clips that it learned from.
    by_group : dict
        What each group of features adds to it or takes from it; `usual` and they sum to
        `probability`.
    n_background : int
        How many clips those are.
    """

    mood: str
    probability: float
    usual: float
    by_group: dict[str, float]
    n_background: int


def takes_features(run: Run) -> bool:
    """Whether a run answers from the 57 features alone."""
    return run.input == FEATURES and not run.members()


def contributions(
    run: Run, prediction: Prediction, mood: str, progress: Progress = no_progress
) -> Contributions:
    """The contribution of each group of features to the probability of a mood.

    Args:
        run: that takes features; see `takes_features`.
        prediction: its answer for a song, whose windows have features.
        progress: called with the coalitions that are done, and of how many.

    Raises:
        DatasetError: if the table of the dataset that it learned from is not on this machine.
    """
    rows = encode([window.features for window in prediction.windows])
    weights = shares_of_time([(each.start_s, each.end_s) for each in prediction.windows])
    others = _background(run, len(rows))
    members = _members()
    coalitions = all_coalitions(len(members))
    values = np.empty(len(coalitions))
    for i, coalition in enumerate(coalitions):
        present = coalition @ members  # (57,)
        mixed = np.where(present, rows[:, None], others)  # (windows, clips, 57)
        p = answer(run, mixed.reshape(-1, rows.shape[1]))[:, NAMES.index(mood)]
        values[i] = weights @ p.reshape(len(rows), len(others)).mean(axis=1, dtype=np.float64)
        progress(i + 1, len(coalitions))
    by_group = dict(zip(GROUPS, shapley_values(values).tolist(), strict=True))
    return Contributions(mood, float(values[-1]), float(values[0]), by_group, len(others))


def all_coalitions(n: int) -> Bools:
    """Which of n players each coalition has: none first, all last. (2^n, n)"""
    return (np.arange(2**n)[:, None] >> np.arange(n) & 1).astype(bool)


def shapley_values(values: Float64) -> Float64:
    """What each player adds to a coalition, averaged over all orders in which they may come. (n,)

    Args:
        values: (2^n,) worth of each of `all_coalitions`.
    """
    n = len(values).bit_length() - 1
    sizes = all_coalitions(n).sum(axis=1)
    shares = np.array([factorial(s) * factorial(n - s - 1) / factorial(n) for s in range(n)])
    added = np.empty(n)
    for player in range(n):
        without = np.flatnonzero(~all_coalitions(n)[:, player])
        gains = values[without + 2**player] - values[without]
        added[player] = shares[sizes[without]] @ gains
    return added


def _members() -> Bools:
    """Which features are in each group. (groups, 57)"""
    return np.array([[BY_NAME[name].group == group for name in ORIGINAL_57] for group in GROUPS])


def _background(run: Run, n_windows: int) -> Float32:
    """Features of clips that a run learned from, fewer where a song has many windows. (n, 57)"""
    table = datasets.get(run.dataset).table()
    n = min(BACKGROUND, max(LEAST_BACKGROUND, MAX_ROWS // n_windows), len(table))
    return inputs.features(table.sample(n, random_state=SEED))
