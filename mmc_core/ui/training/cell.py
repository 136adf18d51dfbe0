"""The confusion matrix of a run, and the clips in one of its cells, which can be heard."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from mmc_core.figures import evaluation
from mmc_core.language import _
from mmc_core.moods import BY_NAME, NAMES
from mmc_core.runs import Run
from mmc_core.ui.common import address, load, player, screen, widgets
from mmc_core.wording import header, percent

TABLE_HEIGHT = 246
NAME_PX = 220  # of the names on a phone
CLIP = "clip"  # in the address


def draw(run: Run, predictions: pd.DataFrame) -> None:
    """Draw the matrix, and beside it the clips of the chosen cell.

    Args:
        run: the run whose predictions these are.
        predictions: the clips that it held out.
    """
    most = evaluation.most_confused(predictions)
    if most:
        st.markdown(_most_confused(predictions, *most))
    matrix, beside = st.columns(2, gap="large")
    with beside:
        st.header(_("Clips in a cell"))
        true, predicted = _choose(*(most or NAMES[:2]))
        _draw_clips(run, predictions, true, predicted)
    with matrix:
        st.header(_("Confusion matrix"))
        widgets.figure(
            evaluation.confusion(predictions, (true, predicted)),
            key="confusion",
            name=f"confusion-{run.name}",
            on_click=_click,
        )
        repeats = predictions["repeat"].nunique()
        if repeats > 1:
            st.caption(
                _(
                    "Each clip was held out {n} times, and counts as often in the matrix; the list "
                    "has it once.",
                    n=repeats,
                )
            )


def _most_confused(predictions: pd.DataFrame, true: str, predicted: str) -> str:
    """Return which mood is most often taken for which other, and how often the other way round."""
    shares = evaluation.confusion_shares(predictions)
    return _(
        "**Most often, {true} music is taken for {predicted}**: {share} of the predictions for "
        "{true} clips. The other way round: {back}.",
        true=BY_NAME[true].label,
        predicted=BY_NAME[predicted].label,
        share=percent(shares[predicted][true]),
        back=percent(shares[true][predicted]),
    )


def _choose(true: str, predicted: str) -> tuple[str, str]:
    """Return the cell to look into, which is chosen here or by a click on it.

    Args:
        true, predicted: the cell to begin with.
    """
    with st.container(horizontal=True, gap="small"):
        true = st.selectbox(
            _("True mood"), NAMES, format_func=_, **address.one("true", NAMES, true)
        )
        predicted = st.selectbox(
            _("Predicted mood"), NAMES, format_func=_, **address.one("predicted", NAMES, predicted)
        )
    return true, predicted


def _click() -> None:
    points = st.session_state["confusion-plot"]["selection"]["points"]
    if points:
        true, predicted = points[0]["customdata"]
        address.assign(true=true, predicted=predicted)


def _draw_clips(run: Run, predictions: pd.DataFrame, true: str, predicted: str) -> None:
    clips = evaluation.clips_of(predictions, true, predicted)
    if clips.empty:
        st.caption(
            _(
                "No {true} clip was predicted as {predicted}.",
                true=BY_NAME[true].label,
                predicted=BY_NAME[predicted].label,
            )
        )
        return
    names = clips["clip"].tolist()
    key = address.one(CLIP, names, names[0])["key"]
    clip: str = st.session_state[key]
    probability = float(clips["probability"].iloc[names.index(clip)])
    about = player.describe(label=true, predicted=predicted, probability=probability)
    _draw_player(run, names, clip, about, int(clips["times"].sum()))
    _draw_table(run, clips, clip, f"clips-{run.name}-{true}-{predicted}", predicted)


def _draw_player(run: Run, names: list[str], clip: str, about: str, times: int) -> None:
    steps = player.steps(names, clip, _choose_clip)
    path = load.audio(run.dataset).get(clip)
    player.draw(
        path,
        name=path.name if path else clip,
        title=load.clip_label(run.dataset, clip),
        about=about,
        key="cell-player",
        steps=steps,
    )
    where = _("Clip {i} of {n} in this cell.", i=names.index(clip) + 1, n=len(names))
    if times > len(names):
        where += " " + _("Together they were predicted so {times} times.", times=times)
    silent = "" if path else _("The audio of these clips is not on this machine.")
    st.caption(f"{where} {silent}")


def _choose_clip(clip: str) -> None:
    address.assign(**{CLIP: clip})


def _draw_table(run: Run, clips: pd.DataFrame, clip: str, key: str, predicted: str) -> None:
    """Draw the clips, of which the one that is heard is marked."""
    names = clips["clip"].tolist()
    known = load.clip_names(run.dataset)
    if known:
        clips.insert(0, "name", clips["clip"].map(known))
    if (clips["tries"] == 1).all():
        clips = clips.drop(columns=["times", "tries"])
    chosen = {"rows": [names.index(clip)], "columns": [], "cells": []}
    if st.session_state.get(key, {}).get("selection", {}).get("rows") != chosen["rows"]:
        st.session_state[key] = {"selection": chosen}

    def choose() -> None:
        rows = st.session_state[key]["selection"]["rows"]
        if rows and rows[0] < len(names):
            _choose_clip(names[rows[0]])

    mood = BY_NAME[predicted].label
    first = "name" if known else "clip"
    st.dataframe(
        clips,
        hide_index=True,
        height=min(TABLE_HEIGHT, 36 * (len(clips) + 1)),
        selection_mode="single-row-required",
        on_select=choose,
        key=key,
        column_order=[first, "probability"] if screen.is_narrow() else None,
        column_config={
            "name": st.column_config.TextColumn(
                header(_("name")), width=NAME_PX if screen.is_narrow() else None
            ),
            "clip": header(_("clip")),
            "times": st.column_config.NumberColumn(
                header(_("times")), help=_("How often it was predicted {mood}", mood=mood)
            ),
            "tries": st.column_config.NumberColumn(
                header(_("tries")), help=_("How often it was held out")
            ),
            "probability": st.column_config.NumberColumn(
                header(_("probability")),
                format="%.2f",
                help=_("Mean probability of {mood} in these predictions", mood=mood),
            ),
        },
    )
