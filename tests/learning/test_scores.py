"""Scores of predictions whose worth is known."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import pytest
from sklearn.dummy import DummyClassifier
from sklearn.ensemble import ExtraTreesClassifier
from sklearn.metrics import accuracy_score, f1_score
from sklearn.neighbors import KNeighborsClassifier

from mmc_core.analysis.statistics import corrected_resampled_t
from mmc_core.errors import RunError
from mmc_core.features.encode import encode
from mmc_core.learning import baselines, scores
from mmc_core.learning.splits import grouped_hold_out
from mmc_core.moods import NAMES
from mmc_core.saved.scores import CalibrationFloor, Confusion


def predictions(true: list[str], predicted: list[str], sure: float = 1.0, folds: int = 1) -> Any:
    """One clip a group, folds in turn; `sure` on the prediction, the rest shared by the others."""
    n = len(true)
    frame = pd.DataFrame(
        {
            "repeat": 1,
            "fold": np.arange(n) % folds + 1,
            "clip": [f"clip {i}" for i in range(n)],
            "mood": true,
            "group": [str(i) for i in range(n)],
            "predicted": predicted,
            "majority": 0.0,
            "group_majority": np.nan,
            "shuffled": 0.25,
        }
    )
    for name in NAMES:
        frame[name] = [sure if name == mood else (1 - sure) / 3 for mood in predicted]
    return frame


def repeated(frame: pd.DataFrame, times: int) -> pd.DataFrame:
    return pd.concat([frame.assign(repeat=r + 1) for r in range(times)])


EACH = list(NAMES) * 10
NEXT = [*EACH[1:], EACH[0]]  # wrong throughout
HALF = EACH[:20] + NEXT[20:]
SOME = EACH[:25] + NEXT[25:]


def test_perfect_predictions() -> None:
    result = scores.score(predictions(EACH, EACH), seed=0)
    for key in ("accuracy", "macro_f1", "arousal_accuracy", "valence_accuracy"):
        assert getattr(result, key) == 1
    assert result.interval == (1, 1)
    assert result.brier == result.ece == 0
    assert result.nll == pytest.approx(0, abs=1e-9)
    assert np.array_equal(result.confusion.true_by_predicted, 10 * np.eye(4))


def test_no_opinion_costs_what_theory_says() -> None:
    """Four equal probabilities: log 4, Brier 3/4, and as calibrated as can be."""
    result = scores.score(predictions(EACH, [NAMES[0]] * 40, sure=0.25), seed=0)
    assert result.nll == pytest.approx(np.log(4))
    assert result.brier == pytest.approx(0.75)
    assert result.accuracy == 0.25
    assert result.ece == pytest.approx(0, abs=0.01)


def test_the_first_mood_wins_a_tie() -> None:
    p = np.array([[0.25] * 4, [0.1, 0.4, 0.4, 0.1], [0.0, 0.0, 0.1, 0.9]])
    assert scores.most_likely(p).tolist() == [NAMES[0], NAMES[1], NAMES[3]]


def test_what_was_said_counts_not_what_was_likeliest() -> None:
    """A vote may name another mood than the one with the highest mean probability."""
    frame = predictions(EACH, NEXT).assign(predicted=EACH)
    result = scores.score(frame, seed=0)
    assert result.accuracy == result.macro_f1 == 1
    assert np.trace(result.confusion.true_by_predicted) == 40
    assert result.brier == 2


def test_halves_of_the_plane() -> None:
    """Angry called happy: arousal right, valence wrong; sad called happy: both wrong."""
    result = scores.score(predictions(["angry", "sad"], ["happy", "happy"]), seed=0)
    assert result.arousal_accuracy == 0.5
    assert result.valence_accuracy == 0


def test_against_scikit_learn() -> None:
    rng = np.random.default_rng(5)
    true, predicted = rng.choice(NAMES, 200).tolist(), rng.choice(NAMES, 200).tolist()
    result = scores.score(predictions(true, predicted, 0.7), seed=0)
    assert result.accuracy == accuracy_score(true, predicted)
    assert result.macro_f1 == pytest.approx(f1_score(true, predicted, average="macro"))
    assert sum(result.f1.values()) / 4 == pytest.approx(result.macro_f1)


def test_a_single_split_is_resampled_by_groups() -> None:
    frame = predictions(EACH, HALF)
    result = scores.score(frame, seed=0)
    assert result.interval_method == scores.SPLIT_INTERVAL
    assert (result.folds, result.repeats, result.n) == (1, 1, 40)
    low, high = result.interval
    assert low < 0.5 < high
    ten_groups = frame.assign(group=[str(i // 4) for i in range(40)])
    wider = scores.score(ten_groups, seed=0)
    assert wider.n_groups == 10
    assert wider.interval[1] - wider.interval[0] > 1.5 * (high - low)


def test_folds_have_the_corrected_interval() -> None:
    """40 clips in 10 folds, the first 25 right: 5 folds have 3 of 4 right, 5 have 2."""
    result = scores.score(predictions(EACH, SOME, folds=10), seed=0)
    assert result.interval_method == scores.FOLDS_INTERVAL
    assert (result.folds, result.accuracy) == (10, 0.625)
    by_fold = np.array([0.75] * 5 + [0.5] * 5)
    assert result.interval == pytest.approx(corrected_resampled_t(by_fold, 1 / 9))


def test_no_interval_of_a_share_leaves_0_to_1() -> None:
    """Two folds, of all and of half right: the t interval alone would reach from -4 to 5."""
    frame = predictions(EACH, SOME, folds=2)
    frame["predicted"] = frame["mood"].where(frame["fold"] == 1, "no mood")
    frame.loc[frame["fold"] == 2, "predicted"] = frame["mood"].iloc[0]
    assert scores.score(frame, seed=0).interval == (0, 1)
    other = frame.assign(predicted=frame["mood"])
    assert scores.compare(other, frame)["interval"] == [-1, 1]


def test_repeats_are_not_more_clips() -> None:
    once = predictions(EACH, SOME, 0.8, folds=10)
    one, three = (scores.score(frame, seed=0) for frame in (once, repeated(once, 3)))
    assert (one.n, one.n_groups, one.folds, one.repeats) == (40, 40, 10, 1)
    assert (three.n, three.n_groups, three.folds, three.repeats) == (40, 40, 30, 3)
    for key in ("accuracy", "macro_f1", "nll", "brier", "arousal_accuracy"):
        assert three[key] == pytest.approx(one[key])
    # However often it is repeated, the overlap's part of the error stays.
    low, high = scores.score(repeated(once, 30), seed=0).interval
    assert high - low > 0.5 * (one.interval[1] - one.interval[0])


def test_calibration_error_of_the_overconfident() -> None:
    confidence, right = np.full(100, 0.9), np.arange(100) % 2 == 0
    assert scores.calibration_error(confidence, right, np.ones(100, dtype=int)) == pytest.approx(
        0.4
    )


def test_calibration_error_is_the_mean_of_repeats() -> None:
    """Too sure in one repeat and not sure enough in the other: each is a fault."""
    confidence, right = np.full(200, 0.75), np.r_[np.ones(100), np.arange(100) % 2] == 1
    repeat = np.repeat([1, 2], 100)
    assert scores.calibration_error(confidence, right, repeat) == pytest.approx(0.25)


def test_the_floor_is_what_perfect_probabilities_give() -> None:
    """Many clips that are right exactly as often as is said: their error is about the floor's."""
    rng = np.random.default_rng(0)

    def floor(n: int, repeats: int = 1) -> tuple[CalibrationFloor, list[float]]:
        sure, repeat = rng.uniform(0.3, 1, n * repeats), np.repeat(np.arange(repeats), n)
        clip = np.tile(np.arange(n), repeats)
        outcomes = [rng.random(n)[clip] < sure for _ in range(100)]
        errors = [scores.calibration_error(sure, right, repeat) for right in outcomes]
        return scores.calibration_floor(sure, repeat, clip, seed=1), errors

    for n, repeats in ((179, 1), (179, 5), (898, 1)):
        expected, errors = floor(n, repeats)
        assert expected.mean == pytest.approx(np.mean(errors), rel=0.08)
        assert expected.quantile_95 == pytest.approx(np.quantile(errors, 0.95), rel=0.15)
    assert floor(5000)[0].mean < 0.02


