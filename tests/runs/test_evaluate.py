"""Recipes over folds: nothing twice, nothing lost, and the same again."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from mmc_core import datasets, runs
from mmc_core.errors import RunError
from mmc_core.learning import recipes, scores
from mmc_core.learning.splits import Protocol
from mmc_core.moods import NAMES
from mmc_core.runs import evaluate
from tests.support.dataset import BOTH, Made

GROUPED = Protocol("grouped", 5, 1)


@pytest.fixture
def made(table: pd.DataFrame, own_models: Path, monkeypatch: pytest.MonkeyPatch) -> pd.DataFrame:
    dataset = Made()
    dataset.made_table = table
    monkeypatch.setitem(datasets.DATASETS, "made", dataset)
    return table


def run_of(name: str, protocol: Protocol = GROUPED, *settings: str) -> runs.Run:
    recipe = recipes.load(name, ["dataset=made", *settings])
    return evaluate.over_folds(recipe, protocol, lambda *_: None, jobs=1)


def test_every_clip_is_held_out_once_a_repeat(made: pd.DataFrame) -> None:
    run = run_of("logistic-regression", Protocol("published", 5, 2))
    kept = run.predictions()
    for _, repeat in kept.groupby("repeat"):
        assert sorted(repeat["clip"]) == sorted(made["clip"])
    assert run.name == "made-logistic-regression-published-5"
    assert run.status == runs.FINISHED
    found = run.scores
    assert (found["n"], found["folds"], found["repeats"]) == (len(made), 10, 2)
    assert found["accuracy"] > 0.8 > found["baselines"]["shuffled_labels"] + 0.2
    assert found["baselines"]["group_look_up"] == 1  # the made-up groups have one mood each


def test_an_evaluation_goes_on_where_it_was_stopped(
    made: pd.DataFrame, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = run_of("logistic-regression").predictions()
    runs.Run(whole_path := next(iter(runs.all_runs())).path)
    for file in whole_path.iterdir():
        file.unlink()
    whole_path.rmdir()
    done: list[int] = []

    def stop(number: int, _: int) -> None:
        done.append(number)
        if number == 2:
            raise KeyboardInterrupt

    recipe = recipes.load("logistic-regression", ["dataset=made"])
    with pytest.raises(KeyboardInterrupt):
        evaluate.over_folds(recipe, GROUPED, stop, jobs=1)
    (stopped,) = runs.all_runs()
    assert stopped.status != runs.FINISHED
    assert stopped.predictions()["fold"].nunique() == 2
    trained: list[int] = []
    fold_predictions = evaluate.fold_predictions

    def count(*arguments: Any) -> pd.DataFrame:
        trained.append(arguments[3].number)
        return fold_predictions(*arguments)

    monkeypatch.setattr(evaluate, "fold_predictions", count)
    again = evaluate.over_folds(recipe, GROUPED, lambda *_: None, jobs=1)
    assert trained == [3, 4, 5]
    assert again.path == stopped.path
    pd.testing.assert_frame_equal(again.predictions(), whole)
    more = evaluate.over_folds(recipe, Protocol("grouped", 5, 2), lambda *_: None, jobs=1)
    assert more.path == stopped.path
    assert trained[3:] == [1, 2, 3, 4, 5]
    assert more.info["protocol"]["repeats"] == more.scores["repeats"] == 2
    fewer = evaluate.over_folds(recipe, GROUPED, lambda *_: None, jobs=1)
    assert fewer.info["protocol"]["repeats"] == 2  # nothing is forgotten


def test_another_setting_or_table_is_another_run(made: pd.DataFrame) -> None:
    one = run_of("logistic-regression")
    other = run_of("logistic-regression", GROUPED, "seed=14")
    assert one.path != other.path
    made.loc[0, "tempo"] = 1.0
    assert run_of("logistic-regression").path not in (one.path, other.path)


def test_a_mean_is_its_members_mean_on_the_same_folds(made: pd.DataFrame) -> None:
    run = evaluate.over_folds(BOTH, GROUPED, lambda *_: None, jobs=1)
    members = [run_of(name) for name in BOTH.members]
    mean = np.mean([m.predictions()[list(NAMES)].to_numpy() for m in members], axis=0)
    assert run.predictions()[list(NAMES)].to_numpy() == pytest.approx(mean, abs=1e-6)
    assert run.predictions()["clip"].tolist() == members[0].predictions()["clip"].tolist()
    assert scores.compare(run.predictions(), members[0].predictions())["folds"] == 5
    with pytest.raises(RunError, match="combines other runs"):
        evaluate.train_again(run, 1, 1)


def test_a_fold_trained_again_is_the_same(made: pd.DataFrame) -> None:
    run = run_of("extra-trees")
    result = evaluate.train_again(run, 1, 3)
    saved = scores.fold_accuracies(run.predictions())[1, 3]
    assert result == {"run": run.name, "repeat": 1, "fold": 3, "kept": saved, "again": saved}
    with pytest.raises(RunError, match="no fold 9"):
        evaluate.train_again(run, 1, 9)


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore")
def test_networks_beside_each_other_say_what_they_say_alone(own_models: Path) -> None:
    """Two processes against one, on real clips; each fold has its own seed."""
    recipe = recipes.load("cnn1d-bagged", ["epochs=2", "members=2", "patience=1"])
    one = evaluate.over_folds(recipe, Protocol("grouped", 5), lambda *_: None, jobs=1)
    kept = one.predictions()
    for file in one.path.iterdir():
        file.unlink()
    one.path.rmdir()
    two = evaluate.over_folds(recipe, Protocol("grouped", 5), lambda *_: None, jobs=2)
    assert two.predictions()[list(NAMES)].to_numpy() == pytest.approx(
        kept[list(NAMES)].to_numpy(), abs=1e-4
    )
    assert (two.predictions()["inner_loss"] < 2).all()
