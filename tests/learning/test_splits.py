"""How clips are divided, protocol by protocol."""

from __future__ import annotations

import itertools
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mmc_core import datasets
from mmc_core._typing import Ints, Objects
from mmc_core.datasets import Dataset
from mmc_core.errors import DatasetError
from mmc_core.learning import recipes
from mmc_core.learning.splits import (
    HOLD_OUT,
    HOLD_OUT_SENTENCE,
    PROTOCOLS,
    STORED,
    Fold,
    Protocol,
    assert_apart,
    drawn_folds,
    folds,
    grouped_hold_out,
    inner_folds,
    seed_of,
)
from mmc_core.moods import NAMES


class Unsaved(Dataset):
    """A dataset whose folds are saved nowhere."""

    id = title = "unsaved"


class WithSplit(Unsaved):
    """The same with an official split: the groups with an odd number."""

    def official_part(self, table: pd.DataFrame) -> Objects:
        number = table["group"].str.split().str[-1].astype(int)
        return np.where(number % 2 == 1, "test", "train").astype(object)


DIVIDING = [
    Protocol("published", 10, 2),
    Protocol("published", 4),
    Protocol("grouped", 10, 2),
    Protocol("grouped", 5, 2),
    Protocol("original"),
    Protocol("official"),
]


def held_out(divided: list[Fold], n: int) -> Ints:
    """How often each clip is held out in each repeat. (repeats, n)"""
    counts = np.zeros((max(fold.repeat for fold in divided), n), dtype=np.int64)
    for fold in divided:
        counts[fold.repeat - 1, fold.test] += 1
    return counts


# ---- every protocol -------------------------------------------------------------------------


def test_every_fold_divides_all_clips_the_same_again(table: pd.DataFrame) -> None:
    for protocol in DIVIDING:
        divided, again = (folds(WithSplit(), table, protocol) for _ in range(2))
        assert [(fold.repeat, fold.number) for fold in divided] == [
            (r + 1, k + 1) for r in range(protocol.repeats) for k in range(protocol.folds)
        ], protocol
        for fold, same in zip(divided, again, strict=True):
            both = np.concatenate([fold.train, fold.test])
            assert np.array_equal(np.sort(both), np.arange(len(table))), protocol
            assert set(table["mood"].iloc[fold.train]) == set(NAMES), protocol
            assert np.array_equal(fold.train, same.train), protocol
            assert np.array_equal(fold.test, same.test), protocol
        if protocol.folds > 1:
            assert np.all(held_out(divided, len(table)) == 1), protocol


def test_every_clip_of_4qaed_is_held_out_once_a_repeat() -> None:
    dataset = datasets.get("4qaed")
    table = dataset.table()
    for name in ("published", "grouped"):
        divided = folds(dataset, table, Protocol(name, 10, 20))
        assert len(divided) == 200
        assert np.all(held_out(divided, len(table)) == 1)
        tests = {fold.test.tobytes() for fold in divided}
        assert len(tests) == 200  # no repeat is like another


@given(seed=st.integers(0, 1000), sizes=st.lists(st.integers(1, 6), min_size=40, max_size=80))
@settings(max_examples=20)
def test_groups_never_straddle(seed: int, sizes: list[int]) -> None:
    table = pd.DataFrame(
        {
            "mood": np.repeat([NAMES[i % 4] for i in range(len(sizes))], sizes),
            "group": np.repeat([f"g{i}" for i in range(len(sizes))], sizes),
        }
    ).sample(frac=1, random_state=seed)
    table = table.reset_index(drop=True).astype(object)
    groups = table["group"].to_numpy()
    for fold in folds(Unsaved(), table, Protocol("grouped", 5)):
        assert not set(groups[fold.train]) & set(groups[fold.test])
        for train, chosen in inner_folds(table, fold.train, seed):
            assert not set(groups[train]) & set(groups[chosen])
            assert np.array_equal(np.sort(np.concatenate([train, chosen])), fold.train)


def test_a_group_on_two_sides_is_found() -> None:
    group = np.array(["a", "b", "c", "a"], dtype=object)
    with pytest.raises(DatasetError, match="in two parts"):
        assert_apart(group, np.array([0]), np.array([1, 2]), np.array([3]))
    assert_apart(group, np.array([0, 3]), np.array([1, 2]))


