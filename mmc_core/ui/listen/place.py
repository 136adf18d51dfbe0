"""Where a piece lies among the clips of each mood of a dataset."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import streamlit as st

from mmc_core import datasets
from mmc_core.analysis import placement, traits
from mmc_core.analysis.summaries import Summary
from mmc_core.features.schema import BY_NAME, GROUPS, TIMBRE
from mmc_core.figures.placement import densities, overview
from mmc_core.language import _
from mmc_core.ui.common import address, choices, load, screen, widgets
from mmc_core.ui.common.drawn import drawn
from mmc_core.ui.listen.piece import Piece
from mmc_core.ui.listen.sources import Sound


def show_place(sound: Sound, piece: Piece) -> None:
    """Draw where the piece lies among the clips of each mood: in all features, and in one."""
    every = datasets.every()
    all_of_them, one = st.columns(2, gap="large")
    with all_of_them:
        beside = st.selectbox(
            _("Compare with the clips of"),
            list(every),
            format_func=lambda id_: every[id_].title,
            **address.one("beside", list(every), sound.dataset or "4qaed"),
        )
        title = every[beside].title
        summary = load.summary(beside)
        places = placement.placed(piece.row, summary)
        if places.empty:
            st.info(
                _("{title} has no numeric features.", title=widgets.escape_markdown(title)),
                icon=":material/info:",
            )
            return
        _show_all(sound, piece, places, beside)
    with one:
        _show_one(sound, places, summary, title)
        widgets.page_link("predict", _("Predict the mood of a song"), "music_note")


def _show_all(sound: Sound, piece: Piece, places: pd.DataFrame, beside: str) -> None:
    title = datasets.title_of(beside)
    named = traits.traits(piece.row, load.summary(beside))
    if named:
        st.markdown(
            _(
                "Compared with the clips of {title}, this part is **{traits}**.",
                title=widgets.escape_markdown(title),
                traits=traits.in_words(named),
            )
        )
    start_s = piece.facts.start_s
    st.caption(
        _(
            "Measured on the part shown, {start:.1f} to {end:.1f} s; Predict measures the whole "
            "song. Half or double the tempo is a common error.",
            start=start_s,
            end=start_s + piece.facts.duration_s,
        )
    )
    st.markdown(placement.in_words(places))
    groups = choices.choose_groups(
        _("Kinds of feature shown"), [group for group in GROUPS if group != TIMBRE]
    )
    there = {BY_NAME[feature].group for feature in places["feature"]}
    if not there & set(groups):
        st.info(_("Choose at least one kind of feature."), icon=":material/info:")
        return
    widgets.figure(
        drawn(overview, places, groups, sound.shown, title, narrow=screen.is_narrow()),
        key="places",
        name=f"{Path(sound.name).stem}-among-{beside}",
    )
    st.caption(_("The CSV has all features, including those not shown."))


def _show_one(sound: Sound, places: pd.DataFrame, summary: Summary, title: str) -> None:
    names = places["feature"].tolist()
    name = st.selectbox(
        _("Feature"),
        names,
        format_func=lambda feature: _(BY_NAME[feature].title),
        **address.one("feature", names, names[0]),
    )
    moods = summary.by_mood(name)
    value = float(places.loc[places["feature"] == name, "value"].iloc[0])
    st.markdown(placement.one_in_words(BY_NAME[name], value, moods))
    widgets.figure(
        drawn(densities, BY_NAME[name], value, moods, sound.shown, title),
        key="densities",
        name=f"{Path(sound.name).stem}-{name}",
    )
    st.caption(_(BY_NAME[name].meaning))
