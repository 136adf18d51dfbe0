"""Datasets set against each other: which is easier, by how much, because of which features.

On identical features and equal numbers: as many clips of every mood, and one of a group.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import combinations

import numpy as np

from mmc_core import datasets
from mmc_core._typing import Floats, Progress, no_progress
from mmc_core.analysis import effects
from mmc_core.analysis.statistics import bootstrapped, middle_95, permutation_p
from mmc_core.comparison import separability, store
from mmc_core.comparison.draws import DRAWS, FOLDS, SEED, Draws, Scores, cross_validated, right
from mmc_core.comparison.result import Comparison
from mmc_core.comparison.shift import moved_by_extraction, shifts, with_intervals
from mmc_core.comparison.transfer import NETWORK_DRAWS, transferred
from mmc_core.datasets import Dataset
from mmc_core.errors import DatasetError, MMCError
from mmc_core.features.schema import BY_NAME, GROUPS, ORIGINAL_57
from mmc_core.language import _
from mmc_core.learning import classifiers
from mmc_core.learning.splits import seed_of
from mmc_core.moods import NAMES
from mmc_core.saved.comparison import Difference, Estimate, Measure

SHUFFLES = 200
ACCURACY_SHUFFLES = 100


def compare(
    ids: Sequence[str],
    *,
    moods: Sequence[str] = NAMES,
    again: bool = False,
    progress: Progress = no_progress,
) -> Comparison:
    """Which of some datasets is easier, by how much, and because of which features.

    A saved comparison of the same data is given back at once; one that is worked out takes
    minutes, and is saved.

    Parameters
    ----------
    ids : sequence of str
        Of two datasets or more; see `list_datasets`.
    moods : sequence of str, optional
        At least two; all four by default.
    again : bool, optional
        Whether to work it out even if it is saved.
    progress : callable, optional
        Called with the steps done, and of how many.

    Returns
    -------
    Comparison
        What needs the table of a dataset that is not on this machine is left out, and said in
        its `missing`.

    Raises
    ------
    MMCError
        If there are fewer than two datasets or moods, a dataset lacks a mood, or a newer version of
        the program wrote the saved comparison.

    Examples
    --------
    >>> import mmc_core as mmc
    >>> comparison = mmc.compare(["4qaed", "turkish"])
    >>> comparison.easiest_first
    ['turkish', '4qaed']
    >>> round(comparison.lead("turkish", "4qaed").value, 2)
    0.24
    """
    check(ids, moods)
    saved = None if again else store.load(ids, moods)
    if saved:
        return saved
    store.refuse_newer(ids, moods)  # before minutes of work that could not be kept
    comparison = work_out(ids, moods, progress)
    if not comparison.missing:
        store.save(comparison)
    return comparison


def work_out(ids: Sequence[str], moods: Sequence[str], progress: Progress) -> Comparison:
    """All there is to say of two or more datasets, computed.

    Raises:
        MMCError: as `compare`.
    """
    first = from_summaries(ids, moods)
    tables = {
        id_: datasets.load_dataset(id_).table()
        for id_ in first.datasets
        if id_ not in first.missing
    }
    if len(tables) < 2:
        return first.rounded()
    shift = with_intervals(first.shift, tables, first.moods)
    n_steps = len(tables) * (DRAWS * (1 + len(GROUPS)) + ACCURACY_SHUFFLES + NETWORK_DRAWS)
    draws = Draws(tables, first.moods, n_steps, progress)
    right_of, null_of = _answered(draws)
    whole = replace(
        first,
        shift=shift,
        n=draws.n,
        draws=DRAWS,
        folds=FOLDS,
        model=draws.recipe.title,
        features=[ORIGINAL_57[i] for i in classifiers.NUMBERS],
        separability={
            name: _measures(draws, name, right_of[name], null_of[name]) for name in tables
        },
        differences=[
            _difference(draws, one, other, right_of) for one, other in combinations(tables, 2)
        ],
        effects=_effects_of(draws),
        by_group={name: _by_group(draws, name) for name in tables},
        transfer=transferred(draws, right_of),
    )
    return whole.rounded()


def from_summaries(ids: Sequence[str], moods: Sequence[str]) -> Comparison:
    """What can be said at once, without the tables: how features shift and separate one by one.

    Raises:
        MMCError: as `compare`.
    """
    chosen = check(ids, moods)
    moods = [mood for mood in NAMES if mood in moods]
    summaries = {d.id: d.summary() for d in chosen}
    moved = moved_by_extraction()
    return Comparison(
        command=store.command(ids, moods),
        of=store.identity(chosen),
        datasets=[d.id for d in chosen],
        moods=list(moods),
        missing={d.id: why for d in chosen if (why := missing(d))},
        effects=_effects(chosen),
        shift=[
            shift
            for one, other in combinations(summaries, 2)
            for shift in shifts(summaries, one, other, moods, moved)
        ],
    )


def check(ids: Sequence[str], moods: Sequence[str]) -> list[Dataset]:
    """The datasets, by id, if they can be compared in these moods.

    Raises:
        MMCError: if there are fewer than two datasets or moods, or a dataset lacks a mood.
    """
    if len(set(ids)) < 2 or len(set(ids)) < len(ids):
        raise MMCError(f"Got the datasets {', '.join(ids)}; expected at least two different ones.")
    if len(set(moods)) < 2 or set(moods) - set(NAMES):
        raise MMCError(
            f"Got the moods {', '.join(moods)}; expected at least two of {', '.join(NAMES)}."
        )
    chosen = [datasets.load_dataset(id_) for id_ in sorted(ids)]
    for dataset in chosen:
        if without := [mood for mood in moods if not dataset.clips().get(mood)]:
            raise DatasetError(
                f"{dataset.title} has no clips that are {' or '.join(without)}; choose other moods."
            )
    return chosen


def missing(dataset: Dataset) -> str:
    """Why a dataset's clips cannot be looked at; nothing if they can."""
    if not dataset.has_table():
        how = f"fetch {dataset.id}" if dataset.download else f"build {dataset.id} --audio DIR"
        return _(
            "The feature table of {dataset} is not on this machine, so results that need its "
            "single clips leave it out. Get it with: {command}",
            dataset=dataset.title,
            command=f"mmc datasets {how}",
        )
    if dataset.too_large:
        return _("{why} Results that need single clips leave it out.", why=dataset.too_large)
    described = dataset.separation()  # quicker to read than the table
    if lacking := [name for name in ORIGINAL_57 if name not in described]:
        return _(
            "The table of {dataset} lacks {n} of the 57 features, such as {feature!r}, so it "
            "cannot be compared on identical features.",
            dataset=dataset.title,
            n=len(lacking),
            feature=lacking[0],
        )
    return ""


