"""Figures of a comparison hold its numbers."""

from __future__ import annotations

import numpy as np
import pytest

from mmc_core import datasets
from mmc_core.comparison import store
from mmc_core.comparison.draws import CLASSIFIER
from mmc_core.comparison.model import MEASURES, Comparison
from mmc_core.figures import comparison as figures


@pytest.fixture
def saved_pair() -> tuple[Comparison, dict[str, str]]:
    comparison = store.load(["4qaed", "turkish"])
    assert comparison
    return comparison, {id_: datasets.get(id_).title for id_ in ("4qaed", "turkish")}


def test_figures_hold_the_numbers(saved_pair: tuple[Comparison, dict[str, str]]) -> None:
    comparison, titles = saved_pair
    measures = figures.separability(comparison, titles)
    dots = [t for t in measures.plot.data if t.mode == "markers"]
    assert dots[0].x[0] == pytest.approx(100 * comparison.separability["4qaed"]["accuracy"].value)
    assert len(measures.data) == len(MEASURES) * 2
    effects = figures.effects(comparison, titles)
    assert len(effects.data) == 55
    groups = figures.by_group(comparison, titles)
    assert groups.data["turkish"].max() == max(comparison.by_group["turkish"].values())
    matrix = figures.transfer(comparison, CLASSIFIER, "valence", titles)
    assert np.shape(matrix.plot.data[0].z) == (2, 2)
    assert "Trained on" in matrix.plot.layout.yaxis.title.text
    for figure in (measures, effects, groups, matrix):
        assert len(figure.plot.to_json()) < 300_000
        assert figure.alt


def test_a_shift_turns_with_its_direction(
    saved_pair: tuple[Comparison, dict[str, str]],
) -> None:
    comparison, titles = saved_pair
    there = figures.shift_table(comparison, "4qaed", "turkish", titles)
    back = figures.shift_table(comparison, "turkish", "4qaed", titles)
    assert (there["difference"] + back["difference"]).abs().max() == 0
    assert there["difference"].abs().is_monotonic_decreasing
    drawn = figures.shift(comparison, "4qaed", "turkish", titles).plot
    beyond, within = drawn.data[1], drawn.data[2]
    assert len(beyond.x) + len(within.x) == figures.SHOWN
    assert set(there["feature"][there["beyond"]].head(3)) <= set(there["feature"])
