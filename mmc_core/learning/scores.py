"""How good predictions are, with an interval and beside what costs nothing.

Predictions are a table with a row for each time a clip was held out: `repeat`, `fold`, `clip`,
`mood` (the true one), `group`, a probability per mood, `predicted` (the mood that was answered),
and for each baseline the share of its tries that were right, missing where it had nothing to go
by: `majority`, `group_majority`, `shuffled`.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from mmc_core._typing import Bools, Float64, Floats, Ints, Objects
from mmc_core.analysis.statistics import (
    BOOTSTRAPS,
    DIFFERENCE,
    SHARE,
    bootstrap_over_groups,
    corrected_paired_t,
    corrected_resampled_t,
)
from mmc_core.errors import RunError
from mmc_core.moods import MOODS, NAMES
from mmc_core.saved.scores import Baselines, CalibrationFloor, Confusion, Scores

SPLIT_INTERVAL = f"95 %, percentile bootstrap over groups, {BOOTSTRAPS} resamples"
FOLDS_INTERVAL = "95 %, corrected resampled t over the folds"
BASELINES = ("majority", "group_majority", "shuffled")
SHUFFLES = 10  # of a single split; folds are shuffled once each
SIMULATIONS = 500  # of what perfect calibration would give
BAND = 0.05  # answers are as sure as one whose probability is at most this far off


def score(predictions: pd.DataFrame, *, seed: int) -> Scores:
    """Return all scores of held-out clips. Repeats are averaged, never counted as more clips.

    Args:
        seed: of the bootstrap, where there is a single split.
    """
    from sklearn.metrics import confusion_matrix, f1_score, log_loss

    true = predictions["mood"].to_numpy(dtype=object)
    predicted, right = predictions["predicted"].to_numpy(dtype=object), is_right(predictions)
    probabilities = predictions[list(NAMES)].to_numpy(dtype=float)
    by_fold = fold_accuracies(predictions)
    if len(by_fold) > 1:
        accuracies, share = by_fold.to_numpy(dtype=float), _test_share(predictions)
        confidence_interval = corrected_resampled_t(accuracies, share, SHARE)
    else:
        groups = predictions["group"].to_numpy(dtype=object)
        confidence_interval = bootstrap_over_groups(right.astype(float), groups, seed=seed)
    f1 = np.mean(
        [
            f1_score(
                part["mood"], part["predicted"], labels=list(NAMES), average=None, zero_division=0
            )
            for _, part in predictions.groupby("repeat")
        ],
        axis=0,
    )
    # Rounding of float32 probabilities is not a fault to warn about.
    normalised = probabilities / probabilities.sum(axis=1, keepdims=True)
    order = np.argsort(NAMES)  # scikit-learn wants labels in alphabetic order
    sure = confidence(predictions)
    repeat, clip = predictions["repeat"].to_numpy(), pd.factorize(predictions["clip"])[0]
    low, high = confidence_interval
    answered = confusion_matrix(true, predicted, labels=list(NAMES)).tolist()
    return Scores(
        n=int(predictions["clip"].nunique()),
        n_groups=int(predictions["group"].nunique()),
        repeats=int(predictions["repeat"].nunique()),
        folds=len(by_fold),
        accuracy=float(right.mean()),
        interval=(low, high),
        interval_method=FOLDS_INTERVAL if len(by_fold) > 1 else SPLIT_INTERVAL,
        macro_f1=float(np.mean(f1)),
        f1=dict(zip(NAMES, map(float, f1), strict=True)),
        arousal_accuracy=float((half(true, "arousal") == half(predicted, "arousal")).mean()),
        valence_accuracy=float((half(true, "valence") == half(predicted, "valence")).mean()),
        confusion=Confusion(moods=list(NAMES), true_by_predicted=answered),
        nll=float(log_loss(true, normalised[:, order], labels=[NAMES[i] for i in order])),
        brier=float(np.mean(np.sum((probabilities - one_hot(true)) ** 2, axis=1))),
        ece=calibration_error(sure, right, repeat),
        ece_floor=calibration_floor(sure, repeat, clip, seed=seed),
        accuracy_at_80_coverage=accuracy_at_coverage(sure, right, 0.8),
        baselines=_baselines(predictions),
    )


def is_right(predictions: pd.DataFrame) -> Bools:
    """Whether the mood that was answered is the true one. (n,)"""
    return predictions["predicted"].to_numpy(object) == predictions["mood"].to_numpy(object)


def fold_accuracies(predictions: pd.DataFrame) -> pd.Series[float]:
    """Accuracy of each fold, by (repeat, fold)."""
    right = pd.Series(is_right(predictions).astype(float), predictions.index)
    by_fold: pd.Series[float] = right.groupby([predictions["repeat"], predictions["fold"]]).mean()
    return by_fold


def compare(one: pd.DataFrame, other: pd.DataFrame) -> dict[str, Any]:
    """One system's accuracy minus another's over the folds that both have, with interval and p.

    Raises:
        RunError: if they have fewer than two folds in common, or those hold other clips.
    """
    keys = ["repeat", "fold"]
    common = sorted(set(map(tuple, one[keys].to_numpy())) & set(map(tuple, other[keys].to_numpy())))
    if len(common) < 2:
        raise RunError("The two runs share fewer than two folds; expected the same protocol.")
    parts = [
        frame.set_index(keys).loc[common].reset_index().sort_values([*keys, "clip"])
        for frame in (one, other)
    ]
    if parts[0]["clip"].tolist() != parts[1]["clip"].tolist():
        raise RunError("The two runs held out other clips in the same folds; train one again.")
    differences = (fold_accuracies(parts[0]) - fold_accuracies(parts[1])).to_numpy(dtype=float)
    share = _test_share(one)
    return {
        "difference": float(differences.mean()),
        "interval": list(corrected_resampled_t(differences, share, DIFFERENCE)),
        "p": corrected_paired_t(differences, share),
        "folds": len(differences),
    }


def _baselines(predictions: pd.DataFrame) -> Baselines:
    of_group = predictions["group_majority"].dropna()
    return Baselines(
        majority=float(predictions["majority"].mean()),
        shuffled_labels=float(predictions["shuffled"].mean()),
        group_look_up=float(of_group.mean()) if len(of_group) else None,
        group_look_up_share=len(of_group) / len(predictions),
    )


def _test_share(predictions: pd.DataFrame) -> float:
    """Test clips over training clips, of a fold."""
    share = predictions.groupby(["repeat", "fold"]).size().mean() / predictions["clip"].nunique()
    return float(share / (1 - share))


def confidence(predictions: pd.DataFrame) -> Float64:
    """Probability of the mood that was answered, not of the likeliest. (n,)"""
    names = pd.Index(NAMES).get_indexer(pd.Index(predictions["predicted"].astype(object)))
    each: Float64 = predictions[list(NAMES)].to_numpy(dtype=float)[np.arange(len(names)), names]
    return each


def most_likely(probabilities: Floats) -> Objects:
    """The likeliest mood of each row; the first in order where two are equal."""
    return np.array(NAMES, dtype=object)[np.argmax(probabilities, axis=1)]


def half(moods: Objects, axis: str) -> Ints:
    """Sign of each mood's "arousal" or "valence"."""
    sign = {mood.name: getattr(mood, axis) for mood in MOODS}
    return np.array([sign[name] for name in moods])


