"""Probes that have not learned from the clips that they are asked about."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pandas as pd

from mmc_core import datasets, runs
from mmc_core.learning import familiarity, probes, recipes
from mmc_core.runs import Run

SEED = 13


def held_out_clips(n: int) -> list[str]:
    """Clips of 4QAED that models 1 and 2 held out, drawn by seed."""
    held_out = runs.find("1").predictions()["clip"].unique()
    return [str(clip) for clip in pd.Series(held_out).sample(n, random_state=SEED)]


def probe_without(run: Run, clips: Sequence[str], folder: Path) -> Run:
    """A probe fitted as a run's was, without some clips and their groups.

    Args:
        folder: that it is written to.
    """
    recipe = recipes.parse(run.info.recipe)
    assert isinstance(recipe, recipes.Probe)
    every = recipe.load_clips(datasets.get(recipe.dataset))
    groups = every.table["group"]
    rows = np.flatnonzero(~groups.isin(groups[every.table["clip"].isin(clips)]))
    probe = probes.fit(recipe, every, rows, seed=recipe.seed)
    path = folder / run.name
    path.mkdir()
    (path / "run.json").write_text((run.path / "run.json").read_text())
    probes.export(probe, familiarity.fit(every, seed=recipe.seed), path / "model.onnx")
    return Run(path)
