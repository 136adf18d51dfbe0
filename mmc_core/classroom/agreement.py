"""How far raters agree on moods and places, beyond what chance would do.

- Cohen's kappa of two raters (Educational and Psychological Measurement 20, 1960).
- Fleiss' kappa of several (Psychological Bulletin 76, 1971), who all rate every clip.
- Krippendorff's alpha (Computing Krippendorff's alpha-reliability, 2011), where votes may miss.

Kappa of two whole lists is scikit-learn's. The others are closed forms of sums over clips, so that
thousands of bootstrap samples cost one product of matrices, and 200 raters make no page wait;
`tests/classroom/test_agreement.py` holds them to scikit-learn's, statsmodels' and NLTK's.
All are NaN where they are not defined, as where all votes name one mood. `why_none` says which of
them are not to be shown: of few clips, what chance would do is estimated from a handful of votes,
and two who nearly agree on one clip get an alpha of 0.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from mmc_core._typing import Float64, Floats, Ints
from mmc_core.analysis.statistics import middle_95
from mmc_core.language import N_
from mmc_core.moods import NAMES

MISSING = -1
LEAST_SHOWN = 5  # clips with two moods each: of fewer, one vote moves a coefficient by tenths
FEW = N_("too few clips")
SAME = N_("all the same")
LEAST_CLIPS = 10  # for an interval: fewer tell nothing of other clips
BOOTSTRAPS = 2_000
SEED = 17


class Coefficient(NamedTuple):
    """An agreement with its 95 % interval by bootstrap over clips; NaN where there is none."""

    value: float
    low: float = np.nan
    high: float = np.nan


class Pairs(NamedTuple):
    """The mean of Cohen's kappa over pairs of raters, and how many pairs that is of."""

    kappa: float
    pairs: int


def why_none(value: float, clips: int) -> str:
    """Return why a coefficient is not to be shown, `FEW` or `SAME`; "" where it is.

    Args:
        value: the coefficient, NaN where it is not defined.
        clips: those that at least two named a mood of, for one alone agrees with nobody.
    """
    if clips < LEAST_SHOWN:
        return FEW
    return SAME if np.isnan(value) else ""


def cohen(one: Ints, other: Ints) -> float:
    """Cohen's kappa of two lists of moods; clips that either lacks are left out.

    Args:
        one, other: (clips,) numbers of moods, -1 where missing.
    """
    from sklearn.metrics import cohen_kappa_score

    both = (one != MISSING) & (other != MISSING)
    if len({*one[both].tolist(), *other[both].tolist()}) < 2:
        return np.nan  # chance alone would agree on all of them
    return float(cohen_kappa_score(one[both], other[both]))


def mean_cohen(moods: Ints) -> Pairs:
    """Cohen's kappa of each two raters on the clips that both rated, averaged.

    Left out are pairs with fewer than two such clips, and those that give all of them one and the
    same mood, for whom it is not defined.

    Args:
        moods: (raters, clips) numbers of moods, -1 where missing.
    """
    named = (moods[:, :, None] == np.arange(len(NAMES))).astype(float)
    rated = named.sum(axis=2)
    common = rated @ rated.T
    agreed = np.einsum("ack,bck->ab", named, named)
    # How often each rater names each mood on the clips in common with each other rater.
    times = np.einsum("ack,bc->abk", named, rated)
    by_chance = (times * times.transpose(1, 0, 2)).sum(axis=2)
    upper = np.triu_indices(len(moods), 1)
    n, agreed, by_chance = common[upper], agreed[upper], by_chance[upper]
    defined = (n >= 2) & (by_chance < n * n)
    n, agreed, by_chance = n[defined], agreed[defined] / n[defined], by_chance[defined]
    chance = by_chance / (n * n)
    kappas = (agreed - chance) / (1 - chance)
    return Pairs(float(kappas.mean()) if len(kappas) else np.nan, len(kappas))


def fleiss(counts: Ints) -> Coefficient:
    """Fleiss' kappa.

    Args:
        counts: (clips, moods) how many raters gave each clip each mood; equally many for each clip,
            at least two.
    """
    raters = counts.sum(axis=1)
    if len(counts) == 0 or raters[0] < 2 or (raters != raters[0]).any():
        return Coefficient(np.nan)
    n = raters[0]
    agreed = ((counts * counts).sum(axis=1) - n) / (n * (n - 1))

    def kappa(sums: Float64) -> Float64:
        observed, of_mood, clips = sums[..., 0], sums[..., 1:-1], sums[..., -1]
        observed = observed / clips
        expected = ((of_mood / (clips * n)[..., None]) ** 2).sum(axis=-1)
        return _beyond(1 - observed, 1 - expected)

    return _with_interval(kappa, np.column_stack([agreed, counts, np.ones(len(counts))]))


def nominal_alpha(counts: Ints) -> Coefficient:
    """Krippendorff's alpha of moods.

    Args:
        counts: (clips, moods) how many raters gave each clip each mood. Clips with one are left
            out.
    """
    counts = counts[counts.sum(axis=1) >= 2]
    n = counts.sum(axis=1)
    differ = (n * n - (counts * counts).sum(axis=1)) / (n - 1)

    def alpha(sums: Float64) -> Float64:
        observed, of_mood = sums[..., 0], sums[..., 1:]
        total = of_mood.sum(axis=-1)
        expected = (total**2 - (of_mood**2).sum(axis=-1)) / (total - 1)
        return _beyond(observed, expected)

    return _with_interval(alpha, np.column_stack([differ, counts]))


def interval_alpha(values: Floats) -> Coefficient:
    """Krippendorff's alpha of numbers, with squared differences.

    Args:
        values: (raters, clips), NaN where missing. Clips with one are left out.
    """
    values = values[:, (~np.isnan(values)).sum(axis=0) >= 2]
    rated = ~np.isnan(values)
    values = np.where(rated, values - values[rated].mean(), 0.0) if values.size else values
    n, x, xx = rated.sum(axis=0), values.sum(axis=0), (values * values).sum(axis=0)
    differ = 2 * (n * xx - x * x) / (n - 1)

    def alpha(sums: Float64) -> Float64:
        observed, n, x, xx = np.moveaxis(sums, -1, 0)
        return _beyond(observed, 2 * (n * xx - x * x) / (n - 1))

    return _with_interval(alpha, np.column_stack([differ, n, x, xx]))


def _beyond(observed: Float64, expected: Float64) -> Float64:
    """1 minus observed over expected disagreement; NaN where none is expected."""
    possible = expected > 1e-12
    ratio = np.divide(observed, expected, where=possible, out=np.full_like(expected, np.nan))
    agreement: Float64 = 1 - ratio
    return agreement


def _with_interval(statistic: Callable[[Float64], Float64], by_clip: Float64) -> Coefficient:
    """A statistic of sums over clips, and its interval where there are clips enough.

    Args:
        statistic: (..., q) sums to (...).
        by_clip: (clips, q) what is summed.
    """
    if len(by_clip) == 0:
        return Coefficient(np.nan)
    value = float(statistic(by_clip.sum(axis=0)[None])[0])
    if len(by_clip) < LEAST_CLIPS or np.isnan(value):
        return Coefficient(value)
    rng = np.random.default_rng(SEED)
    times = rng.multinomial(len(by_clip), np.full(len(by_clip), 1 / len(by_clip)), size=BOOTSTRAPS)
    drawn = statistic(times @ by_clip)
    return Coefficient(value, *middle_95(drawn[~np.isnan(drawn)]))
