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
from mmc_core.language import N_, _, ngettext, write
from mmc_core.moods import BY_NAME as MOOD
from mmc_core.moods import NAMES
from mmc_core.wording import adjusted_p_value, listed, percent, rounded

ALPHA = 0.05
DELTAS = (
    (0.147, N_("negligible")),
    (0.33, N_("small")),
    (0.474, N_("medium")),
    (np.inf, N_("large")),
)
EFFECTS = (
    (0.01, N_("negligible")),
    (0.04, N_("weak")),
    (0.16, N_("moderate")),
    (0.36, N_("relatively strong")),
    (0.64, N_("strong")),
    (np.inf, N_("very strong")),
)
NEARLY_THE_SAME = 0.9
LISTED = 3  # features that are named after the best


def size_of_delta(delta: float) -> str:
    """Cliff's delta in a word, not translated: negligible, small, medium or large."""
    return next(word for below, word in DELTAS if abs(delta) < below)


def size_of_effect(effect: float) -> str:
    """Epsilon-squared in words, not translated, from negligible to very strong."""
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
        return _(
            "There is only one mood ({mood}), so moods cannot be compared.", mood=_labels(shown)
        )
    where = _categories(feature, moods, shown) if feature.categories else _medians(moods, shown)
    if separation is None:
        return where
    if not is_significant(separation):
        text = _(
            "The moods do not differ significantly in this feature ({p}, {effect}).",
            p=adjusted_p_value(separation.p),
            effect=effect_in_words(feature, separation),
        )
        return f"{text} {where}"
    text = _(
        "The differences are significant ({p}) and {size}: {effect}.",
        p=adjusted_p_value(separation.p),
        size=_(size_of_effect(separation.effect)),
        effect=effect_in_words(feature, separation),
    )
    return f"{where} {text} {_overlaps(separation.pairs)}".strip()


def of_ranking(title: str, ranked: Sequence[Separation]) -> str:
    """Which features of a dataset separate the moods best, and how many do at all."""
    if not ranked:
        return _("{title} has no numeric features to rank.", title=title)
    significant = [one for one in ranked if is_significant(one)]
    if not significant:
        if len(ranked) == 1:
            return _(
                "In {title}, its only feature does not differ significantly between moods.",
                title=title,
            )
        return _(
            "In {title}, none of {n} features differs significantly between moods.",
            title=title,
            n=len(ranked),
        )
    best, *others = significant
    sentences = [
        _(
            "In {title}, {feature} separates the moods best: {share} of the variance of its ranks "
            "is between moods (95 % interval {low:.0f} to {high}).",
            title=title,
            feature=_(BY_NAME[best.feature].title),
            share=percent(best.effect),
            low=100 * best.low,
            high=percent(best.high),
        )
    ]
    sentences += _next_best(best, others)
    strong = sum(size_of_effect(one.effect) in ("strong", "very strong") for one in significant)
    many = {"n": len(significant), "all": len(ranked), "strong": strong}
    if strong:
        differ = _(
            "{n} of {all} features differ significantly between moods, {strong} of them strongly.",
            **many,
        )
    else:
        differ = _(
            "{n} of {all} features differ significantly between moods, none of them strongly.",
            **many,
        )
    return " ".join([*sentences, differ])


def _next_best(best: Separation, others: Sequence[Separation]) -> list[str]:
    """Return what follows the best feature, and whether clearly; nothing where nothing follows."""
    close = [one for one in others if one.high >= best.low]
    names = [_(BY_NAME[one.feature].title) for one in (close or others)[:LISTED]]
    if not names:
        return []
    if not close:
        return [_("Next: {features}.", features=listed(names))]
    if more := len(close) - len(names):
        names.append(ngettext("{n} other", "{n} others", more))
    behind = _("Not clearly behind, as the intervals overlap: {features}.", features=listed(names))
    return [behind]


