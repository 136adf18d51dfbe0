from __future__ import annotations

import json
import threading
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from mmc_core import runs
from mmc_core.datasets import DATASETS
from mmc_core.errors import RunError, UnknownName
from mmc_core.features.images import IMAGES
from mmc_core.learning import recipes
from mmc_core.learning.voting import majority
from mmc_core.moods import NAMES
from mmc_core.runs import provenance, writing
from mmc_core.runs.cards import accuracy_sentence
from mmc_core.runs.original import original_runs
from mmc_core.runs.provenance import data_hash
from tests.support.runs import SHIPPED, predictions

TRAINED = [run for run in SHIPPED if run.info["of"] == runs.OF_TRAINING]
EVALUATED = [run for run in SHIPPED if run.info["of"] == runs.OF_EVALUATION]


def info(**changes: Any) -> dict[str, Any]:
    return {
        "of": runs.OF_TRAINING,
        "status": runs.FINISHED,
        "recipe": {"dataset": "4qaed", "title": "a network", "kind": "cnn1d", "input": "features"},
        "features": {"fingerprint": runs.fingerprint("features")},
        "moods": list(NAMES),
        "protocol": {"name": "hold-out", "folds": 1, "repeats": 1},
        "data": {"n": 10, "sha256": ""},
        **changes,
    }


# ---- what is shipped ------------------------------------------------------------------------


def test_every_dataset_has_a_run_and_two_numbers_serve() -> None:
    assert {run.dataset for run in TRAINED} == set(DATASETS)
    served = runs.serving()
    assert set(served) >= {"1", "2"}
    first, second = runs.find("1"), runs.find("2")
    assert first.dataset == second.dataset == "4qaed"
    assert first.input == "features"
    assert [run.input for run in second.members()] == list(IMAGES)
    assert [run.name for run in runs.servable()][:2] == [first.name, second.name]


@pytest.mark.parametrize("run", TRAINED, ids=lambda run: run.name)
def test_a_training_is_whole(run: runs.Run) -> None:
    recipe = recipes.parse(run.info["recipe"])
    assert run.status == runs.FINISHED
    assert run.is_servable()
    predictions = run.predictions()
    assert len(predictions) == run.scores["n"]
    if isinstance(recipe, recipes.Network):
        history = run.history()
        for member, curve in history.groupby("member"):
            assert member in range(1, recipe.members + 1)
            assert curve["epoch"].tolist() == list(range(1, len(curve) + 1))
            assert len(curve) <= recipe.epochs
        assert history[["accuracy", "val_accuracy"]].to_numpy().max() <= 1
        assert run.model_path.stat().st_size < 10**7
    else:
        p = np.stack([m.predictions()[list(NAMES)].to_numpy() for m in run.members()])
        moods = np.array(NAMES, dtype=object)[majority(p)]
        assert predictions["predicted"].tolist() == moods.tolist()


@pytest.mark.parametrize("number", ["1", "2"])
def test_what_is_served_beats_its_baselines(number: str) -> None:
    found = runs.find(number).scores
    low, high = found["interval"]
    assert low <= found["accuracy"] <= high
    assert low > found["baselines"]["majority"]
    assert low > found["baselines"]["shuffled_labels"]


@pytest.mark.parametrize("run", SHIPPED, ids=lambda run: run.name)
def test_scores_are_those_of_the_kept_predictions(run: runs.Run) -> None:
    from mmc_core.learning.scores import score

    predictions = run.predictions()
    assert predictions[list(NAMES)].sum(axis=1).to_numpy() == pytest.approx(1, abs=1e-5)
    again = score(predictions, seed=run.info["recipe"]["seed"])
    assert json.loads(json.dumps(again)) == run.scores
    protocol = run.info["protocol"]
    assert (again["repeats"], again["folds"]) == (
        protocol["repeats"],
        protocol["repeats"] * protocol["folds"],
    )


