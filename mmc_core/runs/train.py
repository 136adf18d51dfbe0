"""A recipe to a run: split, fit, score, export. Imports TensorFlow when called.

A run can be stopped after any epoch, or killed, and resumed: to the very history that it would have
had.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import pandas as pd

from mmc_core import datasets, runs
from mmc_core._typing import Floats, Objects
from mmc_core.datasets.user import UserDataset
from mmc_core.errors import RunError, TrainingStopped
from mmc_core.learning import baselines, inputs, recipes, scores
from mmc_core.learning.recipes import AnyRecipe
from mmc_core.learning.splits import HOLD_OUT, Fold, Protocol, grouped_hold_out
from mmc_core.moods import NAMES
from mmc_core.runs import provenance, writing
from mmc_core.runs.cards import model_card
from mmc_core.runs.evaluate import over_folds
from mmc_core.runs.session import LEARNING, LOADING, SAVING, SCORING

EpochProgress = Callable[[int, int, dict[str, float]], None]  # epoch, of how many, its logs


def no_epoch_progress(epoch: int, total: int, logs: dict[str, float]) -> None:
    """Tell nobody."""


def train(
    recipe: AnyRecipe | str,
    progress: EpochProgress = no_epoch_progress,
    *,
    settings: Sequence[str] = (),
) -> runs.Run:
    """Train a recipe on one grouped split, into a new run folder.

    A fifth of the clips, of other groups, is held out and scored. A network is then served by the
    run's name.

    Parameters
    ----------
    recipe : str or recipe
        A recipe, or the name of one in `mmc_core.learning.recipes`, such as "cnn1d".
    progress : callable, optional
        Called with the epochs that are done, of how many at most, and the last one's losses and
        accuracies.
    settings : sequence of str, optional
        Changes to a recipe by name, such as ``"epochs=20"``.

    Returns
    -------
    Run
        The finished run.

    Raises
    ------
    UnknownName
        If there is no such recipe or dataset.
    RecipeError
        If a setting makes no sense.
    DatasetError
        If the dataset's table, or audio that is needed, is not on this machine.

    See Also
    --------
    mmc_core.runs.scoring.evaluate : The same over many folds.

    Examples
    --------
    >>> import mmc_core as mmc
    >>> run = mmc.train("cnn1d", settings=["epochs=20"])  # doctest: +SKIP
    >>> mmc.predict("song.mp3", run).mood  # doctest: +SKIP
    'relaxed'
    """
    if isinstance(recipe, str):
        recipe = recipes.load(recipe, settings)
    return resume(prepare(recipe), progress)


def prepare(recipe: AnyRecipe) -> runs.Run:
    """A new run folder for a recipe, in which nothing is trained yet."""
    dataset = datasets.get(recipe.dataset)
    table = dataset.table()
    inputs.check(dataset, table, recipe)
    protocol = _folds_protocol(dataset) if recipe.FITS_ALL_CLIPS else Protocol(HOLD_OUT)
    info = provenance.new_info(runs.OF_TRAINING, recipe, protocol, table)
    run = runs.new_run(f"{recipe.dataset}-{recipe.name}")
    writing.write_info(run, info)
    return run


def resume(run: runs.Run, progress: EpochProgress) -> runs.Run:
    """Train a prepared run, or resume one that was stopped from where it was.

    Raises:
        RunError: if it is finished, is being trained, or cannot be resumed.
        TrainingStopped: if it was asked to stop; what there is of it is kept.
    """
    if not run.is_training:
        raise RunError(
            f"The run {run.name!r} is an evaluation; expected a training. Resume it by `evaluate`."
        )
    recipe = recipes.parse(run.info.recipe)
    dataset = datasets.get(recipe.dataset)
    with run.session.alone():
        run.reread()  # as it is now that nobody else has it
        if run.is_finished:
            raise RunError(f"The run {run.name!r} is finished; train a new one.")
        writing.update_info(run, status=runs.TRAINING)
        run.session.enter(LOADING)  # not before: until now the run counts as starting
        try:
            table = dataset.table()
            if provenance.data_hash(table) != run.info.data.sha256:
                raise RunError(
                    f"The table of {dataset.title} has changed since {run.name!r} was started. "
                    "Train a new run."
                )
            if recipe.FITS_ALL_CLIPS:
                _train_on_all(run, recipe, progress)
            else:
                _train(run, recipe, table, progress)
        except BaseException as error:  # whatever it was, stopping by hand included
            writing.update_info(run, status=runs.STOPPED, error=str(error))
            raise
    run.session.clear()
    return run


def _train_on_all(run: runs.Run, recipe: AnyRecipe, progress: EpochProgress) -> None:
    """Fit a recipe on all clips; its scores are those of its evaluation over folds."""
    dataset = datasets.get(recipe.dataset)
    run.session.enter(SCORING)
    evaluation = over_folds(recipe, run.protocol, lambda done, of: progress(done, of, {}))
    writing.write_scores(run, evaluation.scores)
    started = time.perf_counter()
    run.session.enter(LEARNING)
    fitted = recipe.fit_all(recipe.load_clips(dataset))
    run.session.enter(SAVING)
    fitted.export(run.model_path)
    writing.finish(
        run,
        parameters=fitted.n_parameters,
        training_s=round(time.perf_counter() - started, 1),
        evaluation=evaluation.name,
        confidence=fitted.confidence,
    )
    writing.write_card(run, model_card(run))


def _folds_protocol(dataset: datasets.Dataset) -> Protocol:
    """5 x 10 grouped folds of the project's datasets, 5 folds of a person's own."""
    own = isinstance(dataset, UserDataset)
    return Protocol("grouped", folds=5) if own else Protocol("grouped", folds=10, repeats=5)


def _train(run: runs.Run, recipe: AnyRecipe, table: pd.DataFrame, progress: EpochProgress) -> None:
    split = grouped_hold_out(table, seed=recipe.seed)
    rest = np.sort(np.concatenate([split.train, split.validation]))
    fold = Fold(1, 1, rest, split.test)
    held_out = table.loc[split.test, ["clip", "mood", "group"]].reset_index(drop=True)
    held_out.insert(0, "repeat", 1)
    held_out.insert(1, "fold", 1)
    p, predicted, made = _learned(run, recipe, fold, held_out, progress)
    held_out[list(NAMES)] = p
    held_out["predicted"] = predicted
    run.session.enter(SCORING)
    beside = baselines.of_fold(recipe, table, fold, shuffles=scores.SHUFFLES)
    writing.write_predictions(run, pd.concat([held_out, beside], axis=1))
    writing.write_scores(run, scores.score(run.predictions(), seed=recipe.seed))
    writing.finish(run, **made)
    writing.write_card(run, model_card(run))


def _learned(
    run: runs.Run, recipe: AnyRecipe, fold: Fold, held_out: pd.DataFrame, progress: EpochProgress
) -> tuple[Floats, Objects, dict[str, Any]]:
    """Probabilities and moods of the held-out clips, and what else is to be known of the run."""
    p: Floats
    if recipe.parts:
        members = [_member(name, recipe, progress) for name in recipe.parts]
        chosen = recipe.select([_validation_loss(member) for member in members])
        members = [members[place] for place in chosen]
        p, predicted = recipe.combine([_held_out(member, held_out) for member in members])
        return p, predicted, {"members": [member.name for member in members]}
    clips = recipe.load_clips(datasets.get(recipe.dataset))
    if recipe.TRAINS_BY_EPOCHS:
        p, made = _network(run, recipe, clips, fold, progress)
        return p, scores.most_likely(p), made
    table = recipe.answer_fold(clips, fold, seed=recipe.seed)
    return table[list(NAMES)].to_numpy(), table["predicted"].to_numpy(dtype=object), {}


def _network(
    run: runs.Run, recipe: Any, clips: inputs.Clips, fold: Fold, progress: EpochProgress
) -> tuple[Floats, dict[str, Any]]:
    """Train a recipe's networks, epoch by epoch, and export their mean."""
    from mmc_core.learning.networks import fit, learn
    from mmc_core.learning.networks.build import average

    state = run.session.state()
    if state is None and run.has_history() and len(run.history()) == 1:
        writing.cut_history(run, 0, 0)  # killed between its first row and its first state
    elif state is None and run.has_history():
        raise RunError(
            f"The saved state of {run.name!r} is not in the cache of this machine, so it cannot be "
            "resumed. Train a new run."
        )
    began = int(state["member"]) if state else 1
    before = float(state["seconds"]) if state else 0.0
    started = time.perf_counter()
    networks: list[Any] = []
    for number, one in enumerate(
        learn.fits(recipe, clips, fold.train, seed=recipe.seed, watch=True), start=1
    ):
        if state and number < began:
            one.model.set_weights([state[f"done-{number}-{i}"] for i in range(len(one.best))])
            networks.append(one.model)
            continue
        if state and number == began:
            one.restore(state)
            writing.cut_history(run, number, one.epoch)
        run.session.enter(LEARNING)
        while not one.finished:
            logs = one.step()
            writing.append_history(run, number, one.epoch, logs)
            seconds = before + time.perf_counter() - started
            at = {"member": np.array(number), "seconds": np.array(seconds)}
            run.session.save_state(one.state() | _weights(networks) | at)
            progress((number - 1) * recipe.epochs + one.epoch, recipe.members * recipe.epochs, logs)
            if run.session.is_asked_to_stop():
                raise TrainingStopped(
                    f"Stopped after epoch {one.epoch} of network {number}. Resume with: "
                    f"mmc train --resume {run.name}"
                )
        networks.append(one.network())
    run.session.enter(SAVING)
    model = average(networks, recipe.name)
    p = fit.predict(model, clips.x[fold.test])
    fit.export(model, run.model_path)
    made = {
        "parameters": model.count_params(),
        "training_s": round(before + time.perf_counter() - started, 1),
    }
    fit.release()
    return p, made