def test_coverage_keeps_the_surest() -> None:
    confidence = np.linspace(0, 1, 10)
    assert scores.accuracy_at_coverage(confidence, confidence > 0.5, 0.5) == 1
    assert scores.accuracy_at_coverage(confidence, confidence > 0.5, 1.0) == 0.5


# ---- two systems ----------------------------------------------------------------------------


def test_a_run_does_not_differ_from_itself() -> None:
    frame = repeated(predictions(EACH, SOME, folds=10), 2)
    result = scores.compare(frame, frame)
    assert result == {"difference": 0, "interval": [0, 0], "p": 1, "folds": 20}


def test_a_difference_is_between_the_same_folds() -> None:
    good, bad = (predictions(EACH, predicted, folds=10) for predicted in (HALF, NEXT))
    result, turned = scores.compare(good, bad), scores.compare(bad, good)
    assert result["difference"] == 0.5 == -turned["difference"]
    assert result["interval"] == pytest.approx([-v for v in reversed(turned["interval"])])
    assert result["p"] == turned["p"] < 0.05
    # Rows in another order, and repeats that only one has, make no difference.
    again = scores.compare(repeated(good, 2).iloc[::-1], bad)
    assert again == result


def test_other_folds_are_not_compared() -> None:
    frame = predictions(EACH, HALF, folds=10)
    others = frame.assign(fold=frame["fold"].to_numpy()[::-1])
    with pytest.raises(RunError, match="held out other clips"):
        scores.compare(frame, others)
    with pytest.raises(RunError, match="share fewer than two folds"):
        scores.compare(frame, frame.assign(repeat=2))
    single = predictions(EACH, HALF)
    with pytest.raises(RunError, match="share fewer than two folds"):
        scores.compare(single, single)


