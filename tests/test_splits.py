from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mmc_core import datasets
from mmc_core.moods import NAMES
from mmc_core.splits import Split, _assert_apart, grouped_hold_out


@given(seed=st.integers(0, 1000), sizes=st.lists(st.integers(1, 6), min_size=40, max_size=80))
@settings(max_examples=25)
def test_parts_are_whole_disjoint_and_groups_stay_together(seed: int, sizes: list[int]) -> None:
    groups = np.repeat([f"g{i}" for i in range(len(sizes))], sizes)
    moods = np.repeat([NAMES[i % 4] for i in range(len(sizes))], sizes)
    table = pd.DataFrame({"mood": moods, "group": groups})
    split = grouped_hold_out(table, seed=seed)
    parts = (split.train, split.validation, split.test)
    assert sorted(np.concatenate(parts).tolist()) == list(range(len(table)))
    held = [set(groups[part]) for part in parts]
    assert not (held[0] & held[1] or held[0] & held[2] or held[1] & held[2])


def test_shares_and_moods_are_kept() -> None:
    table = datasets.get("4qaed").table()
    split = grouped_hold_out(table, seed=13)
    n = len(table)
    assert len(split.test) / n == pytest.approx(0.2, abs=0.02)
    assert len(split.validation) / n == pytest.approx(0.16, abs=0.02)
    shares = table["mood"].iloc[split.test].value_counts(normalize=True)
    assert shares.between(0.2, 0.3).all()


def test_a_seed_gives_one_split() -> None:
    table = datasets.get("4qaed").table()
    one, again, other = (grouped_hold_out(table, seed=s) for s in (1, 1, 2))
    assert np.array_equal(one.test, again.test)
    assert not np.array_equal(one.test, other.test)


def test_a_group_on_two_sides_is_found() -> None:
    group = np.array(["a", "b", "c", "a"], dtype=object)
    with pytest.raises(AssertionError, match="straddles"):
        _assert_apart(group, Split(np.array([0]), np.array([1, 2]), np.array([3])))
