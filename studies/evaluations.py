"""Finished evaluations in order, and how much each differs from the best on the same folds."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from mmc_core import datasets, runs
from mmc_core.analysis.statistics import holm
from mmc_core.learning import recipes, scores
from mmc_core.learning.splits import Protocol
from mmc_core.runs import provenance

PROTOCOL_ORDER = ("published", "grouped", "official", "original")


def evaluations() -> list[runs.Run]:
    """Return the finished evaluations of recipes as they are now, by dataset and protocol, best
    first.
    """
    finished = [run for run in runs.all_runs() if not run.is_training and run.is_finished]
    return sorted(filter(_as_it_is, finished), key=place)


def _as_it_is(run: runs.Run) -> bool:
    """Return whether a run's settings are those of the recipe's file, but for the dataset."""
    name = str(run.info.recipe["name"])
    if name not in recipes.names():
        return False
    usual = recipes.load(name).model_copy(update={"dataset": run.dataset})
    return provenance.is_of(run, usual)


def place(run: runs.Run) -> Any:
    """Return a key that sorts evaluations: by dataset, protocol and folds, then best first."""
    protocol = run.info.protocol
    by_protocol = (PROTOCOL_ORDER.index(protocol.name), -protocol.folds)
    shown = [*datasets.every(), run.dataset]  # one of a person's own may have been removed
    return shown.index(run.dataset), run.dataset, by_protocol, -run.scores.accuracy


def find(name: str, protocol: Protocol) -> runs.Run | None:
    """Return the finished evaluation of a recipe on 4QAED, or None."""
    wanted = ("4qaed", name, protocol.name, protocol.folds)
    for run in evaluations():
        divided = run.info.protocol
        if (
            run.dataset,
            run.info.recipe["name"],
            divided["name"],
            divided["folds"],
        ) == wanted:
            return run
    return None


@dataclass(frozen=True)
class Difference:
    """The accuracy of a run minus that of the best run on the same folds.

    Args:
        folds: number of folds that both runs have.
        interval: 95 %, by the corrected paired t.
        p: of no difference, by Holm's correction for the runs on the same folds.
    """

    run: runs.Run
    best: runs.Run
    folds: int
    difference: float
    interval: tuple[float, float]
    p: float


def minus_the_best(tied: Sequence[runs.Run]) -> list[Difference]:
    """Return each run's difference from the first, of runs on the same folds, best first."""
    best, *others = tied
    if best.info.protocol.folds == 1:  # one split: nothing to pair
        return []
    compared = [scores.compare(run.predictions(), best.predictions()) for run in others]
    adjusted = holm([each["p"] for each in compared])
    return [
        Difference(run, best, each["folds"], each["difference"], tuple(each["interval"]), p)
        for run, each, p in zip(others, compared, adjusted, strict=True)
    ]
