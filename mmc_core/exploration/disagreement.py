"""What it means where models name different moods, by held-out clips on which they did so too."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

import pandas as pd

LEAST = 20  # clips that a share is given of


class Record(NamedTuple):
    """Held-out clips on which two models differed, and the share each was right on.

    `alike` is true where these are clips with the same two answers; false where there were too few
    of those, so that all clips on which the two differed are counted.
    """

    clips: int
    right: float
    other_right: float
    alike: bool


class Agreement(NamedTuple):
    """Held-out clips on which all models gave one answer, the share they were right on, and the
    share of all clips that these are.
    """

    clips: int
    right: float
    share: float


def answers(held_out: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    """The answer of each model for each clip that all of them held out.

    Args:
        held_out: predictions of clips that each model's folds held out, by the model; see
            `learning.scores`. Of several repeats the first, in which each clip is held out once.

    Returns:
        By clip the true `mood`, and a column a model. Models may have had other folds.
    """
    first = {
        model: predictions[predictions["repeat"] == predictions["repeat"].min()].set_index("clip")
        for model, predictions in held_out.items()
    }
    columns = {model: each["predicted"] for model, each in first.items()}
    mood = next(iter(first.values()))["mood"]
    return pd.DataFrame({"mood": mood, **columns}).dropna()


def record(answered: pd.DataFrame, models: tuple[str, str], moods: tuple[str, str]) -> Record:
    """How often each of two models was right where they answered these moods.

    Args:
        answered: what `answers` gives.
        models: their columns.
        moods: what each answers; they differ.
    """
    one, other = (answered[model] for model in models)
    differ = one != other
    same = (one == moods[0]) & (other == moods[1])
    alike = int(same.sum()) >= LEAST
    some = answered[same if alike else differ]
    right, other_right = ((some[model] == some["mood"]).mean() for model in models)
    return Record(len(some), float(right), float(other_right), alike)


def agreement(answered: pd.DataFrame) -> Agreement:
    """How often models were right where they all gave one answer."""
    models = [name for name in answered if name != "mood"]
    first = answered[models[0]]
    agreed = answered[answered[models].eq(first, axis=0).all(axis=1)]
    right = float((agreed[models[0]] == agreed["mood"]).mean())
    return Agreement(len(agreed), right, len(agreed) / max(1, len(answered)))
