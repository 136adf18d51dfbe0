"""Clips whose labels may be wrong, by what a system predicts for them while they are held out.

Confident learning: C. G. Northcutt, L. Jiang, I. L. Chuang, "Confident learning: Estimating
uncertainty in dataset labels", Journal of Artificial Intelligence Research 70, 2021. A clip is
counted for a mood where the mood's probability is at least the mean probability that clips
labelled so get for it; it is doubtful where that mood is another than its label.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from mmc_core._typing import Bools, Float64, Ints
from mmc_core.analysis.statistics import BOOTSTRAPS, middle_95, samples_of_groups
from mmc_core.learning.scores import is_right
from mmc_core.moods import NAMES

SEED = 13
SHARE = 0.05  # of clips, the most doubtful, that the sensitivity leaves out


def doubtful(predictions: pd.DataFrame) -> pd.DataFrame:
    """All clips of an evaluation: those with a doubtful label first, then by margin.

    Args:
        predictions: held-out clips; see `learning.scores`. Repeats are averaged.

    Returns:
        `clip`, `mood` (the label), `group`, `probability` of the label, the likeliest `other` mood,
        `margin` (the label's probability minus the other's), `counted` (the mood that the clip is
        counted for, "" where none is probable enough) and `doubtful`.
    """
    clips, p, label = _averaged(predictions)
    rows = np.arange(len(p))
    others = p.copy()
    others[rows, label] = -1
    other = others.argmax(axis=1)
    counted = _counted(p, label)
    table = clips.assign(
        probability=p[rows, label],
        other=np.array(NAMES, dtype=object)[other],
        margin=p[rows, label] - p[rows, other],
        counted=np.array([*NAMES, ""], dtype=object)[counted],
        doubtful=(counted >= 0) & (counted != label),
    )
    by_margin = table.sort_values("margin", kind="stable")
    order = (~by_margin["doubtful"]).sort_values(kind="stable").index
    return by_margin.loc[order].reset_index(drop=True)


def confused(doubts: pd.DataFrame) -> pd.DataFrame:
    """The confident joint: how many clips of each label are counted for each mood. (4, 4)

    Args:
        doubts: what `doubtful` gives.
    """
    joint = pd.crosstab(doubts["mood"].astype(object), doubts["counted"])
    return joint.reindex(index=list(NAMES), columns=list(NAMES), fill_value=0)


class Agreement(NamedTuple):
    """Spearman's rank correlation, with its 95 % interval by bootstrap over groups."""

    rho: float
    low: float
    high: float
    clips: int


def agreement(doubts: pd.DataFrame, other: pd.Series[float], *, seed: int) -> Agreement:
    """Of the margins of labels with another measure of how sure these are.

    Args:
        doubts: what `doubtful` gives.
        other: by clip; higher where a label is surer. Clips that it lacks are left out.
        seed: of the bootstrap.
    """
    from scipy.stats import rankdata

    beside = other.reindex(doubts["clip"]).to_numpy(dtype=float)
    known = ~np.isnan(beside)
    x, y = (rankdata(each[known]) - (known.sum() + 1) / 2 for each in (doubts["margin"], beside))
    group, times = samples_of_groups(pd.factorize(doubts["group"][known])[0], BOOTSTRAPS, seed=seed)
    sums = np.zeros((times.shape[1], 6))
    np.add.at(sums, group, np.stack([np.ones(len(x)), x, y, x * x, y * y, x * y], axis=1))
    rhos = _correlations(times @ sums)
    return Agreement(float(_correlations(sums.sum(axis=0))), *middle_95(rhos), int(known.sum()))


def without_doubtful(
    predictions: pd.DataFrame, doubts: pd.DataFrame, share: float = SHARE
) -> dict[str, Any]:
    """Accuracy with and without the clips of the most doubtful labels: a sensitivity, no result.

    It must rise, for what is left out is what the system finds wrong.

    Args:
        doubts: what `doubtful` gives of the predictions.
    """
    ranked = doubts["clip"]
    left_out = set(ranked[: round(share * len(ranked))])
    right = pd.Series(is_right(predictions).astype(float), predictions.index)
    kept = right[~predictions["clip"].isin(left_out)]
    accuracy, without = float(right.mean()), float(kept.mean())
    return {"left_out": len(left_out), "accuracy": accuracy, "without": without}


def _averaged(predictions: pd.DataFrame) -> tuple[pd.DataFrame, Float64, Ints]:
    """Clips with mood and group, their mean probabilities (n, 4), and the number of their label."""
    by_clip = predictions.groupby("clip", sort=True)
    clips = by_clip[["mood", "group"]].first().reset_index()
    p = by_clip[list(NAMES)].mean().to_numpy(dtype=float)
    label = pd.Index(NAMES).get_indexer(pd.Index(clips["mood"].astype(object)))
    return clips, p / p.sum(axis=1, keepdims=True), label


def _counted(p: Float64, label: Ints) -> Ints:
    """The mood that each clip is counted for; -1 where none is probable enough. (n,)"""
    of_mood = [p[label == i, i] for i in range(len(NAMES))]
    threshold = np.array([each.mean() if len(each) else np.inf for each in of_mood])
    enough: Bools = p >= threshold
    likeliest: Ints = np.where(enough, p, -1.0).argmax(axis=1)
    return np.where(enough.any(axis=1), likeliest, -1)


def _correlations(sums: Float64) -> Float64:
    """Of sums of 1, x, y, x squared, y squared and xy. (..., 6) to (...)"""
    n, x, y, xx, yy, xy = np.moveaxis(sums, -1, 0)
    each: Float64 = (xy - x * y / n) / np.sqrt((xx - x * x / n) * (yy - y * y / n))
    return each
