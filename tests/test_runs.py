from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from mmc_core import runs
from mmc_core.cards import accuracy_sentence
from mmc_core.datasets import DATASETS
from mmc_core.errors import RunError, UnknownName
from mmc_core.features.schema import ORIGINAL_57, fingerprint
from mmc_core.moods import NAMES
from mmc_core.original import original_runs
from tests import SHIPPED

shipped = pytest.mark.parametrize("run", SHIPPED, ids=lambda run: run.name)


def info(**changes: Any) -> dict[str, Any]:
    return {
        "status": runs.FINISHED,
        "recipe": {"dataset": "4qaed"},
        "features": {"fingerprint": fingerprint(), "names": list(ORIGINAL_57)},
        "moods": list(NAMES),
        **changes,
    }


# ---- what is shipped ------------------------------------------------------------------------


def test_both_datasets_have_a_run_and_one_serves() -> None:
    assert {run.dataset for run in SHIPPED} == set(DATASETS)
    assert set(SHIPPED) <= set(runs.servable_runs())
    assert runs.find("1").dataset == "4qaed"
    assert runs.find("best").name == runs.find("1").name == runs.servable_runs()[0].name


@shipped
def test_a_run_is_whole(run: runs.Run) -> None:
    recipe, data = run.info["recipe"], run.info["data"]
    history = run.history()
    assert history["epoch"].tolist() == list(range(1, recipe["epochs"] + 1))
    assert history[["accuracy", "val_accuracy"]].to_numpy().max() <= 1
    predictions = run.predictions()
    assert len(predictions) == run.scores["n"] == data["n_test"]
    assert predictions[list(NAMES)].sum(axis=1).to_numpy() == pytest.approx(1, abs=1e-5)
    assert data["n_train"] + data["n_validation"] + data["n_test"] == sum(
        DATASETS[run.dataset].clips().values()
    )
    assert run.info["parameters"] == 48_548  # the original's
    assert f"{run.scores['accuracy']:.3f}" in (run.path / "card.md").read_text("utf-8")
    assert sum(path.stat().st_size for path in run.path.iterdir()) < 10**6


@shipped
def test_a_run_beats_its_baselines(run: runs.Run) -> None:
    scores = run.scores
    known = [value for value in scores["baselines"].values() if value is not None]
    assert scores["interval"][0] <= scores["accuracy"] <= scores["interval"][1]
    assert scores["interval"][0] > max(known)
    assert scores["protocol"] == run.info["protocol"]


@shipped
def test_scores_are_those_of_the_kept_predictions(run: runs.Run) -> None:
    from mmc_core.scores import score

    again = score(run.predictions(), seed=run.info["recipe"]["seed"])
    for name, value in again.items():
        assert run.scores[name] == pytest.approx(value) if isinstance(value, float) else True
    assert again["confusion"] == run.scores["confusion"]
    assert again["interval"] == pytest.approx(run.scores["interval"])


@shipped
def test_a_run_was_trained_on_todays_table(run: runs.Run, request: pytest.FixtureRequest) -> None:
    from mmc_core.train import data_hash

    dataset = DATASETS[run.dataset]
    if not dataset.has_table():
        request.getfixturevalue("mirror")
        dataset.fetch()
    assert data_hash(dataset.table()) == run.info["data"]["sha256"]


@shipped
def test_the_sentence_says_n_interval_and_baseline(run: runs.Run) -> None:
    sentence = accuracy_sentence(run)
    assert f"{run.scores['accuracy']:.0%}" in sentence
    assert f"of {run.scores['n']} clips" in sentence
    assert "95 % interval" in sentence


# ---- reading and writing --------------------------------------------------------------------


def test_new_runs_never_overwrite(own_models: Path) -> None:
    names = [runs.new_run("a").name for _ in range(3)]
    assert names == ["a", "a-2", "a-3"]
    assert runs.all_runs() == []  # nothing in them yet


