"""Runs on disk: of training, and of evaluation over folds. Sole reader and writer of `models/`.

models/<run>/
    run.json              what it is of, recipe, protocol, data, versions, commit, status
    predictions.parquet   probabilities of clips held out, with their fold; see `scores`
    scores.json           their scores, with baselines, n and interval
  of training also
    history.csv           a row an epoch and network, written as it goes
    model.onnx            the network, scaling included; a vote has none, its members do
    card.md               what it is, for whom, how good, what it must not be used for
models/serving.json       which run stands behind `--model 1` and `--model 2`

What it takes to go on with a stopped training lives in the cache, as does the lock that tells a
training that runs from one that was killed.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zipfile import BadZipFile

from filelock import FileLock, Timeout

from mmc_core.errors import RunError, UnknownName
from mmc_core.features import images, schema
from mmc_core.moods import NAMES
from mmc_core.settings import cache_dir, models_dir

if TYPE_CHECKING:  # pandas takes a third of a second, and serving a song needs none of it
    import numpy as np
    import pandas as pd

WAITING, TRAINING, STOPPED, FINISHED = "waiting", "training", "stopped", "finished"
OF_TRAINING, OF_EVALUATION = "training", "evaluation"
REQUIRED = ("of", "status", "recipe", "protocol", "data", "features", "moods")
HISTORY = ("member", "epoch", "loss", "accuracy", "val_loss", "val_accuracy")


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
        info = self._json("run.json")
        if missing := [key for key in REQUIRED if key not in info]:
            raise RunError(
                f"The run {self.name!r} has a run.json without {', '.join(missing)}; an older "
                "version may have made it. Train it again, or take its folder out of the models "
                "folder."
            )
        return info

    @cached_property
    def scores(self) -> dict[str, Any]:
        """Contents of `scores.json`."""
        return self._json("scores.json")

    def reread(self) -> None:
        """Forget what was read of it: another process may have written since."""
        self.__dict__.pop("info", None)
        self.__dict__.pop("scores", None)

    @property
    def dataset(self) -> str:
        return str(self.info["recipe"]["dataset"])

    @property
    def title(self) -> str:
        """What was trained, in words."""
        return str(self.info["recipe"]["title"])

    @property
    def input(self) -> str:
        """What the network takes: "features" or a kind of image."""
        return str(self.info["recipe"].get("input", "features"))

    @property
    def status(self) -> str:
        """Waiting, training, stopped or finished; one that was killed is stopped."""
        said = str(self.info["status"])
        return STOPPED if said == TRAINING and not self.is_alive() else said

    @property
    def model_path(self) -> Path:
        return self.path / "model.onnx"

    def members(self) -> list[Run]:
        """The runs that a vote is made of; of any other run, none."""
        return [Run(self.path.parent / name) for name in self.info.get("members", [])]

    def is_servable(self) -> bool:
        """Whether it is finished, for the inputs of today, and has a network or members that do."""
        if self.info["status"] != FINISHED or self.info["of"] != OF_TRAINING:
            return False
        if members := self.members():
            sound = {run.name for run in all_runs()}
            return all(run.name in sound and run.is_servable() for run in members)
        made_for = self.info["features"]["fingerprint"]
        return made_for == fingerprint(self.input) and self.model_path.exists()

    def has_history(self) -> bool:
        """Whether it has come through its first epoch."""
        return (self.path / "history.csv").exists()

    def history(self) -> pd.DataFrame:
        """A row an epoch of each network: the columns of `HISTORY`, both counted from 1."""
        import pandas as pd

        return pd.read_csv(self.path / "history.csv")

    def has_predictions(self) -> bool:
        return (self.path / "predictions.parquet").exists()

    def predictions(self) -> pd.DataFrame:
        """Held-out clips; for the columns see `scores`."""
        import pandas as pd

        names = ("clip", "mood", "group", "said")
        try:
            kept = pd.read_parquet(self.path / "predictions.parquet")
        except (OSError, ValueError) as error:  # a damaged file is a value, to pyarrow
            raise self._unreadable("predictions.parquet") from error
        return kept.astype(dict.fromkeys(names, object))

    def card(self) -> str:
        """Contents of `card.md`, Markdown."""
        return (self.path / "card.md").read_text(encoding="utf-8")

    def append_history(self, member: int, epoch: int, logs: Mapping[str, float]) -> None:
        path = self.path / "history.csv"
        first = not path.exists()
        row = [str(member), str(epoch), *(f"{logs[column]:.4f}" for column in HISTORY[2:])]
        lines = [HISTORY, row] if first else [row]
        with path.open("a", newline="", encoding="utf-8") as file:
            # In one piece: who reads along never meets a file without its header.
            file.write("".join(",".join(line) + "\n" for line in lines))

    def cut_history(self, member: int, epoch: int) -> None:
        """Drop what came after an epoch of a network: it is about to be trained again."""
        if self.has_history():
            history = self.history()
            later = (history["member"] > member) | (
                (history["member"] == member) & (history["epoch"] > epoch)
            )
            history[~later].to_csv(
                self.path / "history.csv", index=False, float_format="%.4f", lineterminator="\n"
            )

    def write_info(self, info: dict[str, Any]) -> None:
        _write_json(self.path / "run.json", info)
        self.__dict__.pop("info", None)

    def write_scores(self, scores: dict[str, Any]) -> None:
        _write_json(self.path / "scores.json", scores)
        self.__dict__.pop("scores", None)

    def write_predictions(self, predictions: pd.DataFrame) -> None:
        compact = predictions.astype(dict.fromkeys(("clip", "mood", "group", "said"), "category"))
        compact = compact.astype(dict.fromkeys(NAMES, "float32"))
        part = self.path / "predictions.part"
        compact.to_parquet(part, compression="zstd", index=False)
        part.replace(self.path / "predictions.parquet")

    def write_card(self, text: str) -> None:
        (self.path / "card.md").write_text(text, encoding="utf-8")

    # ---- while it is trained ----------------------------------------------------------------

    @property
    def scratch(self) -> Path:
        """Where what is needed to go on is kept, in the cache."""
        place = hashlib.sha256(str(self.path.resolve()).encode()).hexdigest()[:8]
        return cache_dir() / "training" / f"{self.name}-{place}"

    @contextmanager
    def training(self) -> Iterator[None]:
        """Marks the run as being trained, by this process alone.

        Raises:
            RunError: if another process is training it.
        """
        self.scratch.mkdir(parents=True, exist_ok=True)
        try:
            with FileLock(self.scratch / "lock", timeout=5):
                (self.scratch / "stop").unlink(missing_ok=True)
                yield
        except Timeout as error:
            raise RunError(f"The run {self.name!r} is being trained already.") from error

    def is_alive(self) -> bool:
        """Whether a process is training it now."""
        if not (self.scratch / "lock").exists():
            return False
        try:
            # Not at once: another reader may be asking at this very moment.
            with FileLock(self.scratch / "lock", timeout=0.1, poll_interval=0.02):
                return False
        except Timeout:
            return True

    def ask_to_stop(self) -> None:
        """Let the process that trains it stop after its epoch."""
        self.scratch.mkdir(parents=True, exist_ok=True)
        (self.scratch / "stop").touch()

    def is_asked_to_stop(self) -> bool:
        return (self.scratch / "stop").exists()

    def save_state(self, state: Mapping[str, np.ndarray]) -> None:
        """Keep what it takes to go on; whole or not at all."""
        import numpy as np

        arrays: dict[str, Any] = dict(state)
        part = self.scratch / "state.part.npz"
        np.savez(part, **arrays)
        part.replace(self.scratch / "state.npz")

    def state(self) -> dict[str, np.ndarray] | None:
        """What `save_state` kept last; None where it kept nothing."""
        import numpy as np

        path = self.scratch / "state.npz"
        if not path.exists():
            return None
        try:
            with np.load(path) as kept:
                return dict(kept)
        except (OSError, ValueError, BadZipFile) as error:
            raise RunError(
                f"What is needed to go on with {self.name!r} is damaged. Train a new run."
            ) from error

    def clear_scratch(self) -> None:
        for name in ("state.npz", "stop"):
            (self.scratch / name).unlink(missing_ok=True)

    def _json(self, name: str) -> dict[str, Any]:
        try:
            content: dict[str, Any] = json.loads((self.path / name).read_text(encoding="utf-8"))
        except (OSError, ValueError) as error:  # bad JSON and bad Unicode are values
            raise self._unreadable(name) from error
        if not isinstance(content, dict):
            raise self._unreadable(name)
        return content

    def _unreadable(self, name: str) -> RunError:
        return RunError(
            f"The run {self.name!r} has no readable {name}; expected one beside its other files. "
            "Train it again, or take its folder out of the models folder."
        )


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


def fingerprint(kind: str) -> str:
    """Of all that decides an input's values: of "features", or of images."""
    return schema.fingerprint() if kind == "features" else images.fingerprint()


