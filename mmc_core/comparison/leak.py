"""The study of the leak: what copies of test clips in the training set do to a score."""

from __future__ import annotations

from typing import Any

import numpy as np

from mmc_core import datasets
from mmc_core._typing import Progress
from mmc_core.analysis.statistics import DIFFERENCE, corrected_paired_t, corrected_resampled_t
from mmc_core.learning import inputs, recipes, scores
from mmc_core.learning.recipes import CNN1D
from mmc_core.learning.splits import inner_folds, seed_of

SPLITS = 5
TEST_FOLDS = (10, 3)  # three tenths are held out, as the original did
ARMS = {
    "test_copies": "copies of all clips, the test clips' too (the original's leak)",
    "training_copies": "copies of the training clips only",
    "no_copies": "no copies",
}


def study(progress: Progress) -> dict[str, Any]:
    """Return what copies of the test clips in training do to the accuracy on them, on 4QAED.

    Five grouped splits; in each the same network learns with copies of all clips, with copies of
    its training clips, and with none, and is tested on the same untouched clips.

    Raises:
        DatasetError: if the audio is not on this machine.
    """
    from mmc_core.learning.networks import fit, learn

    recipe = recipes.load("cnn1d-copies")
    assert isinstance(recipe, CNN1D)
    clips = recipe.load_clips(datasets.get(recipe.dataset))
    originals = inputs.Clips(clips.table, clips.x)
    every = np.arange(len(clips.table))
    splits: list[dict[str, Any]] = []
    shares = []
    for number in range(1, SPLITS + 1):
        n_folds, held = TEST_FOLDS
        parts = [part for _, part in inner_folds(clips.table, every, number, n_folds)]
        test = np.sort(np.concatenate(parts[:held]))
        train = np.setdiff1d(every, test)
        accuracy = {}
        for arm in ARMS:
            model, _ = learn.learned(
                recipe,
                originals if arm == "no_copies" else clips,
                train,
                seed=seed_of(recipe.seed, number),
                copied=every if arm == "test_copies" else None,
            )
            predicted = scores.most_likely(fit.predict(model, clips.x[test]))
            accuracy[arm] = float((predicted == clips.mood[test]).mean())
            del model
            fit.release()
        shares.append(len(test) / len(train))
        splits.append({"split": number, "n_test": len(test), "accuracy": accuracy})
        progress(number, SPLITS)
    share = float(np.mean(shares))
    return {
        "command": "mmc study leak",
        "recipe": recipe.model_dump(),
        "n": len(every),
        "arms": ARMS,
        "splits": splits,
        "differences": {
            f"{one} - {other}": _difference(splits, one, other, share)
            for one, other in (
                ("test_copies", "training_copies"),
                ("training_copies", "no_copies"),
            )
        },
    }


def _difference(
    splits: list[dict[str, Any]], one: str, other: str, test_share: float
) -> dict[str, Any]:
    values = np.array([s["accuracy"][one] - s["accuracy"][other] for s in splits])
    return {
        "mean": float(values.mean()),
        "interval": list(corrected_resampled_t(values, test_share, DIFFERENCE)),
        "p": corrected_paired_t(values, test_share),
    }