@pytest.mark.parametrize("run", EVALUATED, ids=lambda run: run.name)
def test_folds_are_the_kept_ones(run: runs.Run) -> None:
    """Each clip is held out once a repeat, in the fold that is kept for it, with its own mood."""
    protocol = run.info["protocol"]
    if protocol["name"] == "official":
        dataset = DATASETS[run.dataset]
        official = dataset.official_part(dataset.table())
        assert official is not None
        tested = dataset.table().loc[official == "test", "clip"]
        assert sorted(run.predictions()["clip"]) == sorted(tested)
        return
    kept = pd.read_parquet(DATASETS[run.dataset].folds_path).set_index("clip")
    name = f"{protocol['name']}-{protocol['folds']}"
    predictions = run.predictions()
    assert sorted(predictions["repeat"].unique()) == list(range(1, protocol["repeats"] + 1))
    for repeat, part in predictions.groupby("repeat"):
        by_clip = part.set_index("clip")["fold"].sort_index()
        assert by_clip.tolist() == kept[f"{name}/{repeat:02d}"].sort_index().tolist()
    if protocol["name"] == "grouped":
        across = predictions.groupby(["repeat", "group"])["fold"].nunique()
        assert across.max() == 1


@pytest.mark.parametrize("run", SHIPPED, ids=lambda run: run.name)
def test_a_run_was_made_from_todays_table(run: runs.Run, request: pytest.FixtureRequest) -> None:
    dataset = DATASETS[run.dataset]
    if not dataset.has_table():
        request.getfixturevalue("mirror")
        dataset.fetch()
    table = dataset.table()
    assert data_hash(table) == run.info["data"]["sha256"]
    assert len(table) == run.info["data"]["n"]


def test_the_sentence_says_n_interval_and_baseline() -> None:
    for run in TRAINED:
        sentence = accuracy_sentence(run)
        assert f"{run.scores['accuracy']:.0%}" in sentence
        assert f"of {run.scores['n']} clips" in sentence
        assert "95 % interval" in sentence


def test_the_folder_is_small() -> None:
    sizes = [path.stat().st_size for run in SHIPPED for path in run.path.iterdir()]
    assert sum(sizes) < 60e6
    assert max(sizes) < 10e6


# ---- reading and writing --------------------------------------------------------------------


def test_new_runs_never_overwrite(own_models: Path) -> None:
    names = [runs.new_run("a").name for _ in range(3)]
    assert names == ["a", "a-2", "a-3"]
    assert runs.all_runs() == []  # nothing in them yet


def test_history_is_written_as_it_goes(own_models: Path) -> None:
    run = runs.new_run("a")
    for epoch in (1, 2):
        writing.append_history(
            run, 1, epoch, dict(loss=1, accuracy=0.5, val_loss=2, val_accuracy=0.25)
        )
        assert len(run.history()) == epoch
    assert run.history().iloc[-1].tolist() == [1, 2, 1, 0.5, 2, 0.25]
    assert tuple(run.history()) == runs.HISTORY


def test_history_is_cut_where_training_goes_on(own_models: Path) -> None:
    run = runs.new_run("a")
    for member, epoch in ((1, 1), (1, 2), (2, 1), (2, 2), (2, 3)):
        writing.append_history(
            run, member, epoch, dict(loss=0.12345, accuracy=0, val_loss=0, val_accuracy=0)
        )
    written = (run.path / "history.csv").read_text().splitlines()
    writing.cut_history(run, 2, 1)
    assert (run.path / "history.csv").read_text().splitlines() == written[:4]


def test_a_lock_tells_a_training_that_runs_from_one_that_was_killed(own_models: Path) -> None:
    run = runs.new_run("a")
    writing.write_info(run, info(status=runs.TRAINING))
    assert run.status == runs.STOPPED
    inside, leave = threading.Event(), threading.Event()

    def train() -> None:
        with runs.Run(run.path).session.alone():
            inside.set()
            leave.wait(20)

    thread = threading.Thread(target=train)
    thread.start()
    inside.wait(20)
    assert run.status == runs.TRAINING
    run.session.ask_to_stop()
    assert run.session.is_asked_to_stop()
    leave.set()
    thread.join()
    assert run.status == runs.STOPPED
    with run.session.alone():  # an old wish to stop does not stop the next
        assert not run.session.is_asked_to_stop()


