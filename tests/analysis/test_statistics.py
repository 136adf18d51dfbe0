"""Intervals and tests against what was published, and what they promise."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from mmc_core.analysis.statistics import (
    bootstrap_over_groups,
    corrected_paired_t,
    corrected_resampled_t,
    grouped_p,
    holm,
)

TEN = np.array([0.61, 0.55, 0.72, 0.58, 0.66, 0.49, 0.63, 0.70, 0.57, 0.60])
P_VALUES = st.lists(st.floats(0, 1), min_size=1, max_size=12)


def half_width(interval: tuple[float, float]) -> float:
    return (interval[1] - interval[0]) / 2


# ---- folds ----------------------------------------------------------------------------------


def test_without_overlap_it_is_students_t() -> None:
    usual = stats.ttest_1samp(TEN, 0).confidence_interval(0.95)
    assert corrected_resampled_t(TEN, 0) == pytest.approx((usual.low, usual.high))
    differences = TEN - 0.6
    assert corrected_paired_t(differences, 0) == pytest.approx(stats.ttest_1samp(TEN, 0.6).pvalue)


def test_by_hand() -> None:
    """Three folds of 0, 1 and 2, half as many test as training clips: variance 1, error
    sqrt(1/3 + 1/2), 97.5 % quantile of t with two degrees of freedom 4.302653."""
    error = np.sqrt(5 / 6)
    low, high = corrected_resampled_t(np.array([0.0, 1.0, 2.0]), 0.5)
    assert (low, high) == pytest.approx((1 - 4.302653 * error, 1 + 4.302653 * error), abs=1e-5)
    # With two degrees of freedom p = 1 - t / sqrt(2 + t^2); here t^2 = 6/5.
    p = corrected_paired_t(np.array([0.0, 1.0, 2.0]), 0.5)
    assert p == pytest.approx(1 - np.sqrt(1.2 / 3.2))


@given(folds=st.integers(2, 40))
def test_a_ninth_widens_by_what_was_published(folds: int) -> None:
    values = np.linspace(0.4, 0.8, folds)
    corrected, usual = (half_width(corrected_resampled_t(values, s)) for s in (1 / 9, 0))
    assert corrected / usual == pytest.approx(np.sqrt((1 / folds + 1 / 9) / (1 / folds)))


def test_no_difference_is_no_evidence() -> None:
    assert corrected_paired_t(np.zeros(10), 1 / 9) == 1.0


def test_p_is_below_a_twentieth_where_the_interval_leaves_nought_out() -> None:
    for shift in (0.02, 0.04, 0.06, 0.08, 0.1):
        differences = TEN - TEN.mean() + shift
        low, _ = corrected_resampled_t(differences, 1 / 9)
        assert (corrected_paired_t(differences, 1 / 9) < 0.05) == (low > 0)


def test_the_sign_of_a_difference_does_not_matter() -> None:
    assert corrected_paired_t(TEN - 0.5, 0.1) == corrected_paired_t(0.5 - TEN, 0.1)


def test_false_alarms_stay_below_a_twentieth() -> None:
    """Two systems that guess each of 100 clips, compared over 10 x 10 folds of the same guesses:
    they differ by chance alone, which t over 100 folds would take for a fact."""
    rng = np.random.default_rng(1)
    runs, corrected, usual = 500, 0, 0
    for _ in range(runs):
        guesses = (rng.random((2, 100)) < 0.25).astype(float)
        differences = guesses[0] - guesses[1]
        folds = np.concatenate(
            [rng.permutation(differences).reshape(10, 10).mean(axis=1) for _ in range(10)]
        )
        corrected += corrected_paired_t(folds, 1 / 9) < 0.05
        usual += corrected_paired_t(folds, 0) < 0.05
    most = stats.binom.ppf(0.999, runs, 0.05)
    assert corrected <= most
    assert usual > 5 * most


# ---- clips in groups --------------------------------------------------------------------------


def kruskal(ranks: np.ndarray, code: np.ndarray, group: np.ndarray) -> tuple[float, float]:
    """SciPy's p, and ours of the same H."""
    h, p = stats.kruskal(*(ranks[code == label] for label in np.unique(code)))
    return float(p), grouped_p(float(h), ranks[:, None], code, group)


def test_where_each_clip_is_a_group_it_is_the_plain_p() -> None:
    rng = np.random.default_rng(0)
    for effect in (0, 0.5, 3):
        code = rng.integers(0, 4, 120)
        ranks = stats.rankdata(rng.normal(size=120) + effect * code)
        plain, ours = kruskal(ranks, code, np.arange(120))
        assert ours == pytest.approx(plain)
    table = rng.integers(0, 3, 120)
    chi, plain = stats.chi2_contingency(stats.contingency.crosstab(code, table).count)[:2]
    ours = grouped_p(chi, np.eye(3)[table], code, np.arange(120))
    assert ours == pytest.approx(plain)


