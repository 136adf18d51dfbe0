"""Figures of where one clip lies."""

from __future__ import annotations

import pytest

from mmc_core import datasets
from mmc_core.analysis import placement
from mmc_core.features.schema import BY_NAME, GROUPS, TIMBRE
from mmc_core.figures import placement as figures
from mmc_core.moods import NAMES

LARGEST = 300_000  # bytes of one figure as it is sent


@pytest.mark.parametrize("dataset", datasets.DATASETS.values(), ids=datasets.DATASETS)
def test_places_are_drawn_for_every_dataset(dataset: datasets.Dataset) -> None:
    summary = dataset.summary()
    clip = datasets.load_dataset("4qaed").table().iloc[7]
    row = {str(name): value for name, value in clip.items()}
    places = placement.placed(row, summary)
    everywhere = figures.overview(places, list(GROUPS), "a clip", "Title")
    assert len(everywhere.plot.to_json()) < LARGEST
    assert len(everywhere.plot.data[0].y) == len(places)
    few = figures.overview(places, [g for g in GROUPS if g != TIMBRE], "a clip", "Title")
    assert len(few.plot.data[0].y) == len(places) - 40
    assert len(few.data) == len(places)
    assert few.plot.layout.height < everywhere.plot.layout.height
    moods = summary.by_mood("tempo")
    value = float(row["tempo"])
    one = figures.densities(BY_NAME["tempo"], value, moods, "a clip", "Title")
    assert len(one.plot.to_json()) < LARGEST
    (shares,) = places.loc[places["feature"] == "tempo", list(NAMES)].to_numpy().tolist()
    assert one.data["share below"].tolist() == shares
    assert one.plot.layout.shapes[0].x0 == value
