"""Separation of moods on cases known by formula, and against SciPy."""

from __future__ import annotations

from itertools import combinations
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from mmc_core.analysis import effects, statistics
from mmc_core.analysis.statistics import holm
from mmc_core.datasets import DATASETS, Dataset
from mmc_core.errors import DatasetError
from mmc_core.moods import NAMES
from tests.support.tables import made


def test_numbers_are_scipys(table: pd.DataFrame) -> None:
    results = effects.separate(table)
    parts = [part.to_numpy() for _, part in table.groupby("mood", sort=False)["rms_mean"]]
    h, _ = stats.kruskal(*parts)
    one = results["rms_mean"]
    assert one.statistic == pytest.approx(h)
    assert one.effect == pytest.approx(h / (len(table) - 1))
    assert one.low < one.effect < one.high
    pairs = combinations(parts, 2)
    p_values = [stats.mannwhitneyu(a, b, use_continuity=False).pvalue for a, b in pairs]
    each = effects.separate(table.assign(group=[f"{i}" for i in range(len(table))]))
    assert [pair.p for pair in each["rms_mean"].pairs] == pytest.approx(holm(p_values))
    assert one.pairs[0].delta == pytest.approx(np.sign(parts[0][:, None] - parts[1]).mean())
    assert (one.pairs[-1].one, one.pairs[-1].other) == (NAMES[2], NAMES[3])


def test_p_values_are_adjusted_over_features(table: pd.DataFrame) -> None:
    results = effects.separate(table)
    alone = {
        name: effects.separate(table[["clip", "mood", "group", name]])[name].p for name in results
    }
    assert [one.p for one in results.values()] == pytest.approx(holm(list(alone.values())))


@given(st.lists(st.lists(st.integers(0, 5), min_size=2, max_size=12), min_size=2, max_size=4))
def test_ties_are_scipys(values: list[list[float]]) -> None:
    every = [x for v in values for x in v]
    one = effects.separate(made(*values))["tempo"]
    if len(set(every)) == 1:
        assert (one.effect, one.p) == (0, 1)
        assert all(pair.delta == 0 and pair.p == 1 for pair in one.pairs)
    else:
        h, p = stats.kruskal(*values)
        assert (one.statistic, one.p) == pytest.approx((h, p), abs=1e-9)
        assert 0 <= one.low <= one.high <= 1


def test_perfect_separation_reaches_the_limit_of_ranks() -> None:
    """k moods of m clips each, apart: within moods lies (m^2 - 1) / (n^2 - 1) of the variance."""
    m, k = 10, 4
    one = effects.separate(made(*(np.arange(m) + 100.0 * i for i in range(k))))["tempo"]
    assert one.effect == pytest.approx(1 - (m**2 - 1) / ((m * k) ** 2 - 1))
    assert {pair.delta for pair in one.pairs} == {-1.0}
    # Moods that are each one single value have nothing within them.
    assert effects.separate(made([1.0] * 5, [2.0] * 5))["tempo"].effect == pytest.approx(1)


def test_perfect_categories_reach_one() -> None:
    one = effects.separate(made(["major"] * 9, ["minor"] * 9, feature="scale"))["scale"]
    assert one.effect == pytest.approx(1)
    assert one.statistic == pytest.approx(18)
    assert one.pairs == []


def test_categories_are_scipys(table: pd.DataFrame) -> None:
    one = effects.separate(table)["mode"]
    counts = pd.crosstab(table["mood"], table["mode"]).to_numpy()
    assert one.statistic == pytest.approx(stats.chi2_contingency(counts, correction=False)[0])
    assert one.effect == pytest.approx(stats.contingency.association(counts) ** 2)


def test_no_separation_is_found_where_there_is_none() -> None:
    """Over 200 tables of noise, about 5 % have p below 0.05: within binomial bounds."""
    rng = np.random.default_rng(1)
    p = [effects.separate(made(*rng.normal(size=(4, 15))))["tempo"].p for _ in range(200)]
    low, high = stats.binom.interval(0.999, 200, 0.05)
    assert low <= np.sum(np.array(p) < 0.05) <= high


def test_groups_widen_the_interval(table: pd.DataFrame) -> None:
    """Copies of clips in one group say nothing new; in groups of their own they seem to."""
    four = pd.concat([table] * 4, ignore_index=True)
    honest = effects.separate(four)["tempo"]
    fooled = effects.separate(four.assign(group=[f"{i}" for i in range(len(four))]))["tempo"]
    assert honest.high - honest.low > 1.4 * (fooled.high - fooled.low)


@pytest.mark.parametrize("values", [([1.0, 2.0],), ([1.0],), ([1.0], [2.0], [3.0]), ([1.0] * 3,)])
def test_small_tables_are_no_error(values: tuple[list[float], ...]) -> None:
    one = effects.separate(made(*values))["tempo"]
    assert 0 <= one.p <= 1
    assert len(one.pairs) == len(values) * (len(values) - 1) / 2
    assert effects.correlations(made(*values)).shape == (1, 1)


def test_more_groups_than_blocks(monkeypatch: pytest.MonkeyPatch, table: pd.DataFrame) -> None:
    each = table.assign(group=[f"{i}" for i in range(len(table))])
    whole = effects.separate(each)["tempo"]
    monkeypatch.setattr(statistics, "MAX_BLOCKS", 60)
    blocked = effects.separate(each)["tempo"]
    assert blocked.effect == pytest.approx(whole.effect)
    assert blocked.high - blocked.low == pytest.approx(whole.high - whole.low, rel=0.5)


def test_correlations_are_spearmans(table: pd.DataFrame) -> None:
    table = table.assign(tempo=table["rms_mean"] ** 3, zcr_mean=1.0)
    results = effects.correlations(table)
    assert results.loc["tempo", "rms_mean"] == pytest.approx(1)
    expected, _ = stats.spearmanr(table["rms_mean"], table["chroma_mean"])
    assert results.loc["rms_mean", "chroma_mean"] == pytest.approx(expected, abs=1e-6)
    assert results["zcr_mean"].isna().all()


def test_what_is_written_is_read_back(table: pd.DataFrame, tmp_path: Path) -> None:
    results = effects.separate(table)
    effects.write(results, tmp_path / "separation.parquet")
    assert effects.read(tmp_path / "separation.parquet") == results
    pd.DataFrame({"feature": ["tempo"]}).to_parquet(tmp_path / "other.parquet")
    with pytest.raises(DatasetError, match="another version"):
        effects.read(tmp_path / "other.parquet")
    with pytest.raises(DatasetError, match="Build the dataset again"):
        effects.read(tmp_path / "none.parquet")


@pytest.mark.parametrize("dataset", DATASETS.values(), ids=DATASETS)
def test_ranking_is_best_first(dataset: Dataset) -> None:
    ranked = [one.effect for one in effects.ranking(dataset.separation())]
    assert ranked == sorted(ranked, reverse=True)
    assert len(ranked) >= 55
