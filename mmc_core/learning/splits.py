"""How clips are divided before anything is learned: every protocol, in one place.

Which fold holds which clip out is kept in `data/<dataset>/folds.parquet`, written by
`mmc datasets folds`, so that systems are compared on the very same ones.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from mmc_core._typing import Bools, Ints, Objects
from mmc_core.datasets import Dataset
from mmc_core.errors import DatasetError, RecipeError, UnknownName
from mmc_core.language import N_, _
from mmc_core.wording import listed


@dataclass(frozen=True)
class ProtocolText:
    """What a protocol is called as a title, what it does within a sentence, and as one."""

    title: str
    within: str
    sentence: str


PROTOCOLS = {
    N_("published"): ProtocolText(
        N_("Published"),
        N_(
            "stratified folds, as in the 4QAED paper; clips of one artist or song may be in "
            "training and test"
        ),
        N_(
            "Stratified folds, as in the 4QAED paper; clips of one artist or song may be in "
            "training and test."
        ),
    ),
    N_("grouped"): ProtocolText(
        N_("Grouped"),
        N_(
            "stratified folds; all clips of an artist, or of a song and its near-duplicates, are "
            "in the same fold"
        ),
        N_(
            "Stratified folds; all clips of an artist, or of a song and its near-duplicates, are "
            "in the same fold."
        ),
    ),
    N_("official"): ProtocolText(
        N_("Official"),
        N_("the split published with the dataset"),
        N_("The split published with the dataset."),
    ),
    N_("original"): ProtocolText(
        N_("Original"),
        N_(
            "the original system's single random split; clips of one artist or song may be in "
            "training and test, and where a recipe adds copies, copies of test clips are in "
            "training too"
        ),
        N_(
            "The original system's single random split; clips of one artist or song may be in "
            "training and test, and where a recipe adds copies, copies of test clips are in "
            "training too."
        ),
    ),
}
HOLD_OUT = "hold-out"
HOLD_OUT_SENTENCE = N_(
    "one hold-out split, stratified by mood; a fifth of the clips are for testing, and no group is "
    "in both parts"
)

SINGLE = ("official", "original", HOLD_OUT)
STORED = {("published", 10): 20, ("grouped", 10): 20, ("grouped", 5): 5}  # repeats
ORIGINAL_SEED = 13


@dataclass(frozen=True)
class Protocol:
    """A way to divide clips into those to learn from and those to test on.

    Parameters
    ----------
    name : {"published", "grouped", "official", "original", "hold-out"}
        Which way; `PROTOCOLS` has them in words.
    folds, repeats : int, optional
        1 where there is a single split.

    Examples
    --------
    >>> import mmc_core as mmc
    >>> str(mmc.Protocol("grouped", folds=10, repeats=20)), str(mmc.Protocol("official"))
    ('grouped-10', 'official')
    """

    name: str
    folds: int = 1
    repeats: int = 1

    @classmethod
    def of(cls, name: str, folds: int = 10, repeats: int = 1) -> Protocol:
        """A protocol to evaluate by; those of a single split have neither folds nor repeats.

        Raises:
            UnknownName: if there is none of that name.
            RecipeError: if there are fewer than two folds, or no repeat.
        """
        if name not in PROTOCOLS:
            raise UnknownName(f"There is no protocol {name!r}; expected {listed(PROTOCOLS, 'or')}.")
        if name not in SINGLE and (folds < 2 or repeats < 1):
            raise RecipeError(
                f"Got {folds} folds and {repeats} repeats; expected at least 2 folds and 1 repeat."
            )
        return cls(name) if name in SINGLE else cls(name, folds, repeats)

    def __str__(self) -> str:
        return self.name if self.folds == 1 else f"{self.name}-{self.folds}"

    def sentence(self) -> str:
        """What is done, in words."""
        if self.name == HOLD_OUT:
            return _(HOLD_OUT_SENTENCE)
        words = _(PROTOCOLS[self.name].within)
        if self.folds == 1:
            return words
        repeats, folds = self.repeats, self.folds
        return _("{repeats} x {folds} {words}", repeats=repeats, folds=folds, words=words)


@dataclass(frozen=True)
class Fold:
    """Row numbers of a table; `number` from 1 within `repeat` from 1."""

    repeat: int
    number: int
    train: Ints
    test: Ints


@dataclass(frozen=True)
class Split:
    """Row numbers of a table, by what they are used for."""

    train: Ints
    validation: Ints
    test: Ints


def folds(
    dataset: Dataset, table: pd.DataFrame, protocol: Protocol, *, copies: bool = False
) -> list[Fold]:
    """The folds of a protocol over a dataset's table.

    Args:
        copies: whether the recipe adds copies of clips; the original held out more then.

    Raises:
        DatasetError: if the dataset has no official split, or its saved folds are of other clips.
    """
    within = np.ones(len(table), dtype=bool)
    if protocol.name == "official":
        part = dataset.official_part(table)
        if part is None:
            raise DatasetError(
                f"{dataset.title} comes without an official split; expected the protocol "
                "published, grouped or original."
            )
        held_out = [[part == "test"]]
        within = part != ""
    elif protocol.name == "original":
        held_out = [[_originals_test(dataset, table, copies)]]
    else:
        numbers = _numbers(dataset, table, protocol)
        held_out = [
            [numbers[:, r] == k + 1 for k in range(protocol.folds)] for r in range(protocol.repeats)
        ]
    divided = [
        Fold(r + 1, k + 1, np.flatnonzero(~test & within), np.flatnonzero(test))
        for r, repeat in enumerate(held_out)
        for k, test in enumerate(repeat)
    ]
    if protocol.name in ("grouped", "official"):
        for fold in divided:
            assert_apart(table["group"].to_numpy(dtype=object), fold.train, fold.test)
    return divided


def drawn_folds(table: pd.DataFrame) -> pd.DataFrame:
    """The table of folds that a dataset keeps: `clip`, then a column a protocol and repeat."""
    columns: dict[str, Any] = {"clip": table["clip"]}
    for (name, n_folds), repeats in STORED.items():
        protocol = Protocol(name, n_folds, repeats)
        for r, numbers in enumerate(_draw(table, protocol)):
            columns[f"{protocol}/{r + 1:02d}"] = numbers
    return pd.DataFrame(columns)


def grouped_hold_out(table: pd.DataFrame, *, seed: int) -> Split:
    """A stratified split of 64 / 16 / 20 % that keeps each group whole."""
    rest, test = next(inner_folds(table, np.arange(len(table)), seed))
    train, validation = next(inner_folds(table, rest, seed))
    assert_apart(table["group"].to_numpy(dtype=object), train, validation, test)
    return Split(train, validation, test)


def inner_folds(
    table: pd.DataFrame, among: Ints, seed: int, n_folds: int = 5
) -> Iterator[tuple[Ints, Ints]]:
    """Stratified folds of some rows, groups whole: row numbers to learn from, and to choose by."""
    from sklearn.model_selection import StratifiedGroupKFold

    splitter = StratifiedGroupKFold(n_folds, shuffle=True, random_state=seed)
    mood = table["mood"].to_numpy(dtype=object)[among]
    group = table["group"].to_numpy(dtype=object)[among]
    for train, test in splitter.split(among, mood, group):
        yield among[train], among[test]


def assert_apart(group: Objects, *parts: Ints) -> None:
    """See that no group has clips in two of the parts.

    Raises:
        DatasetError: if one has.
    """
    seen: set[object] = set()
    for part in parts:
        here = set(group[part])
        if both := seen & here:
            raise DatasetError(
                f"Clips of the group {min(map(str, both))!r} are in two parts of the split; "
                "expected each group in one. Draw the split again."
            )
        seen |= here


def seed_of(*numbers: int) -> int:
    """One seed out of several numbers, so that no two folds or members share one."""
    return int(np.random.SeedSequence(numbers).generate_state(1)[0] % 2**31)


def _numbers(dataset: Dataset, table: pd.DataFrame, protocol: Protocol) -> Ints:
    """Which fold holds each clip out, from 1. (n, repeats)"""
    path = dataset.folds_path
    names = [f"{protocol}/{r + 1:02d}" for r in range(protocol.repeats)]
    if not path.exists():  # your own dataset: drawn from the same seeds, so the same again
        return np.stack(list(_draw(table, protocol)), axis=1)
    saved = pd.read_parquet(path).set_index("clip")
    if set(saved.index) != set(table["clip"]):
        raise DatasetError(
            f"{path} has folds of {len(saved)} clips, not of the {len(table)} in the table. "
            f"Draw them again with: mmc datasets folds {dataset.id}"
        )
    if set(names) <= set(saved.columns):
        return saved.loc[table["clip"], names].to_numpy(dtype=np.int64)
    return np.stack(list(_draw(table, protocol)), axis=1)


def _draw(table: pd.DataFrame, protocol: Protocol) -> Iterator[npt.NDArray[np.int8]]:
    """Fold numbers from 1 of each clip, a repeat after the other; its number is its seed."""
    from sklearn.model_selection import StratifiedKFold

    rows = np.arange(len(table))
    for seed in range(1, protocol.repeats + 1):
        numbers = np.zeros(len(table), dtype=np.int8)
        if protocol.name == "grouped":
            parts = [part[1] for part in inner_folds(table, rows, seed, protocol.folds)]
        else:
            splitter = StratifiedKFold(protocol.folds, shuffle=True, random_state=seed)
            mood = table["mood"].to_numpy(dtype=object)
            parts = [part[1] for part in splitter.split(rows, mood)]
        for k, test in enumerate(parts):
            numbers[test] = k + 1
        yield numbers


def _originals_test(dataset: Dataset, table: pd.DataFrame, copies: bool) -> Bools:
    from sklearn.model_selection import train_test_split

    share = 0.3 if copies else dataset.original_test_share
    test = train_test_split(
        np.arange(len(table)),
        test_size=share,
        stratify=table["mood"].to_numpy(dtype=object),
        random_state=ORIGINAL_SEED,
    )[1]
    return np.isin(np.arange(len(table)), test)
