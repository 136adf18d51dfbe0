"""A made-up probe on MusiCNN that answers the same whatever it hears."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict

import numpy as np

from mmc_core import runs
from mmc_core.features.embeddings import musicnn
from mmc_core.learning import probes, recipes
from mmc_core.learning.familiarity import Familiarity
from mmc_core.learning.scores import score
from mmc_core.moods import NAMES
from mmc_core.runs import writing
from tests.support.runs import predictions, run_info

PROBE = "tiny-probe"


def write_probe(p: Sequence[float], *, thresholds: Sequence[float]) -> runs.Run:
    """A probe in the models folder, served as best: its probabilities (4,), and for each mood the
    least that brings it into the set (4,).
    """
    run = runs.new_run(PROBE)
    nothing = np.zeros(1)
    fitted = probes.FittedProbe(
        np.array([0]),
        nothing,
        nothing,
        nothing[None],
        gamma=1.0,
        weights=np.zeros((1, len(NAMES))),
        bias=np.log(p),
        thresholds=np.array(thresholds),
    )
    near = Familiarity(np.zeros((musicnn.WIDTH, 2)), np.zeros(2), limit=1.0)
    writing.write_info(
        run,
        run_info(
            recipe=recipes.load("probe-musicnn").model_dump(),
            data={"n": 100, "sha256": ""},
            features={"fingerprint": runs.fingerprint("musicnn")},
            confidence=asdict(fitted.confidence(near.limit)),
        ),
    )
    made = predictions()
    writing.write_predictions(run, made)
    writing.write_scores(run, score(made, seed=1))
    probes.export(fitted, near, run.model_path)
    (run.path.parent / "serving.json").write_text(f'{{"best": "{PROBE}"}}')
    return run