def one_hot(moods: Objects) -> Float64:
    return (moods[:, None] == np.array(NAMES, dtype=object)).astype(float)


def calibration_error(confidence: Float64, right: Bools, repeat: Ints, bins: int = 10) -> float:
    """Expected calibration error over bins of equal mass (Nguyen & O'Connor 2015), the mean of the
    repeats.
    """
    return float(_calibration_errors(confidence, right[None], repeat, bins)[0])


def calibration_floor(
    confidence: Float64, repeat: Ints, clip: Ints, *, seed: int, bins: int = 10
) -> CalibrationFloor:
    """Return what the calibration error would be if probabilities were exactly what they say.

    So many clips fall above or below by chance alone: an error near this is none that shows. Each
    clip is right or not by one draw in all repeats.

    Args:
        clip: the number of each answer's clip.
    """
    draws = np.random.default_rng(seed).random((SIMULATIONS, clip.max() + 1))
    errors = _calibration_errors(confidence, draws[:, clip] < confidence, repeat, bins)
    return CalibrationFloor(float(errors.mean()), float(np.quantile(errors, 0.95)))


def _calibration_errors(confidence: Float64, right: Bools, repeat: Ints, bins: int) -> Float64:
    """Of several outcomes (m, n) of answers with one confidence each (n,). (m,)"""
    errors = np.zeros(len(right))
    repeats = np.unique(repeat)
    for one in repeats:
        rows = np.flatnonzero(repeat == one)
        order = rows[np.argsort(confidence[rows], kind="stable")]
        for part in np.array_split(order, min(bins, len(order))):
            gap = np.abs(confidence[part].mean() - right[:, part].mean(axis=1))
            errors += gap * len(part) / len(rows)
    return errors / len(repeats)


def reliability(confidence: Float64, right: Bools, bins: int = 10) -> pd.DataFrame:
    """Answers in bins of equal mass, least sure first.

    Returns:
        `answers`, mean `probability` and share `right` of each bin.
    """
    parts = np.array_split(np.argsort(confidence, kind="stable"), min(bins, len(confidence)))
    return pd.DataFrame(
        {
            "answers": [len(part) for part in parts],
            "probability": [confidence[part].mean() for part in parts],
            "right": [right[part].mean() for part in parts],
        }
    )


def accuracy_at_coverage(confidence: Float64, right: Bools, coverage: float) -> float:
    """Accuracy when only the surest share of clips is answered."""
    surest = np.argsort(-confidence, kind="stable")[: max(1, round(coverage * len(confidence)))]
    return float(right[surest].mean())


# ---- what a score means for one answer ------------------------------------------------------


def right_when_predicted(scores: Scores, mood: str) -> tuple[int, int]:
    """Of the held-out clips that a network called `mood`: how many were, and how many it called.

    Of several repeats, their mean: a clip that is held out again is no other clip.
    """
    confusion = np.array(scores.confusion.true_by_predicted) / scores.repeats
    i = scores.confusion.moods.index(mood)
    return round(confusion[i, i]), round(confusion[:, i].sum())


class AsSure(NamedTuple):
    """How often answers of about one probability were right, with Wilson's 95 % interval."""

    right: float
    low: float
    high: float
    clips: int


def right_when_as_sure(predictions: pd.DataFrame, probability: float) -> AsSure | None:
    """Of the clips that were answered with a probability within 0.05; None where there is none."""
    from scipy.stats import binomtest

    near = np.abs(confidence(predictions) - probability) <= BAND
    clips = int(predictions["clip"][near].nunique())
    if not clips:
        return None
    right = float(is_right(predictions)[near].mean())
    low, high = binomtest(round(right * clips), clips).proportion_ci(method="wilson")
    return AsSure(right, float(low), float(high), clips)
