"""Where one clip lies in each mood's distribution, feature by feature. It describes only."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from mmc_core.analysis.summaries import Distribution, Summary
from mmc_core.features.description import IN_TABLES
from mmc_core.features.schema import Feature
from mmc_core.language import N_, _
from mmc_core.moods import BY_NAME, NAMES
from mmc_core.wording import listed, percent

MIDDLE_HALF = (0.25, 0.75)
CAVEAT = N_(
    "This describes the clip; it does not predict its mood. Features are correlated, and the "
    "moods overlap."
)


def placed(row: Mapping[str, Any], summary: Summary) -> pd.DataFrame:
    """A row a feature of numbers: `feature`, `value`, and the share below it of each mood.

    Args:
        row: the clip's features; see `scalars.describe`.
        summary: of the dataset it is laid beside, which may lack some features.
    """
    moods = summary.moods
    numbers = [feature for feature in summary.features if not feature.categories]
    return pd.DataFrame(
        [
            {
                "feature": feature.name,
                "value": float(row[feature.name]),
                **{
                    mood: summary[feature.name, mood].share_below(float(row[feature.name]))
                    for mood in moods
                },
            }
            for feature in numbers
        ],
        columns=["feature", "value", *moods],
    )


def evidence(row: Mapping[str, Any], summary: Summary, mood: str) -> pd.DataFrame:
    """How much commoner a clip's values are among the clips of a mood than among those of others.

    A row a feature of numbers, those that say most for the mood first: `feature`, `value`, `ratio`
    of the densities at the value, that of the other moods being their mean. One clip is added to
    each bin, so that a value that none has says little.

    Args:
        row: the clip's features; those it lacks are left out.
        summary: of a dataset with the mood and another.
    """
    others = [each for each in summary.moods if each != mood]
    names = [f.name for f in summary.features if not f.categories and f.name in row]
    values = [float(row[name]) for name in names]
    ratios = [
        _density(summary[name, mood], value)
        / np.mean([_density(summary[name, other], value) for other in others])
        for name, value in zip(names, values, strict=True)
    ]
    table = pd.DataFrame({"feature": names, "value": values, "ratio": ratios})
    return table.sort_values("ratio", ascending=False, kind="stable", ignore_index=True)


def _density(d: Distribution, value: float) -> float:
    one = 1 / (d.n * d.bin_width)
    return one + float(np.interp(value, d.density_at, d.density, left=0, right=0))


def thirds(table: pd.DataFrame) -> dict[str, tuple[float, float]]:
    """Where the lower and the upper third of a table's clips end, in the numbers of a sound that
    are features; see `description.sentences`.
    """
    ends = {
        name: np.percentile(table[feature], [100 / 3, 200 / 3])
        for name, feature in IN_TABLES.items()
    }
    return {name: (float(low), float(high)) for name, (low, high) in ends.items()}


def halves(places: pd.DataFrame) -> dict[str, int]:
    """In how many features the clip lies in the middle half of each mood's clips."""
    moods = [mood for mood in NAMES if mood in places]
    return {mood: int(places[mood].between(*MIDDLE_HALF).sum()) for mood in moods}


def in_words(places: pd.DataFrame, title: str) -> str:
    """Into which mood's middle halves a clip falls most often, with the caveat."""
    counts = halves(places)
    most = max(counts.values())
    oftenest = [mood for mood, n in counts.items() if n == most]
    others = ", ".join(
        f"{BY_NAME[mood].label} {n}" for mood, n in counts.items() if mood not in oftenest
    )
    if most == 0:
        text = _("In none of {n} features is the clip in the middle half of a mood.", n=len(places))
    else:
        if len(oftenest) == 1:
            text = _(
                "In {n} of {all} features, the clip is in the middle half of the {moods} clips of "
                "{title}{others}."
            )
        else:
            text = _(
                "In {n} of {all} features each, the clip is in the middle half of the {moods} "
                "clips of {title}{others}."
            )
        text = text.format(
            n=most,
            all=len(places),
            moods=listed(f"**{BY_NAME[mood].label}**" for mood in oftenest),
            title=title,
            others=" " + _("(other moods: {moods})", moods=others) if others else "",
        )
    return f"{text} {_(CAVEAT)}"


def one_in_words(feature: Feature, value: float, moods: Mapping[str, Distribution]) -> str:
    """Where a clip lies in one feature, mood by mood."""
    shares = {mood: moods[mood].share_below(value) for mood in NAMES if mood in moods}
    nearest = min(shares, key=lambda mood: abs(shares[mood] - 0.5))
    text = listed(
        _("{share} of the {mood} clips", share=percent(share), mood=BY_NAME[mood].label)
        for mood, share in shares.items()
    )
    return _(
        "{feature} is higher than in {shares}. It is closest to the median of the {mood} clips.",
        feature=_(feature.title),
        shares=text,
        mood=BY_NAME[nearest].label,
    )
