"""Corrections as a dataset: always that of today, and something to learn from."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from mmc_core import datasets, runs
from mmc_core.analysis import tables
from mmc_core.datasets.user import corrections
from mmc_core.errors import DatasetError, MMCError
from mmc_core.learning import inputs, recipes
from mmc_core.moods import NAMES
from mmc_core.runs import train
from tests.support.corrections import add_some, made_correction
from tests.support.dataset import Made, made_table

SETTINGS = ["dataset=corrections", "sources=[]"]


def test_there_is_none_without_corrections() -> None:
    assert "corrections" not in datasets.list_datasets()
    assert datasets.user.corrected() is None


def test_it_is_that_of_the_corrections_there_are() -> None:
    made = add_some(5)
    dataset = datasets.get("corrections")
    assert dataset.title == "My corrections"
    table = dataset.table()
    assert sorted(table["mood"]) == sorted(each.mood for each in made)
    assert set(tables.META) <= set(table)
    assert table["group"].is_unique
    assert set(dataset.about_clips()["name"]) == {each.name for each in made}
    assert dataset.clips() == {NAMES[0]: 2, NAMES[1]: 1, NAMES[2]: 1, NAMES[3]: 1}
    assert len(dataset.separation()) and len(dataset.correlations())
    assert dataset.audio() == {}
    corrections.undo()
    assert sum(datasets.get("corrections").clips().values()) == 4
    corrections.add(made_correction(0, mood=NAMES[1]))
    assert datasets.get("corrections").clips()[NAMES[1]] == 2
    corrections.clear()
    assert "corrections" not in datasets.list_datasets()


def test_nothing_of_a_removed_song_stays_in_the_cache(own_cache: Path) -> None:
    one, _ = add_some(2)
    assert datasets.get("corrections").summary_path.exists()
    corrections.remove(one.sha256)
    assert not list((own_cache / "corrections").glob("*"))


def test_songs_that_are_nearly_the_same_share_a_group() -> None:
    add_some(8)
    same = made_correction(1).features
    corrections.add(made_correction(100, features=same))
    table = datasets.get("corrections").table()
    assert len(table) == 9
    assert table["group"].nunique() == 8


def test_a_correction_of_earlier_features_is_left_out() -> None:
    add_some(2)
    old = made_correction(2)
    corrections.add(replace(old, made_by={"features": "older"}))
    assert len(datasets.get("corrections").table()) == 2
    assert corrections.count() == 3


def test_embeddings_come_in_the_order_of_the_table() -> None:
    made = {each.sha256[:16]: each for each in add_some(6)}
    dataset = datasets.get("corrections")
    table = dataset.table()
    x = inputs.embeddings(dataset, table, "musicnn")
    expected = [made[clip].embeddings["musicnn"] for clip in table["clip"]]
    assert np.allclose(x, expected, atol=1e-5)
    corrections.add(made_correction(6, networks=()))  # one without
    assert datasets.get("corrections").embedded == {}


def test_its_name_is_taken() -> None:
    with pytest.raises(MMCError, match="corrections is the name of a dataset of the project"):
        datasets.user_dataset_name("Corrections")


def test_a_cache_that_cannot_be_written_takes_no_other_dataset_away(own_cache: Path) -> None:
    add_some(1)
    own_cache.mkdir(exist_ok=True)
    (own_cache / "corrections").write_text("in the way")
    assert "4qaed" in datasets.list_datasets()
    assert "corrections" not in datasets.list_datasets()


def test_too_few_to_train_on_are_said(own_models: Path) -> None:
    add_some(31)
    with pytest.raises(DatasetError, match=f"too few groups to train and test on: 7 of {NAMES[3]}"):
        train.prepare(recipes.load("probe-musicnn", SETTINGS))


def test_embeddings_that_are_missing_are_said(own_models: Path) -> None:
    add_some(32)
    with pytest.raises(DatasetError, match="keep embeddings in place of sound"):
        train.prepare(recipes.load("probe-both", SETTINGS))


def test_datasets_beside_them_need_their_audio(
    own_models: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("MMC_DATA_MIRROR", raising=False)
    add_some(32)
    with pytest.raises(DatasetError, match=r"learn from My corrections alone, add: --set sources="):
        train.prepare(recipes.load("probe-musicnn", SETTINGS[:1]))
    assert not list(own_models.iterdir())


def test_others_learn_from_them_too(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without copies, which are made of sound."""
    add_some(8)
    made = Made()
    made.made_table = made_table().head(5)
    monkeypatch.setattr(
        "mmc_core.learning.inputs.datasets.get",
        lambda id_: made if id_ == "made" else datasets.load_dataset(id_),
    )
    usual = inputs.embeddings

    def embeddings(dataset, table, network, copy=""):  # type: ignore[no-untyped-def]
        if dataset is made:
            return np.zeros((len(table), 1506), dtype=np.float32)
        return usual(dataset, table, network, copy)

    monkeypatch.setattr("mmc_core.learning.kinds.probe.embeddings", embeddings)
    recipe = recipes.load("probe-musicnn", ["dataset=made", 'sources=["corrections"]'])
    clips = recipe.load_clips(made)
    (beside,) = clips.beside
    assert len(clips.copies) == 2
    assert beside.x.shape == (8, 1506)
    assert beside.copies == []
    assert beside.mood.tolist() == datasets.get("corrections").table()["mood"].tolist()


@pytest.mark.slow
def test_a_model_of_ones_own_is_trained_and_served(own_models: Path) -> None:
    add_some(32)
    run = train.train(recipes.load("probe-musicnn", SETTINGS))
    assert run.scores.n == run.info.data.n == 32
    assert run.scores.accuracy > 0.8  # the moods lie apart in the made-up embeddings
    assert run.name in [each.name for each in runs.servable()]
    corrections.clear()
    assert datasets.title_of(run.dataset) == "corrections (removed)"
    assert run.name in [each.name for each in runs.servable()]