def test_published_folds_are_stratified_to_a_clip() -> None:
    dataset = datasets.get("4qaed")
    table = dataset.table()
    for fold in folds(dataset, table, Protocol("published", 10, 2)):
        counts = table["mood"].iloc[fold.test].value_counts()
        assert counts.between(22, 23).all()  # of 223 and 225
        assert len(counts) == 4


def test_published_folds_have_artists_on_both_sides() -> None:
    """Which is why the grouped ones are there."""
    dataset = datasets.get("4qaed")
    table = dataset.table()
    for fold in folds(dataset, table, Protocol("published", 10)):
        group = table["group"].to_numpy()
        assert len(set(group[fold.train]) & set(group[fold.test])) > 10


# ---- folds that are saved -------------------------------------------------------------------


def test_the_saved_folds_of_4qaed_begin_as_those_drawn_today() -> None:
    dataset = datasets.get("4qaed")
    table = dataset.table()
    for protocol in (Protocol("published", 10), Protocol("grouped", 10), Protocol("grouped", 5)):
        saved, drawn = (folds(each, table, protocol) for each in (dataset, Unsaved()))
        for one, other in zip(saved, drawn, strict=True):
            assert np.array_equal(one.test, other.test), protocol


@pytest.mark.slow
def test_the_saved_folds_are_those_drawn_today(mirror: Path) -> None:
    for name in ("4qaed", "turkish"):
        dataset = datasets.get(name)
        if dataset.download:
            dataset.fetch()
        saved = pd.read_parquet(dataset.folds_path)
        pd.testing.assert_frame_equal(drawn_folds(dataset.table()), saved, check_dtype=False)
        assert len(saved.columns) == 1 + sum(STORED.values())


def test_saved_folds_go_by_clip_not_by_row() -> None:
    dataset = datasets.get("4qaed")
    table = dataset.table()
    turned = table.iloc[::-1].reset_index(drop=True)
    protocol = Protocol("grouped", 10)
    one, other = (folds(dataset, t, protocol)[0] for t in (table, turned))
    assert set(table["clip"].iloc[one.test]) == set(turned["clip"].iloc[other.test])


def test_saved_folds_of_other_clips_are_refused() -> None:
    dataset = datasets.get("4qaed")
    with pytest.raises(DatasetError, match=r"folds of 898 clips.*897.*datasets folds 4qaed"):
        folds(dataset, dataset.table().iloc[1:], Protocol("published", 10))
    renamed = dataset.table().assign(clip=lambda t: "x" + t["clip"].astype(str))
    with pytest.raises(DatasetError, match=r"not of the 898 in the table"):
        folds(dataset, renamed, Protocol("grouped", 5))


def test_more_repeats_begin_like_fewer(table: pd.DataFrame) -> None:
    """So that an evaluation can be given more of them later."""
    two, three = (folds(Unsaved(), table, Protocol("grouped", 5, r)) for r in (2, 3))
    assert len(three) == 15
    for a, b in zip(two, three, strict=False):
        assert np.array_equal(a.test, b.test)


def test_beyond_the_saved_repeats_folds_are_drawn(tmp_path: Path, table: pd.DataFrame) -> None:
    drawn_folds(table).to_parquet(tmp_path / "folds.parquet")

    class Kept(Unsaved):
        folds_path = tmp_path / "folds.parquet"

    six = folds(Kept(), table, Protocol("grouped", 5, 6))
    five = folds(Kept(), table, Protocol("grouped", 5, 5))
    assert len(six) == 30
    for a, b in zip(six, five, strict=False):
        assert np.array_equal(a.test, b.test)


# ---- single splits --------------------------------------------------------------------------


def test_the_originals_test_sets_have_their_size() -> None:
    for name, n, copies, n_test in (
        ("4qaed", 898, False, 180),  # a fifth
        ("turkish", 400, False, 40),  # a tenth
        ("4qaed", 898, True, 270),  # three tenths
        ("turkish", 400, True, 120),
    ):
        mood = [NAMES[i % 4] for i in range(n)]
        table = pd.DataFrame({"mood": mood, "group": map(str, range(n))})
        (fold,) = folds(datasets.get(name), table, Protocol("original"), copies=copies)
        assert (len(fold.train), len(fold.test)) == (n - n_test, n_test), (name, copies)
        counts = table["mood"].iloc[fold.test].value_counts()
        assert counts.max() - counts.min() <= 1


