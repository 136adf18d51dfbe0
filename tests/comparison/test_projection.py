"""The map of clips."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from mmc_core import datasets
from mmc_core.comparison import projection
from mmc_core.figures.clip_map import clip_map
from mmc_core.moods import NAMES
from tests.support.tables import moods_apart


@pytest.mark.parametrize("method", projection.METHODS)
def test_a_map_shows_every_clip_once(table: pd.DataFrame, method: str) -> None:
    tables = {"one": moods_apart(table, 3.0, 1), "other": moods_apart(table, 3.0, 2)}
    points = projection.project(tables, NAMES, method)
    assert len(points) == 2 * len(table)
    assert not points.duplicated(["dataset", "clip"]).any()
    assert np.isfinite(points[["x", "y"]].to_numpy()).all()
    means = points.pivot_table(index="dataset", columns="mood", values="x")[list(NAMES)]
    assert abs((means.loc["one"] - means.loc["other"]).to_numpy()).max() < 1
    steps = np.diff(means.to_numpy(), axis=1)
    assert (np.sign(steps) == np.sign(steps[0, 0])).all()  # moods in a row, as they were made


def test_discriminants_do_not_find_what_is_not_there(table: pd.DataFrame) -> None:
    """In the space of the clips learned from noise lies apart; held out it does not."""
    noise = {"one": moods_apart(table, 0.0, 1)}
    points = projection.project(noise, NAMES, "lda")
    std = points[["x", "y"]].std().mean()
    assert points.groupby("mood")[["x", "y"]].mean().abs().to_numpy().max() < 0.35 * std


@pytest.mark.parametrize("most", [40, 150])
def test_a_map_shows_no_more_of_a_dataset_than_it_may(
    table: pd.DataFrame, monkeypatch: pytest.MonkeyPatch, most: int
) -> None:
    """Also where more clips than that could be learned from: 20 groups a mood."""
    monkeypatch.setattr(projection, "MAX_CLIPS", most)
    points = projection.project({"one": table, "other": table.iloc[::2]}, NAMES, "pca")
    assert points["dataset"].value_counts().to_dict() == {"one": most, "other": min(most, 100)}
    assert not points.duplicated(["dataset", "clip"]).any()
    assert points.groupby(["dataset", "mood"]).size().min() >= 10


def test_a_map_of_two_moods_has_two_axes(table: pd.DataFrame) -> None:
    points = projection.project({"one": table}, NAMES[:2], "lda")
    assert set(points["mood"]) == set(NAMES[:2])


def test_a_map_of_three_large_datasets_is_small() -> None:
    n = projection.MAX_CLIPS
    assert n >= max(sum(dataset.clips().values()) for dataset in datasets.DATASETS.values())
    titles = {id_: id_.title() for id_ in ("one", "other", "third")}
    x, y = np.random.default_rng(5).normal(size=(2, 3 * n))
    points = pd.DataFrame(
        {
            "dataset": np.repeat(list(titles), n),
            "name": [f"Q1_a-name-of-28-letters/{i:04}" for i in range(3 * n)],
            "mood": np.resize(NAMES, 3 * n),
            "x": x,
            "y": y,
        }
    )
    assert len(clip_map(points, titles, ("a", "b")).plot.to_json()) < 300_000


def test_the_map_is_small_and_names_clips() -> None:
    points = projection.project({"4qaed": datasets.get("4qaed").table()}, NAMES, "pca")
    names = datasets.get("4qaed").about_clips()["name"]
    points = points.assign(name=points["clip"].map(names))
    figure = clip_map(points, {"4qaed": "4QAED"}, ("a", "b"))
    assert len(figure.plot.to_json()) < 300_000
    named = [
        name
        for trace in figure.plot.data
        if trace.customdata is not None
        for name in trace.customdata
    ]
    assert sorted(named) == sorted(points["name"])
