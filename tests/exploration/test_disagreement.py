"""What models did on held-out clips on which they differed: counted by hand."""

from __future__ import annotations

import pandas as pd
import pytest

from mmc_core import runs
from mmc_core.exploration import disagreement
from mmc_core.moods import NAMES
from mmc_core.runs.scoring import out_of_fold

HAPPY, ANGRY, SAD, RELAXED = NAMES


def held_out(predicted: list[str], repeats: int = 1) -> pd.DataFrame:
    """Clips that are all happy; later repeats answer otherwise, and do not count."""
    return pd.concat(
        pd.DataFrame(
            {
                "repeat": repeat + 1,
                "clip": [f"clip {i}" for i in range(len(predicted))],
                "mood": HAPPY,
                "predicted": predicted if repeat == 0 else SAD,
            }
        )
        for repeat in range(repeats)
    )


def test_clips_with_the_same_answers_count_where_they_are_enough() -> None:
    one = held_out([HAPPY] * 25 + [ANGRY] * 10 + [HAPPY] * 5, repeats=2)
    other = held_out([SAD] * 25 + [HAPPY] * 10 + [HAPPY] * 5)
    answered = disagreement.answers({"one": one, "other": other})
    assert len(answered) == 40
    past = disagreement.record(answered, ("one", "other"), (HAPPY, SAD))
    assert past == (25, 1.0, 0.0, True)
    rare = disagreement.record(answered, ("one", "other"), (ANGRY, HAPPY))
    assert tuple(rare) == pytest.approx((35, 25 / 35, 10 / 35, False))
    agreed = disagreement.agreement(answered)
    assert tuple(agreed) == pytest.approx((5, 1.0, 5 / 40))


def test_clips_that_one_model_never_held_out_are_left_out() -> None:
    one, other = held_out([HAPPY] * 30), held_out([SAD] * 20)
    assert len(disagreement.answers({"one": one, "other": other})) == 20


def test_models_that_never_differ_have_no_record() -> None:
    answered = disagreement.answers({"a": held_out([HAPPY] * 3), "b": held_out([HAPPY] * 3)})
    assert disagreement.record(answered, ("a", "b"), (HAPPY, SAD)).clips == 0


def test_best_is_right_more_often_where_it_differs_from_model_1() -> None:
    held = {role: out_of_fold(runs.find(role)) for role in ("best", "1")}
    answered = disagreement.answers(held)
    assert len(answered) == 898
    past = disagreement.record(answered, ("best", "1"), (RELAXED, SAD))
    assert past.alike and past.clips >= disagreement.LEAST
    assert past.right > past.other_right
