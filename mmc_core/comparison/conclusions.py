"""What a comparison says, in sentences made of its numbers."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

import numpy as np

from mmc_core import datasets
from mmc_core.comparison.model import HALVES, MEASURES, Comparison
from mmc_core.features.schema import BY_NAME
from mmc_core.learning.scores import half
from mmc_core.wording import listed, percent

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
    return (
        f"Compared with a model trained on the tested dataset itself, the smallest loss is from "
        f"{_title(least[0])} to {_title(least[1])}: {percent(shares[least])} right instead of "
        f"{percent(shares[least[1], least[1]])}. The largest is from {_title(most[0])} to "
        f"{_title(most[1])}: {percent(shares[most])} right instead of "
        f"{percent(shares[most[1], most[1]])}. Guessing: {percent(chance)}."
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
    accuracy = comparison.separability[easiest]["accuracy"]
    return (
        f"{which}: {str(comparison.model).lower()} is right on {percent(accuracy.value)} of "
        f"{clips}, {_points(lead.value)} percentage points more than in {_title(second)} "
        f"(95 % interval {_points(lead.low)} to {_points(lead.high)})."
    )


def _accuracies(comparison: Comparison) -> str:
    accuracy = {id_: comparison.separability[id_]["accuracy"] for id_ in comparison.easiest_first}
    each = listed(
        f"{percent(one.value)} in {_title(id_)} ({_points(one.low)} to {percent(one.high)})"
        for id_, one in accuracy.items()
    )
    chance = accuracy[comparison.easiest_first[0]].chance or 0
    return (
        f"Accuracy, with 95 % intervals: {each}. Guessing: {percent(chance)}. All datasets are cut "
        f"to equal size: {comparison.n} clips per mood, one per group."
    )


def _because(comparison: Comparison) -> str:
    easiest, second = comparison.easiest_first[:2]
    measures, by_group = comparison.separability, comparison.by_group
    group = max(by_group[easiest], key=lambda g: by_group[easiest][g] - by_group[second][g])
    kind = group[0].lower() + group[1:]
    shares = {
        f"for {name}": (measures[easiest][name].value, measures[second][name].value)
        for name in HALVES
        if name in measures[easiest]
    } | {f"with {kind} features alone": (by_group[easiest][group], by_group[second][group])}
    ways = []
    for way, higher in (("higher", True), ("not higher", False)):
        some = [
            f"{what} ({percent(one)} against {percent(other)})"
            for what, (one, other) in shares.items()
            if (one > other) == higher
        ]
        if some:
            ways.append(f"{way} {listed(some)}")
    text = (
        f"Compared with {_title(second)}, accuracy in {_title(easiest)} is "
        f"{', but '.join(ways)}. The single features that separate its moods better, by "
        f"epsilon-squared: {_gaps(comparison, easiest, second)}."
    )
    if comparison.lead(easiest, second).low <= 0:
        text += f" Those that separate the moods of {_title(second)} better: "
        text += f"{_gaps(comparison, second, easiest)}."
    return text


def _but(comparison: Comparison) -> str:
    easiest, second = comparison.easiest_first[:2]
    shifts = comparison.shifts(easiest, second)
    beyond = [shift for shift in shifts if shift.beyond]
    across = comparison.transferred(comparison.models[0])
    return (
        f"An easier dataset is not an easier version of the same task. {len(beyond)} of "
        f"{len(shifts)} features differ between the two by more than re-encoding explains. A model "
        f"trained on {_title(easiest)} is right on {percent(across[easiest, second].value)} of "
        f"{_title(second)}, one trained on {_title(second)} on "
        f"{percent(across[second, easiest].value)} of {_title(easiest)}. The comparison cannot "
        "separate how a dataset chose its clips and labels from how its music sounds."
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
    which = (
        "no dataset has clearly better features"
        if _short(typical[best]) == _short(typical[second]) or not significant
        else f"{_title(best)} has the single features that separate its moods best"
    )
    lacking = "needs the feature tables" if comparison.missing else "has not been computed yet"
    return (
        f"From the summaries alone, {which}: the median epsilon-squared of the {n} best features "
        f"is {medians}. How well all features together separate the moods {lacking}; the order "
        "may differ."
    )


def _gaps(comparison: Comparison, one: str, other: str) -> str:
    """The features whose effect is larger in one dataset than in the other by most."""
    effects = sorted(comparison.effects.items(), key=lambda item: item[1][other] - item[1][one])
    return "; ".join(
        f"{_lower(name)} ({_short(by_id[one])} against {_short(by_id[other])})"
        for name, by_id in effects[:BEST]
    )


def _title(id_: str) -> str:
    return datasets.load_dataset(id_).title


def _lower(name: str) -> str:
    title = BY_NAME[name].title
    return title if title[:2].isupper() else title[0].lower() + title[1:]


def _points(value: float) -> str:
    return f"{100 * value:.0f}".replace("-", "−")


def _short(value: float) -> str:
    return f"{value:.2f}"
