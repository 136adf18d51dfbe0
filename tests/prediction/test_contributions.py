"""Shapley values of groups of features: games whose values are known, and a model's answers."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mmc_core import runs
from mmc_core.prediction.contributions import (
    all_coalitions,
    contributions,
    shapley_values,
    takes_features,
)
from mmc_core.prediction.song import predict


def test_in_an_additive_game_each_gets_its_own() -> None:
    terms = np.array([0.3, -0.1, 0.0, 0.25, 0.05])
    values = 0.2 + all_coalitions(len(terms)) @ terms
    np.testing.assert_allclose(shapley_values(values), terms, atol=1e-12)


def test_two_who_only_matter_together_share() -> None:
    together = all_coalitions(3)[:, :2].all(axis=1)
    np.testing.assert_allclose(shapley_values(together.astype(float)), [0.5, 0.5, 0.0], atol=1e-12)


@given(st.lists(st.floats(-1, 1), min_size=16, max_size=16))
def test_they_sum_to_all_less_none(values: list[float]) -> None:
    game = np.array(values)
    assert shapley_values(game).sum() == pytest.approx(game[-1] - game[0], abs=1e-9)


def test_those_of_a_model_sum_to_its_answer(samples: list[Path]) -> None:
    run = runs.find("1")
    prediction = predict(samples[0], run)
    assert prediction.mood and prediction.probabilities
    steps: list[tuple[int, int]] = []
    made = contributions(run, prediction, prediction.mood, lambda *step: steps.append(step))
    answer = prediction.probabilities[prediction.mood]
    assert made.probability == pytest.approx(answer, abs=1e-3)
    assert made.usual + sum(made.by_group.values()) == pytest.approx(made.probability, abs=1e-9)
    assert steps[-1] == (32, 32)


def test_only_models_on_features_have_them() -> None:
    assert takes_features(runs.find("1"))
    assert not takes_features(runs.find("best"))
    assert not takes_features(runs.find("2"))
