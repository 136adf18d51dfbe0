"""Sentences about models that are tested on another dataset than the one they were trained on."""

from __future__ import annotations

from collections.abc import Iterable

from mmc_core.comparison.words import points, title
from mmc_core.language import N_, _
from mmc_core.saved.comparison import HALVES, ComparisonData, Estimate
from mmc_core.wording import listed, percent

GUESSED = {
    "accuracy": N_("({share}, 95 % interval {low} to {high})"),
    "arousal": N_("for arousal ({share}, 95 % interval {low} to {high})"),
    "valence": N_("for valence ({share}, 95 % interval {low} to {high})"),
}


def of_all(comparison: ComparisonData, model: str, score: str) -> str:
    """Return how often a model is right on datasets that it was not trained on, beside those that
    it was and a guess, between which datasets most, and between which it may only guess.
    """
    estimates = comparison.transferred(model, score)
    across = {pair: one for pair, one in estimates.items() if pair[0] != pair[1]}
    if not across:
        return _(
            "Only one dataset's feature table is on this machine, so there is no other to test."
        )
    chance = comparison.chance(score)
    best = max(across, key=lambda pair: across[pair].value)
    guessed = [pair for pair, one in across.items() if one.low <= chance]
    sentences = [
        _(
            "Trained on another dataset, a model is right on {across} of the clips; trained on "
            "clips of the same dataset, on {within}. Guessing: {chance}.",
            across=_from_to(across.values()),
            within=_from_to(one for pair, one in estimates.items() if pair not in across),
            chance=percent(chance),
        ),
        _(
            "It is most often right from {pair} ({share}).",
            pair=_pair(best),
            share=percent(across[best].value),
        ),
    ]
    if len(guessed) == len(across):
        return " ".join([sentences[0], _("In no direction is it clearly better than guessing.")])
    if guessed:
        pairs = listed(map(_pair, guessed))
        sentences.append(_("It may be no better than guessing from {pairs}.", pairs=pairs))
    return " ".join(sentences)


def _pair(pair: tuple[str, str]) -> str:
    """Return the datasets that a model was trained and tested on."""
    train, test = map(title, pair)
    return _("{train} to {test}", train=train, test=test)


def _from_to(estimates: Iterable[Estimate]) -> str:
    """Return the range of some shares."""
    shares = sorted(estimate.value for estimate in estimates)
    low, high = points(shares[0]), percent(shares[-1])
    return high if percent(shares[0]) == high else _("{low} to {high}", low=low, high=high)


def of_pair(comparison: ComparisonData, one: str, other: str) -> str:
    """Return what a model of one dataset is right on in another, and what it only guesses there."""
    model = comparison.models[0]
    of = {
        score: comparison.transferred(model, score)[one, other]
        for score in ("accuracy", *HALVES)
        if score in comparison.separability[other]
    }
    guessed = [
        _(
            GUESSED[score],
            share=percent(estimate.value),
            low=points(estimate.low),
            high=percent(estimate.high),
        )
        for score, estimate in of.items()
        if estimate.low <= comparison.chance(score)
    ]
    if of["accuracy"].low <= comparison.chance("accuracy"):
        guessed = guessed[:1]
    sentence = (
        N_(
            "A model trained on {train} is right on {share} of {test}. It may be no better than "
            "guessing {cases}."
        )
        if guessed
        else N_("A model trained on {train} is right on {share} of {test}.")
    )
    share = percent(of["accuracy"].value)
    named = {"train": title(one), "test": title(other), "cases": listed(guessed)}
    return _(sentence, share=share, **named)
