"""What the numbers under a figure say, in sentences made from them.

How large an effect is called: for Cliff's delta the thresholds of Romano, Kromrey, Coraggio &
Skowronek (Florida Association of Institutional Research, 2006); for epsilon-squared, and Cramer's
V squared, those of Rea & Parker (Designing and Conducting Survey Research, 1992), squared.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import isnan

import numpy as np
import pandas as pd

from mmc_core.analysis.effects import Pair, Separation
from mmc_core.analysis.summaries import Distribution
from mmc_core.features.schema import BY_NAME, Feature
from mmc_core.moods import NAMES
from mmc_core.wording import listed, p_value, rounded

ALPHA = 0.05
DELTAS = ((0.147, "negligible"), (0.33, "small"), (0.474, "medium"), (np.inf, "large"))
EFFECTS = (
    (0.01, "negligible"),
    (0.04, "weak"),
    (0.16, "moderate"),
    (0.36, "relatively strong"),
    (0.64, "strong"),
    (np.inf, "very strong"),
)
# The words of Romano et al.: even a large delta (0.47) leaves some 65 % of two normals in common.
DIFFER = {
    "negligible": "hardly differ",
    "small": "differ little",
    "medium": "differ clearly",
    "large": "differ much",
}
MANY_ALIKE = 0.9


def size_of_delta(delta: float) -> str:
    """Cliff's delta in a word: negligible, small, medium or large."""
    return next(word for below, word in DELTAS if abs(delta) < below)


def size_of_effect(effect: float) -> str:
    """Epsilon-squared in words, from negligible to very strong."""
    return next(word for below, word in EFFECTS if effect < below)


def is_beyond_chance(separation: Separation) -> bool:
    """Whether moods differ by more than clips of a group, going together, would by themselves."""
    return separation.p < ALPHA


def of_feature(
    feature: Feature, moods: Mapping[str, Distribution], separation: Separation | None
) -> str:
    """Which mood lies where in a feature, how far the moods overlap, and whether beyond chance.

    Args:
        moods: one dataset's distributions by mood.
        separation: its separation in this feature, where known.
    """
    shown = [mood for mood in NAMES if mood in moods]
    if len(shown) < 2:
        return f"There is only one mood, {listed(shown)}, so nothing to tell it from."
    where = _categories(feature, moods, shown) if feature.categories else _medians(moods, shown)
    if separation is None:
        return where
    if not is_beyond_chance(separation):
        return (
            f"The moods do not differ in this feature beyond chance ({p_value(separation.p)}, "
            f"{effect_in_words(feature, separation)}). {where}"
        )
    text = (
        f"{where} The differences are beyond chance ({p_value(separation.p)}) and "
        f"{size_of_effect(separation.effect)}: {effect_in_words(feature, separation)}."
    )
    return f"{text} {_overlaps(separation.pairs)}".strip()


def of_ranking(title: str, ranked: Sequence[Separation]) -> str:
    """Which features of a dataset separate the moods best, and how many do at all."""
    if not ranked:
        return f"{title} has no features of numbers to rank."
    beyond = [one for one in ranked if is_beyond_chance(one)]
    if not beyond:
        features = f"none of {len(ranked)} features" if len(ranked) > 1 else "its one feature"
        verb = "separates" if len(ranked) > 1 else "does not separate"
        return f"In {title} {features} {verb} the moods beyond chance."
    best, *others = beyond
    next_best = listed([BY_NAME[one.feature].title for one in others[:2]])
    strong = sum(size_of_effect(one.effect) in ("strong", "very strong") for one in beyond)
    return (
        f"In {title}, {BY_NAME[best.feature].title} separates the moods best: "
        f"{best.effect:.0%} of its ranks' variance lies between moods "
        f"(95 % {best.low:.0%} to {best.high:.0%})"
        + (f", followed by {next_best}" if next_best else "")
        + f". {len(beyond)} of {len(ranked)} features separate them beyond chance, "
        f"{strong or 'none'} of them strongly."
    )


def of_correlations(title: str, related: pd.DataFrame) -> str:
    """Which two features of a dataset go together most, and how many say nearly the same."""
    rho = related.to_numpy(dtype=float)
    one, other = np.triu_indices(len(rho), k=1)
    pairs = rho[one, other]
    known = ~np.isnan(pairs)
    if not known.any():
        return f"{title} has no two features whose values vary."
    one, other, pairs = one[known], other[known], pairs[known]

    def named(i: np.intp) -> str:
        first, second = (BY_NAME[str(related.columns[j])].title for j in (one[i], other[i]))
        return f"{first} and {second} ({pairs[i]:+.2f})"

    alike = int((np.abs(pairs) > MANY_ALIKE).sum())
    least = pairs.argmin()
    return (
        f"In {title}, {named(pairs.argmax())} rise together most"
        + (f"; {named(least)} run against each other most" if pairs[least] < 0 else "")
        + f". {alike or 'None'} of {len(pairs)} pairs say nearly the same (beyond "
        f"±{MANY_ALIKE:g})."
    )


def effect_in_words(feature: Feature, separation: Separation) -> str:
    """The effect with its interval."""
    name = "Cramér's V²" if feature.categories else "ε²"
    return (
        f"{name} {separation.effect:.2f}, 95 % interval {separation.low:.2f} to "
        f"{separation.high:.2f}"
    )


def _medians(moods: Mapping[str, Distribution], shown: Sequence[str]) -> str:
    medians = {mood: moods[mood].median for mood in shown}
    high = [mood for mood in shown if medians[mood] == max(medians.values())]
    low = [mood for mood in shown if medians[mood] == min(medians.values())]
    if len(high) == len(shown):
        return f"The median is {rounded(medians[high[0]])} in every mood."
    return (
        f"Its median is highest in {listed(high)} clips ({rounded(medians[high[0]])}) and "
        f"lowest in {listed(low)} ones ({rounded(medians[low[0]])})."
    )


def _categories(feature: Feature, moods: Mapping[str, Distribution], shown: Sequence[str]) -> str:
    commonest = {mood: int(np.argmax(moods[mood].counts)) for mood in shown}
    share = {mood: moods[mood].counts[at] / moods[mood].n for mood, at in commonest.items()}
    if len(set(commonest.values())) == 1:
        text = [f"{share[mood]:.0%} of {mood}" for mood in shown]
        return (
            f"Commonest in every mood is {feature.categories[commonest[shown[0]]]}: {listed(text)}."
        )
    text = [
        f"{feature.categories[at]} in {mood} ({share[mood]:.0%})" for mood, at in commonest.items()
    ]
    return f"Commonest: {listed(text)}."


def _overlaps(pairs: Sequence[Pair]) -> str:
    """The two moods farthest apart, and those that are not told apart."""
    known = [pair for pair in pairs if not isnan(pair.delta)]
    if not known:
        return ""
    alike = [f"{pair.one} and {pair.other}" for pair in known if pair.p >= ALPHA]
    apart = [pair for pair in known if pair.p < ALPHA]
    if not apart:
        return f"Not told apart two by two: {'; '.join(alike)}."
    far = max(apart, key=lambda pair: abs(pair.delta))
    whole = abs(far.delta) == 1
    how = "do not overlap at all" if whole else DIFFER[size_of_delta(far.delta)]
    lead = "Of all pairs, " if len(known) > 1 else ""
    verb = "lie farthest apart and " if len(known) > 1 else ""
    sentence = f"{lead}{far.one} and {far.other} {verb}{how} (Cliff's δ {far.delta:+.2f})."
    if alike:
        sentence += f" Not told apart: {'; '.join(alike)}."
    return sentence
