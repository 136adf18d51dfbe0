"""Runs of both systems described alike, and in what they differ."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from mmc_core import runs
from mmc_core.errors import RunError
from mmc_core.learning import recipes
from mmc_core.runs import catalogue, writing
from mmc_core.runs.original import original_runs
from tests.support.runs import run_info, write_evaluation, write_training

ORIGINALS = {run.name: catalogue.of_original(run) for run in original_runs()}


def test_settings_that_differ_are_shown_and_no_others(own_models: Path) -> None:
    one = catalogue.of_run(write_training("one"))
    other = catalogue.of_run(write_training("other", "dropout=0.5", "seed=1"))
    table = catalogue.differences([one, other])
    assert table.to_dict() == {
        "Original 1D CNN (one)": {"dropout": "0.2", "seed": "13"},
        "Original 1D CNN (other)": {"dropout": "0.5", "seed": "1"},
    }
    assert catalogue.differences([one, one]).empty


def test_other_clips_are_another_validation_split(own_models: Path) -> None:
    runs_of = [write_training("one"), write_training("other")]
    writing.update_info(runs_of[1], data=replace(runs_of[1].info.data, sha256="0123456789"))
    table = catalogue.differences(map(catalogue.of_run, (runs_of[0], runs.load_run("other"))))
    assert list(table.index) == ["clips"]
    assert table.loc["clips", "Original 1D CNN (other)"] == "40, version 01234567"


def test_what_the_original_did_not_tell_makes_no_difference(own_models: Path) -> None:
    ours, theirs = catalogue.of_run(write_training("one")), ORIGINALS["fourq-1d-04"]
    table = catalogue.differences([ours, theirs])
    assert table.to_dict(orient="index") == {
        "dropout": {"Original 1D CNN (one)": "0.2", "Original system: 1D CNN, run 4": "0.3"},
        "validation clips": {
            "Original 1D CNN (one)": "of other groups",
            "Original system: 1D CNN, run 4": "random",
        },
    }


def test_a_setting_that_one_of_ours_lacks_differs(own_models: Path) -> None:
    network = catalogue.of_run(write_training("one"))
    plain = catalogue.of_run(write_evaluation("plain", "svm", "grouped"))
    table = catalogue.differences([network, plain])
    assert list(table.loc["epochs"]) == ["80", "–"]
    assert list(table.loc["estimator"]) == ["–", "svm"]


def test_settings_are_in_words(own_models: Path) -> None:
    old = write_training("old")  # of before recipes said whether loudness counts
    recipe = {key: value for key, value in old.info.recipe.items() if key != "level"}
    writing.update_info(old, recipe=recipe)
    plain = catalogue.of_run(runs.load_run("old"))
    several = catalogue.of_run(
        write_training(
            "new", "members=5", "patience=15", "mixup=0.3", "scaling=ranks", "level=false"
        )
    )
    table = catalogue.differences([plain, several])
    assert dict(zip(table.index, table.to_numpy().tolist(), strict=True)) == {
        "features that depend on loudness": ["used", "left out"],
        "stops after epochs without gain": ["no", "15"],
        "networks averaged": ["1", "5"],
        "mixing of clips (mixup)": ["no", "0.3"],
        "scaling of the input": ["to 0–1, by minimum and maximum", "by ranks"],
    }


def test_the_originals_runs_are_all_placed() -> None:
    assert len(ORIGINALS) == 26
    for entry in ORIGINALS.values():
        assert entry.input in catalogue.INPUTS
        assert entry.architecture in catalogue.ARCHITECTURES
        assert entry.has_curves
    assert ORIGINALS["fourq-2d-mel"].input == "Mel spectrogram"
    assert ORIGINALS["fourq-2d-mel"].architecture == catalogue.CNN2D
    assert ORIGINALS["turkish-1d-02"].input == catalogue.SOME_FEATURES


def test_every_recipe_is_placed(own_models: Path) -> None:
    for name in recipes.names():
        entry = catalogue.of_run(write_evaluation(name, name, "grouped", done=False))
        assert entry.input in catalogue.INPUTS, name
        assert entry.architecture in catalogue.ARCHITECTURES, name
        assert not entry.has_curves  # an evaluation
        assert all(isinstance(value, str) for value in entry.settings.values()), name


def test_the_layers_of_both_are_told_alike(own_models: Path) -> None:
    ours = catalogue.of_run(write_training("one")).settings
    assert ours["layers"] == ORIGINALS["fourq-1d-01"].settings["layers"]


def test_kinds_of_run_are_sorted_out(own_models: Path) -> None:
    write_evaluation("a", "svm", "grouped")
    write_evaluation("b", "svm", "published", done=False)
    write_training("c")
    write_training("d", status=runs.STOPPED)
    entries = [catalogue.of_run(run) for run in runs.all_runs()]
    assert [run.name for run in catalogue.evaluations(entries)] == ["a", "b"]
    assert [run.name for run in catalogue.scored(entries)] == ["c", "a"]
    assert [entry.label for entry in entries if entry.has_curves] == [
        "Original 1D CNN (c)",
        "Original 1D CNN (d)",
    ]


def test_a_run_that_lacks_something_is_refused(own_models: Path) -> None:
    run = runs.new_run("old")
    writing.write_info(run, run_info(recipe=recipes.load("cnn1d").model_dump() | {"dense": None}))
    with pytest.raises(RunError, match=r"'old' lacks what every run has \(TypeError"):
        catalogue.of_run(run)
