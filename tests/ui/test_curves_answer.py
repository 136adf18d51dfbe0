"""What curves say in sentences: a difference that chance can make is none."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from mmc_core.ui.training.curves_answer import Learned, answer, same_beginnings, summary
from tests.support.runs import history, write_training

CLIPS = 900  # 144 of them for validation: chance is up to about 11 points
ONE = Learned("One", 1, accuracy=0.6, gap=0.1, rise=0.1)


def said(*runs: Learned) -> str:
    return answer(runs, CLIPS, are_alike=True)


def test_a_difference_is_clear_only_where_chance_hardly_makes_it() -> None:
    near, far = replace(ONE, name="Two", accuracy=0.52), replace(ONE, name="Two", accuracy=0.45)
    assert said(near, ONE).startswith("**No clear difference in validation accuracy**: One 60")
    assert said(far, ONE).startswith("**One has the best validation accuracy**: One 60")
    assert "On about 144 clips, a difference of less than 11 " in said(near, ONE)


def test_one_overfits_more_where_gap_and_loss_agree() -> None:
    other = replace(ONE, name="Two", gap=0.3, rise=0.4)
    assert "**Two overfits more**" in said(ONE, other)
    assert "is 30 percentage points above its validation accuracy, the other's 10" in said(
        ONE, other
    )
    assert "**Two overfits most**" in said(ONE, other, replace(ONE, name="Three"))
    gap_only = replace(other, rise=0.0)
    for unclear in (gap_only, replace(other, gap=0.2)):
        text = said(ONE, unclear)
        assert "**No clear difference in overfitting**" in text and "overfits" not in text


def test_runs_on_other_clips_are_not_compared() -> None:
    text = answer([ONE, replace(ONE, name="Two")], CLIPS, are_alike=False)
    assert "different clips" in text and "overfits" not in text


def test_one_run_alone_is_described() -> None:
    text = said(replace(ONE, networks=5))
    assert text.startswith("**One** is right on 60") and "(mean of 5 networks)" in text


@pytest.mark.parametrize(("settings", "accuracy"), [((), 0.40), (("patience=3",), 0.42)])
def test_the_accuracy_is_that_of_the_network_that_is_kept(
    own_models: Path, settings: tuple[str, ...], accuracy: float
) -> None:
    """Of the last epoch, or the lowest validation loss in epoch 5 where a run can stop early."""
    run = write_training("mine", *settings)
    found = summary(run, "Mine", history())
    assert found.accuracy == pytest.approx(accuracy)
    assert found.gap == pytest.approx(0.66 - 0.40)
    assert found.rise == pytest.approx(1.35 / 1.0 - 1)


def test_a_run_that_begins_like_another_is_named() -> None:
    whole = history()
    assert "Until its last epoch, short goes as long does" in same_beginnings(
        {"long": whole, "short": whole.head(4)}
    )
    other = whole.head(4).assign(val_loss=2.0)
    assert same_beginnings({"long": whole, "other": other}) == ""
