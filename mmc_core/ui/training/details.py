"""The view of one run that held clips out: its scores, confusion matrix, clips and calibration."""

from __future__ import annotations

import re
from collections.abc import Sequence

import pandas as pd
import streamlit as st

from mmc_core import datasets, runs
from mmc_core.errors import RunError
from mmc_core.figures import evaluation
from mmc_core.language import N_, _
from mmc_core.runs import Run, catalogue
from mmc_core.runs.cards import sentence, source_ids
from mmc_core.ui.common import address, load, widgets
from mmc_core.ui.common.failures import show_errors
from mmc_core.ui.training import cell, recommended
from mmc_core.wording import header, listed, percent


def draw(scored: Sequence[Run], drawn: Sequence[str]) -> None:
    """Draw one run, at first the one that answers on Predict.

    Args:
        scored: the runs to choose from.
        drawn: labels of runs whose curves a visitor chose, the first of which to begin with.
    """
    if not scored:
        st.info(
            _("No scored run matches. Choose another dataset or input."), icon=":material/info:"
        )
        return
    names = [run.name for run in scored]
    labels = {run.name: catalogue.shown_label(run) for run in scored}
    name = st.selectbox(
        _("Run"),
        names,
        format_func=labels.__getitem__,
        help=_("Trainings are scored on one split, evaluations over the folds of a protocol."),
        **address.one("run", names, _first(scored, drawn)),
    )
    run = scored[names.index(name)]
    try:
        predictions = load.predictions(run)
        _headline(run)
    except RunError as error:
        st.warning(widgets.escape_markdown(str(error)), icon=":material/warning:")
        return
    cell.draw(run, predictions)
    _draw_more(run, predictions)


def _first(scored: Sequence[Run], drawn: Sequence[str]) -> str:
    """Return the name of the run to begin with."""
    by_label = {catalogue.label(run): run.name for run in scored}
    names = [run.name for run in scored]
    wanted = [by_label[label] for label in drawn if label in by_label]
    with show_errors(RunError, as_warning=True):
        wanted.append(runs.serving().get("best", ""))
    return next((name for name in wanted if name in names), names[0])


def _draw_more(run: Run, predictions: pd.DataFrame) -> None:
    """Draw what else there is to know, each in a tab."""
    titles = [_("Precision and recall"), _("Calibration"), _("Model card")]
    has_card = (run.path / "card.md").exists()
    tabs = st.tabs(titles if has_card else titles[:2], on_change="rerun", key="more")
    if tabs[0].open:
        with tabs[0]:
            _draw_moods(predictions)
    if tabs[1].open:
        with tabs[1]:
            _draw_calibration(run, predictions)
    if has_card and tabs[2].open:
        tabs[2].markdown(_within_page(run.card()))


def _within_page(card: str) -> str:
    """Return a card to be read on a page: its title bold, as the page has named the run,
    its headings below the page's, and files by their names.

    Its links lead from the card's folder, where a page is not.
    """
    by_name = re.sub(r"\[([^\]]+)\]\(\.\./[^)]*\)", r"`\1`", card)
    return re.sub(r"^## ", "### ", re.sub(r"^# (.+)", r"**\1**", by_name), flags=re.MULTILINE)


def _draw_moods(predictions: pd.DataFrame) -> None:
    st.caption(
        _(
            "Precision: share of the clips predicted as this mood that are of this mood. "
            "Recall: share of the clips of this mood that are predicted so. F1: their harmonic "
            "mean."
        )
    )
    st.dataframe(
        evaluation.per_mood(predictions),
        hide_index=True,
        column_config={
            "mood": header(_("mood")),
            "clips": header(_("clips")),
            **{
                score: st.column_config.NumberColumn(header(_(score)), format="%.3f")
                for score in (N_("precision"), N_("recall"), N_("F1"))
            },
        },
    )


def _draw_calibration(run: Run, predictions: pd.DataFrame) -> None:
    with st.container(width=640):
        widgets.figure(
            evaluation.reliability(predictions), key="reliability", name=f"reliability-{run.name}"
        )
    floor = run.scores.ece_floor
    if floor is None:  # scored by an earlier version
        return
    st.caption(
        _(
            "Each point is a tenth of the predictions. On the dashed line, predictions are "
            "right as often as their probability says. Calibration error, the mean distance "
            "from that line: {error:.3f}. Perfect probabilities would give {mean:.3f} on so "
            "few clips; 95 % of the time at most {most:.3f}.",
            error=run.scores.ece,
            mean=floor.mean,
            most=floor.quantile_95,
        )
    )


def _headline(run: Run) -> None:
    """Scores with protocol, number of clips, interval and baselines."""
    scores = run.scores
    low, high = scores.interval
    baselines = scores.baselines
    numbers = {
        _("Accuracy"): percent(scores.accuracy, 1),
        _("95 % interval"): _("{low:.0f} to {high}", low=100 * low, high=percent(high)),
        _("Macro-F1"): f"{scores.macro_f1:.3f}",
        _("Guessing the commonest mood in training"): percent(baselines.majority, 1),
        _("Trained on shuffled labels"): percent(baselines.shuffled_labels, 1),
    }
    if baselines.group_look_up is not None:
        numbers[_("Mood of the group")] = percent(baselines.group_look_up, 1)
    with st.container(horizontal=True, gap="medium"):
        for label, value in numbers.items():
            st.metric(label, value, width="content")
    sentences = [
        _learned_and_scored(run),
        _("Protocol: {protocol}.", protocol=sentence(run)),
        _("{n} clips of {groups} groups.", n=scores.n, groups=scores.n_groups),
        _("Interval: {method}.", method=_(scores.interval_method)),
    ]
    if baselines.group_look_up is not None:
        sentences.append(
            _(
                "“Mood of the group” answers with the commonest mood of the clip's group among the "
                "training clips; {share} of the clips have one.",
                share=percent(baselines.group_look_up_share),
            )
        )
    st.markdown(f"**{widgets.escape_markdown(_(run.title))}.** {widgets.escape_markdown(run.name)}")
    st.caption(" ".join(sentences))
    if run.name == runs.serving().get("best") and (why := recommended.sentence(run.dataset)):
        st.caption(why)


def _learned_and_scored(run: Run) -> str:
    """Return which datasets a run learned from, and which it was scored on."""
    dataset, *others = map(datasets.title_of, source_ids(run))
    is_training = run.is_training
    if is_training and run.networks:
        said = N_(
            "Scored on held-out clips of {dataset}; the final model is trained on all clips of "
            "{learned}."
        )
    elif is_training:
        said = N_("Trained on {dataset}, scored on clips of it that were held out.")
    elif others:
        said = N_("Evaluation on {dataset}, trained on its other folds and on {others}.")
    else:
        said = N_("Evaluation on {dataset}.")
    learned, beside = listed([dataset, *others]), listed(others)
    return _(said, dataset=dataset, learned=learned, others=beside)
