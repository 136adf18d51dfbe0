"""Training runs on disk. The only reader and writer of `models/`.

models/<run>/
    run.json              recipe, data, features, versions, commit, seed, status
    history.csv           a row an epoch, written as it goes
    scores.json           held-out scores with baselines, n and interval
    predictions.parquet   held-out probabilities, a row a clip
    model.onnx            the network, scaling included: features (n, 57) -> probabilities (n, 4)
    card.md               what it is, for whom, how good, what it must not be used for
models/serving.json       which run stands behind `--model 1`
"""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mmc_core.errors import RunError, UnknownName
from mmc_core.features.schema import fingerprint
from mmc_core.moods import NAMES
from mmc_core.settings import models_dir

if TYPE_CHECKING:  # pandas takes a third of a second, and serving a song needs none of it
    import pandas as pd

TRAINING, STOPPED, FINISHED = "training", "stopped", "finished"


@dataclass(frozen=True)
class Run:
    """One run folder."""

    path: Path

    @property
    def name(self) -> str:
        return self.path.name

    @cached_property
    def info(self) -> dict[str, Any]:
        """Contents of `run.json`."""
        return self._json("run.json")

    @cached_property
    def scores(self) -> dict[str, Any]:
        """Contents of `scores.json`."""
        return self._json("scores.json")

    @property
    def dataset(self) -> str:
        return str(self.info["recipe"]["dataset"])

    @property
    def model_path(self) -> Path:
        return self.path / "model.onnx"

    def is_servable(self) -> bool:
        """Whether it is finished, for the features of today, and has a network."""
        return (
            self.info["status"] == FINISHED
            and self.info["features"]["fingerprint"] == fingerprint()
            and self.model_path.exists()
        )

    def has_history(self) -> bool:
        """Whether it has come through its first epoch."""
        return (self.path / "history.csv").exists()

    def history(self) -> pd.DataFrame:
        """`epoch` from 1, `loss`, `accuracy`, `val_loss`, `val_accuracy`."""
        import pandas as pd

        return pd.read_csv(self.path / "history.csv")

    def predictions(self) -> pd.DataFrame:
        """`clip`, `mood`, `group` and a column of probabilities per mood."""
        import pandas as pd

        return pd.read_parquet(self.path / "predictions.parquet")

    def card(self) -> str:
        """Contents of `card.md`, Markdown."""
        return (self.path / "card.md").read_text(encoding="utf-8")

    def append_history(self, epoch: int, logs: Mapping[str, float]) -> None:
        path = self.path / "history.csv"
        columns = ["epoch", "loss", "accuracy", "val_loss", "val_accuracy"]
        first = not path.exists()
        with path.open("a", newline="", encoding="utf-8") as file:
            writer = csv.writer(file, lineterminator="\n")
            if first:
                writer.writerow(columns)
            writer.writerow([epoch, *(f"{logs[column]:.4f}" for column in columns[1:])])

    def write_info(self, info: dict[str, Any]) -> None:
        _write_json(self.path / "run.json", info)
        self.__dict__.pop("info", None)

    def write_scores(self, scores: dict[str, Any]) -> None:
        _write_json(self.path / "scores.json", scores)
        self.__dict__.pop("scores", None)

    def write_predictions(self, predictions: pd.DataFrame) -> None:
        predictions.to_parquet(self.path / "predictions.parquet", compression="zstd", index=False)

    def write_card(self, text: str) -> None:
        (self.path / "card.md").write_text(text, encoding="utf-8")

    def _json(self, name: str) -> dict[str, Any]:
        try:
            content: dict[str, Any] = json.loads((self.path / name).read_text(encoding="utf-8"))
        except (OSError, json.JSONDecodeError) as error:
            raise RunError(
                f"The run {self.name!r} has no readable {name}; expected one beside its other "
                "files. Train it again, or take its folder out of the models folder."
            ) from error
        return content


def all_runs() -> list[Run]:
    """Every folder in the models folder with a readable `run.json`, by name."""
    return [run for run, error in _found() if not error]


def broken_runs() -> list[RunError]:
    """What is wrong with the folders whose `run.json` cannot be read."""
    return [error for _, error in _found() if error]


def _found() -> Iterator[tuple[Run, RunError | None]]:
    for path in sorted(models_dir().glob("*/run.json")):
        run = Run(path.parent)
        try:
            _ = run.info
        except RunError as error:
            yield run, error
        else:
            yield run, None


def servable_runs() -> list[Run]:
    """Runs that can predict, the one behind model 1 first."""
    first = serving().get("1")
    found = [run for run in all_runs() if run.is_servable()]
    return sorted(found, key=lambda run: (run.name != first, run.name))


def new_run(name: str) -> Run:
    """A new folder, numbered where there is one of that name already."""
    folder = models_dir()
    taken = {path.name for path in folder.glob("*")}
    number, chosen = 1, name
    while chosen in taken:
        number += 1
        chosen = f"{name}-{number}"
    (folder / chosen).mkdir(parents=True)
    return Run(folder / chosen)


def serving() -> dict[str, str]:
    """Run names by model number."""
    path = models_dir() / "serving.json"
    if not path.exists():
        return {}
    try:
        numbers: dict[str, str] = json.loads(path.read_text(encoding="utf-8"))
    except json.JSONDecodeError as error:
        raise RunError(
            f"{path.name} in the models folder is not JSON ({error}); expected an object such as "
            '{"1": "name of a run"}.'
        ) from error
    return numbers


def find(model: str) -> Run:
    """A run to serve, by number, by "best" or by its name.

    Raises:
        UnknownName: if there is none.
        RunError: if it was made for other features than are computed today.
    """
    numbers = serving()
    number = "1" if model == "best" and "best" not in numbers else model
    name = numbers.get(number, model)
    run = Run(models_dir() / name)
    if name != Path(name).name or not (run.path / "run.json").exists():
        available = ", ".join([*numbers, *(found.name for found in all_runs())])
        raise UnknownName(
            f"There is no model {model!r}; expected one of {available or 'none yet'}."
        )
    made_for = run.info["features"]["fingerprint"]
    if made_for != fingerprint() or run.info["moods"] != list(NAMES):
        raise RunError(
            f"The run {name!r} was trained on features {made_for}, but this version computes "
            f"{fingerprint()}. Train it again."
        )
    if not run.is_servable():
        raise RunError(f"The run {name!r} has no finished network; choose another.")
    return run


def _write_json(path: Path, content: dict[str, Any]) -> None:
    """Written whole or not at all, so that a reader never meets half a file."""
    part = path.with_suffix(".part")
    part.write_text(json.dumps(content, indent=2) + "\n", encoding="utf-8")
    part.replace(path)
