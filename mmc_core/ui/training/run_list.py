"""Every training as a card: how far it is, its curves while it runs, and what can be done with it.

Only what changes by itself is drawn again and again. The buttons stand outside of that part: a
click on one has all of the page drawn anew, and so can lead to another view.
"""

from __future__ import annotations

import pandas as pd
import streamlit as st

from mmc_core import datasets, runs, settings
from mmc_core.errors import RunError
from mmc_core.figures import curves
from mmc_core.jobs import training as jobs
from mmc_core.language import N_, _
from mmc_core.runs import Run, catalogue, keeping
from mmc_core.runs.cards import accuracy_sentence
from mmc_core.runs.session import LEARNING, SAVING, SCORING
from mmc_core.ui.common import address, live, load, widgets
from mmc_core.ui.common.failures import show_errors
from mmc_core.ui.training import manage
from mmc_core.wording import percent

LISTED = 6  # runs on a page
PAGE = "runs-page"
SMALL_CONFIG = {"displayModeBar": False}
LEGEND = N_("Solid: validation. Dotted: training. Circle: lowest validation loss.")


def draw() -> None:
    """Draw the runs, those under way first, then the newest."""
    trainings = [run for run in runs.all_runs() if run.is_training]
    newest = sorted(trainings, key=lambda run: run.info.started, reverse=True)
    newest.sort(key=lambda run: not jobs.is_busy(run))
    st.header(_("Trainings ({n})", n=len(newest)))
    st.caption(
        _("Of all datasets. Evaluations and the original system's runs are in the other views.")
    )
    if not newest:
        st.info(_("No runs yet."), icon=":material/info:")
        return
    pages = -(-len(newest) // LISTED)
    state = address.number(PAGE, 1, pages, 1)
    page = min(int(st.session_state[PAGE]), pages)
    for run in newest[(page - 1) * LISTED : page * LISTED]:
        with st.container(border=True, key=f"card-{run.name}"):
            _card(run)
    if pages > 1:
        st.pagination(pages, **state)


def _card(run: Run) -> None:
    stage = live.stage(run)  # once: it may change while the card is drawn
    run.reread()
    title = f"**{widgets.escape_markdown(_(run.title))}**, {datasets.title_of(run.dataset)}"
    origin = f" · {_('comes with the program')}" if keeping.is_shipped(run) else ""
    name = f":small[{widgets.escape_markdown(run.name)}{origin}]"
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.markdown(f"{title} &nbsp; {stage.words()}  \n{name}", width="stretch")
        # Together, below the title where both do not fit.
        with st.container(horizontal=True, gap="small", width="content"):
            if _has_curves(run, stage.is_busy):
                st.button(
                    _("Curves"),
                    icon=":material/show_chart:",
                    key=f"curves-{run.name}",
                    on_click=_to_curves,
                    args=[run],
                )
            if settings.page_training():
                _draw_actions(run, stage)
    if stage.is_busy:
        live.draw_until(lambda: _progress(run), lambda: live.stage(run) != stage)
    else:
        _progress(run)
    if stage.status == runs.STOPPED and (error := run.info.error):
        st.caption(widgets.escape_markdown(error))
    if stage.status == runs.STOPPED and (printed := jobs.log_tail(run)):
        with st.expander(_("Last lines of the log")):
            st.code(printed, language=None)


def _has_curves(run: Run, is_busy: bool) -> bool:
    return "epochs" in run.info.recipe and (is_busy or run.has_history())


def _draw_actions(run: Run, stage: live.Stage) -> None:
    """Draw what changes the run."""
    if stage.is_busy:
        st.button(
            _("Stop"),
            icon=":material/stop:",
            key=f"stop-{run.name}",
            disabled=stage.is_stopping or stage.is_past_stopping,
            on_click=jobs.stop,
            args=[run],
        )
        return
    if stage.status == runs.STOPPED:
        st.button(
            _("Resume"),
            icon=":material/play_arrow:",
            key=f"resume-{run.name}",
            disabled=jobs.under_way() is not None,
            on_click=_resume,
            args=[run],
        )
    manage.draw(run)


def _to_curves(run: Run) -> None:
    """Choose the run in the view of curves, whatever was chosen there."""
    address.assign(view="curves", dataset=run.dataset, input=[], architecture=[])
    address.assign(**{f"runs-{run.dataset}": [catalogue.label(run)]})


def _resume(run: Run) -> None:
    with show_errors(RunError, OSError):
        jobs.resume(run)


# ---- what changes by itself -------------------------------------------------------------------


def _progress(run: Run) -> None:
    """Draw how many epochs or folds are done, and the accuracy so far."""
    run = Run(run.path)  # as its folder says now
    status = jobs.status(run)
    try:
        if "epochs" in run.info.recipe:
            _draw_epochs(run, status)
        elif status == runs.FINISHED:
            st.caption(accuracy_sentence(run))
        else:
            _draw_folds(run)
    except RunError as error:
        st.caption(widgets.escape_markdown(str(error)))


def _draw_epochs(run: Run, status: str) -> None:
    recipe, history, phase = run.info.recipe, load.history(run), jobs.phase(run)
    if history is None:
        if status in (runs.WAITING, runs.TRAINING):
            begin = N_("The first epoch") if phase == LEARNING else N_("Loading the clips")
            st.progress(0.0, text=_(begin))
        return
    last = history.iloc[-1]
    epochs, members = recipe["epochs"], recipe["members"]
    member, epoch = int(last["member"]), int(last["epoch"])
    text = _(
        "{epoch}; validation accuracy {accuracy}",
        epoch=_(_where(recipe), member=member, members=members, epoch=epoch, epochs=epochs),
        accuracy=percent(last["val_accuracy"]),
    )
    if status == runs.FINISHED:
        st.caption(text)
    elif phase in (SAVING, SCORING):
        after = (
            N_("Epochs done; saving the network")
            if phase == SAVING
            else N_("Epochs done; scoring the held-out clips and the baselines")
        )
        st.progress(1.0, text=_(after))
    else:
        st.progress(((member - 1) * epochs + epoch) / (epochs * members), text=text)
    if status == runs.TRAINING:
        _draw_curves(run, history)


def _where(recipe: dict[str, int]) -> str:
    """Return the words for an epoch of a network, to be translated."""
    if recipe["members"] > 1:
        return (
            N_("Network {member} of {members}, epoch {epoch} of at most {epochs}")
            if recipe["patience"]
            else N_("Network {member} of {members}, epoch {epoch} of {epochs}")
        )
    return (
        N_("Epoch {epoch} of at most {epochs}")
        if recipe["patience"]
        else N_("Epoch {epoch} of {epochs}")
    )


def _draw_curves(run: Run, history: pd.DataFrame) -> None:
    """Draw accuracy and loss so far."""
    for column, metric in zip(st.columns(2, gap="small"), ("accuracy", "loss"), strict=True):
        figure = curves.training_curves({_(run.title): history}, metric, small=True)
        column.plotly_chart(
            figure.plot, config=SMALL_CONFIG, alt=figure.alt, key=f"live-{metric}-{run.name}"
        )
    st.caption(_(LEGEND))


def _draw_folds(run: Run) -> None:
    """Draw how many folds of a probe are done, which are an evaluation beside it."""

    def came_of(each: Run) -> tuple[object, ...]:
        return each.info.recipe, each.info.data, each.info.protocol

    of_it = (
        other
        for other in runs.all_runs()
        if not other.is_training and came_of(other) == came_of(run)
    )
    done, wanted = load.folds_done(next(of_it, None) or run)
    st.progress(done / wanted, text=_("{done} of {wanted} folds done", done=done, wanted=wanted))
