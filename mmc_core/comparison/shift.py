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
from mmc_core.analysis.summaries import Distribution, Summary, variance
from mmc_core.analysis.tables import features_of
from mmc_core.saved import study_files
from mmc_core.saved.comparison import Shift
from mmc_core.saved.study import EXTRACTION

BOOTSTRAPS = 1_000
SEED = 13


@dataclass(frozen=True)
class Moved:
    """The most that keeping the sound another way moved a feature, in the feature's own unit."""

    mean: float
    wasserstein: float


def moved_by_extraction() -> dict[str, Moved]:
    """Return the most that keeping the sound another way moved each feature."""
    study = study_files.read(EXTRACTION, study_files.EXTRACTION)
    return {
        name: Moved(
            mean=study.spread[name] * max(abs(by.difference) for by in ways.values()),
            wasserstein=study.spread[name] * max(by.wasserstein for by in ways.values()),
        )
        for name, ways in study.features.items()
    }


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
    results = []
    for feature in features_of(common):
        if feature.categories or not feature.original:
            continue
        parts = [[s[feature.name, mood] for mood in moods] for s in (first, second)]
        means = [float(np.mean([d.mean for d in moods_of])) for moods_of in parts]
        std = float(np.sqrt(np.mean([variance(moods_of) for moods_of in parts]))) or 1.0
        by_extraction = moved[feature.name]
        results.append(
            Shift(
                feature=feature.name,
                one=one,
                other=other,
                difference=(means[1] - means[0]) / std,
                wasserstein=_wasserstein(*parts) / std,
                std=std,
                bound=by_extraction.mean / std,
                wasserstein_bound=by_extraction.wasserstein / std,
            )
        )
    return results


def with_intervals(
    without: Sequence[Shift], tables: Mapping[str, pd.DataFrame], moods: Sequence[str]
) -> list[Shift]:
    """The same shifts with their intervals, where both tables are there."""
    names = list(dict.fromkeys(shift.feature for shift in without))
    away = {
        id_: _resampled(table, names, moods, seed=SEED + i)
        for i, (id_, table) in enumerate(tables.items())
    }
    results = []
    for shift in without:
        if shift.one in away and shift.other in away:
            at = names.index(shift.feature)
            apart = (away[shift.other][:, at] - away[shift.one][:, at]) / shift.std
            low, high = middle_95(apart[~np.isnan(apart)])
            results.append(replace(shift, low=low, high=high))
        else:
            results.append(shift)
    return results


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


def _wasserstein(one: Sequence[Distribution], other: Sequence[Distribution]) -> float:
    from scipy.stats import wasserstein_distance

    # A percentile stands for a hundredth of the clips, the outermost for half of that.
    weights = np.ones(101)
    weights[[0, -1]] = 0.5
    values = [np.concatenate([d.quantiles for d in moods]) for moods in (one, other)]
    return float(
        wasserstein_distance(*values, np.tile(weights, len(one)), np.tile(weights, len(other)))
    )
