"""What the curves of finished runs say, in sentences: which learned better, which overfits more."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from mmc_core.figures.curves import COLUMNS, digests
from mmc_core.language import N_, _
from mmc_core.runs import Run
from mmc_core.wording import listed, percent

VALIDATED = 0.8 * 0.2  # of a dataset's clips: a fifth of what is not held out
UNSEEN = 0.002  # a difference that no eye sees in the figure
LISTED = 4  # runs whose accuracies stand in a sentence


@dataclass(frozen=True)
class Learned:
    """A finished run: means over its networks, each at the epoch whose weights it keeps."""

    name: str
    networks: int
    accuracy: float  # on validation clips
    gap: float  # accuracy in training minus that, in the last epoch
    rise: float  # of the validation loss, from its lowest to the last epoch; a share


def summary(run: Run, name: str, history: pd.DataFrame) -> Learned:
    """Return what a finished run's curves come to.

    Args:
        run: the run.
        name: as it is shown.
        history: its epochs.
    """
    table = digests({name: history})
    when = "best" if run.info.recipe["patience"] else "last"
    losses = [part["val_loss"] for _number, part in history.groupby("member")]
    return Learned(
        name,
        len(table),
        float(table[f"validation accuracy, {when} epoch"].mean()),
        float(table["training minus validation"].mean()),
        float(np.mean([loss.iloc[-1] / loss.min() - 1 for loss in losses])),
    )


def answer(learned: Sequence[Learned], clips: int, *, are_alike: bool) -> str:
    """Return which of some runs learned better and which overfits more, as Markdown.

    Args:
        learned: the finished runs.
        clips: of the dataset.
        are_alike: whether all were validated on the same clips.
    """
    if len(learned) == 1:
        return _of_one(learned[0])
    if not are_alike:
        return _(
            "**These runs were validated on different clips**, so their curves do not tell which "
            "is better."
        )
    return f"{_accuracies(learned, clips)} {_overfitting(learned, clips)}"


def same_beginnings(histories: Mapping[str, pd.DataFrame]) -> str:
    """Return which runs go as a longer one does until their last epoch, so that one line lies on
    the other; "" if none does.
    """
    found = []
    by_length = sorted(histories.items(), key=lambda each: len(each[1]))
    for i, (name, history) in enumerate(by_length):
        for longer, other in by_length[i + 1 :]:
            begin = other[COLUMNS].head(len(history))
            if np.allclose(history[COLUMNS], begin, atol=UNSEEN, rtol=0, equal_nan=True):
                found.append(
                    _(
                        "Until its last epoch, {run} goes as {longer} does: there one line lies on "
                        "the other.",
                        run=name,
                        longer=longer,
                    )
                )
                break
    return " ".join(found)


def _of_one(run: Learned) -> str:
    return _(
        "**{run}** is right on {accuracy} of its validation clips{networks}. In the last epoch its "
        "training accuracy is {gap:.0f} percentage points above its validation accuracy.",
        run=run.name,
        accuracy=percent(run.accuracy),
        networks=_of_networks(run),
        gap=100 * run.gap,
    )


def _accuracies(learned: Sequence[Learned], clips: int) -> str:
    ranked = sorted(learned, key=lambda run: -run.accuracy)
    clear = _by_chance(ranked, clips)
    verdict = (
        _("**{run} has the best validation accuracy**", run=ranked[0].name)
        if ranked[0].accuracy - ranked[1].accuracy > clear
        else _("**No clear difference in validation accuracy**")
    )
    numbers = listed(
        f"{run.name} {percent(run.accuracy)}{_of_networks(run)}" for run in ranked[:LISTED]
    )
    return _(
        "{verdict}: {numbers}. On about {n} clips, a difference of less than {points:.0f} "
        "percentage points can be chance.",
        verdict=verdict,
        numbers=numbers,
        n=_validated(clips),
        points=100 * clear,
    )


def _overfitting(learned: Sequence[Learned], clips: int) -> str:
    """Return which run overfits most, where its gap is clearly larger and its loss agrees."""
    most, following, *_others = sorted(learned, key=lambda run: -run.gap)
    gaps = {"run": most.name, "gap": 100 * most.gap, "other": 100 * following.gap}
    is_clear = most.gap - following.gap > _by_chance(learned, clips)
    if not is_clear or most.rise <= max(run.rise for run in learned if run is not most):
        return _(
            "**No clear difference in overfitting**: in the last epoch, training accuracy is at "
            "most {gap:.0f} percentage points above validation accuracy, then {other:.0f}.",
            **gaps,
        )
    said = (
        N_(
            "**{run} overfits more**: in the last epoch, its training accuracy is {gap:.0f} "
            "percentage points above its validation accuracy, the other's {other:.0f}, and its "
            "validation loss rose more."
        )
        if len(learned) == 2
        else N_(
            "**{run} overfits most**: in the last epoch, its training accuracy is {gap:.0f} "
            "percentage points above its validation accuracy, the next run's {other:.0f}, and its "
            "validation loss rose most."
        )
    )
    return _(said, **gaps)


def _validated(clips: int) -> int:
    """Return on about how many of a dataset's clips a run is validated."""
    return max(1, round(VALIDATED * clips))


def _by_chance(learned: Sequence[Learned], clips: int) -> float:
    """Return up to which difference of two accuracies can be chance on so few clips (95 %).

    As if both were validated on clips of their own, which is rather too much.
    """
    share = float(np.mean(sorted(run.accuracy for run in learned)[-2:]))
    return float(1.96 * np.sqrt(2 * share * (1 - share) / _validated(clips)))


def _of_networks(run: Learned) -> str:
    """Return how many networks a number is the mean of, in brackets; "" for one."""
    return _(" (mean of {n} networks)", n=run.networks) if run.networks > 1 else ""
