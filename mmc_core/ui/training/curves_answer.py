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
    when = "best" if run.info["recipe"]["patience"] else "last"
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
    return f"{_accuracies(learned, clips)} {_overfitting(learned)}"


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
    first, second = ranked[0], ranked[1]
    n = round(VALIDATED * clips)
    share = (first.accuracy + second.accuracy) / 2
    clear = 1.96 * np.sqrt(2 * share * (1 - share) / n)
    verdict = (
        _("**{run} has the best validation accuracy**", run=first.name)
        if first.accuracy - second.accuracy > clear
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
        n=n,
        points=100 * clear,
    )


def _overfitting(learned: Sequence[Learned]) -> str:
    """Return which run overfits most, where gap and loss agree; else which has the largest gap."""
    ranked = sorted(learned, key=lambda run: -run.gap)
    most = ranked[0]
    if round(100 * most.gap) == round(100 * ranked[1].gap):
        return _(
            "**None overfits clearly more**: in the last epoch, training accuracy is above "
            "validation accuracy by {gaps} percentage points.",
            gaps=_gaps(ranked),
        )
    does_loss_agree = most.rise > max(run.rise for run in ranked[1:])
    if not does_loss_agree:
        said = N_(
            "Training accuracy is furthest above validation accuracy in the last epoch of {run}: "
            "{gaps} percentage points."
        )
    elif len(ranked) == 2:
        said = N_(
            "**{run} overfits more**: in the last epoch, training accuracy is above validation "
            "accuracy by {gaps} percentage points, and its validation loss rose more."
        )
    else:
        said = N_(
            "**{run} overfits most**: in the last epoch, training accuracy is above validation "
            "accuracy by {gaps} percentage points, and its validation loss rose most."
        )
    return _(said, run=most.name, gaps=_gaps(ranked))


def _gaps(ranked: Sequence[Learned]) -> str:
    return listed(f"{100 * run.gap:.0f} ({run.name})" for run in ranked[:LISTED])


def _of_networks(run: Learned) -> str:
    """Return how many networks a number is the mean of, in brackets; "" for one."""
    return _(" (mean of {n} networks)", n=run.networks) if run.networks > 1 else ""