def test_an_official_split_is_used_where_there_is_one(table: pd.DataFrame) -> None:
    (fold,) = folds(WithSplit(), table, Protocol("official"))
    part = WithSplit().official_part(table)
    assert np.array_equal(fold.test, np.flatnonzero(part == "test"))


def test_clips_outside_an_official_split_are_on_no_side(table: pd.DataFrame) -> None:
    """Even where their group is tested: they are not learned from."""

    class Partly(WithSplit):
        def official_part(self, table: pd.DataFrame) -> Objects:
            part = super().official_part(table)
            part[::5] = ""
            return part

    (fold,) = folds(Partly(), table, Protocol("official"))
    both = np.concatenate([fold.train, fold.test])
    assert sorted(both) == [i for i in range(len(table)) if i % 5]


def test_without_an_official_split_it_is_said_what_there_is(table: pd.DataFrame) -> None:
    with pytest.raises(DatasetError, match=r"4QAED comes without.*published, grouped or original"):
        folds(datasets.get("4qaed"), table, Protocol("official"))


def test_an_official_split_may_not_straddle(table: pd.DataFrame) -> None:
    class Straddling(Unsaved):
        def official_part(self, table: pd.DataFrame) -> Objects:
            return np.where(np.arange(len(table)) % 2, "train", "test").astype(object)

    with pytest.raises(DatasetError, match="in two parts"):
        folds(Straddling(), table, Protocol("official"))


@given(seed=st.integers(0, 1000), sizes=st.lists(st.integers(1, 6), min_size=40, max_size=80))
@settings(max_examples=25)
def test_a_hold_out_is_whole_and_keeps_groups_together(seed: int, sizes: list[int]) -> None:
    groups = np.repeat([f"g{i}" for i in range(len(sizes))], sizes)
    moods = np.repeat([NAMES[i % 4] for i in range(len(sizes))], sizes)
    table = pd.DataFrame({"mood": moods, "group": groups})
    split = grouped_hold_out(table, seed=seed)
    parts = (split.train, split.validation, split.test)
    assert sorted(np.concatenate(parts).tolist()) == list(range(len(table)))
    for one, other in itertools.combinations(parts, 2):
        assert not set(groups[one]) & set(groups[other])


def test_a_hold_out_keeps_shares_and_moods() -> None:
    table = datasets.get("4qaed").table()
    split = grouped_hold_out(table, seed=13)
    n = len(table)
    assert len(split.test) / n == pytest.approx(0.2, abs=0.02)
    assert len(split.validation) / n == pytest.approx(0.16, abs=0.02)
    shares = table["mood"].iloc[split.test].value_counts(normalize=True)
    assert shares.between(0.2, 0.3).all()


def test_a_seed_gives_one_hold_out() -> None:
    table = datasets.get("4qaed").table()
    one, again, other = (grouped_hold_out(table, seed=s) for s in (1, 1, 2))
    assert np.array_equal(one.test, again.test)
    assert not np.array_equal(one.test, other.test)


# ---- words and seeds ------------------------------------------------------------------------


def test_protocols_are_named_and_put_in_words() -> None:
    assert str(Protocol("published", 10, 20)) == "published-10"
    assert str(Protocol("original")) == "original"
    assert Protocol("grouped", 10, 20).sentence() == f"20 x 10 {PROTOCOLS['grouped'].within}"
    assert Protocol("official").sentence() == PROTOCOLS["official"].within
    assert Protocol(HOLD_OUT).sentence() == HOLD_OUT_SENTENCE


def test_no_two_folds_or_members_share_a_seed() -> None:
    seeds = []
    for recipe_seed in {recipes.load(name).seed for name in recipes.names()}:
        for repeat, number in itertools.product(range(1, 21), range(1, 11)):
            fold = seed_of(recipe_seed, repeat, number)
            seeds += [fold, *(seed_of(fold, member) for member in range(5))]
    assert len(set(seeds)) == len(seeds) >= 1200
    assert all(0 <= seed < 2**31 for seed in seeds)


def test_the_order_of_what_makes_a_seed_matters() -> None:
    assert seed_of(13, 1, 2) != seed_of(13, 2, 1)
    assert seed_of(13, 1, 2) == seed_of(13, 1, 2)
