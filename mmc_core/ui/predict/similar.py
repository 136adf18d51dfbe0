"""Clips of the datasets that sound like the song."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from mmc_core import runs
from mmc_core.errors import DatasetError
from mmc_core.features.embeddings.axes import NETWORK
from mmc_core.language import _
from mmc_core.prediction.similar import project
from mmc_core.runs import Run
from mmc_core.runs.cards import source_ids
from mmc_core.ui.common import neighbours
from mmc_core.ui.common.failures import show_errors
from mmc_core.ui.predict import asking
from mmc_core.ui.predict.visit import Result, Visit


def draw_similar(here: Visit, chosen: Result) -> None:
    """The nearest clips, once a model that listens with MusiCNN has heard the song."""
    embedding = here.worker.embedding(chosen.id.partition("|")[0])
    if embedding is None:
        _offer(here, chosen)
        return
    with show_errors(DatasetError, as_warning=True):
        neighbours.draw(project(embedding), chosen.prediction.mood)


def learned_from(here: Visit, chosen: Result, run: Run) -> str:
    """Return the name of this very recording in the data that a model learned from, as far as its
    sound tells; empty if it is not there.
    """
    nearest = nearest_clips(here, chosen)
    if nearest is None:
        return ""
    same = nearest[nearest["same_recording"] & nearest["dataset"].isin(source_ids(run))]
    return str(same["name"].iloc[0]) if len(same) else ""


def nearest_clips(here: Visit, chosen: Result) -> pd.DataFrame | None:
    """Return the clips that sound most like a song; None where that is not known."""
    embedding = here.worker.embedding(chosen.id.partition("|")[0])
    if embedding is None:
        return None
    try:
        return neighbours.clips().nearest(project(embedding), neighbours.TOP)
    except DatasetError:
        return None  # which the similar clips tell


def _offer(here: Visit, chosen: Result) -> None:
    """The page's model does not listen so: `best` does."""
    best = runs.serving().get("best")
    run = next((run for run in runs.servable() if run.name == best), None)
    if chosen.song and run and NETWORK in run.networks:
        asking.offer(here, chosen.song, [run], _("Find similar clips"), key="ask-similar")
    else:
        st.caption(_("To find clips that sound like the song, upload it again."))
