"""What a sound is like beside the clips of a dataset, in a listener's words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from mmc_core.analysis.pair import ASPECTS
from mmc_core.analysis.placement import evidence
from mmc_core.analysis.summaries import Summary
from mmc_core.features.schema import BY_NAME, TIMBRE
from mmc_core.language import N_, _
from mmc_core.wording import listed, percent

OUTER = 2 / 3  # of the clips, at least, on one side of a sound that is called so
COMMONER = 1.2  # times as common among a mood's clips as among others, at least
MOST_NAMED = 3
PLAIN = {  # what a listener would call a feature
    "tempo": N_("tempo"),
    "rms_mean": N_("loudness"),
    "rms_var": N_("changes of level"),
    "chroma_mean": N_("density of the harmony"),
    "chroma_var": N_("contrast of the notes"),
    "centroid_mean": N_("brightness"),
    "rolloff_mean": N_("brightness"),
    "zcr_mean": N_("amount of treble"),
    "mel_mean": N_("fullness of the spectrum"),
    "tonnetz_var": N_("changes of harmony"),
    "key_clarity": N_("clarity of the key"),
}


@dataclass(frozen=True)
class Trait:
    """One aspect in which a sound lies above or below most clips."""

    feature: str
    word: str
    share: float  # of the clips that it is beyond, the moods weighing alike

    def in_words(self) -> str:
        """Return what the sound is, and than how many clips."""
        return _("{word} than {share}", word=_(self.word), share=percent(self.share))


def traits(row: Mapping[str, Any], summary: Summary) -> list[Trait]:
    """Return the aspects in which a sound lies beyond most clips of a dataset, the clearest first.

    Args:
        row: the sound's features.
        summary: of the dataset, which may lack some features.
    """
    there = {feature.name for feature in summary.features}
    made = []
    for feature, aspect in ASPECTS.items():
        if feature not in there or feature not in row:
            continue
        moods = summary.by_mood(feature).values()
        below = float(np.mean([each.share_below(float(row[feature])) for each in moods]))
        is_higher = below > 0.5
        word = aspect.higher if is_higher else aspect.lower
        made.append(Trait(feature, word, below if is_higher else 1 - below))
    return sorted((each for each in made if each.share >= OUTER), key=lambda each: -each.share)


def in_words(some: list[Trait]) -> str:
    """Return the first few traits as one list."""
    return listed(each.in_words() for each in some[:MOST_NAMED])


def usual_for(mood: str, row: Mapping[str, Any], summary: Summary) -> list[tuple[str, float]]:
    """Return what of a sound is as in many clips of a mood, and how many times as common that is
    among them as among others: what says most first, each word once.

    Args:
        mood: that the summary has, beside another.
        row: the sound's features.
        summary: of the dataset, which may lack some features.
    """
    found: dict[str, float] = {}
    for feature, ratio in usual_features(mood, row, summary)[["feature", "ratio"]].to_numpy():
        if feature in PLAIN and ratio >= COMMONER:
            found.setdefault(PLAIN[feature], float(ratio))
    return list(found.items())[:MOST_NAMED]


def usual_features(mood: str, row: Mapping[str, Any], summary: Summary) -> pd.DataFrame:
    """Return the features in which a sound lies in the middle half of a mood's clips, those that
    say most for the mood first; see `placement.evidence`. MFCCs, which no one hears, are left out.
    """
    table = evidence(row, summary, mood)
    is_usual = [
        BY_NAME[name].group != TIMBRE and summary[name, mood].q1 <= value <= summary[name, mood].q3
        for name, value in zip(table["feature"], table["value"], strict=True)
    ]
    return table[np.array(is_usual, dtype=bool)]