@pytest.mark.parametrize("n", [24, 60])
def test_rare_categories_raise_no_false_alarms(n: int) -> None:
    """Twelve keys in a few clips of four moods, two clips a group: most cells are empty."""
    rng = np.random.default_rng(4)
    group = np.arange(n) // 2
    alarms = 0
    for _ in range(200):
        code, key = rng.permutation(n // 2)[group] % 4, rng.integers(0, 12, n)
        chi = stats.chi2_contingency(stats.contingency.crosstab(code, key).count)[0]
        alarms += grouped_p(chi, np.eye(12)[key], code, group) < 0.05
    assert alarms <= stats.binom.ppf(0.999, 200, 0.05)


def test_copies_in_one_group_are_no_evidence() -> None:
    """Five copies of every clip make H five times as large, and its variance too."""
    rng = np.random.default_rng(1)
    code = np.repeat(np.arange(4), 50)
    ranks = stats.rankdata(rng.normal(size=200) + 0.2 * code)
    once, _ = kruskal(ranks, code, np.arange(200))
    five, ours = kruskal(np.tile(ranks, 5), np.tile(code, 5), np.tile(np.arange(200), 5))
    assert five < once / 100
    assert ours == pytest.approx(once, rel=0.05)


@pytest.mark.parametrize("one_mood", [True, False])
def test_groups_raise_no_false_alarms(one_mood: bool) -> None:
    """40 artists of one to nine clips that sound alike, of one mood or of several: over 400 made-up
    tables without any difference p is below 0.05 in about 5 %, where the plain one is in far more.
    """
    rng = np.random.default_rng(2)
    results = []
    for _ in range(400):
        group = np.repeat(np.arange(40), rng.integers(1, 10, 40))
        code = rng.permutation(np.arange(40) % 4)[group]
        if not one_mood:
            code = np.where(rng.random(len(code)) < 0.5, code, rng.integers(0, 4, len(code)))
        heard = rng.normal(size=40)[group] + rng.normal(size=len(group))
        results.append(kruskal(stats.rankdata(heard), code, group))
    plain, ours = (np.array(results) < 0.05).sum(axis=0)
    low, high = stats.binom.interval(0.999, 400, 0.05)
    assert low <= ours <= high
    assert plain > high


def test_one_group_a_label_says_nothing() -> None:
    """Four artists, each of a mood: what sets moods apart cannot be told from what sets artists."""
    code = np.repeat(np.arange(4), 30)
    plain, ours = kruskal(stats.rankdata(code + np.linspace(0, 0.9, 120)), code, code)
    assert plain < 1e-20
    assert ours > 0.2


# ---- several tests --------------------------------------------------------------------------


def test_holm_by_hand() -> None:
    """0.005 x 4, 0.01 x 3, 0.03 x 2, and 0.04 x 1 raised to the one before."""
    assert holm([0.01, 0.04, 0.03, 0.005]) == pytest.approx([0.03, 0.06, 0.06, 0.02])
    assert holm([0.2, 0.9, 0.8]) == pytest.approx([0.6, 1, 1])
    assert holm([0.04]) == [0.04]
    assert holm([]) == []


@given(p=P_VALUES)
def test_holm_lies_between_p_and_bonferroni(p: list[float]) -> None:
    for value, adjusted in zip(p, holm(p), strict=True):
        assert value <= adjusted <= min(1, len(p) * value)


@given(p=P_VALUES)
def test_holm_keeps_the_order(p: list[float]) -> None:
    adjusted = np.array(holm(p))[np.argsort(p, kind="stable")]
    assert np.all(np.diff(adjusted) >= 0)


@given(data=st.data(), p=P_VALUES)
def test_holm_goes_by_values_not_by_places(data: st.DataObject, p: list[float]) -> None:
    order = data.draw(st.permutations(range(len(p))))
    assert holm([p[i] for i in order]) == [holm(p)[i] for i in order]


# ---- groups ---------------------------------------------------------------------------------


def test_bootstrap_of_single_clips_is_near_the_binomial() -> None:
    right = np.repeat([1.0, 0.0], [60, 40])
    interval = bootstrap_over_groups(right, np.arange(100).astype(object), seed=0)
    half = 1.96 * np.sqrt(0.6 * 0.4 / 100)
    assert interval == pytest.approx((0.6 - half, 0.6 + half), abs=0.015)


def test_groups_widen_the_interval() -> None:
    """Ten groups of ten clips alike hold no more than ten clips."""
    right = np.repeat([1.0] * 6 + [0.0] * 4, 10)
    grouped = bootstrap_over_groups(right, np.repeat(range(10), 10).astype(object), seed=0)
    single = bootstrap_over_groups(right, np.arange(100).astype(object), seed=0)
    assert half_width(grouped) > 2.5 * half_width(single)
    ten = bootstrap_over_groups(right[::10], np.arange(10).astype(object), seed=0)
    assert grouped == pytest.approx(ten)


def test_a_seed_gives_one_interval() -> None:
    values, groups = np.random.default_rng(0).random(60), np.arange(60).astype(object)
    one, again, other = (bootstrap_over_groups(values, groups, seed=s) for s in (1, 1, 2))
    assert one == again != other
