"""How features of a table on disk separate moods and go together: `effects`, from sums of ranks."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from itertools import combinations
from typing import Any

import numpy as np
import pandas as pd

from mmc_core._typing import Float64, Floats, Ints
from mmc_core.analysis import effects, statistics
from mmc_core.analysis.effects import BOOTSTRAPS, SEED, Pair, Separation, Separations
from mmc_core.analysis.stored.order import Order
from mmc_core.analysis.stored.table import StoredTable, quoted, text_sql
from mmc_core.analysis.sums import Draws, duel
from mmc_core.features.schema import Feature


class Relations:
    """Sums over all clips, gone through once.

    Groups are put into blocks where there are more than `statistics.MAX_BLOCKS`, by a hash of their
    names; intervals and p are then of blocks.

    Args:
        orders: of each feature of numbers.
        progress: called with the clips of each piece.
    """

    def __init__(
        self, table: StoredTable, orders: Mapping[str, Order], progress: Callable[[int], None]
    ) -> None:
        self._table, self._orders = table, orders
        self._merged = table.n_groups > statistics.MAX_BLOCKS
        self._n_blocks = min(table.n_groups, statistics.MAX_BLOCKS)
        self._shape = self._n_blocks, len(table.moods)
        n_numbers, n_cells = len(table.numbers), int(np.prod(self._shape))
        self._n = np.zeros(n_cells)
        # By cell of block and mood: ranks among each mood and among all, and squares of the latter.
        self._totals = np.zeros((n_numbers, len(table.moods) + 2, n_cells))
        self._counts = {
            each.name: np.zeros(n_cells * len(each.categories)) for each in table.categories
        }
        self._products = np.zeros((n_numbers, n_numbers))
        for chunk in self._chunks():
            self._add(chunk)
            progress(len(chunk))
        rng = np.random.default_rng(SEED)
        drawn = statistics.samples_of_blocks(self._n_blocks, BOOTSTRAPS, rng)
        self._by_cell = self._n.reshape(self._shape)
        self._draws = Draws(self._by_cell, drawn)

    def separations(self) -> Separations:
        """See `effects.separate`."""
        numbers = {each.name: i for i, each in enumerate(self._table.numbers)}
        return effects.by_feature(
            [
                self._of_categories(each)
                if each.categories
                else self._of_numbers(each, self._totals[numbers[each.name]])
                for each in self._table.features
            ]
        )

    def correlations(self) -> pd.DataFrame:
        """See `effects.correlations`."""
        names = [each.name for each in self._table.numbers]
        norm = np.sqrt(np.diag(self._products))
        with np.errstate(invalid="ignore", divide="ignore"):
            rho = self._products / np.outer(norm, norm)
        return pd.DataFrame(np.clip(rho, -1, 1), index=names, columns=names)

    def _chunks(self) -> Iterator[pd.DataFrame]:
        block = f'md5_number_lower("group") % {self._n_blocks}'
        source = "clips"
        if not self._merged:  # as `np.unique` numbers them
            block, source = "block", 'clips JOIN blocks USING ("group")'
            self._table.rows(
                'CREATE TEMP TABLE blocks AS SELECT "group", '
                'row_number() OVER (ORDER BY "group") - 1 AS block '
                'FROM (SELECT DISTINCT "group" FROM clips)'
            )
        columns = [f"{self._table.value(each.name)} AS {each.name}" for each in self._table.numbers]
        for each in self._table.categories:
            listed = ", ".join(map(text_sql, each.categories))
            columns.append(f"list_position([{listed}], {quoted(each.name)}) - 1 AS {each.name}")
        return self._table.chunks(
            f"SELECT ({block})::BIGINT * {len(self._table.moods)} + code AS cell, "
            f"{', '.join(columns)} FROM {source}"
        )

    def _add(self, chunk: pd.DataFrame) -> None:
        cell = chunk["cell"].to_numpy(dtype=np.int64)
        n_cells = len(self._n)
        self._n += np.bincount(cell, minlength=n_cells)
        ranks = np.empty((len(self._totals), len(chunk)))
        for i, each in enumerate(self._table.numbers):
            order = self._orders[each.name]
            of_class = order.ranks[order.classes(chunk[each.name].to_numpy())]
            ranks[i] = of_class[:, -1]
            for total, of_row in zip(self._totals[i], (*of_class.T, ranks[i] ** 2), strict=True):
                total += np.bincount(cell, of_row, minlength=n_cells)
        for name, counts in self._counts.items():
            n_categories = len(counts) // n_cells
            at = cell * n_categories + chunk[name].to_numpy(dtype=np.int64)
            counts += np.bincount(at, minlength=len(counts))
        ranks /= self._table.n.sum()  # so that their products stay small
        self._products += ranks @ ranks.T

    def _of_numbers(self, feature: Feature, totals: Float64) -> Separation:
        n = int(self._table.n.sum())
        *among, total, squares = totals.reshape(-1, *self._shape)
        effect, low, high = self._draws.of_ranks(total, squares)
        h = effect * (n - 1)
        p = self._p(h, total[:, :, None], np.array([[squares.sum()]]), slice(None))
        order = self._orders[feature.name]
        pairs = [
            self._pair(order, among, (one, other))
            for one, other in combinations(range(len(self._table.moods)), 2)
        ]
        return Separation(feature.name, n, h, p, effect, low, high, effects.adjusted(pairs))

    def _pair(self, order: Order, among: list[Float64], pair: tuple[int, int]) -> Pair:
        of = list(pair)
        n = self._table.n[of]
        # A rank among two moods' clips is the sum of those among each, and centred by half of all.
        ranks = order.ranks[:, of].sum(axis=1) - n.sum() / 2
        scatter = float(order.counts[:, of].sum(axis=1) @ ranks**2)
        total = (among[pair[0]] + among[pair[1]] - self._by_cell * n.sum() / 2)[:, of]
        delta, statistic = duel(total.sum(axis=0), n, scatter / n.sum())
        p = self._p(statistic, total[:, :, None], np.array([[scatter]]), of)
        one, other = (self._table.moods[i] for i in pair)
        return Pair(one, other, delta, p)

    def _of_categories(self, feature: Feature) -> Separation:
        n = int(self._table.n.sum())
        counts = self._counts[feature.name].reshape(*self._shape, -1)
        statistic, effect, low, high = self._draws.of_categories(counts)
        of_category = counts.sum(axis=(0, 1))
        sums = counts - self._by_cell[:, :, None] * of_category / n
        scatter = np.diag(of_category) - np.outer(of_category, of_category) / n
        p = self._p(statistic, sums, scatter, slice(None))
        return Separation(feature.name, n, statistic, p, effect, low, high)

    def _p(self, statistic: float, sums: Floats, scatter: Floats, moods: Any) -> float:
        """P for the clips of some moods; blocks without any are left out."""
        n_by_block: Floats = self._by_cell[:, moods].sum(axis=1)
        n_by_mood: Ints = self._table.n[moods]
        single = self._table.n_groups == self._table.n.sum()
        there = n_by_block > 0
        return statistics.p_of_sums(statistic, sums[there], scatter, n_by_mood, single=single)
