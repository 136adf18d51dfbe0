"""The original system's 26 training runs, as a cited reference; see `data/original_runs`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import pandas as pd

from mmc_core.features.images import IMAGES
from mmc_core.language import N_
from mmc_core.settings import DATA

CITATION = (
    "Music Mood Classification System, github.com/Jessica0410/Music-Mood-Classification: "
    "epoch-by-epoch figures as its notebooks print them."
)

Say = Callable[..., str]  # a text, filled in: `language._`, or `in_english`


def in_english(text: str, **values: object) -> str:
    """As `language._`, where a text is a key as well."""
    return text.format(**values) if values else text


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

    def title(self, say: Say = in_english) -> str:
        """The kind of network, told from others of its dataset by input, number or copies."""
        network = say(N_("1D CNN") if self.architecture.startswith("Conv1D") else N_("2D CNN"))
        number = self.name.rpartition("-")[2]
        parts = [network]
        if self.input in IMAGES:
            image = say(IMAGES[self.input].title)
            parts = [say(N_("{network} on {image}"), network=network, image=image)]
        if number.isdigit():
            parts.append(say(N_("run {n}"), n=int(number)))
        if self.augmented != "no":
            parts.append(say(N_("augmented")))
        return ", ".join(parts)


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