def test_a_state_is_kept_whole(own_models: Path) -> None:
    run = runs.new_run("a")
    assert run.session.state() is None
    with run.session.alone():
        run.session.save_state({"now-0": np.arange(6.0).reshape(2, 3), "at": np.array([1, 2])})
    kept = run.session.state()
    assert kept is not None
    assert kept["now-0"].tolist() == [[0, 1, 2], [3, 4, 5]]
    run.path.rmdir()
    assert runs.new_run("a").session.state() is None  # another run, though of that name


def test_what_is_written_is_read_back(own_models: Path) -> None:
    run = runs.new_run("a")
    writing.write_info(run, info(seed=1))
    assert run.info["seed"] == 1
    writing.write_info(run, info(seed=2))
    assert run.info["seed"] == runs.Run(run.path).info["seed"] == 2
    assert runs.all_runs() == [run]


def test_a_run_with_the_former_names_is_read_as_before(own_models: Path) -> None:
    """`said`, `look_up` and recipes of kind `plain`, as versions before 0.2 wrote them."""
    run = runs.new_run("former")
    made = predictions()
    former = made.rename(columns={"predicted": "said", "group_majority": "look_up"})
    former.to_parquet(run.path / "predictions.parquet")
    pd.testing.assert_frame_equal(run.predictions(), made, check_dtype=False)
    recipe = recipes.load("svm").model_dump()
    writing.write_info(run, info(recipe={**recipe, "kind": "plain"}))
    assert run.info["recipe"] == recipe
    assert provenance.is_of(run, recipes.load("svm"))


def test_only_finished_runs_of_todays_features_serve(own_models: Path) -> None:
    for name, content in {
        "good": info(),
        "running": info(status=runs.TRAINING),
        "old": info(features={"fingerprint": "another"}),
    }.items():
        run = runs.new_run(name)
        writing.write_info(run, content)
        run.model_path.touch()
    writing.write_info(runs.new_run("no-model"), info())
    assert [run.name for run in runs.servable()] == ["good"]


def test_a_run_for_other_features_is_refused(own_models: Path) -> None:
    writing.write_info(runs.new_run("old"), info(features={"fingerprint": "another"}))
    with pytest.raises(RunError, match="trained on inputs another"):
        runs.find("old")
    writing.write_info(runs.new_run("shuffled"), info(moods=list(reversed(NAMES))))
    with pytest.raises(RunError, match="Train it again"):
        runs.find("shuffled")


@pytest.mark.parametrize("name", ["nothing", "2", "../models/a", "", ".", "/etc"])
def test_unknown_models_are_answered_with_the_known(own_models: Path, name: str) -> None:
    writing.write_info(runs.new_run("a"), info())
    (own_models / "serving.json").write_text(json.dumps({"1": "a"}))
    with pytest.raises(UnknownName, match="expected one of 1, a"):
        runs.find(name)


def test_a_run_without_a_network_is_refused(own_models: Path) -> None:
    writing.write_info(runs.new_run("a"), info(status=runs.TRAINING))
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


def test_a_run_of_an_older_version_is_told_from_a_sound_one(own_models: Path) -> None:
    older = {key: value for key, value in info().items() if key not in ("of", "protocol")}
    writing.write_info(runs.new_run("old"), older)
    assert runs.all_runs() == runs.servable() == []
    (error,) = runs.broken_runs()
    assert "without of, protocol; an older version may have made it" in str(error)


def test_one_broken_run_does_not_hide_the_others(own_models: Path) -> None:
    good = runs.new_run("good")
    writing.write_info(good, info())
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
