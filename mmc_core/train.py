"""A recipe and a dataset to a run: split, fit, score, export. Imports TensorFlow when called."""

from __future__ import annotations

import hashlib
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import asdict
from datetime import UTC, datetime
from importlib.metadata import version
from typing import Any

import numpy as np
import pandas as pd

from mmc_core import datasets, runs, scores
from mmc_core.cards import model_card
from mmc_core.features.encode import encode
from mmc_core.features.schema import ORIGINAL_57, fingerprint
from mmc_core.moods import NAMES
from mmc_core.recipes import Recipe
from mmc_core.settings import PROJECT
from mmc_core.splits import GROUPED_HOLD_OUT, grouped_hold_out

Progress = Callable[[int, int, dict[str, float]], None]  # epoch, of how many, its logs


def train(recipe: Recipe, progress: Progress) -> runs.Run:
    """Train one network on one grouped split and keep everything in a new run folder.

    Raises:
        DatasetError: if the recipe's dataset is unknown or has no table on this machine.
    """
    table = datasets.get(recipe.dataset).table()
    split = grouped_hold_out(table, seed=recipe.seed)
    features = encode(table.to_dict(orient="records"))
    mood = table["mood"].to_numpy(dtype=object)
    targets = scores.one_hot(mood).argmax(axis=1)

    run = runs.new_run(f"{recipe.dataset}-{recipe.name}")
    info: dict[str, Any] = {
        "status": runs.TRAINING,
        "started": datetime.now(UTC).isoformat(timespec="seconds"),
        "recipe": asdict(recipe),
        "protocol": GROUPED_HOLD_OUT,
        "data": {
            "n_train": len(split.train),
            "n_validation": len(split.validation),
            "n_test": len(split.test),
            "sha256": data_hash(table),
        },
        "features": {"fingerprint": fingerprint(), "names": list(ORIGINAL_57)},
        "moods": list(NAMES),
        "versions": {
            "python": sys.version.split()[0],
            **{name: version(name) for name in ("tensorflow", "keras", "numpy")},
        },
        "commit": _commit(),
    }
    run.write_info(info)

    import keras

    from mmc_core.networks import cnn1d

    keras.utils.set_random_seed(recipe.seed)
    started = time.perf_counter()
    model = cnn1d.build(recipe, features[split.train])
    model.compile(
        optimizer=keras.optimizers.Adam(recipe.learning_rate),
        loss="sparse_categorical_crossentropy",
        metrics=["accuracy"],
    )

    def keep(epoch: int, logs: dict[str, float] | None) -> None:
        run.append_history(epoch + 1, logs or {})
        progress(epoch + 1, recipe.epochs, logs or {})

    try:
        model.fit(
            features[split.train],
            targets[split.train],
            validation_data=(features[split.validation], targets[split.validation]),
            batch_size=recipe.batch_size,
            epochs=recipe.epochs,
            callbacks=[keras.callbacks.LambdaCallback(on_epoch_end=keep)],
            verbose=0,
        )
    except BaseException:  # whatever it was, stopping by hand included
        run.write_info(info | {"status": runs.STOPPED})
        raise
    training_s = time.perf_counter() - started
    model.export(str(run.model_path), format="onnx", verbose=False)

    predictions = table.loc[split.test, ["clip", "mood", "group"]].reset_index(drop=True)
    predictions[list(NAMES)] = model.predict(features[split.test], verbose=0)
    run.write_predictions(predictions)
    run.write_scores(
        {
            "protocol": GROUPED_HOLD_OUT,
            **scores.score(predictions, seed=recipe.seed),
            "baselines": scores.baselines(features, mood, split, seed=recipe.seed),
            "references": scores.references(features, mood, split, seed=recipe.seed),
        }
    )
    info |= {
        "status": runs.FINISHED,
        "parameters": model.count_params(),
        "training_s": round(training_s, 1),
    }
    run.write_info(info)
    run.write_card(model_card(run))
    return run


def data_hash(table: pd.DataFrame) -> str:
    """SHA-256 of the clips, their moods and groups, and their encoded features."""
    digest = hashlib.sha256(encode(table.to_dict(orient="records")).tobytes())
    for column in ("clip", "mood", "group"):
        digest.update("\n".join(np.asarray(table[column], dtype=object)).encode())
    return digest.hexdigest()


def _commit() -> str | None:
    """The checkout's commit, with "+" where files were changed since; None without git."""

    def git(*arguments: str) -> str:
        command = ["git", "-C", str(PROJECT), *arguments]
        return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()

    try:
        return git("rev-parse", "HEAD") + ("+" if git("status", "--porcelain", "mmc_core") else "")
    except (OSError, subprocess.CalledProcessError):
        return None
