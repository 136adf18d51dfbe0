"""The runs that come with the project are whole, with the scores of their predictions."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from mmc_core import datasets, files, runs
from mmc_core.datasets import DATASETS
from mmc_core.features.embeddings import NETWORKS
from mmc_core.features.images import IMAGES
from mmc_core.learning import recipes
from mmc_core.learning.scores import score
from mmc_core.learning.voting import soft_vote
from mmc_core.moods import NAMES
from mmc_core.runs.cards import accuracy_sentence
from mmc_core.runs.models import list_models
from mmc_core.runs.provenance import data_hash
from mmc_core.saved.run import Data
from mmc_core.saved.scores import SCORES
from mmc_core.wording import percent
from tests.support.runs import SHIPPED

TRAINED = [run for run in SHIPPED if run.is_training]
EVALUATED = [run for run in SHIPPED if not run.is_training]


def test_every_dataset_has_a_run_and_two_numbers_serve() -> None:
    assert {run.dataset for run in TRAINED} == set(DATASETS)
    served = runs.serving()
    assert set(served) >= {"1", "2"}
    first, second = runs.find("1"), runs.find("2")
    assert first.dataset == second.dataset == "4qaed"
    assert first.input == "features"
    assert [run.input for run in second.members()] == list(IMAGES)
    by_place = [run.name for run in runs.servable()]
    assert by_place[0] == served["best"]
    assert by_place.index(first.name) < by_place.index(second.name)
    assert runs.find("best").info.recipe["kind"] == "probe"


def test_models_are_listed_with_what_they_take_and_how_good_they_are() -> None:
    models = list_models()
    assert [model.name for model in models] == [run.name for run in runs.servable()]
    aliases = [alias for model in models for alias in model.aliases]
    assert aliases[0] == "best"
    names = {model.name for model in models}  # "quick" needs a network that must be fetched
    assert sorted(aliases) == sorted(a for a, name in runs.serving().items() if name in names)
    for model in models:
        run = runs.find(model.name)
        assert (model.title, model.dataset) == (run.title, run.dataset)
        assert (model.accuracy, model.n) == (run.scores.accuracy, run.scores.n)
        assert model.confidence_interval == run.scores.interval
        assert set(model.inputs) <= {"features", *IMAGES, *NETWORKS}


def test_trainings_are_whole() -> None:
    for run in TRAINED:
        recipe = recipes.parse(run.info.recipe)
        assert run.status == runs.FINISHED, run.name
        assert run.is_servable(), run.name
        predictions = run.predictions()
        if isinstance(recipe, recipes.Probe):
            evaluation = runs.load_run(str(run.info.evaluation))
            assert not (run.path / "predictions.parquet").exists(), run.name  # once is enough
            assert predictions.equals(evaluation.predictions()), run.name
            assert run.scores == evaluation.scores, run.name
            assert run.info.confidence and run.info.confidence.set_level == 0.9, run.name
            assert run.model_path.stat().st_size < 10**7, run.name
            continue
        assert len(predictions) == run.scores.n, run.name
        if not isinstance(recipe, recipes.Network):
            p = np.stack([m.predictions()[list(NAMES)].to_numpy() for m in run.members()])
            moods = np.array(NAMES, dtype=object)[soft_vote(p)]
            assert predictions["predicted"].tolist() == moods.tolist(), run.name
            continue
        history = run.history()
        for member, curve in history.groupby("member"):
            assert member in range(1, recipe.members + 1), run.name
            assert curve["epoch"].tolist() == list(range(1, len(curve) + 1)), run.name
            assert len(curve) <= recipe.epochs, run.name
        assert history[["accuracy", "val_accuracy"]].to_numpy().max() <= 1, run.name
        assert run.model_path.stat().st_size < 10**7, run.name


def test_what_is_served_beats_its_baselines() -> None:
    for number in ("best", "1", "2"):
        scores = runs.find(number).scores
        low, high = scores.interval
        assert low <= scores.accuracy <= high
        assert low > scores.baselines.majority
        assert low > scores.baselines.shuffled_labels


def test_scores_are_those_of_the_saved_predictions() -> None:
    """Within the tolerance of `files`: a sum's last digits differ between processors."""
    for run in SHIPPED:
        predictions = run.predictions()
        sums = predictions[list(NAMES)].sum(axis=1).to_numpy()
        assert sums == pytest.approx(1, abs=1e-5), run.name
        again = score(predictions, seed=run.info.recipe["seed"])
        assert files.agree(SCORES.values(again), SCORES.values(run.scores)), run.name
        protocol = run.info.protocol
        assert (again.repeats, again.folds) == (
            protocol.repeats,
            protocol.repeats * protocol.folds,
        ), run.name


def test_folds_are_the_saved_ones() -> None:
    """Each clip is held out once a repeat, in the fold that is saved for it, with its own mood."""
    for run in EVALUATED:
        protocol, predictions = run.info.protocol, run.predictions()
        if protocol.name == "official":
            table = DATASETS[run.dataset].table()
            official = DATASETS[run.dataset].official_part(table)
            assert official is not None
            assert sorted(predictions["clip"]) == sorted(table.loc[official == "test", "clip"])
            continue
        saved = pd.read_parquet(DATASETS[run.dataset].folds_path).set_index("clip").sort_index()
        name = f"{protocol.name}-{protocol.folds}"
        assert sorted(predictions["repeat"].unique()) == list(range(1, protocol.repeats + 1))
        for repeat, part in predictions.groupby("repeat"):
            by_clip = part.set_index("clip")["fold"].sort_index()
            assert by_clip.tolist() == saved[f"{name}/{repeat:02d}"].tolist(), run.name
        if protocol.name == "grouped":
            across = predictions.groupby(["repeat", "group"])["fold"].nunique()
            assert across.max() == 1, run.name


def assert_made_from_todays_table(dataset_id: str) -> None:
    table = datasets.get(dataset_id).table()
    hashed = data_hash(table)
    for run in SHIPPED:
        if run.dataset == dataset_id:
            assert run.info.data == Data(len(table), hashed), run.name


def test_runs_were_made_from_todays_tables() -> None:
    here = [dataset.id for dataset in DATASETS.values() if not dataset.download]
    assert len(here) >= 2
    for dataset_id in here:
        assert_made_from_todays_table(dataset_id)


def test_runs_were_made_from_the_tables_that_are_fetched(mirror: Path) -> None:
    for dataset in DATASETS.values():
        if dataset.download:
            dataset.fetch()
            assert_made_from_todays_table(dataset.id)


def test_the_sentence_says_n_interval_and_baseline() -> None:
    for run in TRAINED:
        sentence = accuracy_sentence(run)
        assert percent(run.scores.accuracy) in sentence
        assert f"on {run.scores.n} held-out clips" in sentence
        assert "95 % interval" in sentence
        assert "Guessing the commonest mood" in sentence


def test_the_folder_is_small() -> None:
    sizes = [path.stat().st_size for run in SHIPPED for path in run.path.iterdir()]
    assert sum(sizes) < 60e6
    assert max(sizes) < 10e6
