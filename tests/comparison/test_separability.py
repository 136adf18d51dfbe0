"""Measures of separability against scikit-learn, at their limits, and under their nulls."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy import stats
from sklearn.metrics import silhouette_samples
from sklearn.neighbors import NearestNeighbors

from mmc_core.analysis.statistics import permutation_p
from mmc_core.comparison import separability
from mmc_core.comparison.separability import CHEAP, Space, equal_draws, shuffled
from mmc_core.moods import NAMES

N = 15  # a mood
CODE = np.repeat(np.arange(4), N)


def space(points: np.ndarray | None = None, seed: int = 0) -> Space:
    """Noise, or points as given."""
    if points is not None:
        return Space(points)
    return Space.of(np.random.default_rng(seed).normal(size=(len(CODE), 57)))


def test_silhouette_is_scikit_learns() -> None:
    noise = space()
    codes = np.stack([CODE, *shuffled(CODE, 3, seed=1)])
    result = separability.silhouette(noise, codes)
    for code, values in zip(codes, result, strict=True):
        assert values == pytest.approx(silhouette_samples(noise.points, code))


def test_purity_counts_neighbours() -> None:
    noise = space()
    _, near = NearestNeighbors(n_neighbors=11).fit(noise.points).kneighbors(noise.points)
    expected = (CODE[near[:, 1:]] == CODE[:, None]).mean(axis=1)
    assert separability.purity(noise, CODE[None])[0] == pytest.approx(expected)


def test_fisher_is_the_ratio_of_scatters() -> None:
    noise = space()
    x = noise.points
    means = np.stack([x[mood == CODE].mean(axis=0) for mood in range(4)])
    between = N * np.square(means - x.mean(axis=0)).sum()
    within = sum(np.square(x[mood == CODE] - means[mood]).sum() for mood in range(4))
    assert separability.fisher(noise, CODE[None])[0] == pytest.approx(between / within)


def test_epsilon_squared_is_scipys() -> None:
    x = np.random.default_rng(3).integers(0, 9, size=(len(CODE), 3)).astype(float)
    result = separability.epsilon_squared(x, CODE)
    for column, effect in zip(x.T, result, strict=True):
        h, _ = stats.kruskal(*(column[mood == CODE] for mood in range(4)))
        assert effect == pytest.approx(h / (len(CODE) - 1))
    assert separability.epsilon_squared(np.ones((len(CODE), 1)), CODE)[0] == 0


def test_moods_that_are_points_reach_every_limit() -> None:
    apart = space(np.eye(4)[CODE])
    assert separability.purity(apart, CODE[None]) == pytest.approx(1)
    assert separability.silhouette(apart, CODE[None]) == pytest.approx(1)
    assert np.isinf(separability.fisher(apart, CODE[None])[0])


@pytest.mark.parametrize("name", CHEAP)
def test_what_is_not_there_lies_within_its_null(name: str) -> None:
    noise = space(seed=4)
    null = CHEAP[name](noise, shuffled(CODE, 500, seed=5))
    observed = CHEAP[name](noise, CODE[None])[0]
    assert np.quantile(null, 0.005) < observed < np.quantile(null, 0.995)
    assert permutation_p(observed, null) > 0.01


@pytest.mark.parametrize("name", CHEAP)
def test_what_is_there_is_found(name: str) -> None:
    there = space()
    there.points = there.points + 2 * np.eye(there.points.shape[1])[CODE]
    null = CHEAP[name](there, shuffled(CODE, 199, seed=5))
    assert permutation_p(CHEAP[name](there, CODE[None])[0], null) == 1 / 200


@pytest.mark.parametrize("name", CHEAP)
def test_nulls_raise_five_percent_of_false_alarms(name: str) -> None:
    """Over 200 shuffles of moods that say nothing: within 99.9 % binomial bounds."""
    noise = space(seed=6)
    alarms = 0
    for i, code in enumerate(shuffled(CODE, 200, seed=7)):
        null = CHEAP[name](noise, shuffled(code, 99, seed=100 + i))
        alarms += permutation_p(CHEAP[name](noise, code[None])[0], null) <= 0.05
    low, high = stats.binom.interval(0.999, 200, 0.05)
    assert low <= alarms <= high


def test_a_space_of_some_clips_is_theirs() -> None:
    noise = space()
    rows_left = np.arange(len(CODE)) % 3 > 0
    some, anew = noise.only(rows_left), Space(noise.points[rows_left])
    assert some.distances == pytest.approx(anew.distances)
    assert np.array_equal(some.neighbours, anew.neighbours)


@pytest.mark.slow
@pytest.mark.parametrize("effect", [0.0, 0.6])
def test_intervals_hold_what_is_true(effect: float) -> None:
    """Of 100 made-up datasets, those whose 95 % interval holds the measure's mean over all of them:
    never fewer than 95 % allows by binomial bounds. Two draws of each, of groups of two clips.
    """
    rng = np.random.default_rng(8)
    moved = effect * np.random.default_rng(9).normal(size=(4, 10))
    groups = [np.arange(len(CODE))] * 2
    values: dict[str, list[float]] = {name: [] for name in CHEAP}
    intervals: dict[str, list[tuple[float, float]]] = {name: [] for name in CHEAP}
    for _ in range(100):
        centres = moved[CODE] + rng.normal(size=(len(CODE), 10))
        draws = [Space(centres + 0.5 * rng.normal(size=centres.shape)) for _ in groups]
        for name, statistic in CHEAP.items():
            values[name].append(float(np.mean([statistic(d, CODE[None])[0] for d in draws])))
            intervals[name].append(separability.interval(name, draws, CODE, groups))
    for name in CHEAP:
        true = np.mean(values[name])
        held = sum(low <= true <= high for low, high in intervals[name])
        assert held >= stats.binom.ppf(0.001, 100, 0.95), name
        assert np.mean(np.diff(intervals[name])) < 8 * np.std(values[name]), (
            name
        )  # nor far too wide


def test_draws_are_equal_and_one_of_a_group(table: pd.DataFrame) -> None:
    moods = [NAMES[0], NAMES[2]]
    small = table[table["group"].str.split().str[-1].astype(int) < 7]
    n, draws = equal_draws({"a": table, "b": small}, moods, n_draws=3, seed=1)
    assert n == 7  # groups a mood in the smaller one
    for name, whole in (("a", table), ("b", small)):
        assert len(draws[name]) == 3
        for rows in draws[name]:
            drawn = whole.iloc[rows]
            assert drawn["mood"].tolist() == [moods[0]] * n + [moods[1]] * n
            assert drawn["group"].is_unique
    assert not np.array_equal(draws["a"][0], draws["a"][1])
    again = equal_draws({"a": table, "b": small}, moods, n_draws=3, seed=1)[1]
    assert all(np.array_equal(x, y) for x, y in zip(draws["a"], again["a"], strict=True))
