"""How far a feature's values lie from those of another dataset; from summaries alone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from mmc_core.tables import Distribution, Summary, features_of

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Shift:
    """One feature of `other` against `one`, every mood weighing alike, in pooled standard
    deviations: the difference of means (Cohen's d), and Wasserstein's distance, which also sees a
    change of shape.
    """

    feature: str
    one: str
    other: str
    difference: float
    wasserstein: float


def shifts(
    summaries: dict[str, Summary], one: str, other: str, moods: Sequence[str]
) -> list[Shift]:
    """Every one of the 57 that is a number and that both have, in the schema's order."""
    first, second = summaries[one], summaries[other]
    common = {name for name, _ in first} & {name for name, _ in second}
    found = []
    for feature in features_of(common):
        if feature.categories or not feature.original:
            continue
        parts = [[s[feature.name, mood] for mood in moods] for s in (first, second)]
        means = [float(np.mean([d.mean for d in moods_of])) for moods_of in parts]
        spread = float(np.sqrt(np.mean([_variance(moods_of) for moods_of in parts]))) or 1.0
        found.append(
            Shift(
                feature.name,
                one,
                other,
                (means[1] - means[0]) / spread,
                _wasserstein(*parts) / spread,
            )
        )
    return found


def standardised(one: Floats, other: Floats) -> tuple[float, float]:
    """The same two numbers from values themselves: `other` against `one`, in `one`'s deviations."""
    from scipy.stats import wasserstein_distance

    spread = float(np.std(one, ddof=1)) or 1.0
    difference = (other.mean() - one.mean()) / spread
    return float(difference), float(wasserstein_distance(one, other) / spread)


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
