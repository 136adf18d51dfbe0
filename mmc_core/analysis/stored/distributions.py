"""The summary of a table on disk: the numbers of `summaries`, counted by DuckDB."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from mmc_core._typing import Float64
from mmc_core.analysis import summaries
from mmc_core.analysis.density import DENSITY_BINS, MANY, density_estimate, density_of_bins
from mmc_core.analysis.stored.order import Order
from mmc_core.analysis.stored.table import StoredTable, quoted
from mmc_core.analysis.summaries import DENSITY_POINTS, Distribution
from mmc_core.features.schema import Feature

Moments = dict[str, tuple[Float64, Float64]]  # means and deviations by mood


def moments(table: StoredTable) -> Moments:
    """Mean and sample standard deviation of each feature of numbers by mood."""
    asked = ", ".join(
        f"avg({quoted(each.name)}::DOUBLE), stddev_samp({quoted(each.name)}::DOUBLE)"
        for each in table.numbers
    )
    rows = table.rows(f"SELECT {asked} FROM clips GROUP BY code ORDER BY code") if asked else []
    values = np.array(rows, dtype=float).reshape(len(table.moods), -1, 2)  # NaN: of one clip
    return {
        each.name: (values[:, i, 0], np.nan_to_num(values[:, i, 1]))
        for i, each in enumerate(table.numbers)
    }


def of_numbers(
    feature: Feature, table: StoredTable, order: Order, moments: tuple[Float64, Float64]
) -> list[Distribution]:
    """A feature's distribution in each mood."""
    quantiles = order.quantiles
    span = float(quantiles[:, 0].min()), float(quantiles[:, -1].max())
    at = np.linspace(*span, DENSITY_POINTS)
    fences = [summaries.fences(each) for each in quantiles]
    widths = [
        summaries.width_of_bins(feature, each, int(n), span)
        for each, n in zip(quantiles, table.n, strict=True)
    ]
    ranges = [(float(each[0]), float(each[-1])) for each in quantiles]
    counted = _counted(feature, table, widths, fences, ranges)
    few = _values(feature, table)
    beyond = _outliers(feature, table, fences)
    found = []
    for code, mood in enumerate(table.moods):
        rows = counted[counted["code"] == code]
        of_bin = rows.groupby("bin")["n"].sum()
        counts = np.zeros(int(of_bin.index[-1] - of_bin.index[0]) + 1, dtype=np.int64)
        counts[of_bin.index - of_bin.index[0]] = of_bin
        mean, sd = float(moments[0][code]), float(moments[1][code])
        if not sd > 1e-12 * max(map(abs, ranges[code])):
            density = np.zeros_like(at)
        elif table.n[code] <= MANY:
            density = density_estimate(few[code], at)
        else:
            fine = np.bincount(rows["fine"], rows["n"], minlength=DENSITY_BINS).astype(np.int64)
            low, high = ((each - mean) / sd for each in ranges[code])
            iqr = float(quantiles[code, 75] - quantiles[code, 25]) / sd
            density = density_of_bins(fine, (low, high), iqr, (at - mean) / sd) / sd
        found.append(
            summaries.of_numbers(
                feature.name,
                mood,
                n=int(table.n[code]),
                mean=mean,
                sd=sd,
                quantiles=quantiles[code],
                inside=(
                    float(rows["least"].min()),
                    float(rows["greatest"].max()),
                    int(rows["inside"].sum()),
                ),
                bins=(widths[code], float(of_bin.index[0] * widths[code]), counts),
                span=span,
                density=density,
                outliers=beyond[code],
            )
        )
    return found


def of_categories(feature: Feature, table: StoredTable) -> list[Distribution]:
    """A feature's counts in each mood."""
    counted: Mapping[tuple[int, str], int] = {
        (code, category): n
        for code, category, n in table.rows(
            f"SELECT code, {quoted(feature.name)}, count(*) FROM clips GROUP BY ALL"
        )
    }
    return [
        Distribution(
            feature.name,
            mood,
            int(table.n[code]),
            [counted.get((code, category), 0) for category in feature.categories],
        )
        for code, mood in enumerate(table.moods)
    ]


def _counted(
    feature: Feature,
    table: StoredTable,
    widths: list[float],
    fences: list[tuple[float, float]],
    ranges: list[tuple[float, float]],
) -> pd.DataFrame:
    """Clips by mood, bin of the histogram and finer bin for the density; and the least, the
    greatest and the number of the values between the fences.
    """
    limits = ", ".join(
        f"({code}, {width!r}::DOUBLE, {low!r}::DOUBLE, {high!r}::DOUBLE, {least!r}::DOUBLE, "
        f"{DENSITY_BINS / (most - least) if most > least else 0.0!r}::DOUBLE)"
        for code, (width, (low, high), (least, most)) in enumerate(
            zip(widths, fences, ranges, strict=True)
        )
    )
    return table.frame(
        f"""
        SELECT code, ceil(value / width - 0.5)::BIGINT AS bin,
               least(floor((value - least) * per_unit)::BIGINT, {DENSITY_BINS - 1}) AS fine,
               count(*) AS n, min(value) FILTER (inside) AS least,
               max(value) FILTER (inside) AS greatest, count(*) FILTER (inside) AS inside
        FROM (SELECT *, value BETWEEN low AND high AS inside
              FROM (SELECT code, {quoted(feature.name)}::DOUBLE AS value FROM clips)
              JOIN (VALUES {limits}) AS limits(code, width, low, high, least, per_unit)
              USING (code))
        GROUP BY 1, 2, 3
        """
    )


def _outliers(
    feature: Feature, table: StoredTable, fences: list[tuple[float, float]]
) -> list[list[float]]:
    """Return the values beyond each mood's fences, as `summaries.farthest` gives them."""
    limits = ", ".join(
        f"({code}, {low!r}::DOUBLE, {high!r}::DOUBLE)" for code, (low, high) in enumerate(fences)
    )
    rows = table.rows(
        f"""
        SELECT code, value
        FROM (SELECT code, {quoted(feature.name)}::DOUBLE AS value FROM clips)
        JOIN (VALUES {limits}) AS limits(code, low, high) USING (code)
        WHERE value < low OR value > high
        QUALIFY row_number() OVER (
            PARTITION BY code ORDER BY greatest(low - value, value - high) DESC, value
        ) <= {summaries.MAX_OUTLIERS}
        ORDER BY code, value
        """
    )
    return [[value for of, value in rows if of == code] for code in range(len(fences))]


def _values(feature: Feature, table: StoredTable) -> dict[int, Float64]:
    """All values in the moods of few clips."""
    codes = np.flatnonzero(table.n <= MANY).tolist()
    if not codes:
        return {}
    rows = table.frame(
        f"SELECT code, {quoted(feature.name)}::DOUBLE AS value FROM clips "
        f"WHERE code IN ({', '.join(map(str, codes))})"
    )
    return {code: rows["value"].to_numpy()[rows["code"] == code] for code in codes}
