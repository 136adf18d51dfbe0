"""What a comparison says, in sentences made of its numbers."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

import numpy as np

from mmc_core import datasets
from mmc_core.comparison.model import HALVES, MEASURES, Comparison, Estimate
from mmc_core.features.schema import BY_NAME
from mmc_core.learning.scores import half
from mmc_core.wording import listed

ALPHA = 0.05
BEST = 3  # features that are named


def answer(comparison: Comparison) -> list[str]:
    """Which dataset is easiest and by how much, because of what, and what that is not."""
    if not comparison.is_worked_out:
        return [_from_summaries(comparison)]
    return [_which(comparison), _because(comparison), _but(comparison)]


def caveats(comparison: Comparison) -> list[str]:
    """What to mind of each dataset, and of the method."""
    sentences = [*comparison.missing.values()]
    if comparison.n is not None:
        sentences.append(
            f"Equal size: {comparison.n} clips of each mood, one of each group (artist, song or "
            f"near-duplicates), drawn {comparison.draws} times; accuracies are over "
            f"{comparison.folds} folds, all scaling fitted inside them. On more clips every "
            "dataset scores higher."
        )
    for id_ in comparison.datasets:
        dataset = datasets.load_dataset(id_)
        sentences.append(f"{dataset.title}: groups: {dataset.grouping} {dataset.extraction}")
    sentences.append(
        "Shifts are set against the most that other codecs, rates, levels and cuts did to 200 "
        "clips of 4QAED, and count as beyond it where their whole 95 % interval is; another "
        "version of librosa, or other equipment, may do more."
    )
    return sentences


def transfer(comparison: Comparison, model: str, score: str) -> str:
    """Which way a model loses least and most, and what chance is."""
    shares = {pair: e.value for pair, e in comparison.transferred(model, score).items()}
    across = [pair for pair in shares if pair[0] != pair[1]]
    lost = {pair: shares[pair[1], pair[1]] - shares[pair] for pair in across}
    if not across:
        return "Only one dataset's table is here: there is nothing to carry over to."
    chance = chance_of(score, comparison.moods)
    least, most = min(across, key=lost.__getitem__), max(across, key=lost.__getitem__)
    return (
        f"Against a model of the tested dataset itself, least is lost from {_title(least[0])} to "
        f"{_title(least[1])}: {_share(shares[least])} right instead of "
        f"{_share(shares[least[1], least[1]])}; most from {_title(most[0])} to "
        f"{_title(most[1])}: {_share(shares[most])} instead of {_share(shares[most[1], most[1]])}. "
        f"Chance is {_share(chance)}."
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
    easiest, *others = comparison.easiest_first
    accuracy = {id_: comparison.separability[id_]["accuracy"] for id_ in [easiest, *others]}
    lead = comparison.lead(easiest, others[0])
    rest = " and ".join(f"{_share(accuracy[id_].value)} in {_title(id_)}" for id_ in others)
    sentence = (
        f"{str(comparison.model).lower()} says the mood of {_share(accuracy[easiest].value)} of "
        f"the clips it had not met (95 %: {_range(accuracy[easiest])}), against {rest}, where "
        f"{_share(accuracy[easiest].chance or 0)} is chance: {_points(lead.value)} points ahead "
        f"of {_title(others[0])} ({_points(lead.low)} to {_points(lead.high)})."
    )
    size = f"At equal size, {comparison.n} clips a mood and one of each group"
    if lead.low <= 0:
        return f"{size}, no dataset is clearly the easiest: in {_title(easiest)}, {sentence}"
    return f"{size}, {_title(easiest)} is the easiest: in it, {sentence}"


def _because(comparison: Comparison) -> str:
    easiest, second = comparison.easiest_first[:2]
    measures, by_group = comparison.separability, comparison.by_group
    group = max(by_group[easiest], key=lambda g: by_group[easiest][g] - by_group[second][g])
    kind = group[0].lower() + group[1:]
    named = _gaps(comparison, easiest, second)
    if comparison.lead(easiest, second).low <= 0:
        named += f", and the other way {_gaps(comparison, second, easiest)}"
    shares = {
        f"in {name}": (measures[easiest][name].value, measures[second][name].value)
        for name in HALVES
        if name in measures[easiest]
    } | {f"by {kind} alone": (by_group[easiest][group], by_group[second][group])}
    ways = []
    for way, better in (("better", True), ("no better", False)):
        some = [
            f"{what} ({_share(one)} right against {_share(other)})"
            for what, (one, other) in shares.items()
            if (one > other) == better
        ]
        if some:
            ways.append(f"{way} {listed(some)}")
    return (
        f"Set against {_title(second)}, its clips are told apart {', but '.join(ways)}; of "
        f"{len(comparison.effects)} features one at a time, those that separate its moods better "
        f"by most, in epsilon-squared, are {named}."
    )


def _but(comparison: Comparison) -> str:
    easiest, second = comparison.easiest_first[:2]
    shifts = comparison.shifts(easiest, second)
    beyond = [shift for shift in shifts if shift.beyond]
    across = comparison.transferred(comparison.models[0])
    return (
        f"Easier to tell apart is not the same task made easier: {len(beyond)} of {len(shifts)} "
        f"features lie elsewhere in the two by more than another codec, rate, level or cut moves "
        f"them, a model of {_title(easiest)} is right on {_share(across[easiest, second].value)} "
        f"of {_title(second)} and one of the latter on {_share(across[second, easiest].value)} of "
        f"the former; how a dataset chose its clips and labels cannot be told from how its music "
        "sounds."
    )


def _from_summaries(comparison: Comparison) -> str:
    n = min(10, len(comparison.effects))
    if n == 0:
        return "The datasets have no feature of numbers in common: there is nothing to compare."
    typical = {
        id_: float(np.median(sorted(effect[id_] for effect in comparison.effects.values())[-n:]))
        for id_ in comparison.datasets
    }
    best, second = sorted(typical, key=lambda id_: -typical[id_])[:2]
    medians = ", ".join(f"{_title(id_)} {_short(value)}" for id_, value in typical.items())
    separations = datasets.load_dataset(best).separation().values()
    beyond_chance = any(one.p < ALPHA for one in separations)
    which = (
        "no dataset has clearly better features"
        if _short(typical[best]) == _short(typical[second]) or not beyond_chance
        else f"{_title(best)} has the features that separate its moods best, one by one"
    )
    lacking = "needs the tables" if comparison.missing else "has to be worked out"
    return (
        f"From the summaries alone, {which}: the median epsilon-squared of the {n} best of each, "
        f"all moods together, is {medians}. How far moods lie apart in all features together, "
        f"which may be another order, {lacking}."
    )


def _gaps(comparison: Comparison, one: str, other: str) -> str:
    """The features whose effect is most larger in one dataset than in the other."""
    effects = sorted(comparison.effects.items(), key=lambda item: item[1][other] - item[1][one])
    return ", ".join(
        f"{_lower(name)} ({_short(by_id[one])} against {_short(by_id[other])})"
        for name, by_id in effects[:BEST]
    )


def _title(id_: str) -> str:
    return datasets.load_dataset(id_).title


def _lower(name: str) -> str:
    title = BY_NAME[name].title
    return title if title[:2].isupper() else title[0].lower() + title[1:]


def _share(value: float) -> str:
    return f"{value:.0%}".replace("%", "\N{NO-BREAK SPACE}%")


def _range(estimate: Estimate) -> str:
    return f"{100 * estimate.low:.0f} to {100 * estimate.high:.0f}\N{NO-BREAK SPACE}%"


def _points(value: float) -> str:
    return f"{100 * value:.0f}"


def _short(value: float) -> str:
    return f"{value:.2f}"
