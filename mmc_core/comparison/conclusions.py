"""What a comparison says, in sentences made of its numbers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from mmc_core import datasets
from mmc_core.comparison.compare import HALVES
from mmc_core.comparison.shift import Shift
from mmc_core.features.schema import BY_NAME
from mmc_core.learning.scores import half

ALPHA = 0.05
BEST = 3  # features that are named


def answer(found: dict[str, Any]) -> list[str]:
    """Which dataset is easiest and by how much, because of what, and what that is not."""
    if len(found.get("separability", {})) < 2:
        return [_from_summaries(found)]
    order = _order(found)
    return [_which(found, order), _because(found, order), _but(found, order)]


def caveats(found: dict[str, Any]) -> list[str]:
    """What to mind of each dataset, and of the method."""
    said = [*found["missing"].values()]
    if "n" in found:
        said.append(
            f"Equal size: {found['n']} clips of each mood, one of each group (artist, song or "
            f"near-duplicates), drawn {found['draws']} times; accuracies are over {found['folds']} "
            "folds, all scaling fitted inside them. On more clips every dataset scores higher."
        )
    for id_ in found["datasets"]:
        dataset = datasets.get(id_)
        said.append(f"{dataset.title}: groups: {dataset.grouping} {dataset.extraction}")
    said.append(
        "Shifts are set against the most that other codecs, rates, levels and cuts did to 200 "
        "clips of 4QAED, and count as beyond it where their whole 95 % interval is; another "
        "version of librosa, or other equipment, may do more."
    )
    return said


def transfer(found: dict[str, Any], model: str, measure: str) -> str:
    """Which way a model loses least and most, and what chance is."""
    values = {
        (e["train"], e["test"]): e[measure]["value"]
        for e in found["transfer"]
        if e["model"] == model
    }
    across = [pair for pair in values if pair[0] != pair[1]]
    lost = {pair: values[pair[1], pair[1]] - values[pair] for pair in across}
    if not across:
        return "Only one dataset's table is here: there is nothing to carry over to."
    chance = chance_of(measure, found["moods"])
    least, most = min(across, key=lost.__getitem__), max(across, key=lost.__getitem__)
    return (
        f"Against a model of the tested dataset itself, least is lost from {_title(least[0])} to "
        f"{_title(least[1])}: {_share(values[least])} right instead of "
        f"{_share(values[least[1], least[1]])}; most from {_title(most[0])} to "
        f"{_title(most[1])}: {_share(values[most])} instead of {_share(values[most[1], most[1]])}. "
        f"Chance is {_share(chance)}."
    )


def chance_of(measure: str, moods: Sequence[str]) -> float:
    """How often a guess among the moods is right, in all or in one half of the plane."""
    if measure == "accuracy":
        return 1 / len(moods)
    sides = half(np.array(moods, dtype=object), measure)
    _, counts = np.unique(sides, return_counts=True)
    return float(np.square(counts / len(moods)).sum())


def _order(found: dict[str, Any]) -> list[str]:
    """Datasets whose clips were looked at, the easiest first."""
    measured = found["separability"]
    return sorted(measured, key=lambda id_: -measured[id_]["accuracy"]["value"])


def _which(found: dict[str, Any], order: list[str]) -> str:
    easiest, *others = order
    measured = {id_: found["separability"][id_]["accuracy"] for id_ in order}
    lead = _lead(found, easiest, others[0], "accuracy")
    rest = " and ".join(f"{_share(measured[id_]['value'])} in {_title(id_)}" for id_ in others)
    said = (
        f"{found['model'].lower()} says the mood of {_share(measured[easiest]['value'])} of the "
        f"clips it had not met (95 %: {_range(measured[easiest])}), against {rest}, where "
        f"{_share(measured[easiest]['chance'])} is chance: {_points(lead['value'])} points ahead "
        f"of {_title(others[0])} ({_points(lead['low'])} to {_points(lead['high'])})."
    )
    size = f"At equal size, {found['n']} clips a mood and one of each group"
    if lead["low"] <= 0:
        return f"{size}, no dataset is clearly the easiest: in {_title(easiest)}, {said}"
    return f"{size}, {_title(easiest)} is the easiest: in it, {said}"


def _because(found: dict[str, Any], order: list[str]) -> str:
    easiest, second = order[:2]
    measured = found["separability"]
    by_group = found["by_group"]
    group = max(by_group[easiest], key=lambda g: by_group[easiest][g] - by_group[second][g])
    kind = group[0].lower() + group[1:]
    named = _gaps(found, easiest, second)
    if _lead(found, easiest, second, "accuracy")["low"] <= 0:
        named += f", and the other way {_gaps(found, second, easiest)}"
    shares = {
        f"in {half}": (measured[easiest][half]["value"], measured[second][half]["value"])
        for half in HALVES
        if half in measured[easiest]
    } | {f"by {kind} alone": (by_group[easiest][group], by_group[second][group])}
    ways = []
    for way, better in (("better", True), ("no better", False)):
        some = [
            f"{what} ({_share(one)} right against {_share(other)})"
            for what, (one, other) in shares.items()
            if (one > other) == better
        ]
        if some:
            ways.append(f"{way} {_and(some)}")
    return (
        f"Set against {_title(second)}, its clips are told apart {', but '.join(ways)}; of "
        f"{len(found['effects'])} features one at a time, those that separate its moods better by "
        f"most, in epsilon-squared, are {named}."
    )


def _but(found: dict[str, Any], order: list[str]) -> str:
    easiest, second = order[:2]
    shifted = [s for s in found["shift"] if {s["one"], s["other"]} == {easiest, second}]
    beyond = [s for s in shifted if Shift(**s).beyond]
    across = {
        (entry["train"], entry["test"]): entry["accuracy"]["value"]
        for entry in found["transfer"]
        if entry["model"] == found["transfer"][0]["model"]
    }
    return (
        f"Easier to tell apart is not the same task made easier: {len(beyond)} of {len(shifted)} "
        f"features lie elsewhere in the two by more than another codec, rate, level or cut moves "
        f"them, a model of {_title(easiest)} is right on {_share(across[easiest, second])} of "
        f"{_title(second)} and one of the latter on {_share(across[second, easiest])} of the "
        f"former; how a dataset chose its clips and labels cannot be told from how its music "
        "sounds."
    )


def _from_summaries(found: dict[str, Any]) -> str:
    n = min(10, len(found["effects"]))
    if n == 0:
        return "The datasets have no feature of numbers in common: there is nothing to compare."
    typical = {
        id_: float(np.median(sorted(effects[id_] for effects in found["effects"].values())[-n:]))
        for id_ in found["datasets"]
    }
    best, second = sorted(typical, key=lambda id_: -typical[id_])[:2]
    listed = ", ".join(f"{_title(id_)} {_short(value)}" for id_, value in typical.items())
    beyond_chance = any(one.p < ALPHA for one in datasets.get(best).separation().values())
    which = (
        "no dataset has clearly better features"
        if _short(typical[best]) == _short(typical[second]) or not beyond_chance
        else f"{_title(best)} has the features that separate its moods best, one by one"
    )
    lacking = "needs the tables" if found["missing"] else "has to be worked out"
    return (
        f"From the summaries alone, {which}: the median epsilon-squared of the {n} best of each, "
        f"all moods together, is {listed}. How far moods lie apart in all features together, which "
        f"may be another order, {lacking}."
    )


def _and(parts: list[str]) -> str:
    return ", ".join(parts[:-1]) + (" and " if parts[1:] else "") + parts[-1]


def _gaps(found: dict[str, Any], one: str, other: str) -> str:
    """The features whose effect is most larger in one dataset than in the other."""
    effects = sorted(found["effects"].items(), key=lambda item: item[1][other] - item[1][one])
    return ", ".join(
        f"{_lower(name)} ({_short(by_id[one])} against {_short(by_id[other])})"
        for name, by_id in effects[:BEST]
    )


def _lead(found: dict[str, Any], one: str, other: str, measure: str) -> dict[str, float]:
    """One minus the other, however the comparison holds them."""
    for entry in found["differences"]:
        if (entry["one"], entry["other"]) == (one, other):
            lead: dict[str, float] = entry[measure]
            return lead
        if (entry["one"], entry["other"]) == (other, one):
            turned = entry[measure]
            return {"value": -turned["value"], "low": -turned["high"], "high": -turned["low"]}
    raise KeyError((one, other))


def _title(id_: str) -> str:
    return datasets.get(id_).title


def _lower(name: str) -> str:
    title = BY_NAME[name].title
    return title if title[:2].isupper() else title[0].lower() + title[1:]


def _share(value: float) -> str:
    return f"{value:.0%}".replace("%", "\N{NO-BREAK SPACE}%")


def _range(measured: dict[str, float]) -> str:
    return f"{100 * measured['low']:.0f} to {100 * measured['high']:.0f}\N{NO-BREAK SPACE}%"


def _points(value: float) -> str:
    return f"{100 * value:.0f}"


def _short(value: float) -> str:
    return f"{value:.2f}"
