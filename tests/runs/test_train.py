"""Training end to end, tiny networks on few epochs; importing TensorFlow makes these slow."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from mmc_core import datasets, runs
from mmc_core.errors import DatasetError, RunError, TrainingStopped
from mmc_core.features.encode import encode
from mmc_core.learning import recipes, scores
from mmc_core.learning.splits import grouped_hold_out
from mmc_core.moods import NAMES
from mmc_core.prediction.network import answer
from mmc_core.runs import session
from mmc_core.runs.train import prepare, resume, train
from mmc_core.settings import PROJECT
from tests.support.dataset import BOTH, TINY, Made, made_table

pytestmark = [pytest.mark.slow, pytest.mark.filterwarnings("ignore")]  # TensorFlow's own

WHOLE = {"run.json", "history.csv", "scores.json", "predictions.parquet", "model.onnx", "card.md"}
BAGGED = ("epochs=4", "patience=4", "members=2", "mixup=0.3")


@pytest.fixture(scope="module", autouse=True)
def made() -> Iterator[Made]:
    """A dataset; and one shuffle of labels beside each run, where ten would take the longest."""
    dataset = Made()
    dataset.made_table = made_table()
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(datasets.DATASETS, "made", dataset)
        patch.setattr(scores, "SHUFFLES", 1)
        yield dataset


@pytest.fixture(scope="module")
def models(made: Made, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("models")


@pytest.fixture(scope="module")
def trained(models: Path) -> dict[str, runs.Run]:
    """One network, two with their mean, and the same two from another seed."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("MMC_MODELS", str(models))
        patch.setenv("MMC_CACHE", str(models / "cache"))
        return {
            "one": train("cnn1d", settings=[*TINY, "epochs=2"]),
            "two": train(recipe("cnn1d-bagged", *BAGGED), nobody),
            "other seed": train(recipe("cnn1d-bagged", *BAGGED, "seed=5"), nobody),
        }


def recipe(name: str, *settings: str) -> recipes.AnyRecipe:
    return recipes.load(name, [*TINY, *settings])


def nobody(*_: Any) -> None:
    """Does not look at the progress."""


def test_a_run_is_made_whole_and_serves(
    made: Made, models: Path, trained: dict[str, runs.Run], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MMC_MODELS", str(models))
    table = made.table()
    for run in trained.values():
        assert run.status == runs.FINISHED
        assert {path.name for path in run.path.iterdir()} == WHOLE
        assert runs.find(run.name).is_servable()
        saved = run.predictions().set_index("clip")
        p = saved[list(NAMES)].to_numpy()
        rows = table.set_index("clip").loc[saved.index]
        served = answer(run, encode(rows.to_dict(orient="records")))
        assert np.abs(served - p).max() < 1e-5
        held_out = grouped_hold_out(table, seed=run.info.recipe["seed"]).test
        assert saved.index.tolist() == table["clip"].iloc[held_out].tolist()
        assert saved["predicted"].tolist() == [NAMES[i] for i in p.argmax(axis=1)]
    assert [run.name for run in runs.all_runs()] == [
        *("made-cnn1d", "made-cnn1d-bagged", "made-cnn1d-bagged-2")
    ]


def test_a_training_records_its_phases(own_models: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    phases: list[str] = []
    monkeypatch.setattr(session.Session, "enter", lambda _, phase: phases.append(phase))
    train("cnn1d", settings=[*TINY, "epochs=1"])
    assert phases == [session.LOADING, session.LEARNING, session.SAVING, session.SCORING]


# ---- stopping and resuming ------------------------------------------------------------------


class Interrupt:
    """Breaks off after so many epochs."""

    def __init__(self, after: int) -> None:
        self.left = after

    def __call__(self, *_: Any) -> None:
        self.left -= 1
        if self.left == 0:
            raise KeyboardInterrupt


def test_a_resumed_run_has_the_history_of_one_never_stopped(
    trained: dict[str, runs.Run], own_models: Path
) -> None:
    """In the first network, at its end and in the second; dropout and mixup go on too.

    So one seed gives one history; another gives another.
    """
    whole, other = trained["two"], trained["other seed"]
    stopped = prepare(recipe("cnn1d-bagged", *BAGGED))
    before = 0
    for after in (1, 4, 6):
        with pytest.raises(KeyboardInterrupt):
            resume(stopped, Interrupt(after - before))
        assert stopped.status == runs.STOPPED
        assert len(stopped.history()) == after
        assert not stopped.is_servable()
        before = after
    resume(stopped, nobody)
    assert stopped.status == runs.FINISHED
    pd.testing.assert_frame_equal(stopped.history(), whole.history())
    pd.testing.assert_frame_equal(stopped.predictions(), whole.predictions())
    assert stopped.scores == whole.scores
    assert not other.history().equals(whole.history())


def test_a_killed_training_is_shown_as_stopped_and_resumed(own_models: Path) -> None:
    """The real thing: a process of its own, killed without a chance to say anything."""
    run = prepare(recipes.load("cnn1d", [*TINY[1:], "epochs=4000"]))
    command = [sys.executable, "-m", "mmc_core", "train", "--resume", run.name]
    process = subprocess.Popen(command, cwd=PROJECT, stderr=subprocess.PIPE, text=True)
    try:
        for _ in range(600):
            if run.has_history() and len(run.history()) >= 3:
                break
            assert process.poll() is None, process.stderr and process.stderr.read()
            time.sleep(0.1)
        assert runs.Run(run.path).status == runs.TRAINING
        with pytest.raises(RunError, match="is in training already"):
            resume(runs.Run(run.path), nobody)
    finally:
        os.kill(process.pid, signal.SIGKILL)
        process.wait(20)
    killed = runs.Run(run.path)
    assert killed.info.status == runs.TRAINING  # nobody was left to say otherwise
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


def test_what_cannot_be_resumed_says_why(
    made: Made, trained: dict[str, runs.Run], own_models: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = prepare(recipe("cnn1d", "epochs=3"))
    with pytest.raises(KeyboardInterrupt):
        resume(run, Interrupt(2))
    run.session.clear()
    with pytest.raises(RunError, match="not in the cache of this machine"):
        resume(run, nobody)
    assert "not in the cache" in str(run.info.error)
    with pytest.raises(RunError, match="is finished"):
        resume(trained["one"], nobody)
    changed = prepare(recipe("cnn1d", "epochs=1"))
    monkeypatch.setattr(made, "made_table", made_table().assign(tempo=99.0))
    with pytest.raises(RunError, match="has changed since"):
        resume(changed, nobody)


# ---- what is not a single network -----------------------------------------------------------


def test_a_combination_trains_its_members_once(own_models: Path) -> None:
    first = train(recipes.load("logistic-regression", ["dataset=made"]), nobody)
    assert first.status == runs.FINISHED
    assert not first.is_servable()
    run = train(BOTH, nobody)
    assert [member.name for member in run.members()] == [first.name, "made-svm"]
    p = np.mean([m.predictions()[list(NAMES)].to_numpy() for m in run.members()], axis=0)
    assert run.predictions()[list(NAMES)].to_numpy() == pytest.approx(p, abs=1e-6)


def test_images_without_audio_say_so_and_leave_no_folder(own_models: Path) -> None:
    for name in ("cnn2d-mel", "cnn1d-copies"):
        with pytest.raises(DatasetError, match="This needs the audio of made"):
            train(recipes.load(name, ["dataset=made"]), nobody)
    assert runs.all_runs() == []
