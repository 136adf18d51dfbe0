"""The views of how good runs are: one of them closely, and all evaluations by protocol."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd
import streamlit as st

from mmc_core import datasets, runs
from mmc_core.errors import RunError
from mmc_core.figures import evaluation
from mmc_core.learning.splits import PROTOCOLS, Protocol
from mmc_core.moods import NAMES
from mmc_core.runs import Run, catalogue
from mmc_core.runs.cards import accuracy_sentence, sentence
from mmc_core.ui.common import address, load, widgets
from mmc_core.wording import percent

CLIPS_HEIGHT = 320
SCORES = {
    "accuracy": None,
    "low": "Lower end of the 95 % interval of accuracy",
    "high": "Upper end of the 95 % interval of accuracy",
    "macro-F1": "Mean of the four moods' F1",
    "commonest mood": "Baseline: always guess the commonest mood",
    "shuffled labels": "Baseline: the same kind of model, trained on shuffled labels",
    "mood of the group": "Baseline: the commonest mood of the clip's artist or song in training",
}


# ---- one run --------------------------------------------------------------------------------


def draw_run(scored: Sequence[Run], drawn: Sequence[str]) -> None:
    """One run that held clips out: scores, confusion matrix, calibration, clips.

    Args:
        drawn: labels of the runs whose curves are shown, the first of which to begin with.
    """
    if not scored:
        st.info("No scored run matches. Choose another dataset or input.", icon=":material/info:")
        return
    labels = {run.name: catalogue.label(run) for run in scored}
    names = list(labels)
    by_label = {label: name for name, label in labels.items()}
    first = next((by_label[label] for label in drawn if label in by_label), names[0])
    name = st.selectbox(
        "Run",
        names,
        format_func=labels.__getitem__,
        help="Trainings are scored on one split, evaluations over the folds of a protocol.",
        **address.one("run", names, first),
    )
    run = scored[names.index(name)]
    try:
        predictions = load.predictions(run)
        _headline(run)
    except RunError as error:
        st.warning(widgets.escape_markdown(str(error)), icon=":material/warning:")
        return
    upper, lower = st.container(), st.container()
    matrix, beside = upper.columns(2, gap="large")
    moods, clips = lower.columns(2, gap="large")
    with clips:
        st.header("Clips in a cell")
        cell = _choose_cell()
        _clips(run, predictions, *cell)
    with matrix:
        st.header("Confusion matrix")
        widgets.figure(
            evaluation.confusion(predictions, cell),
            key="confusion",
            name=f"confusion-{run.name}",
            on_click=_click,
        )
    with beside:
        st.header("Calibration")
        widgets.figure(
            evaluation.reliability(predictions), key="reliability", name=f"reliability-{run.name}"
        )
        st.caption(
            "Each point is a tenth of the predictions. On the dashed line, predictions are right "
            "as often as their probability says. Calibration error, the mean distance from that "
            f"line: {run.scores['ece']:.3f}. Perfect probabilities would give "
            f"{run.scores['ece_floor']['mean']:.3f} on so few clips; 95 % of the time at most "
            f"{run.scores['ece_floor']['quantile_95']:.3f}."
        )
    with moods:
        st.header("Precision and recall")
        st.dataframe(
            evaluation.per_mood(predictions),
            hide_index=True,
            column_config={
                score: st.column_config.NumberColumn(format="%.3f")
                for score in ("precision", "recall", "F1")
            },
        )
        st.caption(
            "Precision: share of the clips predicted as this mood that are of this mood. Recall: "
            "share of the clips of this mood that are predicted so. F1: their harmonic mean."
        )
        if (run.path / "card.md").exists():
            with st.expander("Model card"):
                st.markdown(run.card())


def _headline(run: Run) -> None:
    """Scores with protocol, number of clips, interval and baselines."""
    scores = run.scores
    low, high = scores["interval"]
    baselines = scores["baselines"]
    numbers = {
        "Accuracy": percent(scores["accuracy"], 1),
        "95 % interval": f"{100 * low:.0f} to {percent(high)}",
        "Macro-F1": f"{scores['macro_f1']:.3f}",
        "Guessing the commonest mood": percent(baselines["majority"], 1),
        "Trained on shuffled labels": percent(baselines["shuffled_labels"], 1),
    }
    if baselines.get("group_look_up") is not None:
        numbers["Mood of the group"] = percent(baselines["group_look_up"], 1)
    with st.container(horizontal=True, gap="medium"):
        for label, value in numbers.items():
            st.metric(label, value, width="content")
    by_group = (
        " “Mood of the group” answers with the commonest mood of the clip's group among the "
        f"training clips; {percent(baselines['group_look_up_share'])} of the clips have one."
        if baselines.get("group_look_up") is not None
        else ""
    )
    what = "Training" if run.info["of"] == runs.OF_TRAINING else "Evaluation"
    st.markdown(f"**{widgets.escape_markdown(run.title)}.** {accuracy_sentence(run)}")
    st.caption(
        f"{what} on {datasets.title_of(run.dataset)}. Protocol: {sentence(run)}. "
        f"{scores['n']} clips of {scores['n_groups']} groups. Interval: "
        f"{scores['interval_method']}.{by_group}"
    )


def _choose_cell() -> tuple[str, str]:
    """The cell of the matrix to look into: here, or by a click on it."""
    of_mood, answered = st.columns(2)
    with of_mood:
        true = st.selectbox("True mood", NAMES, **address.one("true", NAMES, NAMES[0]))
    with answered:
        predicted = st.selectbox(
            "Predicted mood", NAMES, **address.one("predicted", NAMES, NAMES[1])
        )
    return true, predicted


def _click() -> None:
    points = st.session_state["confusion-plot"]["selection"]["points"]
    if points:
        true, predicted = points[0]["customdata"]
        address.assign(true=true, predicted=predicted)


def _clips(run: Run, predictions: pd.DataFrame, true: str, predicted: str) -> None:
    """The clips of a cell, and the sound of one of them."""
    clips = evaluation.clips_of(predictions, true, predicted)
    if clips.empty:
        st.caption(f"No {true} clip was predicted as {predicted}.")
        return
    names = load.clip_names(run.dataset)
    if names:
        clips.insert(0, "name", clips["clip"].map(names))
    if (clips["tries"] == 1).all():
        clips = clips.drop(columns=["times", "tries"])
    selected = st.dataframe(
        clips,
        hide_index=True,
        height=min(CLIPS_HEIGHT, 36 * (len(clips) + 1)),
        selection_mode="single-row",
        on_select="rerun",
        key=f"clips-{run.name}-{true}-{predicted}",
        column_config={
            "times": st.column_config.NumberColumn(help=f"How often it was predicted {predicted}"),
            "tries": st.column_config.NumberColumn(help="How often it was held out"),
            "probability": st.column_config.NumberColumn(
                format="%.2f", help=f"Mean probability of {predicted} in these predictions"
            ),
        },
    )
    rows = selected["selection"]["rows"]
    clip = clips["clip"][rows[0] if rows and rows[0] < len(clips) else 0]
    path = load.audio(run.dataset).get(clip)
    if path:
        st.markdown(
            f"Listen to **{widgets.escape_markdown(load.clip_label(run.dataset, clip))}**"
            + ("" if rows else ", or choose another row")
        )
        st.audio(path)
    else:
        st.caption("The audio of these clips is not on this machine.")


# ---- all evaluations ------------------------------------------------------------------------


def draw_evaluations(evaluations: Sequence[Run]) -> None:
    """Every evaluation that matches, by protocol."""
    if not evaluations:
        st.info(
            "No evaluation matches. To make one: `python -m mmc_core evaluate RECIPE --protocol "
            "grouped`",
            icon=":material/info:",
        )
        return
    st.markdown(
        "Each system is trained once per fold and scored on held-out clips. Compare scores within "
        "one protocol only."
    )
    for name in PROTOCOLS:
        by_folds: dict[int, list[Run]] = {}
        for run in evaluations:
            if run.info["protocol"]["name"] == name:
                by_folds.setdefault(run.info["protocol"]["folds"], []).append(run)
        for folds, of_protocol in sorted(by_folds.items(), reverse=True):
            _protocol(Protocol(name, folds), of_protocol)


def _protocol(protocol: Protocol, of_protocol: Sequence[Run]) -> None:
    st.header(
        protocol.name.capitalize() + (f", {protocol.folds} folds" if protocol.folds > 1 else "")
    )
    words = PROTOCOLS[protocol.name]
    st.caption(f"{words[:1].upper()}{words[1:]}.")
    rows, unfinished = [], []
    for run in of_protocol:
        if run.info["status"] != runs.FINISHED:
            unfinished.append(_progress(run))
            continue
        try:
            rows.append({"title": run.title, "run": run.name, **run.scores})
        except RunError as error:
            st.warning(widgets.escape_markdown(str(error)), icon=":material/warning:")
    if rows:
        widgets.figure(
            evaluation.forest(rows),
            key=f"forest-{protocol}",
            name=f"evaluations-{of_protocol[0].dataset}-{protocol}",
        )

        st.dataframe(
            evaluations_table(rows),
            hide_index=True,
            placeholder="–",
            column_config={
                "clips": st.column_config.NumberColumn(help="Held-out clips"),
                "repeats": st.column_config.NumberColumn(help="How often the folds were drawn"),
                **{
                    score: st.column_config.NumberColumn(format="%.3f", help=text)
                    for score, text in SCORES.items()
                },
            },
        )
        methods = "; ".join(dict.fromkeys(r["interval_method"] for r in rows))
        st.caption(f"Intervals: {methods}.")
    if unfinished:
        st.caption("Not finished: " + "; ".join(unfinished) + ".")


def evaluations_table(rows: Sequence[dict[str, object]]) -> pd.DataFrame:
    """A row an evaluation, the most accurate first: scores with interval, and baselines."""
    table = pd.json_normalize([dict(row) for row in rows])
    table[["low", "high"]] = table["interval"].to_list()
    table = table.rename(
        columns={
            "title": "system",
            "n": "clips",
            "macro_f1": "macro-F1",
            "baselines.majority": "commonest mood",
            "baselines.shuffled_labels": "shuffled labels",
            "baselines.group_look_up": "mood of the group",
        }
    )
    columns = ["accuracy", "system", "low", "high", "macro-F1", "clips", "repeats"]
    columns += ["commonest mood", "shuffled labels", "mood of the group", "run"]
    return table[columns].sort_values("accuracy", ascending=False).reset_index(drop=True)


def _progress(run: Run) -> str:
    try:
        done, wanted = load.folds_done(run)
    except RunError:
        return f"{run.title} ({run.name}, cannot be read)"
    return f"{run.title} ({run.name}, {done} of {wanted} folds done)"
