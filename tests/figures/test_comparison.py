"""Figures of a comparison hold its numbers."""

from __future__ import annotations

import numpy as np
import pytest

from mmc_core import datasets
from mmc_core.comparison import store
from mmc_core.comparison.draws import CLASSIFIER
from mmc_core.comparison.result import Comparison
from mmc_core.figures import comparison as figures
from mmc_core.figures import dataset_shift, dataset_transfer
from mmc_core.moods import MOODS
from mmc_core.saved.comparison import MEASURES


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
    assert len(measures.data) == len(figures.ACCURACIES) * 2
    assert len(figures.separability_table(comparison, titles)) == len(MEASURES) * 2
    effects = figures.effects(comparison, titles)
    assert len(effects.data) == 55
    groups = figures.by_group(comparison, titles)
    assert groups.data["turkish"].max() == max(comparison.by_group["turkish"].values())
    matrix = dataset_transfer.transfer(comparison, CLASSIFIER, "valence", titles)
    assert np.shape(matrix.plot.data[0].z) == (2, 2)
    assert "Trained on" in matrix.plot.layout.yaxis.title.text
    for figure in (measures, effects, groups, matrix):
        assert len(figure.plot.to_json()) < 300_000
        assert figure.alt


def test_a_shift_turns_with_its_direction(
    saved_pair: tuple[Comparison, dict[str, str]],
) -> None:
    comparison, titles = saved_pair
    there = dataset_shift.shift_table(comparison, "4qaed", "turkish", titles)
    back = dataset_shift.shift_table(comparison, "turkish", "4qaed", titles)
    assert (there["difference"] + back["difference"]).abs().max() == 0
    assert there["difference"].abs().is_monotonic_decreasing
    drawn = dataset_shift.shift(comparison, "4qaed", "turkish", titles).plot
    beyond, within = drawn.data[1], drawn.data[2]
    assert len(beyond.x) + len(within.x) == figures.SHOWN
    assert set(there["feature"][there["beyond"]].head(3)) <= set(there["feature"])


@pytest.mark.parametrize("narrow", [False, True])
def test_labels_are_beside_rows_and_above_them_on_a_phone(
    saved_pair: tuple[Comparison, dict[str, str]], narrow: bool
) -> None:
    comparison, titles = saved_pair
    drawn = [
        figures.separability(comparison, titles, narrow=narrow),
        figures.by_group(comparison, titles, narrow=narrow),
        figures.effects(comparison, titles, narrow=narrow),
        dataset_shift.shift(comparison, "4qaed", "turkish", titles, narrow=narrow),
    ]
    for figure in drawn:
        beside = figure.plot.layout.yaxis.ticktext or ()
        above = [each.text for each in figure.plot.layout.annotations]
        assert bool(above) == narrow == (not beside)


def test_shares_have_an_axis_that_ends_at_100(
    saved_pair: tuple[Comparison, dict[str, str]],
) -> None:
    for draw in (figures.separability, figures.by_group):
        assert draw(*saved_pair).plot.layout.xaxis.range == (0, 100)
    fisher = figures.separability(*saved_pair, ("fisher",)).plot
    assert fisher.layout.xaxis.range is None and fisher.layout.xaxis.ticksuffix is None


def test_marks_of_a_comparison_are_no_moods(
    saved_pair: tuple[Comparison, dict[str, str]],
) -> None:
    comparison, titles = saved_pair
    drawn = [
        figures.separability(comparison, titles),
        figures.by_group(comparison, titles),
        figures.effects(comparison, titles),
        dataset_shift.shift(comparison, "4qaed", "turkish", titles),
    ]
    traces = [trace for each in drawn for trace in each.plot.data if trace.type == "scatter"]
    symbols = {trace.marker.symbol for trace in traces}
    assert not symbols & {mood.symbol for mood in MOODS}
