"""How two sounds differ, feature by feature, measured by how much a dataset's clips differ.

A difference is divided by the standard deviation of all clips of the dataset, moods weighing alike,
as Cohen's d divides a difference of means (J. Cohen, "Statistical Power Analysis for the Behavioral
Sciences", 2nd ed., 1988, ch. 2). Moods are not taken out: the question is how far apart two songs
are among all songs.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from math import log10, pi, sqrt
from typing import Any

import numpy as np
import pandas as pd

from mmc_core.analysis.summaries import Summary, variance
from mmc_core.language import N_, _
from mmc_core.wording import listed

# How far two clips drawn at random lie apart on average, in standard deviations, where a feature is
# normally distributed: 2 / sqrt(pi).
USUAL = 2 / sqrt(pi)
NAMED = 0.5  # standard deviations, Cohen's medium effect: what a sentence names
MOST_NAMED = 4


def differences(one: Mapping[str, Any], other: Mapping[str, Any], summary: Summary) -> pd.DataFrame:
    """A row a feature of numbers, the largest difference first.

    Args:
        one, other: the two sounds' features; see `scalars.describe`.
        summary: of the dataset whose clips are the measure, which may lack some features.

    Returns:
        `feature`, `title`, `group`, `unit`, the values `one` and `other`, `std` of the dataset's
        clips (the feature's unit), and `difference`: `other` minus `one` in standard deviations.
    """
    rows = []
    for feature in summary.features:
        if feature.categories:
            continue
        first, second = float(one[feature.name]), float(other[feature.name])
        std = sqrt(variance(summary.by_mood(feature.name).values()))
        rows.append(
            {
                "feature": feature.name,
                "title": feature.title,
                "group": feature.group,
                "unit": feature.unit,
                "one": first,
                "other": second,
                "std": std,
                "difference": (second - first) / (std or 1.0),
            }
        )
    table = pd.DataFrame(rows, columns=COLUMNS)
    order = np.argsort(-table["difference"].abs().to_numpy(dtype=float), kind="stable")
    return table.iloc[order].reset_index(drop=True)


COLUMNS = ["feature", "title", "group", "unit", "one", "other", "std", "difference"]


def in_words(table: pd.DataFrame) -> str:
    """The main differences as a listener would say them, B compared with A.

    Args:
        table: see `differences`.
    """
    named = [
        aspect.in_words(row["one"], row["other"])
        for row in table.to_dict("records")
        if (aspect := ASPECTS.get(row["feature"])) and abs(row["difference"]) >= NAMED
    ]
    if not named:
        return _(
            "A and B are alike in tempo, brightness, loudness and harmony: none of these differs "
            "by {least} standard deviations.",
            least=NAMED,
        )
    return _("B is {differences}.", differences=listed(named[:MOST_NAMED]))


@dataclass(frozen=True)
class Aspect:
    """What a higher and a lower value of a feature are called, and how its values are printed."""

    higher: str
    lower: str
    values: Callable[[float, float], str]

    def in_words(self, one: float, other: float) -> str:
        return f"{_(self.higher if other > one else self.lower)} ({self.values(one, other)})"


def _plain(one: float, other: float) -> str:
    return _("{other:.2g} against {one:.2g}", other=other, one=one)


def _whole(unit: str) -> Callable[[float, float], str]:
    return lambda one, other: _against(f"{one:.0f}", f"{other:.0f}", unit)


def _decibels(one: float, other: float) -> str:
    """RMS as a level, of which listeners and meters speak."""
    first, second = (f"{20 * log10(max(rms, 1e-6)):.0f}".replace("-", "−") for rms in (one, other))
    return _against(first, second, "dBFS")


def _against(one: str, other: str, unit: str) -> str:
    return _("{other} against {one} {unit}", other=other, one=one, unit=unit)


ASPECTS = {
    "tempo": Aspect(N_("faster"), N_("slower"), _whole("BPM")),
    "centroid_mean": Aspect(N_("brighter"), N_("darker"), _whole("Hz")),
    "rms_mean": Aspect(N_("louder"), N_("softer"), _decibels),
    "rms_var": Aspect(N_("more varied in level"), N_("steadier in level"), _plain),
    "chroma_mean": Aspect(N_("denser in harmony"), N_("sparser in harmony"), _plain),
    "tonnetz_var": Aspect(N_("more varied in harmony"), N_("steadier in harmony"), _plain),
    "key_clarity": Aspect(N_("clearer in key"), N_("less clear in key"), _plain),
}
