"""How good predictions are, with an interval and beside what costs nothing."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from mmc_core.moods import MOODS, NAMES
from mmc_core.splits import Split

Floats = npt.NDArray[np.float64]
Names = npt.NDArray[np.object_]

BOOTSTRAPS = 10_000
SHUFFLES = 10
INTERVAL_METHOD = f"95 %, percentile bootstrap over groups, {BOOTSTRAPS} resamples"


def score(predictions: pd.DataFrame, *, seed: int) -> dict[str, Any]:
    """Scores of held-out clips, one prediction a clip.

    Args:
        predictions: `mood` (true), `group`, and a column of probabilities per mood.
        seed: of the bootstrap.
    """
    from sklearn.metrics import confusion_matrix, f1_score, log_loss

    true = predictions["mood"].to_numpy(dtype=object)
    probabilities = predictions[list(NAMES)].to_numpy(dtype=float)
    predicted = most_likely(probabilities)
    right = predicted == true
    per_mood = f1_score(true, predicted, labels=list(NAMES), average=None, zero_division=0)
    # Rounding of float32 probabilities is not a fault to warn about.
    normalised = probabilities / probabilities.sum(axis=1, keepdims=True)
    order = np.argsort(NAMES)  # scikit-learn wants labels in alphabetic order
    return {
        "n": len(true),
        "n_groups": int(predictions["group"].nunique()),
        "accuracy": float(right.mean()),
        "interval": bootstrap_over_groups(
            right.astype(float), predictions["group"].to_numpy(dtype=object), seed=seed
        ),
        "interval_method": INTERVAL_METHOD,
        "macro_f1": float(np.mean(per_mood)),
        "f1": dict(zip(NAMES, map(float, per_mood), strict=True)),
        "arousal_accuracy": float((half(true, "arousal") == half(predicted, "arousal")).mean()),
        "valence_accuracy": float((half(true, "valence") == half(predicted, "valence")).mean()),
        "confusion": {
            "moods": list(NAMES),
            "true_by_predicted": confusion_matrix(true, predicted, labels=list(NAMES)).tolist(),
        },
        "nll": float(log_loss(true, normalised[:, order], labels=[NAMES[i] for i in order])),
        "brier": float(np.mean(np.sum((probabilities - one_hot(true)) ** 2, axis=1))),
        "ece": calibration_error(probabilities.max(axis=1), right),
        "accuracy_at_80_coverage": accuracy_at_coverage(probabilities.max(axis=1), right, 0.8),
    }


def baselines(
    features: npt.NDArray[np.float32], mood: Names, split: Split, *, seed: int
) -> dict[str, Any]:
    """Accuracy on the test clips of answers that know nothing of the music.

    Shuffled labels: extra trees that learned from them, the mean of ten shuffles. Group look-up
    (the mood of the artist's other clips) is null: a grouped split leaves nothing to look up.
    """
    commonest = pd.Series(mood[split.train]).mode()[0]
    rng = np.random.default_rng(seed)
    shuffled = [
        _extra_trees_accuracy(features, mood, split, rng.permutation(mood[split.train]), seed)
        for _ in range(SHUFFLES)
    ]
    return {
        "majority": float((mood[split.test] == commonest).mean()),
        "shuffled_labels": float(np.mean(shuffled)),
        "group_look_up": None,
    }


def references(
    features: npt.NDArray[np.float32], mood: Names, split: Split, *, seed: int
) -> dict[str, float]:
    """Accuracy of a plain, untuned classifier on the same split."""
    accuracy = _extra_trees_accuracy(features, mood, split, mood[split.train], seed)
    return {"extra_trees": accuracy}


def _extra_trees_accuracy(
    features: npt.NDArray[np.float32], mood: Names, split: Split, labels: Names, seed: int
) -> float:
    from sklearn.ensemble import ExtraTreesClassifier

    trees = ExtraTreesClassifier(500, random_state=seed, n_jobs=-1)
    trees.fit(features[split.train], labels)
    return float((trees.predict(features[split.test]) == mood[split.test]).mean())


def most_likely(probabilities: Floats) -> Names:
    """The likeliest mood of each row; the first in order where two are equal."""
    return np.array(NAMES, dtype=object)[np.argmax(probabilities, axis=1)]


def half(moods: Names, axis: str) -> npt.NDArray[np.int64]:
    """Sign of each mood's "arousal" or "valence"."""
    sign = {mood.name: getattr(mood, axis) for mood in MOODS}
    return np.array([sign[name] for name in moods])


def one_hot(moods: Names) -> Floats:
    return (moods[:, None] == np.array(NAMES, dtype=object)).astype(float)


def bootstrap_over_groups(values: Floats, groups: Names, *, seed: int) -> list[float]:
    """95 % interval of a mean whose values come in groups; groups are drawn, not clips."""
    _, member = np.unique(groups.astype(str), return_inverse=True)
    sums, sizes = np.bincount(member, values), np.bincount(member)
    rng = np.random.default_rng(seed)
    drawn = rng.multinomial(len(sums), np.full(len(sums), 1 / len(sums)), size=BOOTSTRAPS)
    means = (drawn @ sums) / (drawn @ sizes)
    return [float(bound) for bound in np.percentile(means, [2.5, 97.5])]


def calibration_error(confidence: Floats, right: npt.NDArray[np.bool_], bins: int = 10) -> float:
    """Expected calibration error over bins of equal mass (Nguyen & O'Connor 2015)."""
    order = np.argsort(confidence, kind="stable")
    parts = np.array_split(order, min(bins, len(order)))
    gaps = [len(p) * abs(confidence[p].mean() - right[p].mean()) for p in parts]
    return float(sum(gaps) / len(order))


def accuracy_at_coverage(
    confidence: Floats, right: npt.NDArray[np.bool_], coverage: float
) -> float:
    """Accuracy when only the surest share of clips is answered."""
    kept = np.argsort(-confidence, kind="stable")[: max(1, round(coverage * len(confidence)))]
    return float(right[kept].mean())


# ---- what a score means for one answer ------------------------------------------------------


def when_it_said(scores: dict[str, Any], mood: str) -> tuple[int, int]:
    """Of the held-out clips that a network called `mood`: how many were, and how many it called."""
    confusion = np.array(scores["confusion"]["true_by_predicted"])
    i = scores["confusion"]["moods"].index(mood)
    return int(confusion[i, i]), int(confusion[:, i].sum())


def when_as_sure(predictions: pd.DataFrame, probability: float) -> tuple[float, int]:
    """Share right among the held-out clips answered with the nearest probabilities, and how many.

    A quarter of the clips are taken.
    """
    probabilities = predictions[list(NAMES)].to_numpy(dtype=float)
    right = most_likely(probabilities) == predictions["mood"].to_numpy(dtype=object)
    distance = np.abs(probabilities.max(axis=1) - probability)
    nearest = np.argsort(distance, kind="stable")[: max(1, len(right) // 4)]
    return float(right[nearest].mean()), len(nearest)
