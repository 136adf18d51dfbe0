"""How clips are divided before anything is learned. No group is ever on two sides."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

Indices = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Split:
    """Row numbers of a table, by what they are used for."""

    train: Indices
    validation: Indices
    test: Indices


GROUPED_HOLD_OUT = (
    "one grouped hold-out split: a fifth of the clips for testing, a fifth of the rest for "
    "validation, stratified by mood, every group on one side"
)


def grouped_hold_out(table: pd.DataFrame, *, seed: int) -> Split:
    """A stratified split of 64 / 16 / 20 % that keeps each group whole."""
    rest, test = _fifth(table, np.arange(len(table)), seed)
    train, validation = _fifth(table, rest, seed)
    split = Split(train, validation, test)
    _assert_apart(table["group"].to_numpy(dtype=object), split)
    return split


def _fifth(table: pd.DataFrame, among: Indices, seed: int) -> tuple[Indices, Indices]:
    from sklearn.model_selection import StratifiedGroupKFold

    folds = StratifiedGroupKFold(n_splits=5, shuffle=True, random_state=seed)
    mood = table["mood"].to_numpy(dtype=object)[among]
    group = table["group"].to_numpy(dtype=object)[among]
    most, fifth = next(iter(folds.split(among, mood, group)))
    return among[most], among[fifth]


def _assert_apart(group: npt.NDArray[np.object_], split: Split) -> None:
    train, validation, test = (
        set(group[part]) for part in (split.train, split.validation, split.test)
    )
    assert not (train & validation or train & test or validation & test), "a group straddles"
