"""What a comparison says of single features, which summaries alone can tell."""

from __future__ import annotations

import numpy as np

from mmc_core import datasets
from mmc_core.analysis.effects import ranking
from mmc_core.comparison.words import short, title, within
from mmc_core.features.schema import BY_NAME
from mmc_core.language import N_, _
from mmc_core.saved.comparison import ComparisonData

ALPHA = 0.05
BEST = 3  # features that are named


def from_summaries(comparison: ComparisonData) -> str:
    """Return which dataset has the better single features, in sentences."""
    n = min(10, len(comparison.effects))
    if n == 0:
        return _("The datasets have no numeric feature in common, so there is nothing to compare.")
    typical = {
        id_: float(np.median(sorted(effect[id_] for effect in comparison.effects.values())[-n:]))
        for id_ in comparison.datasets
    }
    best, second = sorted(typical, key=lambda id_: -typical[id_])[:2]
    medians = ", ".join(f"{title(id_)} {short(value)}" for id_, value in typical.items())
    separations = datasets.load_dataset(best).separation().values()
    significant = any(one.p < ALPHA for one in separations)
    uncertainty = np.hypot(_half_width(best, n), _half_width(second, n))
    which = (
        N_(
            "From the summaries alone, no dataset has clearly better features: the median "
            "epsilon-squared of the {n} best features is {medians}."
        )
        if typical[best] - typical[second] <= uncertainty or not significant
        else N_(
            "From the summaries alone, {best} has the single features that separate its moods "
            "best: the median epsilon-squared of the {n} best features is {medians}."
        )
    )
    lacking = (
        N_(
            "How well all features together separate the moods needs the feature tables; the order "
            "may differ."
        )
        if comparison.missing
        else N_(
            "How well all features together separate the moods has not been computed yet; the "
            "order may differ."
        )
    )
    return f"{_(which, n=n, medians=medians, best=title(best))} {_(lacking)}"


def _half_width(id_: str, n: int) -> float:
    """Of the 95 % interval of a dataset's best effects; features go together, so that the median of
    several is no surer than one.
    """
    separations = datasets.load_dataset(id_).separation()
    return float(np.median([(one.high - one.low) / 2 for one in ranking(separations)[:n]]))


def gaps(comparison: ComparisonData, one: str, other: str) -> str:
    """Return the features whose effect is larger in one dataset than in the other by most."""
    larger = {
        name: (by_id[one], by_id[other])
        for name, by_id in comparison.effects.items()
        if round(by_id[one], 2) > round(by_id[other], 2)
    }
    if not larger:
        return _("No single feature separates the moods of {dataset} better.", dataset=title(one))
    most = sorted(larger, key=lambda name: larger[name][1] - larger[name][0])[:BEST]
    named = "; ".join(
        _(
            "{feature} ({effect} against {other})",
            feature=within(BY_NAME[name].title),
            effect=short(larger[name][0]),
            other=short(larger[name][1]),
        )
        for name in most
    )
    return _(
        "Features with a larger epsilon-squared in {dataset}, largest difference first: {named}.",
        dataset=title(one),
        named=named,
    )