# ---- baselines ------------------------------------------------------------------------------


def of_clips(
    mood: list[str],
    group: list[str],
    n_test: int,
    *,
    shuffled: Callable[[], Any] = lambda: DummyClassifier(strategy="most_frequent"),
    shuffles: int = 1,
) -> pd.DataFrame:
    """Of clips of which the last `n_test` are for testing; the only feature is their number."""
    rows = np.arange(len(mood))
    return baselines.columns(
        rows[:, None].astype(np.float32),
        np.array(mood, dtype=object),
        np.array(group, dtype=object),
        rows[:-n_test],
        rows[-n_test:],
        shuffled=shuffled,
        seed=1,
        shuffles=shuffles,
    )


def test_an_artist_whose_other_clips_are_sad_is_looked_up_as_sad() -> None:
    """Training: A sad, sad, happy; B happy, happy. Testing: a sad and an angry A, an unknown C."""
    mood = ["sad", "sad", "happy", "happy", "happy", "sad", "angry", "happy"]
    result = of_clips(mood, ["A", "A", "A", "B", "B", "A", "A", "C"], 3)
    assert result["group_majority"].tolist()[:2] == [1, 0]
    assert np.isnan(result["group_majority"][2])
    assert result["majority"].tolist() == [0, 0, 1]


def test_without_group_mates_nothing_is_looked_up() -> None:
    result = of_clips(["sad", "sad", "happy"], ["A", "B", "C"], 1)
    assert result["group_majority"].isna().all()


def test_look_up_is_scored_where_there_was_something_to_go_by() -> None:
    frame = predictions(EACH, EACH).assign(group_majority=[1.0, 1.0, 0.0, 0.0] + [np.nan] * 36)
    result = scores.score(frame, seed=0).baselines
    assert (result.group_look_up, result.group_look_up_share) == (0.5, 0.1)
    assert (result.majority, result.shuffled_labels) == (0, 0.25)
    nothing = scores.score(predictions(EACH, EACH), seed=0).baselines
    assert (nothing.group_look_up, nothing.group_look_up_share) == (None, 0)


