"""The numbers in figures of distributions: as tables to save, and as text to read."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from mmc_core.analysis.summaries import Distribution
from mmc_core.features.schema import Feature
from mmc_core.figures.style import mood_label
from mmc_core.language import N_, _
from mmc_core.moods import BY_NAME, MOODS
from mmc_core.wording import rounded

# Dataset title -> mood -> distribution.
ByDataset = Mapping[str, Mapping[str, Distribution]]


def numbers(data: ByDataset) -> pd.DataFrame:
    """The numbers of a boxplot, a row a dataset and mood; for categories, the commonest."""
    rows = []
    for title, moods in data.items():
        for mood in (m for m in MOODS if m.name in moods):
            d = moods[mood.name]
            rows.append(
                {
                    "dataset": title,
                    "mood": mood.name,
                    N_("n"): d.n,
                    N_("mean"): d.mean,
                    N_("sd"): d.sd,
                    N_("whisker low"): d.whisker_low,
                    N_("q1"): d.q1,
                    N_("median"): d.median,
                    N_("q3"): d.q3,
                    N_("whisker high"): d.whisker_high,
                    N_("outliers"): d.n_outliers,
                }
            )
    return pd.DataFrame(rows)


def numbers_by_mood(feature: Feature, moods: Mapping[str, Distribution]) -> pd.DataFrame:
    """One dataset's numbers to read beside its plot: a column a mood, rounded, as text."""
    shown = [mood for mood in MOODS if mood.name in moods]
    if feature.categories:
        columns = {mood_label(mood): moods[mood.name].counts for mood in shown}
        return pd.DataFrame(columns, index=[_(c) for c in feature.categories]).astype(str)
    rows = numbers({"": moods}).drop(columns=["dataset", "mood"])
    rows.index = [mood_label(mood) for mood in shown]
    return rows.map(rounded).T.rename(index=_)


def bins(feature: Feature, data: ByDataset) -> pd.DataFrame:
    """The counts of a histogram, a row a dataset, mood and bin or category."""
    rows = [
        {
            "dataset": title,
            "mood": mood.name,
            **(
                {"category": at}
                if feature.categories
                else {"from": at - d.bin_width / 2, "to": at + d.bin_width / 2}
            ),
            "clips": count,
            "share": count / d.n,
        }
        for title, moods in data.items()
        for mood in MOODS
        if mood.name in moods
        for d in [moods[mood.name]]
        for at, count in zip(feature.categories or d.bin_centres, d.counts, strict=True)
    ]
    return pd.DataFrame(rows)


def alt_text(kind: str, feature: Feature, data: ByDataset) -> str:
    """What is drawn, in a sentence; the kind in English."""
    what = {"kind": _(kind), "feature": feature.label}
    if feature.categories:
        titles = f" {_('and')} ".join(data)  # as `wording` marks it
        return _("{kind} of {feature} by mood in {datasets}.", datasets=titles, **what)
    medians = "; ".join(
        f"{title}: "
        + ", ".join(f"{BY_NAME[mood].label} {rounded(d.median)}" for mood, d in moods.items())
        for title, moods in data.items()
    )
    return _("{kind} of {feature} by mood. Medians: {medians}.", medians=medians, **what)
