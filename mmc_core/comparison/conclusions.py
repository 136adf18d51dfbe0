"""What a comparison says, in sentences made of its numbers."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

import numpy as np

from mmc_core import datasets
from mmc_core.analysis.effects import ranking
from mmc_core.comparison.model import HALVES, MEASURES, Comparison
from mmc_core.features.schema import BY_NAME
from mmc_core.language import N_, _, write
from mmc_core.learning.scores import half
from mmc_core.wording import decimals, listed, percent

ALPHA = 0.05
BEST = 3  # features that are named

# What is said of a half of the plane, within a sentence.
AGAINST = {
    "arousal": N_("for arousal ({share} against {other})"),
    "valence": N_("for valence ({share} against {other})"),
}
WAYS = {
    "higher": N_("higher {cases}"),
    "lower": N_("lower {cases}"),
    "not clearly different": N_("not clearly different {cases}"),
}
GUESSED = {
    "accuracy": N_("({share}, 95 % interval {low} to {high})"),
    "arousal": N_("for arousal ({share}, 95 % interval {low} to {high})"),
    "valence": N_("for valence ({share}, 95 % interval {low} to {high})"),
}


def answer(comparison: Comparison) -> list[str]:
    """Which dataset is easiest and by how much, because of which features, and what that does not
    mean: a conclusion, and a paragraph on each.
    """
    if not comparison.is_worked_out:
        return [_from_summaries(comparison)]
    return [
        _which(comparison),
        _accuracies(comparison),
        _because(comparison),
        _but(comparison),
    ]


def reason(comparison: Comparison) -> str:
    """Return in short why the easiest dataset leads, and what that does not mean; nothing where
    none is clearly the easiest.
    """
    easiest, second = comparison.easiest_first[:2]
    if comparison.lead(easiest, second).low <= 0:
        return ""
    group = _widest_group(comparison, easiest, second)
    shares = comparison.by_group
    compared = [
        _(
            "with {kind} features alone ({share} against {other})",
            kind=_within(group),
            share=percent(shares[easiest][group]),
            other=percent(shares[second][group]),
        )
    ]
    for name in HALVES:
        measures = comparison.separability
        if name in measures[easiest] and comparison.lead(easiest, second, name).low > 0:
            there, elsewhere = (measures[id_][name].value for id_ in (easiest, second))
            share, other = percent(there), percent(elsewhere)
            compared.append(_(AGAINST[name], share=share, other=other))
    return _(
        "{easiest} leads {second} {cases}. That does not make it an easier version of the same "
        "task.",
        easiest=_title(easiest),
        second=_title(second),
        cases=listed(compared),
    )


def equal_size(comparison: Comparison) -> str:
    """Return how many clips all datasets are cut to, and what follows for other pages."""
    return _(
        "All datasets are cut to {n} clips per mood here, so these accuracies differ from those of "
        "all clips on other pages.",
        n=comparison.n,
    )


def caveats(comparison: Comparison) -> list[str]:
    """What limits the comparison: each dataset, and the method."""
    sentences = [*comparison.missing.values()]
    if comparison.n is not None:
        sentences.append(
            _(
                "All datasets are cut to equal size: {n} clips per mood, one per group (artist, "
                "song or near-duplicates), drawn at random {draws} times. Accuracies are from "
                "{folds}-fold cross-validation, with all scaling fitted inside the folds. With "
                "more clips every dataset scores higher.",
                n=comparison.n,
                draws=comparison.draws,
                folds=comparison.folds,
            )
        )
    for id_ in comparison.datasets:
        dataset = datasets.load_dataset(id_)
        sentences.append(
            _(
                "{dataset}. Groups: {grouping} {extraction}",
                dataset=dataset.title,
                grouping=_(dataset.grouping),
                extraction=_(dataset.extraction),
            )
        )
    sentences.append(
        _(
            "Re-encoding: 200 clips of 4QAED were extracted again with other codecs, sampling "
            "rates, levels and cuts. A difference between datasets counts as larger than that "
            "where its whole 95 % interval is. Another version of librosa or other equipment may "
            "change features more."
        )
    )
    return sentences


def transfer(comparison: Comparison, model: str, score: str) -> str:
    """Between which datasets a model loses least and most, and how often a guess is right."""
    shares = {pair: e.value for pair, e in comparison.transferred(model, score).items()}
    across = [pair for pair in shares if pair[0] != pair[1]]
    lost = {pair: shares[pair[1], pair[1]] - shares[pair] for pair in across}
    if not across:
        return _(
            "Only one dataset's feature table is on this machine, so there is no other to test."
        )
    chance = chance_of(score, comparison.moods)
    least, most = min(across, key=lost.__getitem__), max(across, key=lost.__getitem__)

    def of(pair: tuple[str, str]) -> dict[str, str]:
        train, test = map(_title, pair)
        own = percent(shares[pair[1], pair[1]])
        return {"train": train, "test": test, "share": percent(shares[pair]), "own": own}

    smallest = (
        N_(
            "Compared with a model trained on the tested dataset itself, the smallest loss is from "
            "{train} to {test}: {share} right instead of {own}."
        )
        if lost[least] > 0.005
        else N_(
            "Compared with a model trained on the tested dataset itself, nothing is lost from "
            "{train} to {test}: {share} right instead of {own}."
        )
    )
    largest = N_("The largest loss is from {train} to {test}: {share} right instead of {own}.")
    guessing = _("Guessing: {chance}.", chance=percent(chance))
    return f"{_(smallest, **of(least))} {_(largest, **of(most))} {guessing}"


def chance_of(score: str, moods: Sequence[str]) -> float:
    """How often a guess among the moods is right, in all or in one half of the plane."""
    if score == "accuracy":
        return 1 / len(moods)
    sides = half(np.array(moods, dtype=object), score)
    counts = np.unique(sides, return_counts=True)[1]
    return float(np.square(counts / len(moods)).sum())


def as_html(comparison: Comparison) -> str:
    """The answer and the measures behind it, for a notebook."""
    paragraphs = "".join(f"<p>{escape(sentence)}</p>" for sentence in answer(comparison))
    head = "".join(f"<th>{escape(_title(id_))}</th>" for id_ in comparison.separability)
    rows = [
        (label, [by_name[name] for by_name in comparison.separability.values()])
        for name, label in MEASURES.items()
        if all(name in by_name for by_name in comparison.separability.values())
    ]
    body = "".join(
        f"<tr><th>{escape(_(label))}</th>"
        + "".join(f"<td>{m.value:.3f} ({m.low:.3f} to {m.high:.3f})</td>" for m in measures)
        + "</tr>"
        for label, measures in rows
    )
    table = f"<table><tr><th></th>{head}</tr>{body}</table>" if comparison.separability else ""
    return paragraphs + table


def _which(comparison: Comparison) -> str:
    easiest, second = comparison.easiest_first[:2]
    lead = comparison.lead(easiest, second)
    which = (
        N_(
            "No dataset is clearly the easiest: {model} is right on {share} of the held-out clips "
            "of {easiest} and on {other} in {second} (95 % interval of the difference: {low} to "
            "{high} percentage points)."
        )
        if lead.low <= 0
        else N_(
            "{easiest} is the easiest dataset: {model} is right on {share} of its held-out clips "
            "and on {other} in {second} (95 % interval of the difference: {low} to {high} "
            "percentage points)."
        )
    )
    digits = _digits(comparison)
    share, other = (
        percent(comparison.separability[id_]["accuracy"].value, digits) for id_ in (easiest, second)
    )
    first = _(
        which,
        easiest=_title(easiest),
        second=_title(second),
        model=_within(str(comparison.model)),
        share=share,
        other=other,
        low=_points(lead.low, digits),
        high=_points(lead.high, digits),
    )
    others = (_follows(comparison, second, id_) for id_ in comparison.easiest_first[2:])
    return " ".join([first, *others])


def _follows(comparison: Comparison, second: str, id_: str) -> str:
    """Return how often a model is right on a further dataset, and whether that is clearly less."""
    one, other = (comparison.separability[each]["accuracy"] for each in (id_, second))
    named = {
        "dataset": _title(id_),
        "second": _title(second),
        "share": percent(one.value, _digits(comparison)),
    }
    if comparison.lead(second, id_).low > 0:
        return _("{dataset} follows with {share}.", **named)
    if one.high >= other.low:
        return _(
            "{dataset} has {share}, not clearly less than {second}: their intervals overlap.",
            **named,
        )
    return _("{dataset} has {share}, not clearly less than {second}.", **named)


def _accuracies(comparison: Comparison) -> str:
    accuracy = {id_: comparison.separability[id_]["accuracy"] for id_ in comparison.easiest_first}
    digits = _digits(comparison)
    each = listed(
        _(
            "{share} in {dataset} ({low} to {high})",
            share=percent(one.value, digits),
            dataset=_title(id_),
            low=_points(one.low, digits),
            high=percent(one.high, digits),
        )
        for id_, one in accuracy.items()
    )
    chance = accuracy[comparison.easiest_first[0]].chance or 0
    return _(
        "Accuracy, with 95 % intervals: {each}. Guessing: {chance}. All datasets are cut to equal "
        "size: {n} clips per mood, one per group.",
        each=each,
        chance=percent(chance),
        n=comparison.n,
    )


def _digits(comparison: Comparison) -> int:
    """Decimals of the accuracies in percent, so that the two first ones differ as printed where
    they do, and the interval of their difference does not seem to begin at nothing.
    """
    one, other = comparison.easiest_first[:2]
    shares = [100 * comparison.separability[id_]["accuracy"].value for id_ in (one, other)]
    return max(decimals(*shares), decimals(100 * comparison.lead(one, other).low, 0))


def _because(comparison: Comparison) -> str:
    easiest, second = comparison.easiest_first[:2]
    by_group = comparison.by_group
    group = _widest_group(comparison, easiest, second)
    sentences = [
        _halves(comparison, easiest, second),
        _(
            "With {kind} features alone, accuracy is {share} in {easiest} and {other} in {second}.",
            kind=_within(group),
            share=percent(by_group[easiest][group]),
            easiest=_title(easiest),
            other=percent(by_group[second][group]),
            second=_title(second),
        ),
        _gaps(comparison, easiest, second),
    ]
    if comparison.lead(easiest, second).low <= 0:
        sentences.append(_gaps(comparison, second, easiest))
    return " ".join(filter(None, sentences))


def _widest_group(comparison: Comparison, one: str, other: str) -> str:
    """Return the kind of feature by which one dataset leads another most."""
    ours, theirs = comparison.by_group[one], comparison.by_group[other]
    return max(ours, key=lambda group: ours[group] - theirs[group])


def _halves(comparison: Comparison, one: str, other: str) -> str:
    """Where a dataset's arousal and valence are recognised more often than another's, or less: as
    far as the interval of the difference says so.
    """
    ways: dict[str, list[str]] = {way: [] for way in WAYS}
    for name in HALVES:
        if name not in comparison.separability[one]:
            continue
        shares = [comparison.separability[id_][name].value for id_ in (one, other)]
        lead = comparison.lead(one, other, name)
        is_clear = lead.low > 0 or lead.high < 0
        way = ("higher" if lead.low > 0 else "lower") if is_clear else "not clearly different"
        digits = decimals(*(100 * share for share in shares)) if is_clear else 0
        there, elsewhere = (percent(share, digits) for share in shares)
        ways[way].append(_(AGAINST[name], share=there, other=elsewhere))
    if not any(ways.values()):
        return ""
    said = [_(WAYS[way], cases=listed(some)) for way, some in ways.items() if some]
    return _(
        "Compared with {other}, accuracy in {dataset} is {ways}.",
        other=_title(other),
        dataset=_title(one),
        ways=listed(said, N_("but")),
    )


def _but(comparison: Comparison) -> str:
    easiest, second = comparison.easiest_first[:2]
    shifts = comparison.shifts(easiest, second)
    differ = _(
        "An easier dataset is not an easier version of the same task. {n} of {total} features "
        "differ between the two by more than re-encoding explains.",
        n=sum(shift.beyond for shift in shifts),
        total=len(shifts),
    )
    carried = f"{_carried(comparison, easiest, second)} {_carried(comparison, second, easiest)}"
    limit = _(
        "The comparison cannot separate how a dataset chose its clips and labels from how its "
        "music sounds."
    )
    return f"{differ} {carried} {limit}"


def _carried(comparison: Comparison, one: str, other: str) -> str:
    """What a model of one dataset is right on in another, and what it only guesses there."""
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
            low=_points(estimate.low),
            high=percent(estimate.high),
        )
        for score, estimate in of.items()
        if estimate.low <= chance_of(score, comparison.moods)
    ]
    if of["accuracy"].low <= chance_of("accuracy", comparison.moods):
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
    named = {"train": _title(one), "test": _title(other), "cases": listed(guessed)}
    return _(sentence, share=share, **named)


def _from_summaries(comparison: Comparison) -> str:
    n = min(10, len(comparison.effects))
    if n == 0:
        return _("The datasets have no numeric feature in common, so there is nothing to compare.")
    typical = {
        id_: float(np.median(sorted(effect[id_] for effect in comparison.effects.values())[-n:]))
        for id_ in comparison.datasets
    }
    best, second = sorted(typical, key=lambda id_: -typical[id_])[:2]
    medians = ", ".join(f"{_title(id_)} {_short(value)}" for id_, value in typical.items())
    separations = datasets.load_dataset(best).separation().values()
    significant = any(one.p < ALPHA for one in separations)
    uncertainty = np.hypot(_half_width(best, n), _half_width(second, n))
    which = (
        N_(
            "From the summaries alone, no dataset has clearly better features: the median "
            "epsilon-squared of the {n} best features is {medians}."
        )
        if typical[best] - typical[second] <= uncertainty or not significant
        else N_(
            "From the summaries alone, {best} has the single features that separate its moods "
            "best: the median epsilon-squared of the {n} best features is {medians}."
        )
    )
    lacking = (
        N_(
            "How well all features together separate the moods needs the feature tables; the order "
            "may differ."
        )
        if comparison.missing
        else N_(
            "How well all features together separate the moods has not been computed yet; the "
            "order may differ."
        )
    )
    return f"{_(which, n=n, medians=medians, best=_title(best))} {_(lacking)}"


def _half_width(id_: str, n: int) -> float:
    """Of the 95 % interval of a dataset's best effects; features go together, so that the median of
    several is no surer than one.
    """
    separations = datasets.load_dataset(id_).separation()
    return float(np.median([(one.high - one.low) / 2 for one in ranking(separations)[:n]]))


def _gaps(comparison: Comparison, one: str, other: str) -> str:
    """The features whose effect is larger in one dataset than in the other by most."""
    larger = {
        name: (by_id[one], by_id[other])
        for name, by_id in comparison.effects.items()
        if round(by_id[one], 2) > round(by_id[other], 2)
    }
    if not larger:
        return _("No single feature separates the moods of {dataset} better.", dataset=_title(one))
    most = sorted(larger, key=lambda name: larger[name][1] - larger[name][0])[:BEST]
    named = "; ".join(
        _(
            "{feature} ({effect} against {other})",
            feature=_within(BY_NAME[name].title),
            effect=_short(larger[name][0]),
            other=_short(larger[name][1]),
        )
        for name in most
    )
    return _(
        "Features with a larger epsilon-squared in {dataset}, largest difference first: {named}.",
        dataset=_title(one),
        named=named,
    )


def _title(id_: str) -> str:
    return datasets.load_dataset(id_).title


def _within(title: str) -> str:
    """A title within a sentence: in English it begins in lower case there, unless it is short for
    something; a translation stands as it is.
    """
    translated = _(title)
    is_kept = translated != title or title[:2].isupper()
    return translated if is_kept else title[:1].lower() + title[1:]


def _points(value: float, digits: int = 0) -> str:
    return write(round(100 * value, digits) + 0.0, f".{digits}f").replace("-", "−")


def _short(value: float) -> str:
    return write(value, ".2f")
