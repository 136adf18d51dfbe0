"""A vote's mood, where it is known what it should be."""

from __future__ import annotations

from itertools import permutations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mmc_core._typing import Float64
from mmc_core.learning.voting import soft_vote


@pytest.mark.parametrize(
    ("clip", "mood"),
    [
        ([[0.7, 0.1, 0.1, 0.1], [0.4, 0.2, 0.2, 0.2], [0.9, 0.1, 0.0, 0.0]], 0),  # unanimous
        ([[0.0, 0.6, 0.4, 0.0], [0.0, 0.6, 0.4, 0.0], [0.0, 0.45, 0.55, 0.0]], 1),  # two of three
        ([[0.0, 0.6, 0.4, 0.0], [0.0, 0.5, 0.5, 0.0], [0.0, 0.2, 0.8, 0.0]], 2),  # the surest
        ([[0.4, 0.3, 0.3, 0.0], [0.3, 0.4, 0.3, 0.0], [0.3, 0.3, 0.4, 0.0]], 0),  # all is equal
    ],
)
def test_the_highest_mean_probability_wins(clip: list[list[float]], mood: int) -> None:
    assert soft_vote(np.array(clip)[:, None]).tolist() == [mood]


def test_clips_are_decided_one_by_one() -> None:
    clips = np.random.default_rng(0).dirichlet(np.ones(4), (3, 50)).astype(np.float32)
    together = soft_vote(clips)
    assert together.shape == (50,)
    assert together.tolist() == [soft_vote(clips[:, [i]]).item() for i in range(50)]


@st.composite
def votes(draw: st.DrawFn) -> Float64:
    """Three networks' probabilities of one clip, in thousandths. (3, 1, 4)"""
    cuts = st.lists(st.integers(0, 1000), min_size=3, max_size=3).map(sorted)
    return np.array([[np.diff([0, *draw(cuts), 1000])] for _ in range(3)]) / 1000


@given(votes())
def test_the_order_of_the_networks_does_not_matter(clip: Float64) -> None:
    assert len({soft_vote(clip[list(order)]).item() for order in permutations(range(3))}) == 1


@given(votes())
def test_what_all_name_wins(clip: Float64) -> None:
    named = clip.argmax(axis=2)
    if len(set(named.ravel())) == 1:
        assert soft_vote(clip) == named[0]


@given(votes(), votes(), st.integers(0, 30))
def test_near_ties_turn_only_what_is_near(clip: Float64, other: Float64, thousandths: int) -> None:
    """A change of total variation d turns no mood that leads by more than 2 d."""
    d = thousandths / 1000
    changed = (1 - d) * clip + d * other
    mean = np.sort(clip.mean(axis=(0, 1)))
    if mean[-1] - mean[-2] > 2 * d + 1e-9:
        assert soft_vote(changed) == soft_vote(clip)
