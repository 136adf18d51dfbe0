"""Studies of what a figure can be worth: copies that leak, test sets that are small, extraction,
a dataset that was never heard, a search for clips that sound alike.

Each is one command and keeps its figures in `data/studies/`, from which the documentation and the
pages read.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from mmc_core import datasets, files
from mmc_core._typing import Progress
from mmc_core.analysis.statistics import DIFFERENCE, corrected_paired_t, corrected_resampled_t
from mmc_core.comparison import robustness, similarity, unseen
from mmc_core.comparison.shift import Moved
from mmc_core.learning import inputs, recipes, scores
from mmc_core.learning.classifiers import probabilities
from mmc_core.learning.recipes import CNN1D, Classifier
from mmc_core.learning.splits import inner_folds, seed_of
from mmc_core.runs.original import original_runs
from mmc_core.settings import DATA, made_data_dir

LEAK, SPREAD, EXTRACTION, UNSEEN = "leak", "spread", "extraction", "unseen"
SIMILAR = "similar"


LEAK_SPLITS = 5
LEAK_TEST_FOLDS = (10, 3)  # three tenths are held out, as the original did
ARMS = {
    "test_copies": "copies of all clips, the test clips' too (the original's leak)",
    "training_copies": "copies of the training clips only",
    "no_copies": "no copies",
}

SPREAD_TEST_SETS = 100
SPREAD_TEST_CLIPS = 40
SPREAD_RECIPE = "extra-trees"  # fixed before it was looked at


def leak(progress: Progress) -> dict[str, Any]:
    """What copies of the test clips in training do to the accuracy on them, on 4QAED.

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
    for number in range(1, LEAK_SPLITS + 1):
        n_folds, held = LEAK_TEST_FOLDS
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
        progress(number, LEAK_SPLITS)
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


def spread(progress: Progress) -> dict[str, Any]:
    """How far the accuracy on 40 test clips of the Turkish table wanders with the draw of them.

    100 stratified random test sets of 40, as the original drew one, and one plain model fixed in
    advance; ungrouped, as the original's.
    """
    from sklearn.model_selection import StratifiedShuffleSplit

    recipe = recipes.load(SPREAD_RECIPE, ["dataset=turkish"])
    assert isinstance(recipe, Classifier)
    clips = recipe.load_clips(datasets.get(recipe.dataset))
    draws = StratifiedShuffleSplit(
        SPREAD_TEST_SETS, test_size=SPREAD_TEST_CLIPS, random_state=recipe.seed
    )
    accuracies = []
    for number, (train, test) in enumerate(draws.split(clips.x, clips.mood), start=1):
        learned = clips.x[train], clips.mood[train], clips.group[train]
        p = probabilities(recipe, *learned, clips.x[test], seed=recipe.seed)
        accuracies.append(float((scores.most_likely(p) == clips.mood[test]).mean()))
        progress(number, SPREAD_TEST_SETS)
    values = np.array(accuracies)
    reported = next(
        run.test_accuracy or np.nan
        for run in original_runs()
        if (run.dataset, run.input, run.augmented, run.n_test)
        == (recipe.dataset, "57 features", "no", SPREAD_TEST_CLIPS)
    )
    return {
        "command": "mmc study spread",
        "recipe": recipe.model_dump(),
        "n": len(clips.table),
        "n_test": SPREAD_TEST_CLIPS,
        "accuracies": accuracies,
        "mean": float(values.mean()),
        "sd": float(values.std(ddof=1)),
        "middle_95": [float(v) for v in np.percentile(values, [2.5, 97.5])],
        "lowest": float(values.min()),
        "highest": float(values.max()),
        "original": reported,
        "share_at_or_below_the_originals": float((values <= reported + 0.005).mean()),
    }


STUDIES: dict[str, Callable[[Progress], dict[str, Any]]] = {
    LEAK: leak,
    SPREAD: spread,
    EXTRACTION: robustness.study,
    UNSEEN: unseen.study,
    SIMILAR: similarity.study,
}


def save(name: str, result: dict[str, Any]) -> Path:
    """Write a study's figures, but not over those that agree."""
    path = made_data_dir() / "studies" / f"{name}.json"
    files.write_json(result, path)
    return path


def load(name: str) -> dict[str, Any]:
    """A study's figures as they were last saved."""
    made = made_data_dir() / "studies" / f"{name}.json"
    path = made if made.exists() else DATA / "studies" / made.name
    result: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return result


def moved_by_extraction() -> dict[str, Moved]:
    """The most that another way of keeping the sound moved each feature, in its own unit."""
    study = load(EXTRACTION)
    return {
        name: Moved(
            mean=study["spread"][name] * max(abs(by["difference"]) for by in ways.values()),
            wasserstein=study["spread"][name] * max(by["wasserstein"] for by in ways.values()),
        )
        for name, ways in study["features"].items()
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
