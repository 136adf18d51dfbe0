"""A recipe to a run: split, fit, score, export. Imports TensorFlow when called.

A run can be stopped after any epoch, or killed, and gone on with: to the very history that it
would have had.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any, TypeVar

import numpy as np
import numpy.typing as npt
import pandas as pd

from mmc_core import datasets, runs
from mmc_core._typing import Objects
from mmc_core.errors import RunError, TrainingStopped
from mmc_core.learning import inputs, recipes, scores, voting
from mmc_core.learning.classifiers import classifier, probabilities
from mmc_core.learning.recipes import AnyRecipe, Combination, Network, Plain
from mmc_core.learning.splits import HOLD_OUT, Fold, Protocol, grouped_hold_out
from mmc_core.moods import NAMES
from mmc_core.runs import provenance
from mmc_core.runs.cards import model_card

Progress = Callable[[int, int, dict[str, float]], None]  # epoch, of how many, its logs
Member = TypeVar("Member")


def train(recipe: AnyRecipe, progress: Progress) -> runs.Run:
    """Train a recipe on one grouped split and keep everything in a new run folder.

    Raises:
        DatasetError: if the recipe's dataset is unknown, or its table or audio is not here.
    """
    return resume(prepare(recipe), progress)


def prepare(recipe: AnyRecipe) -> runs.Run:
    """A new run folder for a recipe, in which nothing is trained yet."""
    dataset = datasets.get(recipe.dataset)
    table = dataset.table()
    inputs.check(dataset, table, recipe)
    run = runs.new_run(f"{recipe.dataset}-{recipe.name}")
    run.write_info(
        {
            "of": runs.OF_TRAINING,
            "status": runs.WAITING,
            **provenance.of(recipe, Protocol(HOLD_OUT), table),
        }
    )
    return run


def resume(run: runs.Run, progress: Progress) -> runs.Run:
    """Train a prepared run, or one that was stopped from where it was.

    Raises:
        RunError: if it is finished, is being trained, or cannot be gone on with.
        TrainingStopped: if it was asked to stop; what there is of it is kept.
    """
    if run.info["of"] != runs.OF_TRAINING:
        raise RunError(f"The run {run.name!r} is an evaluation; go on with it by `evaluate`.")
    recipe = recipes.parse(run.info["recipe"])
    dataset = datasets.get(recipe.dataset)
    with run.training():
        run.reread()  # as it is now that nobody else has it
        if run.info["status"] == runs.FINISHED:
            raise RunError(f"The run {run.name!r} is finished; train a new one.")
        _set(run, status=runs.TRAINING)
        try:
            table = dataset.table()
            if provenance.data_hash(table) != run.info["data"]["sha256"]:
                raise RunError(
                    f"The table of {dataset.title} is not the one that {run.name!r} was begun "
                    "with. Train a new run."
                )
            _train(run, recipe, table, progress)
        except BaseException as error:  # whatever it was, stopping by hand included
            _set(run, status=runs.STOPPED, error=str(error))
            raise
    run.clear_scratch()
    return run


def _train(run: runs.Run, recipe: AnyRecipe, table: pd.DataFrame, progress: Progress) -> None:
    split = grouped_hold_out(table, seed=recipe.seed)
    rest = np.sort(np.concatenate([split.train, split.validation]))
    fold = Fold(1, 1, rest, split.test)
    held_out = table.loc[split.test, ["clip", "mood", "group"]].reset_index(drop=True)
    held_out.insert(0, "repeat", 1)
    held_out.insert(1, "fold", 1)
    made: dict[str, Any] = {}
    if isinstance(recipe, Combination):
        members = [_member(name, recipe, progress) for name in recipe.members]
        members = chosen(recipe, members, [_validation_loss(member) for member in members])
        made["members"] = [member.name for member in members]
        p, said = combined(recipe, [_held_out(member, held_out) for member in members])
    else:
        clips = inputs.load(datasets.get(recipe.dataset), recipe)
        if isinstance(recipe, Plain):
            p = probabilities(
                recipe, clips.x[rest], clips.mood[rest], clips.x[split.test], seed=recipe.seed
            )
        else:
            p, made = _network(run, recipe, clips, fold, progress)
        said = scores.most_likely(p)
    held_out[list(NAMES)] = p
    held_out["said"] = said
    held_out = pd.concat(
        [held_out, baseline_columns(recipe, table, fold, shuffles=scores.SHUFFLES)], axis=1
    )
    run.write_predictions(held_out)
    run.write_scores(scores.score(run.predictions(), seed=recipe.seed))
    _set(run, status=runs.FINISHED, **made)
    run.write_card(model_card(run))


def _network(
    run: runs.Run, recipe: Network, clips: inputs.Clips, fold: Fold, progress: Progress
) -> tuple[Any, dict[str, Any]]:
    """Train a recipe's networks, epoch by epoch, and export their mean."""
    from mmc_core.learning.networks import fit, learn
    from mmc_core.learning.networks.build import average

    state = run.state()
    if state is None and run.has_history() and len(run.history()) == 1:
        run.cut_history(0, 0)  # killed between its first row and its first state
    elif state is None and run.has_history():
        raise RunError(
            f"What is needed to go on with {run.name!r} is not in the cache of this machine. "
            "Train a new run."
        )
    began = int(state["member"]) if state else 1
    before = float(state["seconds"]) if state else 0.0
    started = time.perf_counter()
    networks = []
    for number, one in enumerate(
        learn.fits(recipe, clips, fold.train, seed=recipe.seed, watch=True), start=1
    ):
        if state and number < began:
            one.model.set_weights([state[f"done-{number}-{i}"] for i in range(len(one.best))])
            networks.append(one.model)
            continue
        if state and number == began:
            one.restore(state)
            run.cut_history(number, one.epoch)
        while not one.finished:
            logs = one.step()
            run.append_history(number, one.epoch, logs)
            seconds = before + time.perf_counter() - started
            done = {
                f"done-{m}-{i}": weights
                for m, network in enumerate(networks, start=1)
                for i, weights in enumerate(network.get_weights())
            }
            run.save_state(
                one.state() | done | {"member": np.array(number), "seconds": np.array(seconds)}
            )
            progress((number - 1) * recipe.epochs + one.epoch, recipe.members * recipe.epochs, logs)
            if run.is_asked_to_stop():
                raise TrainingStopped(
                    f"Stopped after epoch {one.epoch} of network {number}. Go on with: "
                    f"python -m mmc_core train --resume {run.name}"
                )
        networks.append(one.network())
    model = average(networks, recipe.name)
    p = fit.predict(model, clips.x[fold.test])
    fit.export(model, run.model_path)
    made = {
        "parameters": model.count_params(),
        "training_s": round(before + time.perf_counter() - started, 1),
    }
    fit.release()
    return p, made


