"""Training end to end, on few epochs; importing TensorFlow makes these slow."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from mmc_core import datasets, runs
from mmc_core.errors import DatasetError, RunError, TrainingStopped
from mmc_core.features.encode import encode
from mmc_core.learning import recipes
from mmc_core.learning.splits import grouped_hold_out
from mmc_core.moods import NAMES
from mmc_core.prediction.network import Network
from mmc_core.runs.combination import answering, combined
from mmc_core.runs.train import prepare, resume
from mmc_core.runs.train import train as train_recipe
from mmc_core.settings import PROJECT
from tests.support.dataset import BOTH, Made

pytestmark = [pytest.mark.slow, pytest.mark.filterwarnings("ignore")]  # TensorFlow's own

WHOLE = {"run.json", "history.csv", "scores.json", "predictions.parquet", "model.onnx", "card.md"}


@pytest.fixture
def made(table: pd.DataFrame, own_models: Path, monkeypatch: pytest.MonkeyPatch) -> pd.DataFrame:
    dataset = Made()
    dataset.made_table = table
    monkeypatch.setitem(datasets.DATASETS, "made", dataset)
    return table


def recipe(name: str = "cnn1d", *settings: str) -> recipes.AnyRecipe:
    return recipes.load(name, ["dataset=made", *settings])


def train(name: str = "cnn1d", *settings: str) -> runs.Run:
    return train_recipe(recipe(name, *settings), lambda *_: None)


def served(run: runs.Run, rows: pd.DataFrame) -> np.ndarray:
    return Network(run).answer(encode(rows.to_dict(orient="records")))


@pytest.mark.parametrize(
    ("name", "settings"),
    [
        ("cnn1d", ["epochs=8", "learning_rate=0.003"]),
        ("cnn1d-bagged", ["epochs=6", "patience=2", "members=2", "learning_rate=0.003"]),
    ],
)
def test_a_run_is_made_whole_and_serves(made: pd.DataFrame, name: str, settings: list[str]) -> None:
    run = train(name, *settings)
    assert run.status == runs.FINISHED
    assert {path.name for path in run.path.iterdir()} == WHOLE
    assert runs.find(run.name).is_servable()
    kept = run.predictions().set_index("clip")
    rows = made.set_index("clip").loc[kept.index]
    assert np.abs(served(run, rows) - kept[list(NAMES)].to_numpy()).max() < 1e-5
    held_out = grouped_hold_out(made, seed=run.info["recipe"]["seed"]).test
    assert kept.index.tolist() == made["clip"].iloc[held_out].tolist()
    assert kept["predicted"].tolist() == [
        NAMES[i] for i in kept[list(NAMES)].to_numpy().argmax(axis=1)
    ]


def test_one_seed_gives_one_history(made: pd.DataFrame) -> None:
    few = ("cnn1d-bagged", "epochs=2", "members=2", "patience=1")
    one, again, other = train(*few), train(*few), train(*few, "seed=5")
    pd.testing.assert_frame_equal(one.history(), again.history())
    assert one.scores == again.scores
    assert not one.history().equals(other.history())
    assert [run.name for run in runs.all_runs()] == [
        f"made-cnn1d-bagged{number}" for number in ("", "-2", "-3")
    ]


# ---- stopping and going on ------------------------------------------------------------------


class Interrupt:
    """Breaks off after so many epochs."""

    def __init__(self, after: int) -> None:
        self.left = after

    def __call__(self, *_: Any) -> None:
        self.left -= 1
        if self.left == 0:
            raise KeyboardInterrupt


@pytest.mark.parametrize("after", [1, 4, 6])
def test_gone_on_with_it_has_the_history_of_one_never_stopped(
    made: pd.DataFrame, after: int
) -> None:
    """In the first network, at its end and in the second; dropout and mixup go on too."""
    settings = ("cnn1d-bagged", "epochs=4", "patience=4", "members=2", "mixup=0.3")
    whole = train(*settings)
    stopped = prepare(recipe(*settings))
    with pytest.raises(KeyboardInterrupt):
        resume(stopped, Interrupt(after))
    assert stopped.status == runs.STOPPED
    assert len(stopped.history()) == after
    assert not stopped.is_servable()
    resume(stopped, lambda *_: None)
    assert stopped.status == runs.FINISHED
    pd.testing.assert_frame_equal(stopped.history(), whole.history())
    pd.testing.assert_frame_equal(stopped.predictions(), whole.predictions())


def test_a_killed_training_is_shown_as_stopped_and_goes_on(own_models: Path) -> None:
    """The real thing: a process of its own, killed without a chance to say anything."""
    run = prepare(recipes.load("cnn1d", ["epochs=400"]))
    command = [sys.executable, "-m", "mmc_core", "train", "--resume", run.name]
    process = subprocess.Popen(command, cwd=PROJECT, stderr=subprocess.PIPE, text=True)
    try:
        for _ in range(600):
            if run.has_history() and len(run.history()) >= 3:
                break
            assert process.poll() is None, process.stderr and process.stderr.read()
            time.sleep(0.1)
        assert runs.Run(run.path).status == runs.TRAINING
        with pytest.raises(RunError, match="is being trained already"):
            resume(runs.Run(run.path), lambda *_: None)
    finally:
        os.kill(process.pid, signal.SIGKILL)
        process.wait(20)
    killed = runs.Run(run.path)
    assert killed.info["status"] == runs.TRAINING  # nobody was left to say otherwise
    assert killed.status == runs.STOPPED
    before = len(killed.history())

    def ask(epoch: int, *_: Any) -> None:
        if epoch >= before + 2:
            killed.session.ask_to_stop()

    with pytest.raises(TrainingStopped, match=f"--resume {run.name}"):
        resume(killed, ask)
    epochs = killed.history()["epoch"].tolist()
    assert epochs == list(range(1, len(epochs) + 1))
    assert len(epochs) == before + 2 or len(epochs) == before + 1  # the last one may be redone


def test_what_cannot_be_gone_on_with_says_why(made: pd.DataFrame) -> None:
    run = prepare(recipe("cnn1d", "epochs=3"))
    with pytest.raises(KeyboardInterrupt):
        resume(run, Interrupt(2))
    run.session.clear()
    with pytest.raises(RunError, match="not in the cache of this machine"):
        resume(run, lambda *_: None)
    assert "not in the cache" in run.info["error"]
    with pytest.raises(RunError, match="is finished"):
        resume(train("cnn1d", "epochs=1"), lambda *_: None)
    changed = prepare(recipe("cnn1d", "epochs=1"))
    made.loc[0, "tempo"] = 99.0
    with pytest.raises(RunError, match="not the one that"):
        resume(changed, lambda *_: None)


# ---- what is not a single network -----------------------------------------------------------


def test_a_combination_trains_its_members_once(made: pd.DataFrame) -> None:
    plain = train("logistic-regression")
    assert plain.status == runs.FINISHED
    assert not plain.is_servable()
    run = train_recipe(BOTH, lambda *_: None)
    assert [member.name for member in run.members()] == [plain.name, "made-extra-trees"]
    p = np.mean([m.predictions()[list(NAMES)].to_numpy() for m in run.members()], axis=0)
    assert run.predictions()[list(NAMES)].to_numpy() == pytest.approx(p, abs=1e-6)


def test_how_members_are_combined() -> None:
    """Two of three say the first mood, all but surely; the third is sure of the second."""
    p = [np.array([[0.4, 0.3, 0.2, 0.1]])] * 2 + [np.array([[0.0, 1.0, 0.0, 0.0]])]

    def kind(name: Any) -> recipes.Combination:
        members = ["cnn1d", "cnn1d-l2", "svm"]
        return recipes.Combination(
            name="x", title="x", dataset="made", kind=name, members=members, seed=1
        )

    for name, predicted in (("vote", 0), ("mean", 1)):
        mean, moods = combined(kind(name), p)
        assert moods.tolist() == [NAMES[predicted]]
        assert mean[0, 0] == pytest.approx(0.8 / 3)
        assert answering(kind(name), ["a", "b", "c"], [1.0, 0.5, 0.7]) == ["a", "b", "c"]
    assert answering(kind("best"), ["a", "b", "c"], [1.0, 0.5, 0.7]) == ["b"]


def test_images_without_audio_say_so_and_leave_no_folder(made: pd.DataFrame) -> None:
    with pytest.raises(DatasetError, match="This needs the audio of made"):
        train("cnn2d-mel")
    with pytest.raises(DatasetError, match="needs the audio"):
        train("cnn1d-copies")
    assert runs.all_runs() == []
