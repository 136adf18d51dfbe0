"""The recipe of CONTRIBUTING for a kind of model, followed: one class, one entry, one TOML file."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any, ClassVar, Literal

import pandas as pd
import pytest

from mmc_core import datasets, runs
from mmc_core._typing import Ints
from mmc_core.errors import RecipeError
from mmc_core.learning import recipe_files, recipes
from mmc_core.learning.inputs import Clips
from mmc_core.learning.kinds.base import Count, Learner, Setting, answers
from mmc_core.learning.splits import Fold, Protocol
from mmc_core.moods import NAMES
from mmc_core.runs import catalogue, provenance
from mmc_core.runs.evaluate import over_folds
from mmc_core.runs.train import train
from mmc_core.ui.training import trainer
from tests.support.dataset import Made, made_table

TOML = """
kind = "neighbours"
title = "Nearest clips"
dataset = "made"
neighbours = 7
seed = 3
"""


class Neighbours(Learner):
    """The moods of the training clips whose features are most alike."""

    TITLE: ClassVar[str] = "Neighbours"
    KEY: ClassVar[str] = "neighbours"
    DESCRIPTION: ClassVar[str] = "nearest clips by features"

    kind: Literal["neighbours"]
    neighbours: Count

    @property
    def is_offered(self) -> bool:
        return True

    def settings(self) -> list[Setting]:
        return [Setting("neighbours", "Neighbours", 1, 50)]

    def answer_fold(
        self, clips: Clips, fold: Fold, *, seed: int, copied: Ints | None = None
    ) -> pd.DataFrame:
        from sklearn.neighbors import KNeighborsClassifier
        from sklearn.pipeline import make_pipeline
        from sklearn.preprocessing import StandardScaler

        fitted = make_pipeline(StandardScaler(), KNeighborsClassifier(self.neighbours))
        fitted.fit(clips.x[fold.train], clips.one_hot[fold.train].argmax(axis=1))
        return answers(fitted.predict_proba(clips.x[fold.test]))


@pytest.fixture
def recipe(
    tmp_path: Path, own_models: object, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Learner]:
    folder = tmp_path / "recipes"
    shutil.copytree(recipe_files.FOLDER, folder, ignore=shutil.ignore_patterns("__pycache__"))
    (folder / "neighbours.toml").write_text(TOML, encoding="utf-8")
    dataset = Made()
    dataset.made_table = made_table()
    monkeypatch.setitem(datasets.DATASETS, "made", dataset)
    monkeypatch.setattr(recipe_files, "FOLDER", folder)
    monkeypatch.setattr(recipe_files, "KINDS", [*recipe_files.KINDS, Neighbours])
    recipes.names.cache_clear()
    yield recipes.load("neighbours")
    recipes.names.cache_clear()


def test_a_new_kind_is_read_and_checked(recipe: Any) -> None:
    assert isinstance(recipe, Neighbours)
    assert recipes.load("neighbours", ["neighbours=3"]) == recipe.model_copy(
        update={"neighbours": 3}
    )
    with pytest.raises(RecipeError, match="neighbours is 0"):
        recipes.load("neighbours", ["neighbours=0"])


def test_a_new_kind_is_evaluated_over_folds_and_listed(recipe: Learner) -> None:
    run = over_folds(recipe, Protocol("grouped", folds=4), jobs=1)
    assert run.status == runs.FINISHED
    assert run.scores["accuracy"] > run.scores["baselines"]["majority"] + 0.2
    assert list(run.info["versions"]) == ["python", "numpy", "scikit-learn"]
    assert provenance.is_of(run, recipe)
    entry = catalogue.of_run(run)
    assert (entry.architecture, entry.input) == ("Neighbours", "57 features")
    assert entry.label == "Nearest clips: grouped, 4 folds"
    assert entry.settings["neighbours"] == "7"


def test_a_new_kind_is_trained_and_keeps_its_scores(recipe: Learner) -> None:
    run = train("neighbours", settings=["neighbours=5"])
    assert run.status == runs.FINISHED
    predictions = run.predictions()
    assert len(predictions) == run.scores["n"] > 0
    assert set(predictions["predicted"]) <= set(NAMES)
    assert "trained for its scores only" in run.card()
    assert not run.is_servable()
    assert catalogue.of_run(run).architecture == "Neighbours"


def test_a_new_kind_is_offered_by_the_page(recipe: Learner) -> None:
    assert trainer.offered()["neighbours"] == recipe
    assert [setting.name for setting in recipe.settings()] == ["neighbours"]
