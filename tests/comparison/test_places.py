"""Places of all clips of a dataset, few or many."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from mmc_core import datasets
from mmc_core.comparison import places, projection
from mmc_core.datasets import UserDataset
from mmc_core.errors import DatasetError
from mmc_core.moods import NAMES
from tests.support.tables import moods_apart


def build(table: pd.DataFrame, folder: Path, name: str) -> UserDataset:
    path = folder / f"{name}.parquet"
    table.to_parquet(path)
    return datasets.build_dataset(path, name)


@pytest.fixture
def apart(table: pd.DataFrame, tmp_path: Path) -> list[UserDataset]:
    return [build(moods_apart(table, 3.0, i), tmp_path, f"mine {i}") for i in (1, 2)]


def means(apart: list[UserDataset], placed: dict[str, np.ndarray]) -> np.ndarray:
    mood = apart[0].table()["mood"].to_numpy(dtype=object)
    return np.array([placed[apart[0].id][mood == m, 0].mean() for m in NAMES])


@pytest.mark.parametrize("method", ["lda", "pca"])
def test_every_clip_has_a_place_by_its_mood(apart: list[UserDataset], method: str) -> None:
    placed = places.places(apart, method)
    assert {id_: each.shape for id_, each in placed.items()} == {
        each.id: (len(each.table()), 2) for each in apart
    }
    assert all(np.isfinite(each).all() for each in placed.values())
    steps = np.diff(means(apart, placed))
    assert (np.sign(steps) == np.sign(steps[0])).all()  # moods in a row, as they were made


@pytest.mark.parametrize("method", ["lda", "pca"])
def test_of_many_clips_some_are_learned_from_and_all_placed(
    apart: list[UserDataset], method: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = places.places(apart, method)
    monkeypatch.setattr(projection, "MAX_CLIPS", 100)
    monkeypatch.setattr(places, "BATCH", 64)
    placed = places.places(apart, method)
    for id_, each in placed.items():
        assert each.shape == whole[id_].shape and np.isfinite(each).all()
    correlation = np.corrcoef(means(apart, placed), means(apart, whole))[0, 1]
    assert abs(correlation) > 0.95


def test_too_few_clips_are_said_so(table: pd.DataFrame, tmp_path: Path) -> None:
    few = build(table.groupby("mood").head(4), tmp_path, "few")
    with pytest.raises(DatasetError, match=r"of the rarest mood are left in few; a map needs"):
        places.places([few], "lda")
    one = build(table[table["mood"] == NAMES[0]], tmp_path, "one")
    with pytest.raises(DatasetError, match="at least 10 of two moods"):
        places.places([one], "pca")


def test_embeddings_are_offered_where_they_are(apart: list[UserDataset]) -> None:
    assert places.EMBEDDINGS not in places.methods(apart)
    rng = np.random.default_rng(1)
    for each in apart:
        clips = each.table()["clip"].to_numpy()[::-1][:-1]  # in another order, and without one
        x = rng.normal(size=(len(clips), 32)) * np.array([9, 5, *[0.01] * 30])
        table = pd.DataFrame(x.astype("float32"), columns=[f"c{i}" for i in range(32)])
        table.insert(0, "clip", clips)
        table.to_parquet(each.file(places.FILE))
        placed = places.places([each], places.EMBEDDINGS)[each.id]
        assert np.isnan(placed[0]).all() and np.isfinite(placed[1:]).all()
        centred = x - x.mean(axis=0)
        for i in range(2):
            assert abs(np.corrcoef(placed[1:][::-1, i], centred[:, i])[0, 1]) > 0.95
    assert places.EMBEDDINGS in places.methods(apart)
