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
from mmc_core.wording import listed, p_value, percent, rounded

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
NEARLY_THE_SAME = 0.9


def size_of_delta(delta: float) -> str:
    """Cliff's delta in a word: negligible, small, medium or large."""
    return next(word for below, word in DELTAS if abs(delta) < below)


def size_of_effect(effect: float) -> str:
    """Epsilon-squared in words, from negligible to very strong."""
    return next(word for below, word in EFFECTS if effect < below)


def is_significant(separation: Separation) -> bool:
    """Whether moods differ by more than clips of a group, being alike, would by themselves."""
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
        return f"There is only one mood ({listed(shown)}), so moods cannot be compared."
    where = _categories(feature, moods, shown) if feature.categories else _medians(moods, shown)
    if separation is None:
        return where
    if not is_significant(separation):
        return (
            f"The moods do not differ significantly in this feature ({p_value(separation.p)}, "
            f"{effect_in_words(feature, separation)}). {where}"
        )
    text = (
        f"{where} The differences are significant ({p_value(separation.p)}) and "
        f"{size_of_effect(separation.effect)}: {effect_in_words(feature, separation)}."
    )
    return f"{text} {_overlaps(separation.pairs)}".strip()


def of_ranking(title: str, ranked: Sequence[Separation]) -> str:
    """Which features of a dataset separate the moods best, and how many do at all."""
    if not ranked:
        return f"{title} has no numeric features to rank."
    significant = [one for one in ranked if is_significant(one)]
    if not significant:
        if len(ranked) == 1:
            return f"In {title}, its only feature does not differ significantly between moods."
        return f"In {title}, none of {len(ranked)} features differs significantly between moods."
    best, *others = significant
    next_best = listed([BY_NAME[one.feature].title for one in others[:2]])
    strong = sum(size_of_effect(one.effect) in ("strong", "very strong") for one in significant)
    return (
        f"In {title}, {BY_NAME[best.feature].title} separates the moods best: "
        f"{percent(best.effect)} of the variance of its ranks is between moods "
        f"(95 % interval {100 * best.low:.0f} to {percent(best.high)})"
        + (f". Next: {next_best}" if next_best else "")
        + f". {len(significant)} of {len(ranked)} features differ significantly between moods, "
        f"{strong or 'none'} of them strongly."
    )


def of_correlations(title: str, related: pd.DataFrame) -> str:
    """Which two features of a dataset are most correlated, and how many are nearly the same."""
    rho = related.to_numpy(dtype=float)
    one, other = np.triu_indices(len(rho), k=1)
    pairs = rho[one, other]
    known = ~np.isnan(pairs)
    if not known.any():
        return f"{title} has no two features whose values vary, so no correlations."
    one, other, pairs = one[known], other[known], pairs[known]

    def named(i: np.intp) -> str:
        first, second = (BY_NAME[str(related.columns[j])].title for j in (one[i], other[i]))
        return f"between {first} and {second} (ρ = {_signed(pairs[i])})"

    alike = int((np.abs(pairs) > NEARLY_THE_SAME).sum())
    least = pairs.argmin()
    return (
        f"In {title}, the strongest positive correlation is {named(pairs.argmax())}"
        + (f"; the strongest negative one is {named(least)}" if pairs[least] < 0 else "")
        + f". {alike or 'None'} of {len(pairs)} pairs {'is' if alike == 1 else 'are'} nearly the "
        f"same (|ρ| above {NEARLY_THE_SAME:g})."
    )


def effect_in_words(feature: Feature, separation: Separation) -> str:
    """The effect with its interval."""
    name = "Cramér's V²" if feature.categories else "ε²"
    return (
        f"{name} = {separation.effect:.2f}, 95 % interval {separation.low:.2f} to "
        f"{separation.high:.2f}"
    )


def _signed(value: float) -> str:
    return f"{value:+.2f}".replace("-", "−")


def _medians(moods: Mapping[str, Distribution], shown: Sequence[str]) -> str:
    medians = {mood: moods[mood].median for mood in shown}
    high = [mood for mood in shown if medians[mood] == max(medians.values())]
    low = [mood for mood in shown if medians[mood] == min(medians.values())]
    if len(high) == len(shown):
        return f"The median is {rounded(medians[high[0]])} in every mood."
    return (
        f"The median is highest in {listed(high)} clips ({rounded(medians[high[0]])}) and "
        f"lowest in {listed(low)} clips ({rounded(medians[low[0]])})."
    )


def _categories(feature: Feature, moods: Mapping[str, Distribution], shown: Sequence[str]) -> str:
    commonest = {mood: int(np.argmax(moods[mood].counts)) for mood in shown}
    share = {mood: moods[mood].counts[at] / moods[mood].n for mood, at in commonest.items()}
    if len(set(commonest.values())) == 1:
        text = [f"{percent(share[mood])} of {mood} clips" for mood in shown]
        return (
            f"{feature.categories[commonest[shown[0]]].capitalize()} is the most common in every "
            f"mood: {listed(text)}."
        )
    text = [
        f"{feature.categories[at]} in {mood} ({percent(share[mood])})"
        for mood, at in commonest.items()
    ]
    return f"Most common: {listed(text)}."


def _overlaps(pairs: Sequence[Pair]) -> str:
    """The two moods that differ most, and those that do not differ significantly."""
    known = [pair for pair in pairs if not isnan(pair.delta)]
    if not known:
        return ""
    alike = [f"{pair.one} and {pair.other}" for pair in known if pair.p >= ALPHA]
    apart = [pair for pair in known if pair.p < ALPHA]
    if not apart:
        return f"No significant difference between {'; '.join(alike)}."
    far = max(apart, key=lambda pair: abs(pair.delta))
    whole = abs(far.delta) == 1
    how = "no overlap" if whole else f"a {size_of_delta(far.delta)} difference"
    is_farthest = all(abs(pair.delta) <= abs(far.delta) for pair in known)
    lead = "" if is_farthest else "Of the pairs that differ significantly, "
    most = " most" if len(known) > 1 else ""
    both = f"{far.one} and {far.other}"
    who = f"{lead}{both if lead else both.capitalize()} clips"
    sentence = f"{who} differ{most}: {how} (Cliff's δ = {_signed(far.delta)})."
    if alike:
        sentence += f" No significant difference between {'; '.join(alike)}."
    return sentence
