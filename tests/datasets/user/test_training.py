"""What a user's dataset can be trained on, and what stays of it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest

from mmc_core import datasets
from mmc_core.errors import DatasetError
from mmc_core.learning import recipes, splits
from mmc_core.moods import NAMES
from mmc_core.runs import evaluate, train

SAD = NAMES[2]


@pytest.fixture
def small(table: pd.DataFrame) -> pd.DataFrame:
    """A clip of each of 20 groups a mood."""
    return table.groupby("group").head(1)


@pytest.mark.slow
def test_training_works_where_all_moods_are(
    small: pd.DataFrame, tmp_path: Path, own_models: Path
) -> None:
    small.to_parquet(tmp_path / "t.parquet")
    datasets.build_dataset(tmp_path / "t.parquet", "mine")
    run = train.train(recipes.load("logistic-regression", ["dataset=mine"]), lambda *_: None)
    assert run.scores.n > 0
    datasets.user.remove("mine")
    assert datasets.title_of(run.dataset) == "mine (removed)"


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (lambda t: t[t["mood"] != SAD], "has no clip that is sad; training takes all four"),
        (lambda t: t.drop(columns="tempo"), "lacks 1 of the 57 features, such as tempo"),
        (lambda t: t.groupby("mood").head(3), "too few groups to train and test on: 3 of happy"),
    ],
)
def test_what_cannot_be_trained_on_says_why(
    small: pd.DataFrame,
    tmp_path: Path,
    own_models: Path,
    change: Callable[[pd.DataFrame], pd.DataFrame],
    sentence: str,
) -> None:
    change(small).to_parquet(tmp_path / "t.parquet")
    datasets.build_dataset(tmp_path / "t.parquet", "mine")
    recipe = recipes.load("logistic-regression", ["dataset=mine"])
    with pytest.raises(DatasetError, match=sentence):
        train.prepare(recipe)
    with pytest.raises(DatasetError, match=sentence):
        evaluate.over_folds(recipe, splits.Protocol("grouped", 5))
    assert not list(own_models.iterdir())
