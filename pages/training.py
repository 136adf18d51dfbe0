"""Training curves, scores and evaluations: ours and, as a cited reference, the original's."""

import streamlit as st

from mmc_core import datasets, runs
from mmc_core.errors import RunError
from mmc_core.language import N_, _
from mmc_core.runs import catalogue
from mmc_core.ui.common import address, choices, layout, load, widgets
from mmc_core.ui.common.failures import show_errors
from mmc_core.ui.training import curves, details, evaluations, trainer

layout.enter()

CURVES, QUALITY, EVALUATIONS, TRAIN = "curves", "quality", "evaluations", "train"
VIEWS = {
    CURVES: N_("Curves"),
    QUALITY: N_("Model details"),
    EVALUATIONS: N_("Evaluations"),
    TRAIN: N_("Train a model"),
}


def draw() -> None:
    learned = {run.dataset for run in runs.all_runs()}
    shown = [*datasets.DATASETS, *sorted(learned - set(datasets.DATASETS))]
    st.title(_("Training"))
    view = choices.choose_view(VIEWS, CURVES)
    for broken in runs.broken_runs():
        st.warning(widgets.escape_markdown(str(broken)), icon=":material/warning:")
    if view == TRAIN:
        trainer.draw_trainer()
        return

    by_dataset, by_input, by_architecture = st.columns(3)
    with by_dataset:
        dataset = st.segmented_control(
            _("Dataset"),
            shown,
            required=True,
            format_func=datasets.title_of,
            **address.one("dataset", shown, "4qaed"),
        )
    with by_input:
        inputs = st.multiselect(
            _("Input"),
            list(catalogue.INPUTS),
            format_func=_,
            placeholder=_("Any input"),
            select_all=False,
            **address.several("input", list(catalogue.INPUTS), [], keys=catalogue.INPUTS),
        )
    with by_architecture:
        architectures = st.multiselect(
            _("Architecture"),
            list(catalogue.ARCHITECTURES),
            format_func=_,
            placeholder=_("Any architecture"),
            select_all=False,
            **address.several(
                "architecture", list(catalogue.ARCHITECTURES), [], keys=catalogue.ARCHITECTURES
            ),
        )

    entries = []
    for run in runs.all_runs():
        with show_errors(RunError, as_warning=True):
            entries.append(catalogue.of_run(run))
    entries += map(catalogue.of_original, load.original_runs())
    matching = [
        entry
        for entry in entries
        if entry.dataset == dataset
        and (not inputs or entry.input in inputs)
        and (not architectures or entry.architecture in architectures)
    ]

    trained = [entry for entry in matching if entry.has_curves]
    if view == CURVES:
        curves.draw_curves(curves.choose(trained, dataset), dataset)
    elif view == QUALITY:
        drawn = address.chosen(f"runs-{dataset}") or []
        usual = curves.comparable(trained)
        details.draw(catalogue.scored(matching), drawn if drawn != usual else [])
    else:
        evaluations.draw(catalogue.evaluations(matching))


draw()
