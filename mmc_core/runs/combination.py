"""How the members of a combination answer together."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar

import numpy as np

from mmc_core._typing import Float64, Floats, Objects
from mmc_core.learning import scores, voting
from mmc_core.learning.recipes import Combination
from mmc_core.moods import NAMES

Member = TypeVar("Member")


def answering(
    recipe: Combination, members: Sequence[Member], losses: Sequence[float]
) -> list[Member]:
    """The members that answer: of `best` the one with the lowest loss on inner folds, else all."""
    return [members[int(np.argmin(losses))]] if recipe.kind == "best" else [*members]


def combined(recipe: Combination, probabilities: Sequence[Floats]) -> tuple[Float64, Objects]:
    """Probabilities (n, 4) and moods (n,) of several members' probabilities, each (n, 4)."""
    each = np.stack(probabilities)
    mean: Float64 = each.mean(axis=0, dtype=np.float64)
    if recipe.kind == "vote":
        return mean, np.array(NAMES, dtype=object)[voting.soft_vote(each)]
    return mean, scores.most_likely(mean)
