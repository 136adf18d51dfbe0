"""Runs are renamed and deleted, but for those that others need."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from mmc_core import files, runs
from mmc_core.errors import RunError
from mmc_core.runs import catalogue, keeping, writing
from tests.support.runs import SHIPPED, write_training


def test_a_title_of_ones_own_stands_for_the_recipes(own_models: Path) -> None:
    run = write_training("4qaed-cnn1d")
    assert catalogue.label(run) == "Original 1D CNN"
    keeping.rename(run, "  My\nfirst  " + 200 * "x")
    renamed = runs.load_run("4qaed-cnn1d")
    assert renamed.title.startswith("My first xxx")
    assert len(renamed.title) == keeping.MOST_CHARACTERS
    assert catalogue.label(renamed) == f"{renamed.title} (4qaed-cnn1d)"
    keeping.rename(renamed, " ")
    assert runs.load_run("4qaed-cnn1d").title == "Original 1D CNN"


def test_what_others_need_is_kept(own_models: Path) -> None:
    for name in ("served", "member", "part", "free"):
        write_training(name)
    write_training("vote", members=1, epochs=0)
    vote = runs.load_run("vote")
    writing.update_info(vote, members=["member"])
    write_training("other", epochs=0)
    other = runs.load_run("other")
    writing.update_info(other, members=["part"])
    files.write_json({"1": "served", "2": "vote"}, own_models / "serving.json")
    why = {run.name: keeping.why_kept(run) for run in runs.all_runs()}
    assert why == {
        **dict.fromkeys(("served", "vote", "member"), keeping.SERVES),
        "part": keeping.IS_NEEDED,
        "free": "",
        "other": "",
    }
    with pytest.raises(RunError, match="answers on Predict"):
        keeping.delete(runs.load_run("member"))
    keeping.delete(runs.load_run("free"))
    assert not (own_models / "free").exists()


def test_a_run_is_not_deleted_while_it_is_trained(own_models: Path) -> None:
    run = write_training("mine")
    with run.session.alone(), pytest.raises(RunError, match="in training already"):
        keeping.delete(run)
    assert runs.load_run("mine").info


def test_shipped_runs_stay_as_they_are() -> None:
    for run in SHIPPED:
        assert keeping.why_kept(run) == keeping.SHIPPED
    with pytest.raises(RunError, match="keeps its title"):
        keeping.rename(SHIPPED[0], "Mine")
    with pytest.raises(RunError, match="comes with the program"):
        keeping.delete(SHIPPED[0])


def test_a_copy_of_a_shipped_run_stays_too(own_models: Path) -> None:
    shutil.copytree(SHIPPED[0].path, own_models / SHIPPED[0].name)
    assert keeping.why_kept(runs.load_run(SHIPPED[0].name)) == keeping.SHIPPED


def test_a_run_of_a_shipped_runs_name_elsewhere_is_a_persons_own(own_models: Path) -> None:
    run = write_training(SHIPPED[0].name)
    assert keeping.why_kept(run) == ""
