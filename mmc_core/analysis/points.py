"""A dataset's table made ready to draw single clips of: one pass, then every redraw is quick."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from mmc_core._typing import Float64, Ints, Objects
from mmc_core.analysis import summaries, tables
from mmc_core.analysis.summaries import Distribution, Summary
from mmc_core.moods import NAMES

MAX_OUTLIERS = 300  # a feature
MAX_SAMPLE = 150  # a mood
SEED = 13
# What the original called scale and key, and what they really are.
TRUE_OF = {"scale": "mode", "key": "tonic"}


@dataclass(frozen=True)
class Points:
    """Some clips of a dataset in one feature: each one's name, mood and value."""

    clip: Objects
    mood: Objects
    value: Float64

    def __len__(self) -> int:
        return len(self.clip)

    @classmethod
    def none(cls) -> Points:
        nothing = np.empty(0, dtype=object)
        return cls(nothing, nothing, np.empty(0))

    def of(self, mood: str) -> Points:
        """Those of one mood."""
        mine = self.mood == mood
        return Points(self.clip[mine], self.mood[mine], self.value[mine])

    def without(self, clips: Collection[str]) -> Points:
        """All but some clips."""
        others = np.array([clip not in clips for clip in self.clip], dtype=bool)
        return Points(self.clip[others], self.mood[others], self.value[others])


class Clips:
    """What single clips of a table can be asked for, without going through its rows again.

    Args:
        table: a feature table; kept, not copied.
        summary: of that table.
    """

    def __init__(self, table: pd.DataFrame, summary: Summary) -> None:
        self._table = table
        codes = pd.Categorical(table["mood"], categories=list(NAMES)).codes
        self._codes = codes
        self._rows = {mood: np.flatnonzero(codes == i) for i, mood in enumerate(NAMES)}
        rng = np.random.default_rng(SEED)
        self._sample = {
            mood: rng.permutation(rows)[:MAX_SAMPLE] for mood, rows in self._rows.items()
        }
        self._outliers = {
            feature.name: self._beyond(feature.name, summary)
            for feature in tables.features_of(table)
            if not feature.categories
        }
        self._agreement = {
            name: tables.agreement(table, name, true)
            for name, true in TRUE_OF.items()
            if name in table and true in table
        }

    def values(self, feature: str) -> dict[str, Float64]:
        """All values of a feature by mood."""
        column = self._column(feature)
        return {mood: column[rows] for mood, rows in self._rows.items() if len(rows)}

    def with_bins(self, moods: Mapping[str, Distribution], width: float) -> dict[str, Distribution]:
        """One feature's distributions with bins of another width; see `summaries.with_bins`."""
        feature = next(iter(moods.values())).feature
        return summaries.with_bins(moods, self.values(feature), width)

    def outliers(self, feature: str, most: int = MAX_OUTLIERS) -> Points:
        """Clips beyond their mood's whiskers, farthest first."""
        return self._points(feature, self._outliers[feature][:most])

    def sample(self, feature: str, most: int = MAX_SAMPLE) -> Points:
        """Clips drawn at random, the same for every feature: at most so many a mood."""
        rows = np.concatenate([rows[:most] for rows in self._sample.values()])
        return self._points(feature, rows)

    def find(self, clip: str, feature: str) -> Points:
        """The clip of that name, or none."""
        return self._points(feature, np.flatnonzero(self._table["clip"] == clip))

    def rows(self, feature: str) -> pd.DataFrame:
        """Return a row for each clip of a mood: clip, group where it is known, mood, value."""
        columns = [name for name in ("clip", "group", "mood") if name in self._table]
        rows = self._table.loc[self._codes >= 0, columns]
        return rows.assign(value=self._column(feature)[self._codes >= 0]).reset_index(drop=True)

    def agreement(self, feature: str) -> tuple[pd.DataFrame, float] | None:
        """How the original's scale or key agrees with the true one; see `tables.agreement`."""
        return self._agreement.get(feature)

    def _column(self, feature: str) -> Float64:
        return self._table[feature].to_numpy(dtype=float)

    def _points(self, feature: str, rows: Ints) -> Points:
        return Points(
            self._table["clip"].iloc[rows].to_numpy(dtype=object),
            np.array(NAMES, dtype=object)[self._codes[rows]],
            self._column(feature)[rows],
        )

    def _beyond(self, feature: str, summary: Summary) -> Ints:
        outside_rows, by_how_much = [], []
        for mood, values in self.values(feature).items():
            d = summary[feature, mood]
            beyond = np.maximum(d.whisker_low - values, values - d.whisker_high)
            outside = np.flatnonzero(beyond > 0)
            outside_rows.append(self._rows[mood][outside])
            by_how_much.append(beyond[outside])
        order = np.argsort(-np.concatenate(by_how_much), kind="stable")[:MAX_OUTLIERS]
        rows: Ints = np.concatenate(outside_rows)[order]
        return rows