def servable_runs() -> list[Run]:
    """Runs that can predict: those behind a number first."""
    numbered = list(serving().values())
    found = [run for run in all_runs() if run.is_servable()]
    return sorted(found, key=lambda run: (run.name not in numbered, *_place(numbered, run)))


def _place(numbered: list[str], run: Run) -> tuple[int, str]:
    return (numbered.index(run.name) if run.name in numbered else 0), run.name


def new_run(name: str) -> Run:
    """A new folder, numbered where there is one of that name already."""
    folder = models_dir()
    taken = {path.name for path in folder.glob("*")}
    number, chosen = 1, name
    while chosen in taken:
        number += 1
        chosen = f"{name}-{number}"
    (folder / chosen).mkdir(parents=True)
    run = Run(folder / chosen)
    run.clear_scratch()  # of a run of that name that was taken away
    return run


def named(name: str) -> Run:
    """A run of any kind and status, by its name.

    Raises:
        UnknownName: if there is none.
    """
    run = Run(models_dir() / name)
    if name != Path(name).name or not (run.path / "run.json").exists():
        available = ", ".join(found.name for found in all_runs())
        raise UnknownName(f"There is no run {name!r}; expected one of {available or 'none yet'}.")
    return run


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
    for each in run.members() or [run]:
        made_for, today = each.info["features"]["fingerprint"], fingerprint(each.input)
        if made_for != today or each.info["moods"] != list(NAMES):
            raise RunError(
                f"The run {each.name!r} was trained on inputs {made_for}, but this version "
                f"computes {today}. Train it again."
            )
    if not run.is_servable():
        raise RunError(f"The run {name!r} has no finished network; choose another.")
    return run


def _write_json(path: Path, content: dict[str, Any]) -> None:
    """Written whole or not at all, so that a reader never meets half a file."""
    part = path.with_suffix(".part")
    part.write_text(json.dumps(content, indent=2) + "\n", encoding="utf-8")
    part.replace(path)
