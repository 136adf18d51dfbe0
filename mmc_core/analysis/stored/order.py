"""One feature's values in order, gone through once: percentiles by mood, and classes of ranks."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from mmc_core._typing import Float64, Floats, Ints
from mmc_core.analysis.stored.table import StoredTable

CLASSES = 2**15


@dataclass(frozen=True)
class Order:
    """The values of one feature in order.

    Up to `CLASSES` clips, a class is a value. Beyond, neighbours share a class, and the mean of
    its ranks, which is off by at most n / 2**16.

    Attributes:
        quantiles: the 0th to 100th percentile of each mood, exact. (moods, 101)
        tops: the largest value of each class, ascending. (classes,)
        counts: clips. (classes, moods)
    """

    quantiles: Float64
    tops: Floats
    counts: Ints

    @cached_property
    def ranks(self) -> Float64:
        """By class and mood, the mean rank that its values have, or would have, among the clips of
        the mood, less a half: ranks among several moods are sums of these, and a half. A last
        column has the rank among all, centred. (classes, moods + 1)
        """
        among = np.cumsum(self.counts, axis=0) - self.counts / 2
        return np.column_stack([among, among.sum(axis=1) - self.counts.sum() / 2])

    def classes(self, values: Floats) -> Ints:
        """The class of each value. (n,)"""
        return np.searchsorted(self.tops, values)


def order_of(table: StoredTable, feature: str) -> Order:
    """A feature's values put in order."""
    rows = table.chunks(f"SELECT code, {table.value(feature)} AS value FROM clips ORDER BY value")
    return ordered(((row["code"].to_numpy(), row["value"].to_numpy()) for row in rows), table.n)


def ordered(
    parts: Iterable[tuple[Ints, Floats]], n: Ints, most_classes: int | None = None
) -> Order:
    """Values that come in order, piece by piece.

    Args:
        parts: the mood's number and the value of each clip.
        n: clips by mood. (moods,)
        most_classes: `CLASSES` by default.
    """
    step = -(-int(n.sum()) // (most_classes or CLASSES))
    n_classes = -(-int(n.sum()) // step)
    percentiles = [_Percentiles(int(each)) for each in n]
    counts = np.zeros((n_classes, len(n)), dtype=np.int64)
    tops = np.zeros(n_classes)
    done, last, began = 0, np.nan, 0  # the last value, and where the first one like it is
    for codes, values in parts:
        for code, each in enumerate(percentiles):
            each.add(values[codes == code])
        is_new = np.concatenate([[values[0] != last], values[1:] != values[:-1]])
        starts = np.maximum.accumulate(np.where(is_new, done + np.arange(len(values)), began))
        class_ = starts // step
        first, end = int(class_[0]), int(class_[-1]) + 1
        cell = (class_ - first) * len(n) + codes
        counts[first:end] += np.bincount(cell, minlength=(end - first) * len(n)).reshape(-1, len(n))
        tops[class_] = values  # of several values in a class the last one stays
        done, last, began = done + len(values), values[-1], int(starts[-1])
    is_there = counts.any(axis=1)
    kept = values.dtype if done else tops.dtype
    return Order(
        np.array([each.values() for each in percentiles]),
        tops[is_there].astype(kept),
        counts[is_there],
    )


class _Percentiles:
    """The 0th to 100th percentile of n values that come in order, interpolated (R's type 7)."""

    def __init__(self, n: int) -> None:
        at = np.arange(101) / 100 * (n - 1)
        below = np.floor(at).astype(np.int64)
        self._share = at - below
        self._wanted = np.concatenate([below, np.minimum(below + 1, n - 1)])
        self._by_place = np.argsort(self._wanted, kind="stable")
        self._found = np.empty(202)
        self._done = 0

    def add(self, values: Floats) -> None:
        places = self._wanted[self._by_place]
        here = slice(*np.searchsorted(places, [self._done, self._done + len(values)]))
        self._found[self._by_place[here]] = values[places[here] - self._done]
        self._done += len(values)

    def values(self) -> Float64:
        below, above = self._found.reshape(2, 101)
        return below + (above - below) * self._share
