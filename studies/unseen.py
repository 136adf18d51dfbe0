"""How a probe does on a dataset that it never heard: learned on one, tested on the other.

Ranking and operating point are seen apart: the area under the curve of arousal and of valence says
whether clips are in the right order, accuracy also whether the border between moods lies where it
should. `standardised` moves it without a label: each dataset's embeddings are brought to a mean of
nought and a standard deviation of one by themselves.
"""

from __future__ import annotations

from itertools import permutations
from typing import Any

import numpy as np

from mmc_core import datasets
from mmc_core._typing import Float32, Float64, Objects, Progress
from mmc_core.analysis.statistics import bootstrap_over_groups
from mmc_core.learning import inputs, recipes, scores
from mmc_core.learning.familiarity import standardising
from mmc_core.learning.probes import fit_uncalibrated
from mmc_core.learning.recipes import Probe
from mmc_core.moods import MOODS

RECIPES = ("probe-musicnn", "probe-audioset", "probe-both")
POINTS = {
    "as_learned": "as learned",
    "standardised": "each dataset standardised by itself, without its labels",
}


def study(progress: Progress) -> dict[str, Any]:
    """Each probe learned on one dataset and tested on the other, both ways.

    Raises:
        DatasetError: if the audio is not on this machine.
        MissingNetwork: if a pretrained network is not.
    """
    rows: list[dict[str, Any]] = []
    probes = [recipe for name in RECIPES if isinstance(recipe := recipes.load(name), Probe)]
    for recipe in probes:
        alone = recipe.model_copy(update={"sources": []})
        clips = {name: alone.load_clips(datasets.get(name)) for name in recipe.sources}
        for train, test in permutations(clips, 2):
            for point in POINTS:
                learned, asked = clips[train], clips[test].x
                if point == "standardised":
                    learned, asked = _standardised(learned), standardised(asked)
                every = np.arange(len(learned.table))
                probe = fit_uncalibrated(alone, learned, every, seed=recipe.seed)
                p = probe.probabilities(asked)
                rows.append(
                    {"recipe": recipe.name, "train": train, "test": test, "point": point}
                    | _scores(p, clips[test], recipe.seed)
                )
        progress(len(rows), len(probes) * 2 * len(POINTS))
    return {"command": "python -m studies unseen", "points": POINTS, "rows": rows}


def _scores(p: Float64, clips: inputs.Clips, seed: int) -> dict[str, Any]:
    predicted = scores.most_likely(p)
    right = (predicted == clips.mood).astype(float)
    groups = clips.table["group"].to_numpy(dtype=object)
    counts = clips.table["mood"].value_counts(normalize=True)
    return {
        "n": len(right),
        "accuracy": float(right.mean()),
        "interval": list(bootstrap_over_groups(right, groups, seed=seed)),
        "majority": float(counts.iloc[0]),
        "arousal_auc": _area(p, clips.mood, "arousal"),
        "valence_auc": _area(p, clips.mood, "valence"),
    }


def _area(p: Float64, mood: Objects, axis: str) -> float:
    """Area under the ROC curve of the positive half's probability."""
    from sklearn.metrics import roc_auc_score

    positive = np.array([getattr(each, axis) > 0 for each in MOODS])
    return float(roc_auc_score(scores.half(mood, axis) > 0, p[:, positive].sum(axis=1)))


def standardised(x: Float32) -> Float32:
    """Embeddings (n, width) brought to mean 0 and standard deviation 1 by themselves."""
    mean, scale = standardising(x)
    return ((x - mean) * scale).astype(np.float32)


def _standardised(clips: inputs.Clips) -> inputs.Clips:
    """Clips, and their copies, each standardised by themselves."""
    return inputs.Clips(clips.table, standardised(clips.x), [standardised(c) for c in clips.copies])
