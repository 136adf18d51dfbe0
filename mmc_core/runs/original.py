"""The original system's 26 training runs, as a cited reference; see `data/original_runs`."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from mmc_core.features.images import IMAGES
from mmc_core.settings import DATA

CITATION = (
    "Music Mood Classification System, github.com/Jessica0410/Music-Mood-Classification: "
    "epoch-by-epoch figures as its notebooks print them."
)


@dataclass(frozen=True)
class OriginalRun:
    """What the original reported of one run; `test_accuracy` is None where it said nothing."""

    name: str
    dataset: str
    input: str
    architecture: str
    dropout: float
    augmented: str
    test_accuracy: float | None
    n_test: int | None
    note: str
    history: pd.DataFrame

    @property
    def title(self) -> str:
        """The kind of network, told from others of its dataset by input, number or copies."""
        of_image = f" on {IMAGES[self.input].title}" if self.input in IMAGES else ""
        number = self.name.rpartition("-")[2]
        return (
            self.architecture[4:6]
            + " CNN"
            + of_image
            + (f", run {int(number)}" if number.isdigit() else "")
            + (", augmented" if self.augmented != "no" else "")
        )


def original_runs() -> list[OriginalRun]:
    """All runs, in the notebooks' order."""
    folder = DATA / "original_runs"
    listed = pd.read_csv(folder / "runs.csv", keep_default_na=False)
    histories = dict(list(pd.read_csv(folder / "history.csv").groupby("run")))
    return [
        OriginalRun(
            name=row["run"],
            dataset=row["dataset"],
            input=row["input"],
            architecture=row["architecture"],
            dropout=float(row["dropout"]),
            augmented=row["augmented"],
            test_accuracy=float(row["test_accuracy"]) if row["test_accuracy"] else None,
            n_test=int(row["n_test"]) if row["n_test"] else None,
            note=row["note"],
            history=histories[row["run"]].drop(columns="run").reset_index(drop=True),
        )
        for row in listed.to_dict(orient="records")
    ]
