"""Training curves show what was measured, and the numbers beside them are what they say."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest

from mmc_core.figures import curves
from tests.support.runs import history


def lines(figure: Any, part: str) -> list[Any]:
    return [t for t in figure.plot.data if (t.name or "").endswith(f", {part}")]


@pytest.mark.parametrize("metric", ["accuracy", "loss"])
def test_both_parts_of_every_run_are_drawn(metric: str) -> None:
    histories = {"a": history(), "b": history(8).drop(columns="member")}
    figure = curves.training_curves(histories, metric)
    unit = 100 if metric == "accuracy" else 1  # accuracy is drawn in per cent
    for i, epochs in enumerate(histories.values()):
        assert list(lines(figure, "validation")[i].y) == (unit * epochs[f"val_{metric}"]).tolist()
        assert list(lines(figure, "training")[i].y) == (unit * epochs[metric]).tolist()
        assert lines(figure, "training")[i].line.dash == "dot"
    assert figure.data["run"].tolist() == ["a"] * 12 + ["b"] * 8
    assert "of a, b" in figure.alt
    only = curves.training_curves(histories, metric, parts=[curves.TRAINING])
    assert not lines(only, "validation")


def test_the_gap_is_training_minus_validation() -> None:
    epochs = history()
    (line,) = lines(curves.training_curves({"a": epochs}, "gap"), "gap")
    gap = 100 * (epochs["accuracy"] - epochs["val_accuracy"])
    assert line.y == pytest.approx(gap.to_numpy())


def test_a_run_that_begins_like_a_longer_one_lies_on_it() -> None:
    figure = curves.training_curves({"short": history(4), "long": history()}, "loss")
    drawn = lines(figure, "validation")
    assert [line.name for line in drawn] == ["long, validation", "short, validation"]
    named = {t.name: t.line.color for t in figure.plot.data if t.name in ("short", "long")}
    assert [line.line.color for line in drawn] == [named["long"], named["short"]]
    assert list(named) == ["short", "long"]  # as they were chosen


def test_networks_of_one_run_share_a_colour_and_never_join() -> None:
    both = pd.concat([history(4, 1), history(3, 2)], ignore_index=True)
    (line,) = lines(curves.training_curves({"a": both}, "loss"), "training")
    assert np.isnan(line.y).tolist() == [False] * 4 + [True] + [False] * 3
    assert list(line.x[5:]) == [1, 2, 3]


def test_the_circle_marks_the_lowest_validation_loss() -> None:
    figure = curves.training_curves({"a": history(), "b": history()}, "accuracy")
    (circles,) = [t for t in figure.plot.data if t.mode == "markers" and len(t.x) == 2]
    assert list(circles.x) == [5, 5]
    assert circles.y == pytest.approx([42, 42])


def test_many_runs_have_one_legend_for_the_kinds_of_line_only() -> None:
    many = {f"run {i}": history() for i in range(60)}
    figure = curves.training_curves(many, "loss")
    shown = {t.name for t in figure.plot.data if t.showlegend is not False}
    assert shown == {"validation", "training", "lowest validation loss"}
    assert len(lines(figure, "validation")) == 60
    assert "of 60 runs" in figure.alt
    few = curves.training_curves({"a": history()}, "loss", smoothing=0.5)
    shown = {t.name for t in few.plot.data if t.showlegend is not False}
    assert shown >= {"a", "not smoothed"}


def test_smoothing_is_an_average_that_leans_on_no_epoch_before_the_first() -> None:
    values = pd.Series([1.0, 2.0, 4.0, 10.0])
    member = pd.Series([1, 1, 1, 2])
    result = curves.smoothed(values, 0.5, member)
    # Weights 1/2 of each epoch before, over their sum; the second network begins anew.
    assert result.tolist() == pytest.approx([1, (2 + 0.5) / 1.5, (4 + 1 + 0.25) / 1.75, 10])
    assert curves.smoothed(values, 0, member) is values


def test_what_was_measured_stays_when_smoothed() -> None:
    epochs = history()
    figure = curves.training_curves({"a": epochs}, "accuracy", smoothing=0.9)
    faint = [t for t in figure.plot.data if t.hoverinfo == "skip"]
    assert [list(t.y) for t in faint] == [
        (100 * epochs["val_accuracy"]).tolist(),
        (100 * epochs["accuracy"]).tolist(),
    ]
    assert figure.data["val_accuracy"].tolist() == epochs["val_accuracy"].tolist()


def test_the_summary_of_a_curve() -> None:
    result = curves.digest(
        pd.DataFrame(
            {
                "epoch": [1, 2, 3],
                "loss": [3.0, 2.0, 1.0],
                "accuracy": [0.3, 0.6, 0.9],
                "val_loss": [3.0, 1.0, 2.0],
                "val_accuracy": [0.2, 0.5, 0.4],
            }
        )
    )
    assert result["best epoch"] == 2
    assert result["validation accuracy, best epoch"] == 0.5
    assert result["validation accuracy, last epoch"] == 0.4
    assert result["training minus validation"] == pytest.approx(0.5)


def test_a_failed_run_has_a_summary() -> None:
    epochs = history().assign(val_loss=float("nan"))
    assert curves.digest(epochs)["best epoch"] == 1


def test_std_is_of_the_last_quarter() -> None:
    steady = np.array([0.1] * 9 + [0.4, 0.5, 0.6])
    assert curves.std_at_end(steady) == pytest.approx(0.1)  # of 0.4, 0.5 and 0.6
    assert np.isnan(curves.std_at_end(steady[:3]))


def test_networks_are_told_apart_only_where_there_are_several() -> None:
    one = {"a": history()}
    assert "network" not in curves.digests(one)
    both = pd.concat([history(4, 1), history(6, 2)], ignore_index=True)
    table = curves.digests({**one, "b": both})
    assert table["network"].tolist() == [1, 1, 2]
    assert table["epochs"].tolist() == [12, 4, 6]
