"""Recipes over folds: nothing twice, nothing lost, and the same again."""

from __future__ import annotations

import shutil
from typing import Any

import numpy as np
import pandas as pd
import pytest

from mmc_core import datasets, runs
from mmc_core.errors import RunError
from mmc_core.learning import recipes, scores
from mmc_core.learning.splits import Protocol
from mmc_core.moods import NAMES
from mmc_core.runs import evaluate, scoring
from mmc_core.saved.scores import SCORES
from tests.support.dataset import BOTH, FEW_TREES, TINY, Made
from tests.support.runs import write_evaluation, write_training

GROUPED = Protocol("grouped", 4, 1)


@pytest.fixture
def made(table: pd.DataFrame, own_models: object, monkeypatch: pytest.MonkeyPatch) -> pd.DataFrame:
    dataset = Made()
    dataset.made_table = table
    monkeypatch.setitem(datasets.DATASETS, "made", dataset)
    return table


def run_of(name: str, *settings: str, protocol: Protocol = GROUPED, jobs: int = 1) -> runs.Run:
    recipe = recipes.load(name, ["dataset=made", *settings])
    return evaluate.over_folds(recipe, protocol, jobs=jobs)


def test_every_clip_is_held_out_once_a_repeat(made: pd.DataFrame) -> None:
    run = run_of("logistic-regression", protocol=Protocol("published", 5, 2))
    saved = run.predictions()
    for _, repeat in saved.groupby("repeat"):
        assert sorted(repeat["clip"]) == sorted(made["clip"])
    assert run.name == "made-logistic-regression-published-5"
    assert run.status == runs.FINISHED
    result = scoring.evaluate(run.name)
    assert result.items() >= SCORES.values(run.scores).items()
    assert (result["n"], result["folds"], result["repeats"]) == (len(made), 10, 2)
    assert result["accuracy"] > 0.8 > result["baselines"]["shuffled_labels"] + 0.2
    assert result["baselines"]["group_look_up"] == 1  # the made-up groups have one mood each


def test_an_evaluation_is_resumed_where_it_was_stopped(
    made: pd.DataFrame, monkeypatch: pytest.MonkeyPatch
) -> None:
    once = run_of("logistic-regression")
    whole = once.predictions()
    shutil.rmtree(once.path)

    def stop(number: int, _: int) -> None:
        if number == 2:
            raise KeyboardInterrupt

    recipe = recipes.load("logistic-regression", ["dataset=made"])
    with pytest.raises(KeyboardInterrupt):
        evaluate.over_folds(recipe, GROUPED, stop, jobs=1)
    (stopped,) = runs.all_runs()
    assert stopped.status == runs.STOPPED
    assert stopped.predictions()["fold"].nunique() == 2
    with pytest.raises(RunError, match="is not finished"):
        scoring.evaluate(stopped.name)
    trained: list[int] = []
    fold_predictions = evaluate.fold_predictions

    def count(*arguments: Any) -> pd.DataFrame:
        trained.append(arguments[3].number)
        return fold_predictions(*arguments)

    monkeypatch.setattr(evaluate, "fold_predictions", count)
    again = evaluate.over_folds(recipe, GROUPED, jobs=1)
    assert trained == [3, 4]
    assert again.path == stopped.path
    pd.testing.assert_frame_equal(again.predictions(), whole)
    more = evaluate.over_folds(recipe, Protocol("grouped", 4, 2), jobs=1)
    assert more.path == stopped.path
    assert trained[2:] == [1, 2, 3, 4]
    assert more.info.protocol.repeats == more.scores.repeats == 2
    fewer = evaluate.over_folds(recipe, GROUPED, jobs=1)
    assert fewer.info.protocol.repeats == 2  # nothing is forgotten


def test_another_setting_or_table_is_another_run(made: pd.DataFrame) -> None:
    halves = Protocol("grouped", 2)
    one = run_of("logistic-regression", protocol=halves)
    other = run_of("logistic-regression", "seed=14", protocol=halves)
    assert one.path != other.path
    made.loc[0, "tempo"] = 1.0
    assert run_of("logistic-regression", protocol=halves).path not in (one.path, other.path)


def test_a_mean_is_its_members_mean_on_the_same_folds(made: pd.DataFrame) -> None:
    run = evaluate.over_folds(BOTH, GROUPED, jobs=1)
    members = [run_of(name) for name in BOTH.members]
    mean = np.mean([m.predictions()[list(NAMES)].to_numpy() for m in members], axis=0)
    assert run.predictions()[list(NAMES)].to_numpy() == pytest.approx(mean, abs=1e-6)
    assert run.predictions()["clip"].tolist() == members[0].predictions()["clip"].tolist()
    result = scoring.evaluate(run.name, against=members[0].name)
    assert result["against"]["run"] == members[0].name
    assert result["against"]["folds"] == GROUPED.folds
    with pytest.raises(RunError, match="is an ensemble"):
        evaluate.train_again(run, 1, 1)


def test_a_fold_trained_again_is_the_same(made: pd.DataFrame) -> None:
    run = run_of("extra-trees", *FEW_TREES)
    result = evaluate.train_again(run, 1, 3)
    saved = scores.fold_accuracies(run.predictions())[1, 3]
    assert result == {"run": run.name, "repeat": 1, "fold": 3, "kept": saved, "again": saved}
    with pytest.raises(RunError, match="no fold 9"):
        evaluate.train_again(run, 1, 9)


def test_a_recipe_needs_a_protocol() -> None:
    with pytest.raises(RunError, match=r"'svm' is a recipe; expected a protocol.*or original"):
        scoring.evaluate("svm")


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore")
def test_networks_beside_each_other_answer_as_alone(made: pd.DataFrame) -> None:
    """Two processes against one; each fold has its own seed."""
    settings = (*TINY, "epochs=2", "members=2", "patience=1")
    protocol = Protocol("grouped", 3)
    one = run_of("cnn1d-bagged", *settings, protocol=protocol)
    alone = one.predictions()
    shutil.rmtree(one.path)
    two = run_of("cnn1d-bagged", *settings, protocol=protocol, jobs=2)
    assert two.predictions()[list(NAMES)].to_numpy() == pytest.approx(
        alone[list(NAMES)].to_numpy(), abs=1e-4
    )
    assert (two.predictions()["inner_loss"] < 2).all()


def test_how_sure_is_judged_by_what_the_recipe_answered_out_of_fold(own_models: object) -> None:
    """Of all clips, with groups whole, over most folds; else of the run's own held-out clips."""
    trained = write_training("trained")
    assert scoring.out_of_fold(trained).equals(trained.predictions())
    write_evaluation("published", "cnn1d", "published", folds=10)
    write_evaluation("another", "cnn1d-l2", "grouped", folds=10)
    write_evaluation("unfinished", "cnn1d", "grouped", folds=10, done=False)
    assert scoring.out_of_fold(trained).equals(trained.predictions())
    write_evaluation("five", "cnn1d", "grouped", folds=5)
    ten = write_evaluation("ten", "cnn1d", "grouped", folds=10, repeats=2)
    assert scoring.out_of_fold(trained).equals(ten.predictions())
