"""What a sound is like beside the clips of a dataset, in a listener's words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from mmc_core.analysis.pair import ASPECTS
from mmc_core.analysis.placement import evidence
from mmc_core.analysis.summaries import Summary
from mmc_core.language import _
from mmc_core.wording import listed, percent

OUTER = 2 / 3  # of the clips, at least, on one side of a sound that is called so
COMMONER = 1.2  # times as common among a mood's clips as among others, at least
MOST_NAMED = 3


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


def usual_for(mood: str, row: Mapping[str, Any], summary: Summary) -> list[Trait]:
    """Return those traits whose values are clearly commoner among a mood's clips than among others,
    what says most first.
    """
    table = evidence(row, summary, mood)
    ratios = dict(zip(table["feature"], table["ratio"], strict=True))
    named = [each for each in traits(row, summary) if ratios[each.feature] >= COMMONER]
    return sorted(named, key=lambda each: -ratios[each.feature])


def in_words(some: list[Trait]) -> str:
    """Return the first few traits as one list."""
    return listed(each.in_words() for each in some[:MOST_NAMED])
