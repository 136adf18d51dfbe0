"""The study of small test sets: how far a score on 40 clips wanders with the draw of them."""

from __future__ import annotations

from typing import Any

import numpy as np

from mmc_core import datasets
from mmc_core._typing import Progress
from mmc_core.learning import recipes, scores
from mmc_core.learning.classifiers import probabilities
from mmc_core.learning.recipes import Classifier
from mmc_core.runs.original import original_runs

TEST_SETS = 100
TEST_CLIPS = 40
RECIPE = "extra-trees"  # fixed before it was looked at


def study(progress: Progress) -> dict[str, Any]:
    """Return how far the accuracy on 40 test clips of the Turkish table wanders with their draw.

    100 stratified random test sets of 40, as the original drew one, and one plain model fixed in
    advance; ungrouped, as the original's.
    """
    from sklearn.model_selection import StratifiedShuffleSplit

    recipe = recipes.load(RECIPE, ["dataset=turkish"])
    assert isinstance(recipe, Classifier)
    clips = recipe.load_clips(datasets.get(recipe.dataset))
    draws = StratifiedShuffleSplit(TEST_SETS, test_size=TEST_CLIPS, random_state=recipe.seed)
    accuracies = []
    for number, (train, test) in enumerate(draws.split(clips.x, clips.mood), start=1):
        learned = clips.x[train], clips.mood[train], clips.group[train]
        p = probabilities(recipe, *learned, clips.x[test], seed=recipe.seed)
        accuracies.append(float((scores.most_likely(p) == clips.mood[test]).mean()))
        progress(number, TEST_SETS)
    values = np.array(accuracies)
    reported = next(
        run.test_accuracy or np.nan
        for run in original_runs()
        if (run.dataset, run.input, run.augmented, run.n_test)
        == (recipe.dataset, "57 features", "no", TEST_CLIPS)
    )
    return {
        "command": "python -m studies spread",
        "recipe": recipe.model_dump(),
        "n": len(clips.table),
        "n_test": TEST_CLIPS,
        "accuracies": accuracies,
        "mean": float(values.mean()),
        "sd": float(values.std(ddof=1)),
        "middle_95": [float(v) for v in np.percentile(values, [2.5, 97.5])],
        "lowest": float(values.min()),
        "highest": float(values.max()),
        "original": reported,
        "share_at_or_below_the_originals": float((values <= reported + 0.005).mean()),
    }
