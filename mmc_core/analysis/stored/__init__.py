"""What pages draw of a table that is too large for memory, worked out in bounded memory."""

from __future__ import annotations

from pathlib import Path

from mmc_core._typing import Progress, no_progress
from mmc_core.analysis.description import Description
from mmc_core.analysis.stored import distributions
from mmc_core.analysis.stored.order import order_of
from mmc_core.analysis.stored.relations import Relations
from mmc_core.analysis.stored.table import StoredTable
from mmc_core.analysis.summaries import Summary


def describe(path: Path, spill: Path, progress: Progress = no_progress) -> Description:
    """Go through a table on disk.

    Counts, means, percentiles and histograms are those that `Summary.of` gives of the table in
    memory. Effects and correlations are, too, up to 32,768 clips and 2,000 groups; beyond, ranks
    are off by at most n / 65,536, and intervals and p are of 2,000 blocks of groups.

    Args:
        path: of a Parquet file such as `tables.write_table` writes.
        spill: a folder on a disk with room for a column or two.
        progress: called with the features and pieces done, of how many.
    """
    with StoredTable(path, spill) as table:
        n_features, n = len(table.features), int(table.n.sum())
        moments = distributions.moments(table)
        orders, found = {}, []
        for done, feature in enumerate(table.features):
            progress(done, 2 * n_features)
            if feature.categories:
                found += distributions.of_categories(feature, table)
            else:
                order = orders[feature.name] = order_of(table, feature.name)
                found += distributions.of_numbers(feature, table, order, moments[feature.name])
        seen = 0

        def advance(clips: int) -> None:
            nonlocal seen
            seen += clips
            progress(n_features + seen * n_features // n, 2 * n_features)

        relations = Relations(table, orders, advance)
        summary = Summary({(each.feature, each.mood): each for each in found})
        return Description(summary, relations.separations(), relations.correlations())
