"""Scores of predictions whose worth is known."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from sklearn.metrics import accuracy_score, f1_score

from mmc_core import scores
from mmc_core.features.encode import encode
from mmc_core.moods import NAMES
from mmc_core.splits import grouped_hold_out


def predictions(true: list[str], said: list[str], sure: float = 1.0) -> pd.DataFrame:
    """One clip a group; `sure` on what is said, the rest shared by the other moods."""
    frame = pd.DataFrame({"mood": true, "group": [str(i) for i in range(len(true))]})
    for name in NAMES:
        frame[name] = [sure if name == mood else (1 - sure) / 3 for mood in said]
    return frame


EACH = list(NAMES) * 10


def test_perfect_predictions() -> None:
    result = scores.score(predictions(EACH, EACH), seed=0)
    for key in ("accuracy", "macro_f1", "arousal_accuracy", "valence_accuracy"):
        assert result[key] == 1
    assert result["interval"] == [1, 1]
    assert result["brier"] == result["ece"] == 0
    assert result["nll"] == pytest.approx(0, abs=1e-9)
    assert np.array_equal(result["confusion"]["true_by_predicted"], 10 * np.eye(4))


def test_no_opinion_costs_what_theory_says() -> None:
    """Four equal probabilities: log 4, Brier 3/4, and as calibrated as can be."""
    frame = predictions(EACH, EACH, sure=0.25)
    result = scores.score(frame, seed=0)
    assert result["nll"] == pytest.approx(np.log(4))
    assert result["brier"] == pytest.approx(0.75)
    assert result["accuracy"] == 0.25  # the first mood wins every tie


def test_halves_of_the_plane() -> None:
    """Angry called happy: arousal right, valence wrong; sad called happy: both wrong."""
    result = scores.score(predictions(["angry", "sad"], ["happy", "happy"]), seed=0)
    assert result["arousal_accuracy"] == 0.5
    assert result["valence_accuracy"] == 0


def test_against_scikit_learn() -> None:
    rng = np.random.default_rng(5)
    true, said = rng.choice(NAMES, 200).tolist(), rng.choice(NAMES, 200).tolist()
    result = scores.score(predictions(true, said, 0.7), seed=0)
    assert result["accuracy"] == accuracy_score(true, said)
    assert result["macro_f1"] == pytest.approx(f1_score(true, said, average="macro"))
    assert sum(result["f1"].values()) / 4 == pytest.approx(result["macro_f1"])


def test_bootstrap_of_single_clips_is_near_the_binomial() -> None:
    right = np.repeat([1.0, 0.0], [60, 40])
    low, high = scores.bootstrap_over_groups(right, np.arange(100).astype(object), seed=0)
    half = 1.96 * np.sqrt(0.6 * 0.4 / 100)
    assert (low, high) == pytest.approx((0.6 - half, 0.6 + half), abs=0.015)


def test_groups_widen_the_interval() -> None:
    """Ten groups of ten clips alike hold no more than ten clips."""
    right = np.repeat([1.0] * 6 + [0.0] * 4, 10)
    grouped = scores.bootstrap_over_groups(right, np.repeat(range(10), 10).astype(object), seed=0)
    single = scores.bootstrap_over_groups(right, np.arange(100).astype(object), seed=0)
    assert grouped[1] - grouped[0] > 2.5 * (single[1] - single[0])


def test_calibration_error_of_the_overconfident() -> None:
    confidence, right = np.full(100, 0.9), np.arange(100) % 2 == 0
    assert scores.calibration_error(confidence, right) == pytest.approx(0.4)


def test_coverage_keeps_the_surest() -> None:
    confidence = np.linspace(0, 1, 10)
    assert scores.accuracy_at_coverage(confidence, confidence > 0.5, 0.5) == 1
    assert scores.accuracy_at_coverage(confidence, confidence > 0.5, 1.0) == 0.5


def test_baselines_know_nothing(table: pd.DataFrame) -> None:
    split = grouped_hold_out(table, seed=1)
    features, mood = encode(table.to_dict(orient="records")), table["mood"].to_numpy(dtype=object)
    found = scores.baselines(features, mood, split, seed=1)
    assert found["majority"] == pytest.approx(0.25, abs=0.08)
    assert found["group_look_up"] is None
    plain = scores.references(features, mood, split, seed=1)["extra_trees"]
    assert plain > 0.8  # the made-up moods lie apart
    assert found["shuffled_labels"] < plain - 0.2


def test_when_it_said() -> None:
    result = scores.score(predictions(["sad", "sad", "happy"], ["sad", "happy", "sad"]), seed=0)
    assert scores.when_it_said(result, "sad") == (1, 2)
    assert scores.when_it_said(result, "angry") == (0, 0)


def test_when_as_sure_looks_at_the_nearest_quarter() -> None:
    sure = predictions(["sad"] * 4, ["sad"] * 4, 0.9)
    unsure = predictions(["sad"] * 12, ["angry"] * 12, 0.4)
    both = pd.concat([sure, unsure])
    assert scores.when_as_sure(both, 0.95) == (1.0, 4)
    assert scores.when_as_sure(both, 0.3) == (0.0, 4)
