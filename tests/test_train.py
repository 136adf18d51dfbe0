"""Training end to end, on few epochs; importing TensorFlow makes these slow."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from mmc_core import datasets, recipes, runs
from mmc_core.datasets import Dataset
from mmc_core.features.encode import encode
from mmc_core.moods import NAMES
from mmc_core.splits import grouped_hold_out

pytestmark = [pytest.mark.slow, pytest.mark.filterwarnings("ignore")]  # TensorFlow's own


class Made(Dataset):
    """A made-up dataset."""

    id = title = description = music = labels = grouping = length_rule = extraction = "made"
    citation = licence = homepage = "made"
    made_table: pd.DataFrame

    def has_table(self) -> bool:
        return True

    def table(self) -> pd.DataFrame:
        return self.made_table


@pytest.fixture
def made(table: pd.DataFrame, own_models: Path, monkeypatch: pytest.MonkeyPatch) -> pd.DataFrame:
    dataset = Made()
    dataset.made_table = table
    monkeypatch.setitem(datasets.DATASETS, "made", dataset)
    return table


def train(*settings: str) -> runs.Run:
    from mmc_core.train import train as train_recipe

    recipe = recipes.load("cnn1d", ["dataset=made", *settings])
    return train_recipe(recipe, lambda *_: None)


def test_a_run_is_made_whole_and_serves(made: pd.DataFrame) -> None:
    from mmc_core.predict import _session

    run = train("epochs=8", "learning_rate=0.003")
    assert run.info["status"] == runs.FINISHED
    assert len(run.history()) == 8
    assert {path.name for path in run.path.iterdir()} == {
        *("run.json", "history.csv", "scores.json", "predictions.parquet", "model.onnx"),
        "card.md",
    }
    assert runs.find(run.name).is_servable()
    kept = run.predictions().set_index("clip")
    rows = made.set_index("clip").loc[kept.index]
    (served,) = _session(run.model_path, 0).run(
        None, {"features": encode(rows.to_dict(orient="records"))}
    )
    assert np.abs(served - kept[list(NAMES)].to_numpy()).max() < 1e-5
    held_out = grouped_hold_out(made, seed=run.info["recipe"]["seed"]).test
    assert kept.index.tolist() == made["clip"].iloc[held_out].tolist()


def test_one_seed_gives_one_history(made: pd.DataFrame) -> None:
    one, again, other = train("epochs=2"), train("epochs=2"), train("epochs=2", "seed=5")
    pd.testing.assert_frame_equal(one.history(), again.history())
    assert not one.history().equals(other.history())
    assert [run.name for run in runs.all_runs()] == ["made-cnn1d", "made-cnn1d-2", "made-cnn1d-3"]


def test_the_network_is_the_originals_and_scales_inside(made: pd.DataFrame) -> None:
    from mmc_core.networks import cnn1d

    features = encode(made.to_dict(orient="records"))
    features[:, 5] = 3.0  # a feature that never changes
    model = cnn1d.build(recipes.load("cnn1d"), features)
    assert model.count_params() == 48_548
    scaled = model.get_layer("min_max")(features).numpy()
    varying = np.delete(scaled, 5, axis=1)
    assert varying.min(axis=0) == pytest.approx(0, abs=1e-5)
    assert varying.max(axis=0) == pytest.approx(1, abs=1e-5)
    assert np.isfinite(scaled).all()
    assert model.predict(features, verbose=0).sum(axis=1) == pytest.approx(1, abs=1e-5)


def test_scaling_knows_nothing_of_held_out_clips(
    made: pd.DataFrame, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is given to the network's builder is the training clips and no others."""
    from mmc_core.networks import cnn1d

    given: list[np.ndarray] = []
    build = cnn1d.build

    def spy(recipe: recipes.Recipe, features: np.ndarray) -> object:
        given.append(features)
        return build(recipe, features)

    monkeypatch.setattr(cnn1d, "build", spy)
    train("epochs=1")
    split = grouped_hold_out(made, seed=13)
    expected = encode(made.iloc[split.train].to_dict(orient="records"))
    assert np.array_equal(given[0], expected)


def test_a_smaller_recipe_is_a_smaller_network(made: pd.DataFrame) -> None:
    run = train("epochs=1", "filters=[4]", "kernels=[3]", "dense=[8]")
    assert run.info["parameters"] < 2_000
    assert run.info["recipe"] == dataclasses.asdict(
        recipes.load(
            "cnn1d", ["dataset=made", "epochs=1", "filters=[4]", "kernels=[3]", "dense=[8]"]
        )
    )
