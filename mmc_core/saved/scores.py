"""`scores.json` of a run: how good its predictions of held-out clips are."""

from __future__ import annotations

from dataclasses import dataclass

from mmc_core.saved.kind import Kind, WithFormerKeys


@dataclass(frozen=True)
class Confusion(WithFormerKeys):
    """How often each mood was answered for each; `true_by_predicted` is (moods, moods)."""

    moods: list[str]
    true_by_predicted: list[list[int]]


@dataclass(frozen=True)
class CalibrationFloor(WithFormerKeys):
    """The calibration error that perfect probabilities would have on so few clips."""

    mean: float
    quantile_95: float


@dataclass(frozen=True)
class Baselines(WithFormerKeys):
    """Accuracies of what costs nothing; `group_look_up` is None where no group was known, and
    `group_look_up_share` is the share of clips whose group was.
    """

    majority: float
    shuffled_labels: float
    group_look_up: float | None
    group_look_up_share: float


@dataclass(frozen=True, kw_only=True)
class Scores(WithFormerKeys):
    """Scores of held-out clips, from 0 to 1, but for `nll` (nats) and `brier` (0 to 2).

    `n` counts clips, `folds` all folds of all repeats. `interval` is the accuracy's, by
    `interval_method`. `ece` is the expected calibration error; `ece_floor` is None in files that
    were written before it was reckoned.
    """

    n: int
    n_groups: int
    repeats: int = 1
    folds: int = 1
    accuracy: float
    interval: tuple[float, float]
    interval_method: str
    macro_f1: float
    f1: dict[str, float]
    arousal_accuracy: float
    valence_accuracy: float
    confusion: Confusion
    nll: float
    brier: float
    ece: float
    ece_floor: CalibrationFloor | None = None
    accuracy_at_80_coverage: float
    baselines: Baselines


SCORES = Kind("run", Scores)