def _answered(draws: Draws) -> tuple[dict[str, Scores], dict[str, Scores]]:
    """By dataset: whether each clip was answered rightly over folds; scores of shuffled moods."""
    shuffled = separability.shuffled(draws.labels, ACCURACY_SHUFFLES, seed=SEED)
    right_of, null_of = {}, {}
    for name in draws.tables:
        x = [draws.x[name][rows] for rows in draws.rows[name]]
        jobs = [(x[i], draws.true, seed_of(SEED, i)) for i in range(DRAWS)]
        jobs += [(x[0], draws.named(labels), SEED) for labels in shuffled]
        predicted = list(draws.in_parallel(cross_validated, jobs))
        right_of[name] = draws.right(predicted[:DRAWS])
        by_chance = [right(predicted[i], jobs[i][1]) for i in range(DRAWS, len(jobs))]
        null_of[name] = {
            score: np.array([each[score].mean() for each in by_chance]) for score in by_chance[0]
        }
    return right_of, null_of


def _measures(draws: Draws, name: str, scores: Scores, null: Scores) -> dict[str, Measure]:
    """Each measure of a dataset with its interval and null."""
    one_draw = len(draws.labels)
    measures = {
        score: _beside(estimate, float(scores[score][:one_draw].mean()), null[score])
        for score, estimate in draws.estimates(name, scores).items()
    }
    spaces = [separability.Space.of(draws.x[name][rows]) for rows in draws.rows[name]]
    groups = [draws.group[name][rows] for rows in draws.rows[name]]
    shuffled = separability.shuffled(draws.labels, SHUFFLES, seed=SEED)
    for measure, statistic in separability.CHEAP.items():
        observed = [float(statistic(space, draws.labels[None, :])[0]) for space in spaces]
        low, high = separability.interval(measure, spaces, draws.labels, groups)
        estimate = Estimate(value=float(np.mean(observed)), low=low, high=high)
        measures[measure] = _beside(estimate, observed[0], statistic(spaces[0], shuffled))
    chance = {"purity": (draws.n - 1) / (one_draw - 1), "accuracy": 1 / len(draws.moods)}
    return measures | {m: replace(measures[m], chance=c) for m, c in chance.items()}