def test_shuffling_keeps_the_number_of_each_mood() -> None:
    """A classifier that says the commonest mood does not notice it."""
    result = of_clips(["sad"] * 6 + ["happy"] * 5 + ["sad", "happy"], ["A"] * 13, 2)
    assert result.shuffled.tolist() == result.majority.tolist() == [1, 0]


def test_shuffled_labels_can_only_be_remembered() -> None:
    """A nearest neighbour says the mood of one clip; once shuffled, that may be anyone's."""
    mood = [EACH[0]] * 20 + [EACH[1]] * 20 + [EACH[0]]
    nearest = of_clips(
        mood, ["A"] * 41, 20, shuffled=lambda: KNeighborsClassifier(1), shuffles=200
    )["shuffled"]
    # Of the 21 clips learned from one is of the second mood; all are nearest to the last.
    assert nearest.iloc[:19].to_numpy() == pytest.approx(1 / 21, abs=0.05)
    assert nearest.iloc[19] == pytest.approx(20 / 21, abs=0.05)


def test_baselines_know_nothing_of_music(table: pd.DataFrame) -> None:
    split = grouped_hold_out(table, seed=1)
    x, mood = encode(table.to_dict(orient="records")), table["mood"].to_numpy(dtype=object)
    trees = ExtraTreesClassifier(100, random_state=1)
    result = baselines.columns(
        x,
        mood,
        table["group"].to_numpy(dtype=object),
        split.train,
        split.test,
        shuffled=lambda: ExtraTreesClassifier(100, random_state=1),
        seed=1,
        shuffles=5,
    )
    assert len(result) == len(split.test)
    assert result.group_majority.isna().all()  # groups are whole
    learned = trees.fit(x[split.train], mood[split.train]).score(x[split.test], mood[split.test])
    assert learned > 0.8  # the made-up moods lie apart
    assert result.shuffled.mean() < 0.45
    assert result.majority.mean() == pytest.approx(0.25, abs=0.08)


# ---- what a score means for one answer --------------------------------------------------------


def test_when_it_said() -> None:
    result = scores.score(predictions(["sad", "sad", "happy"], ["sad", "happy", "sad"]), seed=0)
    assert scores.right_when_predicted(result, "sad") == (1, 2)
    assert scores.right_when_predicted(result, "angry") == (0, 0)
    again = replace(result, repeats=2, confusion=twice(result.confusion))
    assert scores.right_when_predicted(again, "sad") == (1, 2)


def twice(confusion: Confusion) -> Confusion:
    """The confusion of two repeats that are alike."""
    counts = (2 * np.array(confusion.true_by_predicted)).tolist()
    return replace(confusion, true_by_predicted=counts)


def test_when_as_sure_looks_at_a_narrow_band() -> None:
    sure = predictions(["sad"] * 40, ["sad"] * 40, 0.9)
    half = predictions(["sad", "angry"] * 10, ["angry"] * 20, 0.4)
    half["clip"] += " of others"
    both = pd.concat([sure, half])
    as_sure = scores.right_when_as_sure(both, 0.94)
    assert as_sure
    assert (as_sure.right, as_sure.clips) == (1, 40)
    assert (as_sure.low, as_sure.high) == pytest.approx((0.9124, 1), abs=1e-4)  # Wilson's: 40 of 40
    as_sure = scores.right_when_as_sure(both, 0.4)
    assert as_sure
    assert (as_sure.right, as_sure.clips) == (0.5, 20)
    assert as_sure.low == pytest.approx(1 - as_sure.high)
    assert scores.right_when_as_sure(both, 0.6) is None
    assert scores.right_when_as_sure(repeated(both, 3), 0.4) == as_sure  # no more clips than before