def _weights(networks: list[Any]) -> dict[str, Any]:
    """Those of the networks that are trained already."""
    return {
        f"done-{number}-{i}": weights
        for number, network in enumerate(networks, start=1)
        for i, weights in enumerate(network.get_weights())
    }


def _member(name: str, combination: AnyRecipe, progress: EpochProgress) -> runs.Run:
    """The finished run of a member on the same data and split, trained where there is none."""
    recipe = recipes.load(name).model_copy(
        update={"dataset": combination.dataset, "seed": combination.seed}
    )
    table = datasets.get(recipe.dataset).table()
    data = provenance.data_hash(table)
    for run in runs.all_runs():
        same = provenance.is_of(run, recipe) and run.info.data.sha256 == data
        if run.is_training and same:
            if run.status == runs.FINISHED:
                return run
            if run.status != runs.TRAINING:
                return resume(run, progress)
    return train(recipe, progress)


def _held_out(member: runs.Run, clips: pd.DataFrame) -> Floats:
    """A member's probabilities of clips that are held out now."""
    saved = member.predictions()
    if saved["clip"].tolist() != clips["clip"].tolist():
        raise RunError(
            f"{member.name!r} held out other clips than the other members. Remove its folder and "
            "resume."
        )
    return saved[list(NAMES)].to_numpy()


def _validation_loss(run: runs.Run) -> float:
    if not run.has_history():
        return np.inf
    return float(run.history().groupby("member")["val_loss"].min().mean())
