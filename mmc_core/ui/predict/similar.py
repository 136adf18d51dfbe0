"""Clips of the datasets that sound like the song."""

from __future__ import annotations

import streamlit as st

from mmc_core import runs
from mmc_core.errors import DatasetError
from mmc_core.features.embeddings.axes import NETWORK
from mmc_core.language import _
from mmc_core.prediction import confidence
from mmc_core.prediction.similar import project
from mmc_core.runs import Run
from mmc_core.runs.cards import source_ids
from mmc_core.ui.common import neighbours, widgets
from mmc_core.ui.predict import asking
from mmc_core.ui.predict.visit import Result, Visit


def draw_similar(here: Visit, chosen: Result) -> None:
    """The nearest clips, once a model that listens with MusiCNN has heard the song."""
    embedding = here.worker.embedding(chosen.id.partition("|")[0])
    if embedding is None:
        _offer(here, chosen)
        return
    try:
        neighbours.draw(project(embedding), chosen.prediction.mood)
    except DatasetError as error:
        st.warning(widgets.escape_markdown(str(error)), icon=":material/warning:")


def say_if_learned_from(here: Visit, chosen: Result, run: Run) -> None:
    """Say so if the model learned from this very recording, as far as its sound tells."""
    embedding = here.worker.embedding(chosen.id.partition("|")[0])
    if embedding is None:
        return
    try:
        nearest = neighbours.clips().nearest(project(embedding), neighbours.TOP)
    except DatasetError:
        return  # which the similar clips tell
    same = nearest[nearest["same_recording"] & nearest["dataset"].isin(source_ids(run))]
    if len(same):
        name = widgets.escape_markdown(same["name"].iloc[0])
        if chosen.prediction.abstained:
            text = _(
                "The model learned from this recording ({name}), and still has no answer for it.",
                name=name,
            )
        else:
            text = _(
                "The model learned from this recording ({name}), so how often its answers on "
                "held-out clips were right does not hold for it.",
                name=name,
            )
        if chosen.prediction.reason == confidence.UNFAMILIAR:
            text += " " + _("It is one of the few clips that sound unlike the rest.")
        st.info(text, icon=":material/content_copy:")


def _offer(here: Visit, chosen: Result) -> None:
    """The page's model does not listen so: `best` does."""
    best = runs.serving().get("best")
    run = next((run for run in runs.servable() if run.name == best), None)
    if chosen.song and run and NETWORK in run.networks:
        asking.offer(here, chosen.song, [run], _("Find similar clips"), key="ask-similar")
    else:
        st.caption(_("To find clips that sound like the song, upload it again."))
