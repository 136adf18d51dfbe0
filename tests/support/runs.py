"""Runs that come with the project, and made-up ones as training and evaluation write them."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from mmc_core import runs
from mmc_core.learning import recipes, scores
from mmc_core.moods import NAMES
from mmc_core.runs import writing
from mmc_core.saved.run import RUN, RunInfo
from mmc_core.settings import PROJECT

# The runs that come with the project; a person may have trained more.
SHIPPED = [
    runs.Run(PROJECT / "models" / name)
    for name in (PROJECT / "models" / "shipped.txt").read_text(encoding="utf-8").split()
]


def run_info(**changes: Any) -> RunInfo:
    """What `run.json` says of a finished training, with some of it changed."""
    usual = {
        "of": runs.OF_TRAINING,
        "status": runs.FINISHED,
        "recipe": {
            "name": "a-network",
            "title": "a network",
            "dataset": "4qaed",
            "seed": 0,
            "kind": "cnn1d",
            "input": "features",
        },
        "features": {"fingerprint": runs.fingerprint("features")},
        "moods": list(NAMES),
        "protocol": {"name": "hold-out", "folds": 1, "repeats": 1},
        "data": {"n": 10, "sha256": ""},
    }
    return RUN.parse({**usual, **changes}, "run.json")


def history(epochs: int = 12, member: int = 1) -> pd.DataFrame:
    """Losses that fall and accuracies that rise; the lowest validation loss is in epoch 5."""
    epoch = np.arange(1, epochs + 1)
    return pd.DataFrame(
        {
            "member": member,
            "epoch": epoch,
            "loss": 1.4 - 0.05 * epoch,
            "accuracy": 0.3 + 0.03 * epoch,
            "val_loss": 1.0 + 0.05 * abs(epoch - 5),
            "val_accuracy": 0.4 + 0.02 * (epoch % 2),
        }
    )


def predictions(repeats: int = 1, folds: int = 1, clips_a_mood: int = 10) -> pd.DataFrame:
    """Clips of each mood, all answered rightly but the first of each, which are called the next."""
    rows: list[dict[str, Any]] = []
    for repeat in range(1, repeats + 1):
        for m, mood in enumerate(NAMES):
            for i in range(clips_a_mood):
                predicted = NAMES[(m + (i == 0)) % 4]
                sure = 0.4 + 0.5 * i / clips_a_mood
                rows.append(
                    {
                        "repeat": repeat,
                        "fold": 1 + i % folds,
                        "clip": f"{mood} {i}",
                        "mood": mood,
                        "group": f"{mood} {i // 2}",
                        **{name: sure if name == predicted else (1 - sure) / 3 for name in NAMES},
                        "predicted": predicted,
                        "majority": float(m == 0),
                        "group_majority": np.nan,
                        "shuffled": 0.25,
                    }
                )
    return pd.DataFrame(rows)


def write_training(
    name: str = "trained",
    *settings: str,
    status: str = runs.FINISHED,
    epochs: int = 12,
    members: int = 1,
    **more: Any,
) -> runs.Run:
    """A training of `cnn1d` on 4QAED, with settings."""
    run = _write(name, runs.OF_TRAINING, "cnn1d", settings, status, ("hold-out", 1, 1), more)
    if epochs:
        made = pd.concat([history(epochs, member) for member in range(1, members + 1)])
        made.to_csv(run.path / "history.csv", index=False, float_format="%.4f")
    if status == runs.FINISHED:
        _score(run, predictions())
    return run


def write_evaluation(
    name: str, recipe: str, protocol: str, *, folds: int = 10, repeats: int = 1, done: bool = True
) -> runs.Run:
    """An evaluation on 4QAED; where it is not done, half of its folds are."""
    status = runs.FINISHED if done else runs.WAITING
    run = _write(name, runs.OF_EVALUATION, recipe, (), status, (protocol, folds, repeats), {})
    made = predictions(repeats, folds)
    if done:
        _score(run, made)
    else:
        writing.write_predictions(run, made[made["fold"] <= folds // 2])
    return run


def _write(
    name: str,
    of: str,
    recipe: str,
    settings: tuple[str, ...],
    status: str,
    protocol: tuple[str, int, int],
    more: dict[str, Any],
) -> runs.Run:
    run = runs.new_run(name)
    writing.write_info(
        run,
        run_info(
            of=of,
            status=status,
            recipe=recipes.load(recipe, settings).model_dump(),
            protocol=dict(zip(("name", "folds", "repeats"), protocol, strict=True)),
            data={"n": 40, "sha256": "none"},
            features={"fingerprint": "none"},
            **{"started": "2026-01-01T00:00:00+00:00", **more},
        ),
    )
    return run


def _score(run: runs.Run, made: pd.DataFrame) -> None:
    writing.write_predictions(run, made)
    writing.write_scores(run, scores.score(made, seed=1))
