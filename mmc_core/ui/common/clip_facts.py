"""What is known of a dataset's clip beside its sound: its label, and the answer while held out."""

from __future__ import annotations

import streamlit as st

from mmc_core import runs
from mmc_core.errors import RunError
from mmc_core.exploration.systems import best, evaluations
from mmc_core.language import _
from mmc_core.moods import NAMES
from mmc_core.runs import Run
from mmc_core.ui.common import load, player
from mmc_core.ui.common.load import Heard


def describe(dataset_id: str, clip: str, mood: str | None) -> str:
    """Return a clip's label and the answer of the dataset's best system, as Markdown.

    Args:
        dataset_id: of the clip.
        clip: its name in the dataset.
        mood: its label, if it has one.
    """
    heard = held_out(dataset_id).get(clip)
    if heard is None:
        return player.describe(label=mood)
    text = player.describe(label=mood, predicted=heard[0], probability=heard[1])
    return _("{answer} while held out", answer=text)


def held_out(dataset_id: str) -> dict[str, Heard]:
    """Return by clip the mood and probability that the dataset's best evaluation gave it."""
    mine = [run for run in evaluations(runs.all_runs()) if run.dataset == dataset_id]
    if not mine:
        return {}
    run = best(mine)
    try:
        return _by_clip(run, run.predictions_path.stat().st_mtime_ns)
    except (OSError, RunError):
        return {}


@st.cache_resource(max_entries=8, show_spinner=False)
def _by_clip(run: Run, modified_ns: int) -> dict[str, Heard]:
    means = load.predictions(run).groupby("clip")[list(NAMES)].mean()
    moods, shares = means.idxmax(axis=1), means.max(axis=1)
    return {
        str(clip): (str(mood), float(share))
        for clip, mood, share in zip(means.index, moods, shares, strict=True)
    }
