"""The views of how good runs are: one of them closely, and all evaluations by protocol."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd
import streamlit as st

from mmc_core import datasets, runs
from mmc_core.errors import RunError
from mmc_core.figures import evaluation
from mmc_core.language import N_, _
from mmc_core.learning.splits import Protocol
from mmc_core.moods import BY_NAME, NAMES
from mmc_core.runs import Run, catalogue
from mmc_core.runs.cards import accuracy_sentence, sentence
from mmc_core.ui.common import address, load, widgets
from mmc_core.wording import percent

CLIPS_HEIGHT = 320
SCORES = {
    N_("accuracy"): "",
    N_("low"): N_("Lower end of the 95 % interval of accuracy"),
    N_("high"): N_("Upper end of the 95 % interval of accuracy"),
    N_("macro-F1"): N_("Mean of the four moods' F1"),
    N_("commonest mood"): N_("Baseline: always guess the commonest mood"),
    N_("shuffled labels"): N_("Baseline: the same kind of model, trained on shuffled labels"),
    N_("mood of the group"): N_(
        "Baseline: the commonest mood of the clip's artist or song in training"
    ),
}
# As `learning.splits.PROTOCOLS` has them within a sentence: a title, and what is done.
PROTOCOLS = {
    "published": (
        N_("Published"),
        N_(
            "Stratified folds, as in the 4QAED paper; clips of one artist or song may be in "
            "training and test."
        ),
    ),
    "grouped": (
        N_("Grouped"),
        N_(
            "Stratified folds; all clips of an artist, or of a song and its near-duplicates, are "
            "in the same fold."
        ),
    ),
    "official": (N_("Official"), N_("The split published with the dataset.")),
    "original": (
        N_("Original"),
        N_(
            "The original system's single random split; clips of one artist or song may be in "
            "training and test, and where a recipe adds copies, copies of test clips are in "
            "training too."
        ),
    ),
}


# ---- one run --------------------------------------------------------------------------------


def draw_run(scored: Sequence[Run], drawn: Sequence[str]) -> None:
    """One run that held clips out: scores, confusion matrix, calibration, clips.

    Args:
        drawn: labels of the runs whose curves are shown, the first of which to begin with.
    """
    if not scored:
        st.info(
            _("No scored run matches. Choose another dataset or input."), icon=":material/info:"
        )
        return
    names = [run.name for run in scored]
    labels = {run.name: catalogue.shown_label(run) for run in scored}
    by_label = {catalogue.label(run): run.name for run in scored}
    first = next((by_label[label] for label in drawn if label in by_label), names[0])
    name = st.selectbox(
        _("Run"),
        names,
        format_func=labels.__getitem__,
        help=_("Trainings are scored on one split, evaluations over the folds of a protocol."),
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
        st.header(_("Clips in a cell"))
        cell = _choose_cell()
        _clips(run, predictions, *cell)
    with matrix:
        st.header(_("Confusion matrix"))
        widgets.figure(
            evaluation.confusion(predictions, cell),
            key="confusion",
            name=f"confusion-{run.name}",
            on_click=_click,
        )
    with beside:
        st.header(_("Calibration"))
        widgets.figure(
            evaluation.reliability(predictions), key="reliability", name=f"reliability-{run.name}"
        )
        st.caption(
            _(
                "Each point is a tenth of the predictions. On the dashed line, predictions are "
                "right as often as their probability says. Calibration error, the mean distance "
                "from that line: {error:.3f}. Perfect probabilities would give {mean:.3f} on so "
                "few clips; 95 % of the time at most {most:.3f}.",
                error=run.scores["ece"],
                mean=run.scores["ece_floor"]["mean"],
                most=run.scores["ece_floor"]["quantile_95"],
            )
        )
    with moods:
        st.header(_("Precision and recall"))
        st.dataframe(
            evaluation.per_mood(predictions),
            hide_index=True,
            column_config={
                "mood": _("mood"),
                "clips": _("clips"),
                **{
                    score: st.column_config.NumberColumn(_(score), format="%.3f")
                    for score in (N_("precision"), N_("recall"), N_("F1"))
                },
            },
        )
        st.caption(
            _(
                "Precision: share of the clips predicted as this mood that are of this mood. "
                "Recall: share of the clips of this mood that are predicted so. F1: their harmonic "
                "mean."
            )
        )
        if (run.path / "card.md").exists():
            with st.expander(_("Model card")):
                st.markdown(run.card())


def _headline(run: Run) -> None:
    """Scores with protocol, number of clips, interval and baselines."""
    scores = run.scores
    low, high = scores["interval"]
    baselines = scores["baselines"]
    numbers = {
        _("Accuracy"): percent(scores["accuracy"], 1),
        _("95 % interval"): _("{low:.0f} to {high}", low=100 * low, high=percent(high)),
        _("Macro-F1"): f"{scores['macro_f1']:.3f}",
        _("Guessing the commonest mood"): percent(baselines["majority"], 1),
        _("Trained on shuffled labels"): percent(baselines["shuffled_labels"], 1),
    }
    if baselines.get("group_look_up") is not None:
        numbers[_("Mood of the group")] = percent(baselines["group_look_up"], 1)
    with st.container(horizontal=True, gap="medium"):
        for label, value in numbers.items():
            st.metric(label, value, width="content")
    what = (
        N_("Training on {dataset}.")
        if run.info["of"] == runs.OF_TRAINING
        else N_("Evaluation on {dataset}.")
    )
    sentences = [
        _(what, dataset=datasets.title_of(run.dataset)),
        _("Protocol: {protocol}.", protocol=sentence(run)),
        _("{n} clips of {groups} groups.", n=scores["n"], groups=scores["n_groups"]),
        _("Interval: {method}.", method=_(scores["interval_method"])),
    ]
    if baselines.get("group_look_up") is not None:
        sentences.append(
            _(
                "“Mood of the group” answers with the commonest mood of the clip's group among the "
                "training clips; {share} of the clips have one.",
                share=percent(baselines["group_look_up_share"]),
            )
        )
    st.markdown(f"**{widgets.escape_markdown(_(run.title))}.** {accuracy_sentence(run)}")
    st.caption(" ".join(sentences))


def _choose_cell() -> tuple[str, str]:
    """The cell of the matrix to look into: here, or by a click on it."""
    of_mood, answered = st.columns(2)
    with of_mood:
        true = st.selectbox(
            _("True mood"),
            NAMES,
            format_func=_,
            **address.one("true", NAMES, NAMES[0]),
        )
    with answered:
        predicted = st.selectbox(
            _("Predicted mood"),
            NAMES,
            format_func=_,
            **address.one("predicted", NAMES, NAMES[1]),
        )
    return true, predicted


def _click() -> None:
    points = st.session_state["confusion-plot"]["selection"]["points"]
    if points:
        true, predicted = points[0]["customdata"]
        address.assign(true=true, predicted=predicted)


def _clips(run: Run, predictions: pd.DataFrame, true: str, predicted: str) -> None:
    """The clips of a cell, and the sound of one of them."""
    clips, mood = evaluation.clips_of(predictions, true, predicted), BY_NAME[predicted].label
    if clips.empty:
        st.caption(
            _(
                "No {true} clip was predicted as {predicted}.",
                true=BY_NAME[true].label,
                predicted=mood,
            )
        )
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
            "name": _("name"),
            "clip": _("clip"),
            "times": st.column_config.NumberColumn(
                _("times"), help=_("How often it was predicted {mood}", mood=mood)
            ),
            "tries": st.column_config.NumberColumn(_("tries"), help=_("How often it was held out")),
            "probability": st.column_config.NumberColumn(
                _("probability"),
                format="%.2f",
                help=_("Mean probability of {mood} in these predictions", mood=mood),
            ),
        },
    )
    rows = selected["selection"]["rows"]
    clip = clips["clip"][rows[0] if rows and rows[0] < len(clips) else 0]
    path = load.audio(run.dataset).get(clip)
    if path:
        listen = (
            N_("Listen to **{clip}**")
            if rows
            else N_("Listen to **{clip}**, or choose another row")
        )
        st.markdown(_(listen, clip=widgets.escape_markdown(load.clip_label(run.dataset, clip))))
        st.audio(path)
    else:
        st.caption(_("The audio of these clips is not on this machine."))


# ---- all evaluations ------------------------------------------------------------------------


def draw_evaluations(evaluations: Sequence[Run]) -> None:
    """Every evaluation that matches, by protocol."""
    if not evaluations:
        st.info(
            _(
                "No evaluation matches. To make one: `{command}`",
                command="python -m mmc_core evaluate RECIPE --protocol grouped",
            ),
            icon=":material/info:",
        )
        return
    st.markdown(
        _(
            "Each system is trained once per fold and scored on held-out clips. Compare scores "
            "within one protocol only."
        )
    )
    for name in PROTOCOLS:
        by_folds: dict[int, list[Run]] = {}
        for run in evaluations:
            if run.info["protocol"]["name"] == name:
                by_folds.setdefault(run.info["protocol"]["folds"], []).append(run)
        for folds, of_protocol in sorted(by_folds.items(), reverse=True):
            _protocol(Protocol(name, folds), of_protocol)


def _protocol(protocol: Protocol, of_protocol: Sequence[Run]) -> None:
    title, done = map(_, PROTOCOLS[protocol.name])
    st.header(
        _("{protocol}, {folds} folds", protocol=title, folds=protocol.folds)
        if protocol.folds > 1
        else title
    )
    st.caption(done)
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

        table = evaluations_table(rows)
        st.dataframe(
            table.assign(system=table["system"].map(_)),
            hide_index=True,
            placeholder="–",
            column_config={
                "system": _("system"),
                "run": _("run"),
                "clips": st.column_config.NumberColumn(_("clips"), help=_("Held-out clips")),
                "repeats": st.column_config.NumberColumn(
                    _("repeats"), help=_("How often the folds were drawn")
                ),
                **{
                    score: st.column_config.NumberColumn(
                        _(score), format="%.3f", help=_(text) or None
                    )
                    for score, text in SCORES.items()
                },
            },
        )
        methods = "; ".join(dict.fromkeys(_(r["interval_method"]) for r in rows))
        st.caption(_("Intervals: {methods}.", methods=methods))
    if unfinished:
        st.caption(_("Not finished: {runs}.", runs="; ".join(unfinished)))


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
        return _("{title} ({name}, cannot be read)", title=_(run.title), name=run.name)
    return _(
        "{title} ({name}, {done} of {wanted} folds done)",
        title=_(run.title),
        name=run.name,
        done=done,
        wanted=wanted,
    )
