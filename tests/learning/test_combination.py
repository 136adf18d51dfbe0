"""How members answer together, where it is known what they should."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from mmc_core.learning import recipes
from mmc_core.moods import NAMES


def test_how_members_are_combined() -> None:
    """Two of three say the first mood, all but surely; the third, sure of the second, wins."""
    p = [np.array([[0.4, 0.3, 0.2, 0.1]])] * 2 + [np.array([[0.0, 1.0, 0.0, 0.0]])]

    def kind(name: Any) -> recipes.Combination:
        members = ["cnn1d", "cnn1d-l2", "svm"]
        return recipes.Combination(
            name="x", title="x", dataset="made", kind=name, members=members, seed=1
        )

    for name in ("vote", "mean"):
        mean, moods = kind(name).combine(p)
        assert moods.tolist() == [NAMES[1]]
        assert mean[0, 0] == pytest.approx(0.8 / 3)
        assert kind(name).select([1.0, 0.5, 0.7]) == [0, 1, 2]
    assert kind("best").select([1.0, 0.5, 0.7]) == [1]
