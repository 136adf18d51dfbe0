"""How several networks agree on one mood."""

from __future__ import annotations

import numpy as np

from mmc_core._typing import Floats, Ints


def majority(probabilities: Floats) -> Ints:
    """The mood that most networks name, by its place in `moods.NAMES`. (n,)

    Each network names its likeliest mood. Where several moods have the most votes, that of them
    with the highest mean probability wins; where even that is equal, the first in order.

    Args:
        probabilities: of each network, for each clip. (networks, n, 4)
    """
    named = probabilities.argmax(axis=2)
    votes = (named[:, :, None] == np.arange(probabilities.shape[2])).sum(axis=0)
    # Sorted, because a sum in floating point depends on the order of its terms.
    mean = np.sort(probabilities, axis=0).mean(axis=0, dtype=np.float64)
    tied = votes == votes.max(axis=1, keepdims=True)
    return np.where(tied, mean, -1.0).argmax(axis=1)
