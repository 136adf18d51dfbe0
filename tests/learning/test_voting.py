"""A vote's mood, where it is known what it should be."""

from __future__ import annotations

from itertools import permutations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mmc_core._typing import Float64
from mmc_core.learning.voting import majority


@pytest.mark.parametrize(
    ("clip", "mood"),
    [
        ([[0.7, 0.1, 0.1, 0.1], [0.4, 0.2, 0.2, 0.2], [0.9, 0.1, 0.0, 0.0]], 0),  # unanimous
        ([[0.0, 0.6, 0.4, 0.0], [0.0, 0.5, 0.5, 0.0], [0.0, 0.2, 0.8, 0.0]], 1),  # 2:1, mean says 2
        ([[0.4, 0.3, 0.3, 0.0], [0.1, 0.5, 0.4, 0.0], [0.3, 0.0, 0.7, 0.0]], 2),  # all differ
        ([[0.4, 0.0, 0.3, 0.3], [0.0, 0.5, 0.1, 0.4], [0.1, 0.1, 0.4, 0.4]], 2),  # nobody named 3
        ([[0.4, 0.3, 0.3, 0.0], [0.3, 0.4, 0.3, 0.0], [0.3, 0.3, 0.4, 0.0]], 0),  # all is equal
    ],
)
def test_the_most_votes_win_and_ties_go_by_mean_probability(
    clip: list[list[float]], mood: int
) -> None:
    assert majority(np.array(clip)[:, None]).tolist() == [mood]


def test_clips_are_decided_one_by_one() -> None:
    clips = np.random.default_rng(0).dirichlet(np.ones(4), (3, 50)).astype(np.float32)
    together = majority(clips)
    assert together.shape == (50,)
    assert together.tolist() == [majority(clips[:, [i]]).item() for i in range(50)]


def test_four_networks_can_tie_two_to_two() -> None:
    one, other = [0.6, 0.4, 0.0, 0.0], [0.1, 0.9, 0.0, 0.0]
    assert majority(np.array([one, one, other, other])[:, None]).tolist() == [1]


@st.composite
def votes(draw: st.DrawFn) -> Float64:
    """Three networks' probabilities of one clip, in thousandths. (3, 1, 4)"""
    cuts = st.lists(st.integers(0, 1000), min_size=3, max_size=3).map(sorted)
    return np.array([[np.diff([0, *draw(cuts), 1000])] for _ in range(3)]) / 1000


@given(votes())
def test_the_order_of_the_networks_does_not_matter(clip: Float64) -> None:
    assert len({majority(clip[list(order)]).item() for order in permutations(range(3))}) == 1


@given(votes())
def test_a_vote_of_one_mind_is_the_mean(clip: Float64) -> None:
    named = clip.argmax(axis=2)
    if len(set(named.ravel())) == 1:
        assert majority(clip) == named[0]
        assert clip.sum(axis=0).max() == pytest.approx(clip.sum(axis=0)[0, named[0]].item())


@given(votes())
def test_a_mood_that_nobody_named_never_wins(clip: Float64) -> None:
    assert majority(clip).item() in clip.argmax(axis=2)
