"""What a comparison says, in sentences made of its numbers."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

import numpy as np

from mmc_core import datasets
from mmc_core.analysis.effects import ranking
from mmc_core.comparison.model import HALVES, MEASURES, Comparison
from mmc_core.features.schema import BY_NAME
from mmc_core.learning.scores import half
from mmc_core.wording import decimals, listed, percent

ALPHA = 0.05
BEST = 3  # features that are named


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


def caveats(comparison: Comparison) -> list[str]:
    """What limits the comparison: each dataset, and the method."""
    sentences = [*comparison.missing.values()]
    if comparison.n is not None:
        sentences.append(
            f"All datasets are cut to equal size: {comparison.n} clips per mood, one per group "
            f"(artist, song or near-duplicates), drawn at random {comparison.draws} times. "
            f"Accuracies are from {comparison.folds}-fold cross-validation, with all scaling "
            "fitted inside the folds. With more clips every dataset scores higher."
        )
    for id_ in comparison.datasets:
        dataset = datasets.load_dataset(id_)
        sentences.append(f"{dataset.title}. Groups: {dataset.grouping} {dataset.extraction}")
    sentences.append(
        "Re-encoding: 200 clips of 4QAED were extracted again with other codecs, sampling rates, "
        "levels and cuts. A difference between datasets counts as larger than that where its "
        "whole 95 % interval is. Another version of librosa or other equipment may change "
        "features more."
    )
    return sentences


def transfer(comparison: Comparison, model: str, score: str) -> str:
    """Between which datasets a model loses least and most, and how often a guess is right."""
    shares = {pair: e.value for pair, e in comparison.transferred(model, score).items()}
    across = [pair for pair in shares if pair[0] != pair[1]]
    lost = {pair: shares[pair[1], pair[1]] - shares[pair] for pair in across}
    if not across:
        return "Only one dataset's feature table is on this machine, so there is no other to test."
    chance = chance_of(score, comparison.moods)
    least, most = min(across, key=lost.__getitem__), max(across, key=lost.__getitem__)

    def from_to(pair: tuple[str, str]) -> str:
        return (
            f"from {_title(pair[0])} to {_title(pair[1])}: {percent(shares[pair])} right instead "
            f"of {percent(shares[pair[1], pair[1]])}."
        )

    smallest = "the smallest loss is" if lost[least] > 0.005 else "nothing is lost"
    return (
        f"Compared with a model trained on the tested dataset itself, {smallest} {from_to(least)} "
        f"The largest loss is {from_to(most)} Guessing: {percent(chance)}."
    )


def chance_of(score: str, moods: Sequence[str]) -> float:
    """How often a guess among the moods is right, in all or in one half of the plane."""
    if score == "accuracy":
        return 1 / len(moods)
    sides = half(np.array(moods, dtype=object), score)
    _, counts = np.unique(sides, return_counts=True)
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
        f"<tr><th>{escape(label)}</th>"
        + "".join(f"<td>{m.value:.3f} ({m.low:.3f} to {m.high:.3f})</td>" for m in measures)
        + "</tr>"
        for label, measures in rows
    )
    table = f"<table><tr><th></th>{head}</tr>{body}</table>" if comparison.separability else ""
    return paragraphs + table


def _which(comparison: Comparison) -> str:
    easiest, second = comparison.easiest_first[:2]
    lead = comparison.lead(easiest, second)
    which, clips = f"{_title(easiest)} is the easiest dataset", "its held-out clips"
    if lead.low <= 0:
        which = "No dataset is clearly the easiest"
        clips = f"the held-out clips of {_title(easiest)}"
    digits = _digits(comparison)
    share, other = (
        percent(comparison.separability[id_]["accuracy"].value, digits) for id_ in (easiest, second)
    )
    return (
        f"{which}: {str(comparison.model).lower()} is right on {share} of {clips} and on {other} "
        f"in {_title(second)} (95 % interval of the difference: {_points(lead.low, digits)} to "
        f"{_points(lead.high, digits)} percentage points)."
    )


def _accuracies(comparison: Comparison) -> str:
    accuracy = {id_: comparison.separability[id_]["accuracy"] for id_ in comparison.easiest_first}
    digits = _digits(comparison)
    each = listed(
        f"{percent(one.value, digits)} in {_title(id_)} ({_points(one.low, digits)} to "
        f"{percent(one.high, digits)})"
        for id_, one in accuracy.items()
    )
    chance = accuracy[comparison.easiest_first[0]].chance or 0
    return (
        f"Accuracy, with 95 % intervals: {each}. Guessing: {percent(chance)}. All datasets are cut "
        f"to equal size: {comparison.n} clips per mood, one per group."
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
    group = max(by_group[easiest], key=lambda g: by_group[easiest][g] - by_group[second][g])
    kind = group[0].lower() + group[1:]
    text = (
        f"{_halves(comparison, easiest, second)}With {kind} features alone, accuracy is "
        f"{percent(by_group[easiest][group])} in {_title(easiest)} and "
        f"{percent(by_group[second][group])} in {_title(second)}. "
        f"{_gaps(comparison, easiest, second)}"
    )
    if comparison.lead(easiest, second).low <= 0:
        text += f" {_gaps(comparison, second, easiest)}"
    return text


def _halves(comparison: Comparison, one: str, other: str) -> str:
    """Where a dataset's arousal and valence are recognised more often than another's, or less: as
    far as the interval of the difference says so.
    """
    ways: dict[str, list[str]] = {"higher": [], "lower": [], "not clearly different": []}
    for name in HALVES:
        if name not in comparison.separability[one]:
            continue
        shares = [comparison.separability[id_][name].value for id_ in (one, other)]
        lead = comparison.lead(one, other, name)
        is_clear = lead.low > 0 or lead.high < 0
        way = ("higher" if lead.low > 0 else "lower") if is_clear else "not clearly different"
        digits = decimals(*(100 * share for share in shares)) if is_clear else 0
        there, elsewhere = (percent(share, digits) for share in shares)
        ways[way].append(f"for {name} ({there} against {elsewhere})")
    if not any(ways.values()):
        return ""
    text = listed([f"{way} {listed(some)}" for way, some in ways.items() if some], "but")
    return f"Compared with {_title(other)}, accuracy in {_title(one)} is {text}. "


def _but(comparison: Comparison) -> str:
    easiest, second = comparison.easiest_first[:2]
    shifts = comparison.shifts(easiest, second)
    beyond = [shift for shift in shifts if shift.beyond]
    return (
        f"An easier dataset is not an easier version of the same task. {len(beyond)} of "
        f"{len(shifts)} features differ between the two by more than re-encoding explains. "
        f"{_carried(comparison, easiest, second)} {_carried(comparison, second, easiest)} The "
        "comparison cannot separate how a dataset chose its clips and labels from how its music "
        "sounds."
    )


def _carried(comparison: Comparison, one: str, other: str) -> str:
    """What a model of one dataset is right on in another, and what it only guesses there."""
    model = comparison.models[0]
    of = {
        score: comparison.transferred(model, score)[one, other]
        for score in ("accuracy", *HALVES)
        if score in comparison.separability[other]
    }
    guessed = [
        ("" if score == "accuracy" else f"for {score} ")
        + f"({percent(estimate.value)}, 95 % interval {_points(estimate.low)} to "
        f"{percent(estimate.high)})"
        for score, estimate in of.items()
        if estimate.low <= chance_of(score, comparison.moods)
    ]
    if of["accuracy"].low <= chance_of("accuracy", comparison.moods):
        guessed = guessed[:1]
    but = f", but no better than guessing {listed(guessed)}" if guessed else ""
    return (
        f"A model trained on {_title(one)} is right on {percent(of['accuracy'].value)} of "
        f"{_title(other)}{but}."
    )


def _from_summaries(comparison: Comparison) -> str:
    n = min(10, len(comparison.effects))
    if n == 0:
        return "The datasets have no numeric feature in common, so there is nothing to compare."
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
        "no dataset has clearly better features"
        if typical[best] - typical[second] <= uncertainty or not significant
        else f"{_title(best)} has the single features that separate its moods best"
    )
    lacking = "needs the feature tables" if comparison.missing else "has not been computed yet"
    return (
        f"From the summaries alone, {which}: the median epsilon-squared of the {n} best features "
        f"is {medians}. How well all features together separate the moods {lacking}; the order "
        "may differ."
    )


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
        return f"No single feature separates the moods of {_title(one)} better."
    most = sorted(larger, key=lambda name: larger[name][1] - larger[name][0])[:BEST]
    named = "; ".join(
        f"{_lower(name)} ({_short(larger[name][0])} against {_short(larger[name][1])})"
        for name in most
    )
    return (
        f"Features with a larger epsilon-squared in {_title(one)}, largest difference first: "
        f"{named}."
    )


def _title(id_: str) -> str:
    return datasets.load_dataset(id_).title


def _lower(name: str) -> str:
    title = BY_NAME[name].title
    return title if title[:2].isupper() else title[0].lower() + title[1:]


def _points(value: float, digits: int = 0) -> str:
    return f"{round(100 * value, digits) + 0.0:.{digits}f}".replace("-", "−")


def _short(value: float) -> str:
    return f"{value:.2f}"
