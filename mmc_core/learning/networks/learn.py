"""A recipe's networks, set up on some clips of a dataset."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import keras
import numpy as np

from mmc_core._typing import Ints
from mmc_core.learning.inputs import Clips
from mmc_core.learning.networks.build import average
from mmc_core.learning.networks.fit import Fit
from mmc_core.learning.splits import inner_folds, seed_of

if TYPE_CHECKING:
    from mmc_core.learning.kinds.network import Network


def fits(
    recipe: Network,
    clips: Clips,
    rows: Ints,
    *,
    seed: int,
    watch: bool = False,
    copied: Ints | None = None,
) -> Iterator[Fit]:
    """The recipe's networks, one after another, ready to be trained by who asks.

    Args:
        rows: the clips that may be learned from and chosen by.
        watch: keep an inner fold for validation even where nothing is chosen by it.
        copied: clips whose copies are learned from, if not those of the training clips. Only to
            show what a leak does.
    """
    inner = inner_folds(clips.table, rows, seed)
    for member in range(recipe.members):
        train, chosen = next(inner) if recipe.patience or watch else (rows, None)
        x, y = clips.training(train, copied)
        validation = None
        if chosen is not None:
            validation = (np.asarray(clips.x[chosen]), clips.one_hot[chosen])
        yield Fit(recipe, x, y, validation, seed=seed_of(seed, member))


def learned(
    recipe: Network, clips: Clips, rows: Ints, *, seed: int, copied: Ints | None = None
) -> tuple[keras.Model, float]:
    """The recipe's network trained on some clips, and its loss on inner folds of them.

    The loss is infinite where the recipe has no patience, so keeps no inner fold.
    """
    networks, losses = [], []
    for fit in fits(recipe, clips, rows, seed=seed, copied=copied):
        while not fit.finished:
            fit.step()
        networks.append(fit.network())
        losses.append(fit.best_loss)
    return average(networks, recipe.name), float(np.mean(losses))
