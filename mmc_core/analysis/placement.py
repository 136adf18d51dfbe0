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
ALIKE = 0.1  # shares of the moods' clips that are closer do not tell the moods apart
CAVEAT = N_(
    "The moods overlap, so this does not tell the mood. It is not the model's answer either."
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


def in_words(places: pd.DataFrame) -> str:
    """Return in how many features a sound lies in the middle half of each mood's clips, with the
    caveat.
    """
    text = _(
        "Features, of {all}, in which it lies in the middle half of a mood's clips: {moods}.",
        all=len(places),
        moods=", ".join(f"{BY_NAME[mood].label} {n}" for mood, n in halves(places).items()),
    )
    return f"{text} {_(CAVEAT)}"


def one_in_words(feature: Feature, value: float, moods: Mapping[str, Distribution]) -> str:
    """Return where a sound lies in one feature, mood by mood."""
    shares = {mood: moods[mood].share_below(value) for mood in NAMES if mood in moods}
    low, high = min(shares.values()), max(shares.values())
    if len(shares) > 1 and high - low < ALIKE:
        return _(
            "{feature} is higher than in {low:.0f} to {high} of the clips of every mood: it says "
            "little about the mood.",
            feature=_(feature.title),
            low=100 * low,
            high=percent(high),
        )
    text = listed(
        _("{share} of the {mood} clips", share=percent(share), mood=BY_NAME[mood].label)
        for mood, share in shares.items()
    )
    return _("{feature} is higher than in {shares}.", feature=_(feature.title), shares=text)
