"""Single clips: whose labels are doubtful, on which music a system fails, where two differ."""

import streamlit as st

from mmc_core import datasets, runs
from mmc_core.errors import RunError
from mmc_core.ui.common import address, choices, layout, widgets
from mmc_core.ui.explore import views

layout.enter()


def draw() -> None:
    st.title("Explore clips")
    st.caption("See what systems predict of each clip while it is held out of their training.")
    view = choices.choose_view(
        {name: title for name, (title, _) in views.VIEWS.items()}, views.DOUBTS
    )
    evaluated = [
        run
        for run in runs.all_runs()
        if run.info["of"] == runs.OF_EVALUATION
        and run.info["status"] == runs.FINISHED
        and run.has_predictions()
    ]
    if not evaluated:
        st.info(
            "No evaluation yet. To make one: `python -m mmc_core evaluate RECIPE --protocol "
            "grouped`",
            icon=":material/info:",
        )
        return
    of = [id_ for id_ in datasets.every() if any(run.dataset == id_ for run in evaluated)]
    which, by = st.columns([2, 3])
    with which:
        dataset = st.segmented_control(
            "Dataset",
            of,
            required=True,
            format_func=datasets.title_of,
            **address.one("dataset", of, of[0]),
        )
    mine = [run for run in evaluated if run.dataset == dataset]
    try:
        with by:
            run = views.choose_run("System", f"run-{dataset}", mine, views.best(mine))
        views.VIEWS[view][1](run, mine)
    except RunError as error:
        st.warning(widgets.escape_markdown(str(error)), icon=":material/warning:")


draw()
