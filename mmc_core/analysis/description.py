"""All that pages draw of a dataset without its table, worked out once and kept beside it."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

import pandas as pd

from mmc_core import files
from mmc_core.analysis import effects
from mmc_core.analysis.effects import Separations
from mmc_core.analysis.summaries import Summary


class Description(NamedTuple):
    """A summary, how features separate moods, and how they go together; see `effects`."""

    summary: Summary
    separations: Separations
    correlations: pd.DataFrame

    @classmethod
    def of(cls, table: pd.DataFrame) -> Description:
        """That of a feature table; `stored.describe` gives that of one too large for memory."""
        return cls(Summary.of(table), effects.separate(table), effects.correlations(table))

    def write(self, folder: Path) -> None:
        """Write its files, but not over those whose numbers agree."""
        self.summary.write(folder / "summary.parquet")
        effects.write(self.separations, folder / "separation.parquet")
        related = self.correlations.astype("float32")
        with files.replacing(folder / "correlations.parquet", files.same_parquet) as part:
            related.to_parquet(part, compression="zstd")
