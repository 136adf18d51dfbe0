"""The view of all evaluations, one protocol at a time."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pandas as pd
import streamlit as st

from mmc_core.errors import RunError
from mmc_core.figures import evaluation
from mmc_core.language import N_, _
from mmc_core.learning.splits import PROTOCOLS, Protocol
from mmc_core.runs import Run
from mmc_core.saved import scores as saved_scores
from mmc_core.ui.common import address, load, screen, widgets
from mmc_core.ui.common.failures import show_errors
from mmc_core.ui.training import recommended
from mmc_core.wording import header, percent

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
FIGURE, TABLE = "figure", "table"
AS = {FIGURE: N_("Figure"), TABLE: N_("Table")}
FIRST = ("grouped", "official", "published", "original")  # whose scores say most, first
NARROW_COLUMNS = ["system", "accuracy", "low", "high"]


def draw(every: Sequence[Run]) -> None:
    """Draw the evaluations of the chosen protocol, as a figure or as a table."""
    if not every:
        st.info(
            _(
                "No evaluation matches. To make one: `{command}`",
                command="mmc evaluate RECIPE --protocol grouped",
            ),
            icon=":material/info:",
        )
        return
    by_protocol: dict[str, list[Run]] = {}
    for run in sorted(every, key=_place):
        by_protocol.setdefault(str(_protocol(run)), []).append(run)
    titles = {name: _title(_protocol(of_it[0])) for name, of_it in by_protocol.items()}
    with_protocol, with_form = st.columns([3, 1], gap="medium")
    with with_protocol:
        name = st.segmented_control(
            _("Protocol"),
            list(titles),
            required=True,
            format_func=titles.__getitem__,
            help=_("How clips are split. Scores may be compared within one protocol only."),
            wrap=True,
            **address.one("protocol", list(titles), next(iter(titles))),
        )
    with with_form:
        shown_as = st.segmented_control(
            _("Show as"),
            list(AS),
            required=True,
            format_func=lambda key: _(AS[key]),
            **address.one("as", list(AS), FIGURE),
        )
    _draw(by_protocol[name], shown_as)


def _protocol(run: Run) -> Protocol:
    return Protocol(run.info.protocol.name, run.info.protocol.folds)


def _place(run: Run) -> tuple[int, int]:
    protocol = _protocol(run)
    return FIRST.index(protocol.name), -protocol.folds


def _title(protocol: Protocol) -> str:
    title = _(PROTOCOLS[protocol.name].title)
    if protocol.folds == 1:
        return title
    return _("{protocol}, {folds} folds", protocol=title, folds=protocol.folds)


def _draw(of_protocol: Sequence[Run], shown_as: str) -> None:
    """Draw evaluations of one protocol."""
    protocol = _protocol(of_protocol[0])
    st.caption(
        _(
            "{done} Each system is trained once per fold and scored on the clips held out.",
            done=_(PROTOCOLS[protocol.name].sentence),
        )
    )
    rows: list[dict[str, Any]] = []
    unfinished = []
    for run in of_protocol:
        if not run.is_finished:
            unfinished.append(_progress(run))
            continue
        with show_errors(RunError, as_warning=True):
            scored = saved_scores.SCORES.values(run.scores)
            rows.append({"title": run.title, "run": run.name, **scored})
    if rows:
        st.markdown(_best_of(rows))
        if why := recommended.sentence(of_protocol[0].dataset):
            st.caption(why)
    if rows and shown_as == FIGURE:
        widgets.figure(
            evaluation.forest(rows, narrow=screen.is_narrow()),
            key=f"forest-{protocol}",
            name=f"evaluations-{of_protocol[0].dataset}-{protocol}",
        )
    elif rows:
        _draw_table(rows)
    if rows:
        methods = "; ".join(dict.fromkeys(_(r["interval_method"]) for r in rows))
        st.caption(_("Intervals: {methods}.", methods=methods))
    if unfinished:
        st.caption(_("Not finished: {runs}.", runs="; ".join(unfinished)))


def _best_of(rows: Sequence[dict[str, Any]]) -> str:
    """Return which system is right most often, and how often guessing is, in a sentence."""
    best = max(rows, key=lambda row: row["accuracy"])
    low, high = best["interval"]
    return _(
        "Right most often: **{system}**, {accuracy} of {n} held-out clips (95 % interval {low:.0f} "
        "to {high}). Guessing the commonest mood in training: {guessing}.",
        system=_(best["title"]),
        accuracy=percent(best["accuracy"], 1),
        n=best["n"],
        low=100 * low,
        high=percent(high),
        guessing=percent(best["baselines"]["majority"], 1),
    )


def _draw_table(rows: Sequence[dict[str, object]]) -> None:
    table = evaluations_table(rows).dropna(axis="columns", how="all")
    st.dataframe(
        table.assign(system=table["system"].map(_)),
        hide_index=True,
        height="content",
        placeholder="–",
        column_order=NARROW_COLUMNS if screen.is_narrow() else None,
        column_config={
            "system": st.column_config.TextColumn(
                header(_("system")), width=160 if screen.is_narrow() else None
            ),
            "run": header(_("run")),
            "clips": st.column_config.NumberColumn(header(_("clips")), help=_("Held-out clips")),
            "repeats": st.column_config.NumberColumn(
                header(_("repeats")), help=_("How often the folds were drawn")
            ),
            **{
                score: st.column_config.NumberColumn(
                    header(_(score)), format="%.3f", help=_(text) or None
                )
                for score, text in SCORES.items()
            },
        },
    )


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
    columns = ["system", "accuracy", "low", "high", "macro-F1", "clips", "repeats"]
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
