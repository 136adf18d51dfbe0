"""Run folders as they are written, read and looked for, and the state of a training."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from mmc_core import files, runs
from mmc_core.errors import RunError, UnknownName
from mmc_core.learning import recipes
from mmc_core.moods import NAMES
from mmc_core.runs import provenance, writing
from mmc_core.saved.run import RUN
from tests.support.runs import SHIPPED, predictions, run_info


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
    writing.write_info(run, run_info(status=runs.TRAINING))
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
    saved = run.session.state()
    assert saved is not None
    assert saved["now-0"].tolist() == [[0, 1, 2], [3, 4, 5]]
    run.path.rmdir()
    assert runs.new_run("a").session.state() is None  # another run, though of that name


def test_what_is_written_is_read_back(own_models: Path) -> None:
    run = runs.new_run("a")
    writing.write_info(run, run_info(title="one"))
    assert run.info.title == "one"
    writing.write_info(run, run_info(title="two"))
    assert run.info.title == runs.Run(run.path).info.title == "two"
    assert runs.all_runs() == [run]


def test_a_run_with_the_former_names_is_read_as_before(own_models: Path) -> None:
    """`said`, `look_up`, recipes of kind `plain` and their titles, as they were once written."""
    run = runs.new_run("former")
    made = predictions()
    former = made.rename(columns={"predicted": "said", "group_majority": "look_up"})
    former.to_parquet(run.path / "predictions.parquet")
    pd.testing.assert_frame_equal(run.predictions(), made, check_dtype=False)
    recipe = recipes.load("svm").model_dump()
    written = RUN.values(run_info(recipe={**recipe, "kind": "plain", "title": "Kernels"}))
    files.write_json(written, run.path / "run.json")  # without a schema, as it was then
    assert run.info.recipe == recipe and run.title == recipe["title"]
    assert provenance.is_of(run, recipes.load("svm"))


def test_what_cannot_be_written_whole_leaves_what_there_was(
    own_models: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = runs.new_run("a")
    made = predictions()
    logs = dict(loss=1, accuracy=0.5, val_loss=2, val_accuracy=0.25)
    writing.write_info(run, run_info())
    writing.write_scores(run, SHIPPED[0].scores)
    writing.write_predictions(run, made)
    writing.write_card(run, "# a")
    writing.append_history(run, 1, 1, logs)
    before = {path.name: path.read_bytes() for path in run.path.iterdir()}
    assert len(before) == 5

    def full(*_: object) -> None:
        raise OSError("No space left on device")

    monkeypatch.setattr(Path, "replace", full)
    writes: list[Callable[[], None]] = [
        lambda: writing.write_info(run, run_info(title="two")),
        lambda: writing.write_scores(run, replace(SHIPPED[0].scores, n=2)),
        lambda: writing.write_predictions(run, made[:5]),
        lambda: writing.write_card(run, "# b"),
        lambda: writing.cut_history(run, 0, 0),
    ]
    for write in writes:
        with pytest.raises(OSError, match="No space"):
            write()
    assert {path.name: path.read_bytes() for path in run.path.iterdir()} == before


def test_only_finished_runs_of_todays_features_serve(own_models: Path) -> None:
    for name, content in {
        "good": run_info(),
        "running": run_info(status=runs.TRAINING),
        "old": run_info(features={"fingerprint": "another"}),
    }.items():
        run = runs.new_run(name)
        writing.write_info(run, content)
        run.model_path.touch()
    writing.write_info(runs.new_run("no-model"), run_info())
    assert [run.name for run in runs.servable()] == ["good"]


def test_a_run_for_other_features_is_refused(own_models: Path) -> None:
    writing.write_info(runs.new_run("old"), run_info(features={"fingerprint": "another"}))
    with pytest.raises(RunError, match="trained on inputs another"):
        runs.find("old")
    writing.write_info(runs.new_run("shuffled"), run_info(moods=list(reversed(NAMES))))
    with pytest.raises(RunError, match="Train it again"):
        runs.find("shuffled")


def test_unknown_models_are_answered_with_the_known(own_models: Path) -> None:
    writing.write_info(runs.new_run("a"), run_info())
    (own_models / "serving.json").write_text(json.dumps({"1": "a"}))
    for name in ("nothing", "2", "../models/a", "", ".", "/etc"):
        with pytest.raises(UnknownName, match="expected one of 1, a"):
            runs.find(name)


def test_a_run_without_a_network_is_refused(own_models: Path) -> None:
    writing.write_info(runs.new_run("a"), run_info(status=runs.TRAINING))
    with pytest.raises(RunError, match="no finished model"):
        runs.find("a")


def test_an_empty_models_folder_says_so(own_models: Path) -> None:
    with pytest.raises(UnknownName, match="none yet"):
        runs.find("1")


def test_a_broken_run_says_which_file(own_models: Path) -> None:
    run = runs.new_run("a")
    (run.path / "run.json").write_text("{ half")
    with pytest.raises(RunError, match=r"'a' cannot be opened: run\.json of the run is no JSON"):
        _ = run.info


def test_a_run_of_an_older_version_is_told_from_a_sound_one(own_models: Path) -> None:
    values = RUN.values(run_info())
    older = {key: value for key, value in values.items() if key not in ("of", "protocol")}
    files.write_json(older, runs.new_run("old").path / "run.json")
    assert runs.all_runs() == runs.servable() == []
    (error,) = runs.broken_runs()
    assert "run.json of the run lacks of, protocol. It may be damaged, or an older version" in str(
        error
    )


def test_one_broken_run_does_not_hide_the_others(own_models: Path) -> None:
    good = runs.new_run("good")
    writing.write_info(good, run_info())
    good.model_path.touch()
    (runs.new_run("bad").path / "run.json").write_text("{ half")
    assert [run.name for run in runs.all_runs()] == ["good"]
    assert ["'bad' cannot be opened" in str(error) for error in runs.broken_runs()] == [True]
    assert runs.find("good").name == "good"


def test_a_broken_list_of_models_says_so(own_models: Path) -> None:
    (own_models / "serving.json").write_text("1: a")
    with pytest.raises(RunError, match=r"serving\.json in the models folder is not JSON"):
        runs.find("1")


def test_a_run_says_what_it_is_of(tmp_path: Path) -> None:
    run = runs.load_run("4qaed-svm-grouped-10")
    assert repr(run) == "4qaed-svm-grouped-10: SVM on 4qaed, finished"
    shown = run._repr_html_()
    assert f"{run.scores.accuracy:.3f} (" in shown
    assert "all clips of an artist" in shown
    (tmp_path / "damaged").mkdir()
    damaged = runs.Run(tmp_path / "damaged")
    assert repr(damaged) == "damaged: no run.json that can be read"
    assert "no run.json" in damaged._repr_html_()
