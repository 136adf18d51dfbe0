"""Agreement against published examples, other libraries, and what can be worked out by hand."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from sklearn.metrics import cohen_kappa_score

from mmc_core._typing import Float64, Ints
from mmc_core.classroom import agreement
from mmc_core.classroom.agreement import MISSING
from mmc_core.moods import NAMES

# Fleiss, Psychological Bulletin 76, 1971, as it is usually cited: 10 subjects, 14 raters, 5
# categories, kappa 0.210; and his table 1: 30 patients, 6 psychiatrists, 5 diagnoses, kappa 0.430.
TEN_SUBJECTS = [
    *([0, 0, 0, 0, 14], [0, 2, 6, 4, 2], [0, 0, 3, 5, 6], [0, 3, 9, 2, 0], [2, 2, 8, 1, 1]),
    *([7, 7, 0, 0, 0], [3, 2, 6, 3, 0], [2, 5, 3, 2, 2], [6, 5, 2, 1, 0], [0, 2, 2, 3, 7]),
]
DIAGNOSES = [
    *([0, 0, 0, 6, 0], [0, 3, 0, 0, 3], [0, 1, 4, 0, 1], [0, 0, 0, 0, 6], [0, 3, 0, 3, 0]),
    *([2, 0, 4, 0, 0], [0, 0, 4, 0, 2], [2, 0, 3, 1, 0], [2, 0, 0, 4, 0], [0, 0, 0, 0, 6]),
    *([1, 0, 0, 5, 0], [1, 1, 0, 4, 0], [0, 3, 3, 0, 0], [1, 0, 0, 5, 0], [0, 2, 0, 3, 1]),
    *([0, 0, 5, 0, 1], [3, 0, 0, 1, 2], [5, 1, 0, 0, 0], [0, 2, 0, 4, 0], [1, 0, 2, 0, 3]),
    *([0, 0, 0, 0, 6], [0, 1, 0, 5, 0], [0, 2, 0, 1, 3], [2, 0, 0, 4, 0], [1, 0, 0, 4, 1]),
    *([0, 5, 0, 1, 0], [4, 0, 0, 0, 2], [0, 2, 0, 4, 0], [1, 0, 5, 0, 0], [0, 0, 0, 0, 6]),
]
# Krippendorff 2011, section C: four observers, twelve units, missing data; alpha 0.743 for
# nominal and 0.849 for interval data.
NONE = np.nan
OBSERVERS = np.array(
    [
        [1, 2, 3, 3, 2, 1, 4, 1, 2, NONE, NONE, NONE],
        [1, 2, 3, 3, 2, 2, 4, 1, 2, 5, NONE, 3],
        [NONE, 3, 3, 3, 2, 3, 4, 2, 2, 5, 1, NONE],
        [1, 2, 3, 3, 2, 4, 4, 1, 2, 5, 1, NONE],
    ]
)


def counts(values: Float64) -> Ints:
    categories = np.unique(values[~np.isnan(values)])
    return (values[:, :, None] == categories).sum(axis=0)


def some_moods(seed: int, raters: int, clips: int, missing: float = 0.0) -> Ints:
    rng = np.random.default_rng(seed)
    moods = rng.integers(0, len(NAMES), (raters, clips))
    moods[rng.random(moods.shape) < missing] = MISSING
    return moods


def as_values(moods: Ints) -> Float64:
    return np.where(moods == MISSING, np.nan, moods)


def test_fleiss_published_kappas() -> None:
    assert agreement.fleiss(np.array(TEN_SUBJECTS)).value == pytest.approx(0.210, abs=5e-4)
    assert agreement.fleiss(np.array(DIAGNOSES)).value == pytest.approx(0.430, abs=5e-4)


def test_krippendorffs_published_alphas() -> None:
    assert agreement.nominal_alpha(counts(OBSERVERS)).value == pytest.approx(0.743, abs=5e-4)
    assert agreement.interval_alpha(OBSERVERS).value == pytest.approx(0.849, abs=5e-4)


def test_cohens_kappa_by_hand() -> None:
    """Both say yes 20 times and no 15 times of 50: 0.7 agreed, 0.5 by chance, so 0.4."""
    one = np.repeat([0, 0, 1, 1], [20, 5, 10, 15])
    other = np.repeat([0, 1, 0, 1], [20, 5, 10, 15])
    assert agreement.cohen(one, other) == pytest.approx(0.4)
    assert agreement.mean_cohen(np.stack([one, other])).kappa == pytest.approx(0.4)


@pytest.mark.parametrize("missing", [0.0, 0.3])
def test_the_mean_over_pairs_is_scikit_learns(missing: float) -> None:
    moods = some_moods(1, raters=9, clips=12, missing=missing)
    kappas = []
    for one, other in combinations(moods, 2):
        both = (one != MISSING) & (other != MISSING)
        kappas.append(cohen_kappa_score(one[both], other[both]))
    found = agreement.mean_cohen(moods)
    assert found.kappa == pytest.approx(np.mean(kappas))
    assert found.pairs == len(kappas) == 36


def test_pairs_without_a_kappa_are_left_out() -> None:
    moods = np.array([[0, 0, 0], [0, 0, MISSING], [0, 1, 2], [MISSING, MISSING, 1]])
    # The first two name one mood only, the last has one clip in common with each other.
    found = agreement.mean_cohen(moods)
    assert found.pairs == 2
    assert agreement.mean_cohen(moods[:2]).pairs == 0
    assert np.isnan(agreement.mean_cohen(moods[:2]).kappa)


def test_fleiss_is_statsmodels() -> None:
    from statsmodels.stats.inter_rater import fleiss_kappa

    table = counts(as_values(some_moods(2, raters=7, clips=20)))
    assert agreement.fleiss(table).value == pytest.approx(fleiss_kappa(table))


@pytest.mark.parametrize("missing", [0.0, 0.4])
def test_alphas_are_nltks(missing: float) -> None:
    from nltk.metrics import interval_distance
    from nltk.metrics.agreement import AnnotationTask

    values = as_values(some_moods(3, raters=6, clips=15, missing=missing))
    triples = [
        (rater, clip, float(value))
        for (rater, clip), value in np.ndenumerate(values)
        if not np.isnan(value)
    ]
    nominal = AnnotationTask(triples).alpha()
    assert agreement.nominal_alpha(counts(values)).value == pytest.approx(nominal)
    interval = AnnotationTask(triples, distance=interval_distance).alpha()
    assert agreement.interval_alpha(values).value == pytest.approx(interval)


def all_of(moods: Ints) -> list[agreement.Coefficient]:
    values = as_values(moods)
    table = counts(values)
    of_moods = [agreement.fleiss(table), agreement.nominal_alpha(table)]
    return [*of_moods, agreement.interval_alpha(values)]


@given(st.integers(0, 1000), st.integers(2, 12))
def test_who_all_agree_have_one(seed: int, raters: int) -> None:
    moods = np.tile(np.append(some_moods(seed, 1, 10), [[0, 1]], axis=1), (raters, 1))
    assert agreement.mean_cohen(moods).kappa == pytest.approx(1)
    for found in all_of(moods):
        assert found.value == pytest.approx(1)
        assert found.low == pytest.approx(1) and found.high == pytest.approx(1)


@pytest.mark.parametrize("seed", range(10))
def test_chance_gives_about_nought(seed: int) -> None:
    """Of 60 raters and 200 clips the standard error is below 0.003; the limit is ten times it."""
    moods = some_moods(seed, raters=60, clips=200)
    assert agreement.mean_cohen(moods).kappa == pytest.approx(0, abs=0.03)
    for found in all_of(moods):
        assert found.value == pytest.approx(0, abs=0.03)


@given(arrays(int, st.tuples(st.integers(1, 6), st.integers(1, 12)), elements=st.integers(-1, 3)))
def test_any_votes_give_a_number_or_none(moods: Ints) -> None:
    table = (moods[:, :, None] == np.arange(len(NAMES))).sum(axis=0)
    found = [agreement.mean_cohen(moods).kappa, agreement.nominal_alpha(table).value]
    found += [agreement.fleiss(table).value, agreement.interval_alpha(as_values(moods)).value]
    found += [agreement.cohen(moods[0], moods[-1])]
    assert all(np.isnan(value) or -1 - 1e-9 <= value <= 1 + 1e-9 for value in found[:3])
    assert not np.isinf(found).any()


def test_where_nothing_can_be_said() -> None:
    one_mood = np.array([[3, 0, 0, 0], [3, 0, 0, 0]])
    assert np.isnan(agreement.fleiss(one_mood).value)
    assert np.isnan(agreement.nominal_alpha(one_mood).value)
    assert np.isnan(agreement.interval_alpha(np.full((3, 4), 0.1)).value)
    assert np.isnan(agreement.fleiss(np.array([[2, 1, 0, 0], [2, 0, 0, 0]])).value)  # unequal
    assert np.isnan(agreement.cohen(np.array([1, 1, MISSING]), np.array([1, 1, 0])))


def test_few_clips_or_one_mood_give_no_coefficient() -> None:
    least = agreement.LEAST_SHOWN
    assert agreement.why_none(0.0, least - 1) == agreement.why_none(np.nan, 0) == agreement.FEW
    assert agreement.why_none(np.nan, least) == agreement.SAME
    assert not agreement.why_none(0.0, least)


def test_an_interval_needs_clips_enough() -> None:
    few = agreement.interval_alpha(np.random.default_rng(4).normal(size=(5, 9)))
    assert np.isnan([few.low, few.high]).all()
    truth = np.random.default_rng(5).normal(size=20)
    noisy = truth + np.random.default_rng(6).normal(size=(15, 20))
    found = agreement.interval_alpha(noisy)
    assert found.low < found.value < found.high < 1
    assert found == agreement.interval_alpha(noisy)  # seeded