def _member(name: str, combination: Combination, progress: Progress) -> runs.Run:
    """The finished run of a member on the same data and split, trained where there is none."""
    recipe = recipes.load(name).model_copy(
        update={"dataset": combination.dataset, "seed": combination.seed}
    )
    table = datasets.get(recipe.dataset).table()
    data = provenance.data_hash(table)
    for run in runs.all_runs():
        same = provenance.is_of(run, recipe) and run.info["data"]["sha256"] == data
        if run.info["of"] == runs.OF_TRAINING and same:
            if run.status == runs.FINISHED:
                return run
            if run.status != runs.TRAINING:
                return resume(run, progress)
    return train(recipe, progress)


def chosen(recipe: Combination, members: list[Member], losses: list[float]) -> list[Member]:
    """The members that answer: of `best` the one with the lowest loss on inner folds, else all."""
    return [members[int(np.argmin(losses))]] if recipe.kind == "best" else members


def combined(recipe: Combination, p: list[npt.NDArray[Any]]) -> tuple[npt.NDArray[Any], Objects]:
    """Probabilities (n, 4) and moods (n,) of several members' probabilities."""
    each = np.stack(p)
    mean = each.mean(axis=0, dtype=np.float64)
    if recipe.kind == "vote":
        return mean, np.array(NAMES, dtype=object)[voting.majority(each)]
    return mean, scores.most_likely(mean)


def _held_out(member: runs.Run, clips: pd.DataFrame) -> npt.NDArray[Any]:
    """A member's probabilities of clips that are held out now."""
    kept = member.predictions()
    if kept["clip"].tolist() != clips["clip"].tolist():
        raise RunError(f"{member.name!r} held out other clips. Take its folder away, and go on.")
    return kept[list(NAMES)].to_numpy()


def _validation_loss(run: runs.Run) -> float:
    return (
        float(run.history().groupby("member")["val_loss"].min().mean())
        if run.has_history()
        else np.inf
    )


def baseline_columns(
    recipe: AnyRecipe, table: pd.DataFrame, fold: Fold, *, shuffles: int = 1
) -> pd.DataFrame:
    """What knows nothing of the music, on a fold's test clips; see `scores.baseline_columns`.

    Shuffled moods are learned by the recipe's own classifier where it is a plain one, by extra
    trees otherwise.
    """
    seed = recipe.seed + 1000 * fold.repeat + fold.number
    plain = recipe if isinstance(recipe, Plain) else recipes.load("extra-trees")
    assert isinstance(plain, Plain)
    return scores.baseline_columns(
        inputs.features(table),
        table["mood"].to_numpy(dtype=object),
        table["group"].to_numpy(dtype=object),
        fold.train,
        fold.test,
        shuffled=lambda: classifier(plain, seed),
        seed=seed,
        shuffles=shuffles,
    )


def _set(run: runs.Run, **changes: Any) -> None:
    run.write_info({**{k: v for k, v in run.info.items() if k != "error"}, **changes})