def of_correlations(title: str, related: pd.DataFrame) -> str:
    """Which two features of a dataset are most correlated, and how many are nearly the same."""
    rho = related.to_numpy(dtype=float)
    one, other = np.triu_indices(len(rho), k=1)
    pairs = rho[one, other]
    known = ~np.isnan(pairs)
    if not known.any():
        return _("{title} has no two features whose values vary, so no correlations.", title=title)
    one, other, pairs = one[known], other[known], pairs[known]

    def named(i: np.intp) -> str:
        first, second = (_(BY_NAME[str(related.columns[j])].title) for j in (one[i], other[i]))
        return _(
            "between {one} and {other} (ρ = {rho})", one=first, other=second, rho=_signed(pairs[i])
        )

    alike = int((np.abs(pairs) > NEARLY_THE_SAME).sum())
    most, least = pairs.argmax(), pairs.argmin()
    if pairs[least] < 0:
        strongest = _(
            "In {title}, the strongest positive correlation is {positive}; the strongest negative "
            "one is {negative}.",
            title=title,
            positive=named(most),
            negative=named(least),
        )
    else:
        strongest = _(
            "In {title}, the strongest positive correlation is {positive}.",
            title=title,
            positive=named(most),
        )
    if alike:
        same = ngettext(
            "{n} of {pairs} pairs is nearly the same (|ρ| above {limit:g}).",
            "{n} of {pairs} pairs are nearly the same (|ρ| above {limit:g}).",
            alike,
            pairs=len(pairs),
            limit=NEARLY_THE_SAME,
        )
    else:
        same = _(
            "None of {pairs} pairs are nearly the same (|ρ| above {limit:g}).",
            pairs=len(pairs),
            limit=NEARLY_THE_SAME,
        )
    return f"{strongest} {same}"


def effect_in_words(feature: Feature, separation: Separation) -> str:
    """The effect with its interval."""
    return _(
        "{name} = {effect:.2f}, 95 % interval {low:.2f} to {high:.2f}",
        name=_("Cramér's V²") if feature.categories else "ε²",
        effect=separation.effect,
        low=separation.low,
        high=separation.high,
    )


def _signed(value: float) -> str:
    return write(value, "+.2f").replace("-", "−")


def _labels(moods: Sequence[str]) -> str:
    return listed(MOOD[mood].label for mood in moods)


def _medians(moods: Mapping[str, Distribution], shown: Sequence[str]) -> str:
    medians = {mood: moods[mood].median for mood in shown}
    high = [mood for mood in shown if medians[mood] == max(medians.values())]
    low = [mood for mood in shown if medians[mood] == min(medians.values())]
    if len(high) == len(shown):
        return _("The median is {median} in every mood.", median=rounded(medians[high[0]]))
    return _(
        "The median is highest in {high} clips ({highest}) and lowest in {low} clips ({lowest}).",
        high=_labels(high),
        highest=rounded(medians[high[0]]),
        low=_labels(low),
        lowest=rounded(medians[low[0]]),
    )


def _categories(feature: Feature, moods: Mapping[str, Distribution], shown: Sequence[str]) -> str:
    commonest = {mood: int(np.argmax(moods[mood].counts)) for mood in shown}
    share = {mood: moods[mood].counts[at] / moods[mood].n for mood, at in commonest.items()}
    if len(set(commonest.values())) == 1:
        text = [
            _("{share} of {mood} clips", share=percent(share[mood]), mood=MOOD[mood].label)
            for mood in shown
        ]
        return _(
            "{category} is the most common in every mood: {shares}.",
            category=_(feature.categories[commonest[shown[0]]].capitalize()),
            shares=listed(text),
        )
    text = [
        _(
            "{category} in {mood} ({share})",
            category=_(feature.categories[at]),
            mood=MOOD[mood].label,
            share=percent(share[mood]),
        )
        for mood, at in commonest.items()
    ]
    return _("Most common: {categories}.", categories=listed(text))


def _overlaps(pairs: Sequence[Pair]) -> str:
    """The two moods that differ most, and those that do not differ significantly."""
    known = [pair for pair in pairs if not isnan(pair.delta)]
    if not known:
        return ""
    same = "; ".join(_labels([pair.one, pair.other]) for pair in known if pair.p >= ALPHA)
    alike = _("No significant difference between {pairs}.", pairs=same) if same else ""
    apart = [pair for pair in known if pair.p < ALPHA]
    if not apart:
        return alike
    far = max(apart, key=lambda pair: abs(pair.delta))
    if len(known) == 1:
        sentence = _("{One} and {other} clips differ: {how} (Cliff's δ = {delta}).")
    elif all(abs(pair.delta) <= abs(far.delta) for pair in known):
        sentence = _("{One} and {other} clips differ most: {how} (Cliff's δ = {delta}).")
    else:
        sentence = _(
            "Of the pairs that differ significantly, {one} and {other} clips differ most: {how} "
            "(Cliff's δ = {delta})."
        )
    filled = sentence.format(
        One=_(far.one.capitalize()),
        one=MOOD[far.one].label,
        other=MOOD[far.other].label,
        how=_how_far(far.delta),
        delta=_signed(far.delta),
    )
    return f"{filled} {alike}".strip()


def _how_far(delta: float) -> str:
    if abs(delta) == 1:
        return _("no overlap")
    return _("a {size} difference", size=_(size_of_delta(delta)))
