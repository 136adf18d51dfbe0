"""The view of how runs were trained: which ones, their curves, a summary, what differs."""

from __future__ import annotations

from collections.abc import Collection, Sequence

import pandas as pd
import streamlit as st

from mmc_core.errors import RunError
from mmc_core.figures import curves
from mmc_core.jobs import training as jobs
from mmc_core.runs import Run, catalogue, original
from mmc_core.runs.catalogue import Entry
from mmc_core.runs.original import OriginalRun
from mmc_core.ui.common import address, live, load, widgets

HELP = {
    "validation accuracy, best epoch": None,
    "validation accuracy, last epoch": None,
    "training accuracy, last epoch": None,
    "training minus validation": "Accuracy in the last epoch. Large values show overfitting.",
    "std at the end": "Standard deviation of validation accuracy over the last quarter of epochs",
}


def choose(entries: Sequence[Entry], dataset: str) -> list[Entry]:
    """The runs to draw, out of those that match; the first of ours and of the original's at first.

    A choice that no longer matches is dropped.
    """
    by_label = {entry.label: entry for entry in entries}
    usual = [
        next((entry.label for entry in entries if entry.is_ours == ours), None)
        for ours in (True, False)
    ]
    default = [label for label in usual if label]
    keys = {entry.label: entry.key for entry in entries}
    labels = st.multiselect(
        f"Runs ({len(entries)} match)",
        list(by_label),
        wrap=False,
        placeholder="Choose runs",
        **address.several(f"runs-{dataset}", list(by_label), default, keys=keys),
    )
    return [by_label[label] for label in labels]


def draw_curves(chosen: Sequence[Entry], dataset: str) -> None:
    """Curves of the chosen runs, their summary and the settings that differ."""
    if not chosen:
        st.info("Choose one or more runs to see their curves.", icon=":material/info:")
        return
    with st.container(horizontal=True, gap="medium"):
        metrics = st.pills(
            "Show",
            list(curves.METRICS),
            selection_mode="multi",
            format_func=str.capitalize,
            **address.several("metric", list(curves.METRICS), ["accuracy", "loss"]),
        )
        both = [curves.VALIDATION, curves.TRAINING]
        parts = st.pills(
            "Clips",
            both,
            selection_mode="multi",
            format_func=str.capitalize,
            **address.several("part", both, both),
        )
        smoothing = st.slider(
            "Smoothing",
            0.0,
            0.95,
            step=0.05,
            width=260,
            help="Weight of earlier epochs in an exponential moving average. The values before "
            "smoothing stay as faint lines.",
            **address.number("smoothing", 0.0, 0.95, 0.0),
        )
    live.keep_drawing(
        lambda: _draw(chosen, dataset, metrics, parts, smoothing), lambda: any(map(_busy, chosen))
    )
    _differences(chosen)
    _from_the_original(chosen)


def _busy(entry: Entry) -> bool:
    return isinstance(entry.source, Run) and jobs.is_busy(Run(entry.source.path))


def _draw(
    chosen: Sequence[Entry],
    dataset: str,
    metrics: Collection[str],
    parts: Collection[str],
    smoothing: float,
) -> None:
    histories, states = _histories(chosen)
    if busy := [label for label, state in states.items() if state.startswith(("▶", "⏳"))]:
        st.caption(f"In training; the curves update by themselves: {', '.join(busy)}.")
    if not histories:
        st.info("The first epoch is not finished yet.", icon=":material/info:")
        return
    if not metrics or not parts:
        st.info("Choose at least one metric and one part of the clips.", icon=":material/info:")
    else:
        beside = st.columns(min(2, len(metrics)), gap="medium")
        for i, metric in enumerate(m for m in curves.METRICS if m in metrics):
            with beside[i % len(beside)]:
                widgets.figure(
                    curves.training_curves(histories, metric, smoothing=smoothing, parts=parts),
                    key=f"curves-{metric}",
                    name=f"curves-{dataset}-{metric}",
                )
        st.caption(
            "Where training accuracy (dotted) keeps rising and validation accuracy (solid) does "
            "not, the network is overfitting."
        )
    st.header("Summary")
    table = curves.digests(histories)
    table.insert(1, "state", table["run"].map(states))
    st.dataframe(
        table,
        hide_index=True,
        column_config={
            "run": st.column_config.TextColumn(pinned=True),
            "best epoch": st.column_config.NumberColumn(help="The lowest validation loss"),
            **{
                name: st.column_config.NumberColumn(format="%.3f", help=text)
                for name, text in HELP.items()
            },
        },
    )


def _histories(chosen: Sequence[Entry]) -> tuple[dict[str, pd.DataFrame], dict[str, str]]:
    """Epochs and states by label; of a run that cannot be read, a warning."""
    histories, states = {}, {}
    for entry in chosen:
        if isinstance(entry.source, OriginalRun):
            histories[entry.label] = entry.source.history
            states[entry.label] = "published"
            continue
        states[entry.label] = live.state(entry.source)
        try:
            history = load.history(entry.source)
        except RunError as error:
            st.warning(widgets.escape_markdown(str(error)), icon=":material/warning:")
            continue
        if history is not None:
            histories[entry.label] = history
    return histories, states


def _differences(chosen: Sequence[Entry]) -> None:
    st.header("Different settings")
    if len(chosen) < 2:
        st.caption("Choose a second run to compare its settings.")
        return
    table = catalogue.differences(chosen)
    if table.empty:
        st.caption("No known setting differs.")
        return
    st.dataframe(table, column_config={"_index": st.column_config.TextColumn("setting")})
    if any(not entry.is_ours for entry in chosen):
        st.caption("A cell is empty where the original's notebooks do not give the setting.")


def _from_the_original(chosen: Sequence[Entry]) -> None:
    cited = [entry.source for entry in chosen if isinstance(entry.source, OriginalRun)]
    if not cited:
        return
    st.header("Runs of the original system")
    st.markdown(
        "The original system split its clips at random. Clips of one artist, and near-duplicates, "
        "are in training, validation and test alike, so its accuracies are too high. **Do not "
        "compare them with ours.**"
    )
    st.dataframe(
        pd.DataFrame(
            [
                {
                    "run": run.title,
                    "reported accuracy": run.test_accuracy,
                    "test clips": run.n_test,
                    "note": run.note,
                }
                for run in cited
            ]
        ),
        hide_index=True,
        placeholder="not reported",
        column_config={
            "reported accuracy": st.column_config.NumberColumn(format="%.2f", width="small"),
            "note": st.column_config.TextColumn(width="large"),
        },
    )
    st.caption(f"Source: {original.CITATION}")
