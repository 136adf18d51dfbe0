"""The view of how runs were trained: which ones, their curves, a summary, what differs."""

from __future__ import annotations

from collections.abc import Collection, Sequence

import pandas as pd
import streamlit as st

from mmc_core import runs
from mmc_core.errors import RunError
from mmc_core.figures import curves
from mmc_core.jobs import training as jobs
from mmc_core.language import N_, _
from mmc_core.runs import Run, catalogue, original
from mmc_core.runs.catalogue import Entry
from mmc_core.runs.original import OriginalRun
from mmc_core.ui.common import address, live, load, screen, widgets
from mmc_core.ui.common.drawn import drawn
from mmc_core.ui.training import curves_answer
from mmc_core.wording import header, percent_format

METRICS = {"accuracy": N_("Accuracy"), "loss": N_("Loss"), "gap": N_("Gap")}
PARTS = {curves.VALIDATION: N_("Validation"), curves.TRAINING: N_("Training")}
# Titles and explanations of a digest's accuracies.
HEADERS = {
    "validation accuracy, best epoch": (
        N_("validation accuracy then"),
        N_("It may be lower than in the last epoch: loss and accuracy can part."),
    ),
    "validation accuracy, last epoch": (N_("validation, last epoch"), N_("Accuracy")),
    "training accuracy, last epoch": (N_("training, last epoch"), N_("Accuracy")),
    "training minus validation": (
        N_("gap, last epoch"),
        N_("Training minus validation accuracy. Large values show overfitting."),
    ),
    "std at the end": (
        N_("ups and downs"),
        N_("Standard deviation of validation accuracy over the last quarter of epochs"),
    ),
}
NARROW_COLUMNS = ["run", "best epoch", "validation accuracy, best epoch"]


def choose(entries: Sequence[Entry], dataset: str) -> list[Entry]:
    """The runs to draw, out of those that match; at first two that may be compared.

    A choice that no longer matches is dropped.
    """
    by_label = {entry.label: entry for entry in entries}
    default = comparable(entries)
    keys = {entry.label: entry.key for entry in entries}
    ours = sum(entry.is_ours for entry in entries)
    labels = st.multiselect(
        _(
            "Runs ({ours} of this project, {theirs} of the original system)",
            ours=ours,
            theirs=len(entries) - ours,
        ),
        list(by_label),
        format_func=lambda label: by_label[label].shown,
        select_all=False,  # the enter key would choose all that match what was typed
        wrap=True,
        placeholder=_("Choose runs"),
        **address.several(f"runs-{dataset}", list(by_label), default, keys=keys),
    )
    return [by_label[label] for label in labels]


def comparable(entries: Sequence[Entry]) -> list[str]:
    """Return labels of our first run and of the next by its protocol, on the same clips.

    The original system's runs are by another protocol, so they are never beside ours: the first of
    them is returned where there is none of ours.
    """
    ours = [entry for entry in entries if isinstance(entry.source, Run)]
    if not ours:
        return [entry.label for entry in entries[:1]]
    first = ours[0]
    alike = [entry for entry in ours if _split(entry) == _split(first)]
    return [entry.label for entry in alike[:2]]


def _split(entry: Entry) -> tuple[object, ...]:
    """Return what decides which clips a run of ours was validated on."""
    assert isinstance(entry.source, Run)
    info = entry.source.info
    return info.protocol, info.data, info.recipe["seed"]


