"""How networks learn and how good they are: ours and, as a cited reference, the original's."""

import streamlit as st

from mmc_core import datasets, runs
from mmc_core.errors import RunError
from mmc_core.runs import catalogue
from mmc_core.ui.common import layout, load, widgets
from mmc_core.ui.training import curves, quality, trainer

layout.enter()

CURVES, QUALITY, EVALUATIONS, TRAIN = "curves", "quality", "evaluations", "train"
VIEWS = {
    CURVES: "Curves",
    QUALITY: "How good one is",
    EVALUATIONS: "Evaluations",
    TRAIN: "Train a network",
}

learned = {run.dataset for run in runs.all_runs()}
shown = [*datasets.DATASETS, *sorted(learned - set(datasets.DATASETS))]
st.title("Training")
view = st.segmented_control(
    "View",
    list(VIEWS),
    default=CURVES,
    required=True,
    format_func=lambda name: VIEWS[name],
    label_visibility="collapsed",
    key="view",
    **widgets.IN_ADDRESS,
)
for broken in runs.broken_runs():
    st.warning(widgets.escape_markdown(str(broken)), icon=":material/warning:")
if view == TRAIN:
    trainer.draw_trainer()
    st.stop()

by_dataset, by_input, by_architecture = st.columns(3)
with by_dataset:
    dataset = st.segmented_control(
        "Trained on",
        shown,
        default="4qaed",
        required=True,
        format_func=datasets.title_of,
        key="trained-on",
        **widgets.IN_ADDRESS,
    )
with by_input:
    inputs = st.multiselect(
        "Input", catalogue.INPUTS, placeholder="Any input", key="input", **widgets.IN_ADDRESS
    )
with by_architecture:
    architectures = st.multiselect(
        "Architecture",
        catalogue.ARCHITECTURES,
        placeholder="Any architecture",
        key="architecture",
        **widgets.IN_ADDRESS,
    )

entries = []
for run in runs.all_runs():
    try:
        entries.append(catalogue.of_run(run))
    except RunError as error:
        st.warning(widgets.escape_markdown(str(error)), icon=":material/warning:")
entries += map(catalogue.of_original, load.original_runs())
matching = [
    entry
    for entry in entries
    if entry.dataset == dataset
    and (not inputs or entry.input in inputs)
    and (not architectures or entry.architecture in architectures)
]

if view == CURVES:
    trained = [entry for entry in matching if entry.has_curves]
    curves.draw_curves(curves.choose(trained, f"runs-{dataset}"), dataset)
elif view == QUALITY:
    labels = st.session_state.get(f"runs-{dataset}") or []
    quality.draw_run(
        catalogue.scored(matching), [label.removeprefix(catalogue.OURS) for label in labels]
    )
else:
    quality.draw_evaluations(catalogue.evaluations(matching))
