"""How far a feature's values lie from those of another dataset; from summaries alone.

The interval of a shift needs the tables: it depends on which clips belong together.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from mmc_core._typing import Float64
from mmc_core.analysis.statistics import middle_95, samples_of_groups
from mmc_core.analysis.summaries import Distribution, Summary
from mmc_core.analysis.tables import features_of

BOOTSTRAPS = 1_000
SEED = 13


@dataclass(frozen=True)
class Moved:
    """The most that keeping the sound another way moved a feature, in the feature's own unit."""

    mean: float
    wasserstein: float


@dataclass(frozen=True)
class Shift:
    """One feature of `other` against `one`, every mood weighing alike, in pooled standard
    deviations (`spread`, in the feature's unit): the difference of means (Cohen's d), and
    Wasserstein's distance, which also sees a change of shape. `bound` and `wasserstein_bound`: the
    most that extraction does to either. `low` and `high` are a 95 % bootstrap interval of the
    difference, groups drawn whole, where the tables are there.
    """

    feature: str
    one: str
    other: str
    difference: float
    wasserstein: float
    spread: float
    bound: float
    wasserstein_bound: float
    low: float | None = None
    high: float | None = None

    def turned(self) -> Shift:
        """Of `one` against `other`."""
        back = replace(self, one=self.other, other=self.one, difference=-self.difference)
        if self.low is None or self.high is None:
            return back
        return replace(back, low=-self.high, high=-self.low)

    @property
    def beyond(self) -> bool:
        """Whether the means differ by more than extraction does, the interval's nearer end too."""
        if self.low is None or self.high is None:
            return abs(self.difference) > self.bound
        return self.low > self.bound or self.high < -self.bound


def shifts(
    summaries: Mapping[str, Summary],
    one: str,
    other: str,
    moods: Sequence[str],
    moved: Mapping[str, Moved],
) -> list[Shift]:
    """Every one of the 57 that is a number and that both have, in the schema's order."""
    first, second = summaries[one], summaries[other]
    common = {feature.name for feature in first.features if feature in second.features}
    found = []
    for feature in features_of(common):
        if feature.categories or not feature.original:
            continue
        parts = [[s[feature.name, mood] for mood in moods] for s in (first, second)]
        means = [float(np.mean([d.mean for d in moods_of])) for moods_of in parts]
        spread = float(np.sqrt(np.mean([_variance(moods_of) for moods_of in parts]))) or 1.0
        by_extraction = moved[feature.name]
        found.append(
            Shift(
                feature.name,
                one,
                other,
                difference=(means[1] - means[0]) / spread,
                wasserstein=_wasserstein(*parts) / spread,
                spread=spread,
                bound=by_extraction.mean / spread,
                wasserstein_bound=by_extraction.wasserstein / spread,
            )
        )
    return found


def with_intervals(
    found: Sequence[Shift], tables: Mapping[str, pd.DataFrame], moods: Sequence[str]
) -> list[Shift]:
    """The same shifts with their intervals, where both tables are there."""
    names = list(dict.fromkeys(shift.feature for shift in found))
    away = {
        id_: _resampled(table, names, moods, seed=SEED + i)
        for i, (id_, table) in enumerate(tables.items())
    }
    done = []
    for shift in found:
        if shift.one in away and shift.other in away:
            at = names.index(shift.feature)
            apart = (away[shift.other][:, at] - away[shift.one][:, at]) / shift.spread
            low, high = middle_95(apart[~np.isnan(apart)])
            done.append(replace(shift, low=low, high=high))
        else:
            done.append(shift)
    return done


def standardised(one: Float64, other: Float64) -> tuple[float, float]:
    """The same two numbers from values themselves: `other` against `one`, in `one`'s deviations."""
    from scipy.stats import wasserstein_distance

    spread = float(np.std(one, ddof=1)) or 1.0
    difference = (other.mean() - one.mean()) / spread
    return float(difference), float(wasserstein_distance(one, other) / spread)


def _resampled(
    table: pd.DataFrame, names: list[str], moods: Sequence[str], *, seed: int
) -> Float64:
    """Means of features, moods weighing alike, over samples of groups. (BOOTSTRAPS, features)

    Missing in a sample that has no clip of some mood.
    """
    here = table[table["mood"].isin(moods)]
    _, group = np.unique(here["group"].to_numpy(dtype=str), return_inverse=True)
    block, times = samples_of_groups(group, BOOTSTRAPS, seed=seed)
    x = here[names].to_numpy(dtype=float)
    means = []
    for mood in moods:
        of_mood = here["mood"].to_numpy() == mood
        sums = np.zeros((times.shape[1], len(names)))
        np.add.at(sums, block[of_mood], x[of_mood])
        counts = times @ np.bincount(block[of_mood], minlength=len(sums))
        with np.errstate(invalid="ignore"):
            means.append((times @ sums) / counts[:, None])
    resampled: Float64 = np.mean(means, axis=0)
    return resampled


def _variance(moods: Sequence[Distribution]) -> float:
    """Of the mixture in which moods weigh alike."""
    within = np.mean([d.sd**2 for d in moods])
    return float(within + np.var([d.mean for d in moods]))


def _wasserstein(one: Sequence[Distribution], other: Sequence[Distribution]) -> float:
    from scipy.stats import wasserstein_distance

    # A percentile stands for a hundredth of the clips, the outermost for half of that.
    weights = np.ones(101)
    weights[[0, -1]] = 0.5
    values = [np.concatenate([d.quantiles for d in moods]) for moods in (one, other)]
    return float(
        wasserstein_distance(*values, np.tile(weights, len(one)), np.tile(weights, len(other)))
    )