def draw_curves(chosen: Sequence[Entry], dataset: str) -> None:
    """Curves of the chosen runs, their summary and the settings that differ."""
    if not chosen:
        st.info(_("Choose one or more runs to see their curves."), icon=":material/info:")
        return
    if len({entry.is_ours for entry in chosen}) > 1:
        st.warning(
            _(
                "Runs of two protocols: the original system was validated on clips split at "
                "random, ours on clips of other groups. Compare the shapes of these curves, not "
                "their heights."
            ),
            icon=":material/warning:",
        )
    with st.container(horizontal=True, gap="medium"):
        metrics = st.pills(
            _("Show"),
            list(curves.METRICS),
            selection_mode="multi",
            format_func=lambda metric: _(METRICS[metric]),
            **address.several("metric", list(curves.METRICS), ["accuracy", "loss"]),
        )
        parts = st.pills(
            _("Clips"),
            list(PARTS),
            selection_mode="multi",
            format_func=lambda part: _(PARTS[part]),
            **address.several("part", list(PARTS), list(PARTS)),
        )
        smoothing = st.slider(
            _("Smoothing"),
            0.0,
            0.95,
            step=0.05,
            width=260,
            help=_(
                "Weight of earlier epochs in an exponential moving average. The values before "
                "smoothing stay as faint lines."
            ),
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
    if busy := [label for label, state in states.items() if state.startswith("▶")]:
        st.caption(_("In training; the curves update by themselves: {runs}.", runs=", ".join(busy)))
    if not histories:
        st.info(_("The first epoch is not finished yet."), icon=":material/info:")
        return
    _say(chosen, histories)
    if not metrics or not parts:
        st.info(_("Choose at least one metric and one part of the clips."), icon=":material/info:")
    else:
        beside = st.columns(min(2, len(metrics)), gap="medium")
        for i, metric in enumerate(m for m in curves.METRICS if m in metrics):
            with beside[i % len(beside)]:
                widgets.figure(
                    drawn(
                        curves.training_curves, histories, metric, smoothing=smoothing, parts=parts
                    ),
                    key=f"curves-{metric}",
                    name=f"curves-{dataset}-{metric}",
                )
        if len(histories) > curves.NAMED:
            st.caption(
                _(
                    "Of more than {most} runs, colours repeat and the legend names none: point at "
                    "a line to read which run it is.",
                    most=curves.NAMED,
                )
            )
        st.caption(
            _(
                "Where training accuracy (dotted) keeps rising and validation accuracy (solid) "
                "does not, the network is overfitting. Dropout and mixing of clips lower training "
                "accuracy, which is measured while the network learns."
            )
        )
    cited = {entry.shown for entry in chosen if not entry.is_ours}
    ours = {name: history for name, history in histories.items() if name not in cited}
    if ours:
        st.header(_("Summary"))
        _draw_digests(ours, states)
    if theirs := {name: history for name, history in histories.items() if name in cited}:
        st.header(_("Summary of the original system's runs"))
        _draw_digests(theirs, states)


def _say(chosen: Sequence[Entry], histories: dict[str, pd.DataFrame]) -> None:
    """Write what the curves of our finished runs say."""
    finished = [
        entry
        for entry in chosen
        if entry.shown in histories
        and isinstance(entry.source, Run)
        and live.stage(entry.source).status == runs.FINISHED
    ]
    if finished:
        sources = [entry.source for entry in finished if isinstance(entry.source, Run)]
        learned = [
            curves_answer.summary(run, widgets.escape_markdown(entry.shown), histories[entry.shown])
            for run, entry in zip(sources, finished, strict=True)
        ]
        said = curves_answer.answer(
            learned,
            sources[0].info.data.n,
            are_alike=len({str(_split(entry)) for entry in finished}) == 1,
        )
        st.markdown(said)
    if same := curves_answer.same_beginnings(histories):
        st.caption(widgets.escape_markdown(same))


def _draw_digests(histories: dict[str, pd.DataFrame], states: dict[str, str]) -> None:
    """Draw the table of digests; on a narrow screen, of what matters most."""
    table = curves.digests(histories)
    table.insert(1, "state", table["run"].map(states))
    table[list(HEADERS)] *= 100
    narrow = screen.is_narrow()
    st.dataframe(
        table,
        hide_index=True,
        height="content",
        placeholder="–",
        column_order=NARROW_COLUMNS if narrow else None,
        column_config={
            "run": st.column_config.TextColumn(
                header(_("run")), pinned=not narrow, width=150 if narrow else None
            ),
            "state": header(_("state")),
            "network": header(_("network")),
            "epochs": header(_("epochs")),
            "best epoch": st.column_config.NumberColumn(
                header(_("epoch of lowest loss")),
                width=90 if narrow else None,
                help=_(
                    "The epoch with the lowest validation loss, marked by a circle. A run that can "
                    "stop early keeps its network of this epoch, another that of the last."
                ),
            ),
            **{
                name: st.column_config.NumberColumn(
                    header(_(title)), format=percent_format(1), help=_(text) or None
                )
                for name, (title, text) in HEADERS.items()
            },
            **(
                {
                    NARROW_COLUMNS[-1]: st.column_config.NumberColumn(
                        header(_("validation accuracy")), format=percent_format(1), width=110
                    )
                }
                if narrow
                else {}
            ),
        },
    )


def _histories(chosen: Sequence[Entry]) -> tuple[dict[str, pd.DataFrame], dict[str, str]]:
    """Epochs and states by label as it is shown; of a run that cannot be read, a warning."""
    histories, states = {}, {}
    for entry in chosen:
        if isinstance(entry.source, OriginalRun):
            histories[entry.shown] = entry.source.history
            states[entry.shown] = _("published")
            continue
        states[entry.shown] = live.stage(entry.source).words()
        try:
            history = load.history(entry.source)
        except RunError as error:
            st.warning(widgets.escape_markdown(str(error)), icon=":material/warning:")
            continue
        if history is not None:
            histories[entry.shown] = history
    return histories, states


def _differences(chosen: Sequence[Entry]) -> None:
    st.header(_("Different settings"))
    if len(chosen) < 2:
        st.caption(_("Choose a second run to compare its settings."))
        return
    table = catalogue.differences(chosen)
    if table.empty:
        st.caption(_("No known setting differs."))
        return
    st.dataframe(
        table.rename(index=_, columns={entry.label: entry.shown for entry in chosen}),
        column_config={"_index": st.column_config.TextColumn(header(_("setting")))},
    )
    if any(not entry.is_ours for entry in chosen):
        st.caption(_("A cell is empty where the original's notebooks do not give the setting."))


def _from_the_original(chosen: Sequence[Entry]) -> None:
    cited = [entry.source for entry in chosen if isinstance(entry.source, OriginalRun)]
    if not cited:
        return
    st.header(_("Runs of the original system"))
    st.markdown(
        _(
            "The original system split its clips at random. Clips of one artist, and "
            "near-duplicates, are in training, validation and test alike, so its accuracies are "
            "too high. **Do not compare them with ours.**"
        )
    )
    st.dataframe(
        pd.DataFrame(
            [
                {
                    "run": run.title(_),
                    "reported accuracy": run.test_accuracy,
                    "test clips": run.n_test,
                    "note": _(run.note),
                }
                for run in cited
            ]
        ),
        hide_index=True,
        placeholder=_("not reported"),
        column_order=["run", "reported accuracy"] if screen.is_narrow() else None,
        column_config={
            "run": header(_("run")),
            "reported accuracy": st.column_config.NumberColumn(
                header(_("reported accuracy")), format="%.2f", width="small"
            ),
            "test clips": header(_("test clips")),
            "note": st.column_config.TextColumn(header(_("note")), width="large"),
        },
    )
    st.caption(_("Source: {citation}", citation=original.CITATION))
