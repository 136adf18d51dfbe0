"""Why the model answered so: kinds of features, regions of the sound, or votes of networks."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from pathlib import Path

import streamlit as st

from mmc_core import datasets, moods
from mmc_core._typing import Progress
from mmc_core.figures import reasons as figures
from mmc_core.jobs import song_work
from mmc_core.language import _
from mmc_core.prediction.contributions import Contributions, contributions, takes_features
from mmc_core.prediction.occlusion import (
    EXCERPT_S,
    Occlusion,
    latest_excerpt,
    surest_excerpt,
)
from mmc_core.runs import Run
from mmc_core.ui.common import address, widgets
from mmc_core.ui.common.player import NOT_PLAYED, media_type
from mmc_core.ui.predict.answer import PLAYER
from mmc_core.ui.predict.explainer import Explainer, Explanation
from mmc_core.ui.predict.reasons.company import draw_company
from mmc_core.ui.predict.reasons.sound import draw_occlusion
from mmc_core.ui.predict.visit import Result, Visit
from mmc_core.ui.predict.votes import draw_votes
from mmc_core.wording import shown

EVERY_S = 0.4
PATIENCE_S = 0.3  # before there is a bar at all


def draw_reasons(visit: Visit, result: Result, run: Run) -> None:
    """Draw what explains an answer, as far as that can be shown for its model."""
    prediction = result.prediction
    if prediction.mood is None:
        st.caption(_("The model cannot tell the mood: there is no answer to explain."))
        return
    draw_company(visit, result, run)
    if takes_features(run):
        _draw_contributions(visit.explainer, result, prediction.mood, run)
    elif run.networks:
        _draw_regions(visit, result, prediction.mood, run)
    else:
        if prediction.votes:
            draw_votes(prediction)
        st.caption(
            _(
                "What in the sound drove the answer is shown for models on the features and on "
                "embeddings, not for networks on images."
            )
        )


def _draw_contributions(explainer: Explainer, result: Result, mood: str, run: Run) -> None:
    prediction = result.prediction
    if run.dataset not in datasets.every() or not datasets.get(run.dataset).has_table():
        st.caption(
            _(
                "What each kind of feature contributed is worked out with the table of the dataset "
                "that the model was trained on, which is not on this machine."
            )
        )
        return
    made = _explained(
        explainer,
        (result.id, "features"),
        lambda progress: contributions(run, prediction, mood, progress),
    )
    if not isinstance(made, Contributions):
        return
    widgets.figure(
        figures.contribution_bars(made, shown(prediction.file)),
        key="contributions",
        name=f"{Path(prediction.file).stem}-contributions",
    )
    st.caption(
        _(
            "Shapley values: what each kind of feature adds to the probability, averaged over all "
            "orders in which they can be told to the model; until then they are those of {n} clips "
            "that it learned from. They sum to the answer. Mixed features may be such as no music "
            "has. This describes the model, not the music.",
            n=made.n_background,
        )
    )


def _draw_regions(visit: Visit, result: Result, mood: str, run: Run) -> None:
    prediction, song = result.prediction, result.song
    if song is None:
        st.caption(_("To see which parts of the sound drove the answer, upload the song again."))
        return
    with_start, with_button = st.columns([3, 1], vertical_alignment="bottom", gap="medium")
    with with_start:
        start_s = _choose_excerpt(result, mood)

    def explain(progress: Progress) -> Explanation:
        return visit.worker.pool.run(
            song_work.regions, song, progress, Run(run.path), mood, start_s
        )

    with with_button:
        made = _explained(visit.explainer, (result.id, start_s), explain)
    if isinstance(made, Occlusion):
        is_played = media_type(song.name) not in NOT_PLAYED
        draw_occlusion(made, prediction.file, run.name, PLAYER if is_played else None)


def _choose_excerpt(result: Result, mood: str) -> float:
    """Where the excerpt begins; at first where the model is surest."""
    latest = latest_excerpt(result.prediction)
    surest = surest_excerpt(result.prediction, mood)
    if latest < 0.1:
        return 0.0
    start_s: float = st.slider(
        _("Start of the {seconds:.0f} s to explain", seconds=EXCERPT_S),
        0.0,
        latest,
        surest,
        step=0.1,
        format="%.1f s",
        key=f"excerpt-{result.id}",
        persist_state="session",  # of a visit's own song: not in the address
        help=_(
            "At first the part in which the model is surest of {mood}.",
            mood=moods.BY_NAME[mood].label,
        ),
    )
    return round(start_s, 1)


def _explained(
    explainer: Explainer, key: Hashable, explain: Callable[[Progress], Explanation]
) -> Explanation | None:
    """An explanation that there is; else the button that has it made, or how far it is."""
    if made := explainer.result(key):
        return made
    if explainer.is_busy(key):
        st.fragment(lambda: _follow(explainer, key), run_every=EVERY_S)()
    elif st.button(_("Explain this answer"), icon=":material/search:", key="explain"):
        explainer.ask(key, explain)
        explainer.wait(PATIENCE_S)
        address.rerun()
    return None


def _follow(explainer: Explainer, key: Hashable) -> None:
    if not explainer.is_busy(key):
        address.rerun()
    st.progress(min(1.0, explainer.progress()), text=_("Asking the model again and again …"))
    if st.button(_("Cancel"), icon=":material/close:", key="explain-cancel"):
        explainer.cancel()
        address.rerun()
