"""A recipe over the folds of a protocol: trained fold by fold, its held-out predictions saved.

A fold that is done is never trained again, so an evaluation can be stopped and resumed at any time,
and given more repeats later.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd

from mmc_core import datasets, runs
from mmc_core._typing import Progress, no_progress
from mmc_core.errors import RunError
from mmc_core.learning import baselines, inputs, recipes, scores
from mmc_core.learning.kinds.base import answers
from mmc_core.learning.recipes import AnyRecipe
from mmc_core.learning.splits import Fold, Protocol, folds, seed_of
from mmc_core.moods import NAMES
from mmc_core.runs import provenance, writing
from mmc_core.saved.run import SavedProtocol
from mmc_core.workers.cluster import Cluster
from mmc_core.workers.parallel import in_order

KEYS = ["repeat", "fold"]


def over_folds(
    recipe: AnyRecipe,
    protocol: Protocol,
    progress: Progress = no_progress,
    *,
    jobs: int = -1,
    cluster: Cluster | None = None,
) -> runs.Run:
    """Train what is missing of a protocol's folds, and score all of it.

    Args:
        jobs: processes; -1 for all cores. Each works on one thread: networks of this size gain
            more from folds beside each other than from threads.
        cluster: works in place of processes of this machine. The clips are sent to it.

    Raises:
        DatasetError: if the dataset's table, audio or official split is not here.
        RunError: if it is being evaluated already, or its saved folds held out other clips.
    """
    dataset = datasets.get(recipe.dataset)
    table = dataset.table()
    inputs.check(dataset, table, recipe, protocol.folds)
    wanted = folds(dataset, table, protocol, copies=recipe.learns_from_copies)
    members = [
        over_folds(
            recipes.load(name).model_copy(update={"dataset": recipe.dataset, "seed": recipe.seed}),
            protocol,
            progress,
            jobs=jobs,
            cluster=cluster,
        )
        for name in recipe.parts
    ]
    run = _folder(recipe, protocol, table)
    with run.session.alone():
        done = _done(run, table, wanted)
        todo = [fold for fold in wanted if done is None or not _of(fold, done).any()]
        repeats = 1 if done is None else int(done["repeat"].max())
        made = SavedProtocol(protocol.name, protocol.folds, max(protocol.repeats, repeats))
        writing.write_info(run, replace(run.info, status=runs.TRAINING, protocol=made))
        try:
            if recipe.parts:
                results = _of_members(recipe, members, todo)
            else:
                clips = recipe.load_clips(dataset)
                results = trained(recipe, clips, protocol, todo, jobs, cluster)
            for i, (fold, predictions) in enumerate(results):
                part = pd.concat([_rows(table, fold), predictions], axis=1)
                done = part if done is None else pd.concat([done, part])
                writing.write_predictions(run, done.sort_values(KEYS, kind="stable"))
                progress(len(wanted) - len(todo) + i + 1, len(wanted))
        except BaseException:  # whatever it was, stopping by hand included
            writing.write_info(run, replace(run.info, status=runs.STOPPED))
            raise
    writing.write_scores(run, scores.score(run.predictions(), seed=recipe.seed))
    writing.write_info(run, replace(run.info, status=runs.FINISHED))
    return run


def train_again(run: runs.Run, repeat: int, number: int) -> dict[str, Any]:
    """One fold of an evaluation trained again, beside what was saved.

    Args:
        repeat: from 1.
        number: of the fold in it, from 1.

    Returns:
        `run`, `repeat`, `fold`, and the accuracies `kept` and `again`.

    Raises:
        RunError: if the run has no such fold, or is a combination of others.
    """
    recipe = recipes.parse(run.info.recipe)
    if run.is_training:
        raise RunError(
            f"{run.name!r} is a training on one split; expected an evaluation over folds."
        )
    if recipe.parts:
        raise RunError(f"{run.name!r} is an ensemble; train a fold of one of its members again.")
    dataset = datasets.get(recipe.dataset)
    clips = recipe.load_clips(dataset)
    saved = scores.fold_accuracies(run.predictions())
    protocol = run.protocol
    asked = [
        fold
        for fold in folds(dataset, clips.table, protocol, copies=bool(clips.copies))
        if (fold.repeat, fold.number) == (repeat, number)
    ]
    if not asked or (repeat, number) not in saved.index:
        raise RunError(f"{run.name!r} has no fold {number} in a repeat {repeat}.")
    ((_, predictions),) = trained(recipe, clips, protocol, asked, jobs=1)
    right = predictions["predicted"].to_numpy(dtype=object) == clips.mood[asked[0].test]
    return {
        "run": run.name,
        "repeat": repeat,
        "fold": number,
        "kept": float(saved[repeat, number]),
        "again": float(right.mean()),
    }


def trained(
    recipe: AnyRecipe,
    clips: inputs.Clips,
    protocol: Protocol,
    todo: Sequence[Fold],
    jobs: int,
    cluster: Cluster | None = None,
) -> Iterator[tuple[Fold, pd.DataFrame]]:
    """Folds with their predictions, each trained in a process of its own, as they are done.

    Raises:
        RunError: if a fold ended its worker again and again.
    """
    if cluster:
        for fold, predictions in cluster.each(_on_one_thread, todo, recipe, clips, protocol):
            if predictions is None:
                raise RunError(
                    f"Fold {fold.number} of repeat {fold.repeat} ended its worker each time. Look "
                    "at the memory of the workers, and run the command again to resume."
                )
            yield fold, predictions
        return
    from joblib import delayed

    processes = min(jobs if jobs > 0 else os.cpu_count() or 1, max(1, len(todo)))
    calls = (delayed(_on_one_thread)(fold, recipe, clips, protocol) for fold in todo)
    yield from zip(todo, in_order(calls, processes), strict=True)


def fold_predictions(
    recipe: AnyRecipe, clips: inputs.Clips, protocol: Protocol, fold: Fold
) -> pd.DataFrame:
    """Probabilities of a fold's test clips, the predicted mood, and the loss on inner folds."""
    seed = seed_of(recipe.seed, fold.repeat, fold.number)
    # The original's leak, where a recipe has copies: those of the test clips are learned from.
    copied = np.arange(len(clips.table)) if protocol.name == "original" else None
    return recipe.answer_fold(clips, fold, seed=seed, copied=copied)