def test_history_is_written_as_it_goes(own_models: Path) -> None:
    run = runs.new_run("a")
    for epoch in (1, 2):
        run.append_history(epoch, dict(loss=1, accuracy=0.5, val_loss=2, val_accuracy=0.25))
        assert len(run.history()) == epoch
    assert run.history().iloc[-1].tolist() == [2, 1, 0.5, 2, 0.25]


def test_what_is_written_is_read_back(own_models: Path) -> None:
    run = runs.new_run("a")
    run.write_info(info(seed=1))
    assert run.info["seed"] == 1
    run.write_info(info(seed=2))
    assert run.info["seed"] == runs.Run(run.path).info["seed"] == 2
    assert runs.all_runs() == [run]


def test_only_finished_runs_of_todays_features_serve(own_models: Path) -> None:
    for name, content in {
        "good": info(),
        "running": info(status=runs.TRAINING),
        "old": info(features={"fingerprint": "another", "names": []}),
    }.items():
        run = runs.new_run(name)
        run.write_info(content)
        run.model_path.touch()
    runs.new_run("no-model").write_info(info())
    assert [run.name for run in runs.servable_runs()] == ["good"]


def test_a_run_for_other_features_is_refused(own_models: Path) -> None:
    runs.new_run("old").write_info(info(features={"fingerprint": "another", "names": []}))
    with pytest.raises(RunError, match="trained on features another"):
        runs.find("old")
    runs.new_run("shuffled").write_info(info(moods=list(reversed(NAMES))))
    with pytest.raises(RunError, match="Train it again"):
        runs.find("shuffled")


@pytest.mark.parametrize("name", ["nothing", "2", "../models/a", "", ".", "/etc"])
def test_unknown_models_are_answered_with_the_known(own_models: Path, name: str) -> None:
    runs.new_run("a").write_info(info())
    (own_models / "serving.json").write_text(json.dumps({"1": "a"}))
    with pytest.raises(UnknownName, match="expected one of 1, a"):
        runs.find(name)


def test_a_run_without_a_network_is_refused(own_models: Path) -> None:
    runs.new_run("a").write_info(info(status=runs.TRAINING))
    with pytest.raises(RunError, match="no finished network"):
        runs.find("a")


def test_an_empty_models_folder_says_so(own_models: Path) -> None:
    with pytest.raises(UnknownName, match="none yet"):
        runs.find("1")


def test_a_broken_run_says_which_file(own_models: Path) -> None:
    run = runs.new_run("a")
    (run.path / "run.json").write_text("{ half")
    with pytest.raises(RunError, match=r"'a' has no readable run\.json"):
        _ = run.info


def test_one_broken_run_does_not_hide_the_others(own_models: Path) -> None:
    good = runs.new_run("good")
    good.write_info(info())
    good.model_path.touch()
    (runs.new_run("bad").path / "run.json").write_text("{ half")
    assert [run.name for run in runs.all_runs()] == ["good"]
    assert ["'bad' has no readable" in str(error) for error in runs.broken_runs()] == [True]
    assert runs.find("good").name == "good"


def test_a_broken_list_of_models_says_so(own_models: Path) -> None:
    (own_models / "serving.json").write_text("1: a")
    with pytest.raises(RunError, match=r"serving\.json in the models folder is not JSON"):
        runs.find("1")


# ---- the original's -------------------------------------------------------------------------


def test_the_originals_26_runs() -> None:
    originals = original_runs()
    assert len(originals) == 26
    for run in originals:
        assert run.dataset in DATASETS
        assert list(run.history) == ["epoch", "loss", "accuracy", "val_loss", "val_accuracy"]
        assert run.history["epoch"].tolist() == list(range(1, len(run.history) + 1))
        assert len(run.history) in (50, 80)
    leaky = [run for run in originals if run.augmented != "no"]
    assert len(leaky) == 4
    assert all("leak" in run.note for run in leaky)
    assert {(run.test_accuracy, run.n_test) for run in leaky} >= {(0.94, 120), (0.97, 120)}
