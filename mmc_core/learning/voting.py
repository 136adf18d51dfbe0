"""How several networks agree on one mood."""

from __future__ import annotations

import numpy as np

from mmc_core._typing import Floats, Ints


def soft_vote(probabilities: Floats) -> Ints:
    """The mood of the highest mean probability, by its place in `moods.NAMES`. (n,)

    What all networks name wins; where they differ, how sure each is counts. Votes that are only
    counted would turn with the smallest change of a network that hesitates between two moods.
    Where means are equal, the first in order.

    Args:
        probabilities: of each network, for each clip. (networks, n, 4)
    """
    # Sorted, because a sum in floating point depends on the order of its terms.
    mean = np.sort(probabilities, axis=0).mean(axis=0, dtype=np.float64)
    return mean.argmax(axis=1)