def _on_one_thread(
    fold: Fold, recipe: AnyRecipe, clips: inputs.Clips, protocol: Protocol
) -> pd.DataFrame:
    from threadpoolctl import threadpool_limits

    recipe.limit_threads()
    with threadpool_limits(1):
        predictions = fold_predictions(recipe, clips, protocol, fold)
    return pd.concat([predictions, baselines.of_fold(recipe, clips.table, fold)], axis=1)


def _of_members(
    recipe: AnyRecipe, members: Sequence[runs.Run], todo: Sequence[Fold]
) -> Iterator[tuple[Fold, pd.DataFrame]]:
    """A combination's predictions of folds, from those of its members."""
    saved = [member.predictions() for member in members]
    for fold in todo:
        parts = [frame[_of(fold, frame)] for frame in saved]
        each = [part[list(NAMES)].to_numpy() for part in parts]
        losses = [float(part["inner_loss"].iloc[0]) for part in parts]
        chosen = [each[place] for place in recipe.select(losses)]
        yield (
            fold,
            answers(*recipe.combine(chosen)).join(
                parts[0].reset_index(drop=True)[list(scores.BASELINES)]
            ),
        )


def _done(run: runs.Run, table: pd.DataFrame, wanted: list[Fold]) -> pd.DataFrame | None:
    """What is done already, without the folds of a repeat that was begun and is not wanted.

    Raises:
        RunError: if it held out other clips than the folds of today.
    """
    if not run.has_predictions():
        return None
    done = run.predictions()
    repeats = max(fold.repeat for fold in wanted)
    whole = done.groupby("repeat")["clip"].transform("size") == len(table)
    done = done[whole | (done["repeat"] <= repeats)]
    for fold in wanted:
        held_out = done["clip"][_of(fold, done)].tolist()
        if held_out and held_out != table["clip"].iloc[fold.test].tolist():
            raise RunError(
                f"{run.name!r} held out other clips in fold {fold.number} of repeat {fold.repeat}. "
                "Remove its folder from the models folder and evaluate again."
            )
    return done if len(done) else None


def _of(fold: Fold, predictions: pd.DataFrame) -> pd.Series[bool]:
    """Which predictions are of a fold."""
    return (predictions[KEYS] == (fold.repeat, fold.number)).all(axis=1)


def _rows(table: pd.DataFrame, fold: Fold) -> pd.DataFrame:
    rows = table.loc[fold.test, ["clip", "mood", "group"]].reset_index(drop=True)
    return pd.concat(
        [pd.DataFrame({"repeat": fold.repeat, "fold": fold.number}, index=rows.index), rows], axis=1
    )


def _folder(recipe: AnyRecipe, protocol: Protocol, table: pd.DataFrame) -> runs.Run:
    """The run of the same recipe, data and protocol; its repeats may differ. Or a new one."""
    info = provenance.new_info(runs.OF_EVALUATION, recipe, protocol, table)
    for run in runs.all_runs():
        its = run.info.protocol
        if (
            not run.is_training
            and (its.name, its.folds) == (protocol.name, protocol.folds)
            and (run.info.data, run.info.features) == (info.data, info.features)
            and provenance.is_of(run, recipe)
        ):
            return run
    run = runs.new_run(f"{recipe.dataset}-{recipe.name}-{protocol}")
    writing.write_info(run, info)
    return run