def _beside(estimate: Estimate, observed: float, null: Floats) -> Measure:
    """What shuffled moods give, and how often they reach what was observed in the same draw."""
    return Measure(
        **estimate.known(),
        null=float(null.mean()),
        null_high=float(np.quantile(null, 0.95)),
        p=permutation_p(observed, null),
    )


def _difference(draws: Draws, one: str, other: str, right_of: Mapping[str, Scores]) -> Difference:
    """Shares right in one dataset minus another's, with intervals."""
    estimates = {}
    for score in right_of[one]:
        samples = [
            bootstrapped(right_of[name][score], draws.groups(name), seed=seed_of(SEED, i))
            for i, name in enumerate((one, other))
        ]
        low, high = middle_95(samples[0] - samples[1])
        value = float(right_of[one][score].mean() - right_of[other][score].mean())
        estimates[score] = Estimate(value=value, low=low, high=high)
    return Difference(one=one, other=other, **estimates)


def _by_group(draws: Draws, name: str) -> dict[str, float]:
    """Accuracy from each kind of feature alone."""
    accuracies = {}
    for group in GROUPS:
        columns = [i for i in classifiers.NUMBERS if BY_NAME[ORIGINAL_57[i]].group == group]
        jobs = [
            (draws.x[name][rows], draws.true, seed_of(SEED, i), columns)
            for i, rows in enumerate(draws.rows[name])
        ]
        predicted = draws.in_parallel(cross_validated, jobs)
        accuracies[group] = float(np.mean([(each == draws.true).mean() for each in predicted]))
    return accuracies


def _effects_of(draws: Draws) -> dict[str, dict[str, float]]:
    """Epsilon-squared of each feature of numbers, over the draws."""
    names = [name for name in ORIGINAL_57 if not BY_NAME[name].categories]
    columns = [ORIGINAL_57.index(name) for name in names]
    by_dataset = {
        name: np.mean(
            [
                separability.epsilon_squared(draws.x[name][rows][:, columns], draws.labels)
                for rows in draws.rows[name]
            ],
            axis=0,
        )
        for name in draws.tables
    }
    best_first = np.argsort(-np.max(list(by_dataset.values()), axis=0), kind="stable")
    return {
        names[i]: {dataset: float(effect[i]) for dataset, effect in by_dataset.items()}
        for i in best_first
    }


def _effects(chosen: Sequence[Dataset]) -> dict[str, dict[str, float]]:
    """Epsilon-squared of each feature of numbers in each dataset, from all its clips and moods."""
    by_dataset = {d.id: d.separation() for d in chosen}
    common = set.intersection(*map(set, by_dataset.values()))
    ranked = [one.feature for one in effects.ranking(by_dataset[chosen[0].id])]
    return {
        name: {id_: separations[name].effect for id_, separations in by_dataset.items()}
        for name in ranked
        if name in common
    }
