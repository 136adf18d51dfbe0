"""Training curves: our runs and, as a cited reference, the original system's."""

import pandas as pd
import streamlit as st

from mmc_core import original, runs
from mmc_core.cards import accuracy_sentence
from mmc_core.datasets import DATASETS
from mmc_core.figures import curves
from mmc_core.ui import load, shell, show

shell.enter()

MAX_RUNS = 6


def describe(run: runs.Run) -> None:
    """One of our runs: how good it is by which protocol, and its card."""
    if run.info["status"] != runs.FINISHED:
        st.markdown("Training was started and has not finished.")
        return
    st.markdown(accuracy_sentence(run))
    st.caption(f"Protocol: {run.scores['protocol']}. Seed {run.info['recipe']['seed']}.")
    with st.expander("Model card"):
        st.markdown(run.card())


def describe_original(run: original.OriginalRun) -> None:
    """One of the original's: its settings, and what it reported."""
    st.markdown(
        f"{run.architecture}; input: {run.input}; dropout {run.dropout:g}; "
        f"augmented: {run.augmented}. {run.note}"
    )
    if run.test_accuracy is not None:
        st.markdown(
            f"Reported accuracy {run.test_accuracy:.2f} on {run.n_test} test clips, from one "
            "ungrouped split: not to be set against ours."
        )


st.title("Training curves")

by_dataset, by_run, by_metric = st.columns([3, 6, 2])
with by_dataset:
    dataset = st.segmented_control(
        "Trained on",
        list(DATASETS),
        default="4qaed",
        required=True,
        format_func=lambda id_: DATASETS[id_].title,
        key="trained-on",
        **show.IN_ADDRESS,
    )
ours = {
    f"MMC {run.name}": run
    for run in runs.all_runs()
    if run.dataset == dataset and run.has_history()
}
originals = {f"Original {run.name}": run for run in load.original_runs() if run.dataset == dataset}
with by_run:
    chosen = st.multiselect(
        f"Runs, at most {MAX_RUNS}",
        [*ours, *originals],
        default=[*list(ours)[:1], *list(originals)[:1]],
        max_selections=MAX_RUNS,
        key=f"runs-{dataset}",
        **show.IN_ADDRESS,
    )
with by_metric:
    metric = st.segmented_control(
        "Metric",
        list(curves.METRICS),
        default="accuracy",
        required=True,
        format_func=str.capitalize,
        key="metric",
        **show.IN_ADDRESS,
    )
for broken in runs.broken_runs():
    st.warning(show.plain(str(broken)), icon=":material/warning:")
if not chosen:
    st.info("Choose one or more runs to see how they learned.", icon=":material/info:")
    st.stop()

histories = {
    name: ours[name].history() if name in ours else originals[name].history for name in chosen
}
show.figure(
    curves.training_curves(histories, metric), key="curves", name=f"curves-{dataset}-{metric}"
)
st.markdown(
    "Full lines are **validation** clips, dotted lines the **training** clips. Where the dotted "
    "line runs away from the full one, the network learns its clips by heart."
)

st.subheader("What the curves come to")
st.dataframe(
    pd.DataFrame([{"run": name, **curves.digest(history)} for name, history in histories.items()]),
    hide_index=True,
    column_config={
        column: st.column_config.NumberColumn(format="%.3f")
        for column in (
            "validation accuracy at the end",
            "training accuracy at the end",
            "gap at the end",
        )
    },
)

for name in chosen:
    with st.container(border=True):
        st.markdown(f"**{name}**")
        if name in ours:
            describe(ours[name])
        else:
            describe_original(originals[name])
if any(name in originals for name in chosen):
    st.caption(
        "The original's validation clips were split off at random, artists and near-duplicates on "
        "both sides: its lines show how it learned, not how it compares with ours. "
        f"Source: {original.CITATION}"
    )
