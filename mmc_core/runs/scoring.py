"""Scores of runs from their saved predictions, and the public `evaluate`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pandas as pd

from mmc_core import runs
from mmc_core._typing import Progress, no_progress
from mmc_core.errors import RecipeError, RunError
from mmc_core.learning import recipes, scores
from mmc_core.learning.splits import PROTOCOLS, Protocol
from mmc_core.runs import provenance
from mmc_core.runs.cards import sentence
from mmc_core.saved.scores import SCORES
from mmc_core.wording import listed


def evaluate(
    target: str,
    *,
    protocol: str | None = None,
    folds: int = 10,
    repeats: int = 1,
    settings: Sequence[str] = (),
    against: str | None = None,
    jobs: int = -1,
    progress: Progress = no_progress,
) -> dict[str, Any]:
    """How good a system is on held-out clips.

    Without a protocol, a run's saved predictions are scored, which takes less than a second. With
    one, a recipe is trained over its folds; those that are done already are not trained again.

    Parameters
    ----------
    target : str
        Name of a run under ``models/``; with `protocol`, of a recipe.
    protocol : {"published", "grouped", "official", "original"}, optional
        How clips are divided. Only "grouped" and "official" keep each artist, or song and its
        near-duplicates, on one side.
    folds, repeats : int, optional
        Of "published" and "grouped".
    settings : sequence of str, optional
        Changes to the recipe, such as ``"epochs=20"``.
    against : str, optional
        Name of a run on the same folds, to be compared with.
    jobs : int, optional
        Processes to train in; -1 for all cores.
    progress : callable, optional
        Called with the folds that are done, and of how many.

    Returns
    -------
    dict
        As ``evaluate --json`` prints it: ``accuracy``, its 95 % ``interval`` (two shares, by
        ``interval_method``), ``macro_f1``, ``baselines``, ``n`` (clips), ``folds`` (of all
        repeats) and more; with `against` also ``against``, the difference with interval and p.

    Raises
    ------
    UnknownName
        If there is no such run or recipe.
    RunError
        If the run is not finished, or shares fewer than two folds with `against`.
    DatasetError
        If what is to be trained on is not on this machine.

    See Also
    --------
    mmc_core.runs.models.list_models : The models that can predict.

    Notes
    -----
    The interval of several folds is the corrected resampled t [1]_, of a single split a bootstrap
    over groups.

    .. [1] C. Nadeau and Y. Bengio, "Inference for the generalization error", Machine Learning 52,
       2003.

    Examples
    --------
    >>> import mmc_core as mmc
    >>> result = mmc.evaluate("4qaed-svm-grouped-10", against="4qaed-extra-trees-grouped-10")
    >>> result["n"], result["folds"]
    (898, 200)
    >>> low, high = result["interval"]
    >>> low < result["accuracy"] < high
    True
    """
    if protocol:
        from mmc_core.runs.evaluate import over_folds

        recipe = recipes.load(target, settings)
        run = over_folds(recipe, Protocol.of(protocol, folds, repeats), progress, jobs=jobs)
    else:
        run = finished(target)
    result = score_run(run)
    if against:
        result["against"] = compare_runs(run, runs.load_run(against))
    return result


def finished(name: str) -> runs.Run:
    """A finished run, by name.

    Raises:
        UnknownName: if there is none.
        RunError: if it is not finished, or a recipe has the name.
    """
    if name in recipes.names():
        protocols = listed(PROTOCOLS, "or")
        raise RunError(f"{name!r} is a recipe; expected a protocol with it: {protocols}.")
    run = runs.load_run(name)
    if not run.is_finished:
        raise RunError(f"The run {run.name!r} is not finished. Resume it first.")
    return run


def evaluation_of(run: runs.Run) -> runs.Run | None:
    """Return the evaluation of a run's recipe on the same data with groups kept whole, of most
    folds; None where there is none.
    """
    try:
        recipe = recipes.parse(run.info.recipe)
    except RecipeError:  # of a run of before: its settings are none of today's
        return None
    of_recipe = [
        other
        for other in runs.all_runs()
        if not other.is_training
        and other.info.protocol.name == "grouped"
        and other.is_finished
        and other.info.data == run.info.data
        and other.info.parts == run.info.parts
        and provenance.is_of(other, recipe)
    ]
    return max(of_recipe, key=lambda other: other.info.protocol.folds, default=None)


def grouped(run: runs.Run) -> runs.Run | None:
    """Return the run whose scores say how good a model is: with groups kept whole, over folds."""
    return run if run.info.protocol.name == "grouped" else evaluation_of(run)


def out_of_fold(run: runs.Run) -> pd.DataFrame:
    """Return predictions of all clips that a run's recipe learned from, each while it was held out;
    where it has no such evaluation, of the run's own held-out clips.
    """
    return (evaluation_of(run) or run).predictions()


def score_run(run: runs.Run) -> dict[str, Any]:
    """A run's saved predictions scored again, with what it is; the public form."""
    return {
        "run": run.name,
        "title": run.title,
        "dataset": run.dataset,
        "inputs": recipes.parse(run.info.recipe).inputs,
        "protocol": sentence(run),
        **SCORES.values(scores.score(run.predictions(), seed=run.info.recipe["seed"])),
    }


def compare_runs(run: runs.Run, other: runs.Run) -> dict[str, Any]:
    """A run's accuracy minus another's on the folds that both have; the public form.

    Raises:
        RunError: if they share fewer than two folds, or those held out other clips.
    """
    return {"run": other.name, **scores.compare(run.predictions(), other.predictions())}
