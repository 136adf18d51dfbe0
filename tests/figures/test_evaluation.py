"""Confusion, reliability and forest plots, against numbers worked out by hand."""

from __future__ import annotations

import numpy as np
import pytest

from mmc_core.figures import evaluation
from mmc_core.learning import scores
from mmc_core.moods import NAMES
from mmc_core.wording import percent
from tests.support.runs import predictions

A, B = NAMES[:2]


def test_the_matrix_counts_true_moods_down_and_answers_across() -> None:
    counts = evaluation.confusion_counts(predictions())
    assert counts.loc[A, A] == 9
    assert counts.loc[A, B] == 1
    assert counts.to_numpy().sum() == 40
    figure = evaluation.confusion(predictions(), (A, B))
    heat, cells = figure.plot.data
    assert np.array(heat.z)[0] == pytest.approx([90, 10, 0, 0])
    assert heat.text[0][1] == "<b>10 %</b><br>1"
    assert list(cells.customdata[1]) == [A, B]
    (frame,) = figure.plot.layout.shapes
    assert (frame.x0, frame.y0) == (0.5, -0.5)
    assert f"{A} 90 %" in figure.alt


def test_a_mood_that_is_never_true_is_a_row_of_nothing() -> None:
    made = predictions()
    figure = evaluation.confusion(made[made["mood"] != A])
    assert np.array(figure.plot.data[0].z)[0].tolist() == [0, 0, 0, 0]


def test_the_clips_of_a_cell() -> None:
    result = evaluation.clips_of(predictions(repeats=3), A, B)
    assert result.to_dict("records") == [
        {"clip": f"{A} 0", "times": 3, "tries": 3, "probability": pytest.approx(0.4)}
    ]
    right = evaluation.clips_of(predictions(), A, A)
    assert right["clip"].tolist() == [f"{A} {i}" for i in range(9, 0, -1)]  # surest first
    assert evaluation.clips_of(predictions(), A, NAMES[3]).empty


def test_a_clip_that_is_not_always_so_answered() -> None:
    made = predictions(repeats=2)
    made.loc[(made["repeat"] == 2) & (made["clip"] == f"{A} 0"), "predicted"] = A
    result = evaluation.clips_of(made, A, B)
    assert result[["times", "tries"]].to_numpy().tolist() == [[1, 2]]


def test_scores_by_mood() -> None:
    table = evaluation.per_mood(predictions(repeats=2))
    # Of 10 clips 9 are found, and one of another mood is called so.
    assert table[["precision", "recall", "F1"]].to_numpy() == pytest.approx(0.9)
    assert table["clips"].tolist() == [10] * 4


def test_reliability_bins_are_of_equal_mass() -> None:
    sure = [0.3, 0.4, 0.5, 0.6, 0.8]
    right = [False, True, True, True, False]
    bins = scores.reliability(np.array(sure), np.array(right), bins=2)
    assert bins["answers"].tolist() == [3, 2]
    assert bins["probability"].tolist() == pytest.approx([0.4, 0.7])
    assert bins["right"].tolist() == pytest.approx([2 / 3, 0.5])


def test_reliability_bins_make_up_the_calibration_error() -> None:
    made = predictions()
    figure = evaluation.reliability(made)
    bins = figure.data
    gaps = bins["answers"] * (bins["probability"] - bins["right"]).abs()
    expected = scores.score(made, seed=1).ece
    assert gaps.sum() / bins["answers"].sum() == pytest.approx(expected)
    assert list(figure.plot.data[1].customdata) == [4] * 10
    assert "bins of 4 predictions" in figure.plot.layout.xaxis.title.text


def test_a_forest_has_the_best_on_top_with_interval_and_baselines() -> None:
    def row(title: str, accuracy: float, look_up: float | None) -> dict[str, object]:
        return {
            "title": title,
            "n": 40,
            "accuracy": accuracy,
            "interval": [accuracy - 0.1, accuracy + 0.05],
            "baselines": {"majority": 0.25, "shuffled_labels": 0.26, "group_look_up": look_up},
        }

    figure = evaluation.forest([row("a", 0.5, None), row("b", 0.6, 0.8)])
    assert list(figure.plot.layout.yaxis.ticktext) == ["a", "b"]  # from below
    commonest = figure.plot.data[0]
    assert (commonest.name, list(commonest.x)) == ("commonest mood", [25, 25, None])
    accuracy = figure.plot.data[-1]
    assert list(accuracy.x) == [50, 60]
    assert accuracy.error_x.array == pytest.approx([5, 5])
    assert accuracy.error_x.arrayminus == pytest.approx([10, 10])
    assert figure.data["title"].tolist() == ["b", "a"]
    assert f"b {percent(0.6, 1)} (50.0 to {percent(0.65, 1)})" in figure.alt


def test_labels_of_a_narrow_forest_are_above_rows_that_hold_all_their_lines() -> None:
    def height(title: str) -> int:
        row = {"title": title, "n": 1, "accuracy": 0.5, "interval": [0.4, 0.6]}
        row["baselines"] = {"majority": 0.25, "shuffled_labels": 0.25}
        figure = evaluation.forest([row, row], narrow=True)
        assert len(figure.plot.layout.annotations) == 2
        assert not figure.plot.layout.yaxis.showticklabels
        return int(figure.plot.layout.height)

    assert height("of many words " * 6) > height("short")
