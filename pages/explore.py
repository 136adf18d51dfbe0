"""Single clips: all in a table, doubtful labels, where a system fails, where two differ."""

import streamlit as st

from mmc_core import datasets, runs
from mmc_core.errors import RunError
from mmc_core.exploration.pairs import has_pairs
from mmc_core.exploration.systems import best, evaluations
from mmc_core.language import _
from mmc_core.ui.common import address, choices, layout
from mmc_core.ui.common.failures import show_errors
from mmc_core.ui.explore import clips, pairs, views

layout.enter()


def choose_dataset(of: list[str]) -> str:
    """Return the dataset that is chosen."""
    chosen: str = st.pills(
        _("Dataset"),
        of,
        required=True,
        wrap=True,
        format_func=datasets.title_of,
        **address.one("dataset", of, of[0]),
    )
    return chosen


def draw() -> None:
    st.title(_("Explore clips"))
    st.caption(_("Find clips, and see what systems predicted for them while they were held out."))
    view = choices.choose_view(views.VIEWS, views.CLIPS)
    before = st.session_state.get("explore-view", view)
    st.session_state["explore-view"] = view
    if view != before and view == views.DOUBTS:  # it begins with the most doubtful
        address.assign(clip=None)
    evaluated = evaluations(runs.all_runs())
    if view == views.CLIPS:
        clips.draw(evaluated)
        return
    if view == views.PAIRS:
        of = [id_ for id_, dataset in datasets.every().items() if has_pairs(dataset)]
        if of:
            pairs.draw(choose_dataset(of))
        else:
            st.info(_("No dataset here tells which of its clips sound alike."))
        return
    if not evaluated:
        st.info(
            _(
                "No evaluation yet. To make one: {command}",
                command="`mmc evaluate RECIPE --protocol grouped`",
            ),
            icon=":material/info:",
        )
        return
    of = [id_ for id_ in datasets.every() if any(run.dataset == id_ for run in evaluated)]
    which, by = st.columns([2, 3])
    with which:
        dataset = choose_dataset(of)
    mine = [run for run in evaluated if run.dataset == dataset]
    with show_errors(RunError, as_warning=True):
        with by:
            run = views.choose_run(_("System"), f"run-{dataset}", mine, best(mine))
        views.OF_RUNS[view](run, mine)


draw()
