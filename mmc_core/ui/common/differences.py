"""How two sounds, A and B, differ in their features: on Listen and on Predict."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import streamlit as st

from mmc_core import datasets
from mmc_core.analysis import pair as analysis
from mmc_core.features.schema import GROUPS, TIMBRE
from mmc_core.figures import pair as figures
from mmc_core.language import N_, _
from mmc_core.ui.common import address, choices, load, screen, widgets

MOST = {"10": 10, "20": 20, N_("all"): 100}
CAVEAT = N_(
    "Differences are in standard deviations of all clips of {title}, moods weighing alike (as "
    "Cohen's d, 1988). Two clips drawn at random are {usual:.1f} apart on average, where a feature "
    "is normally distributed. Tempos are estimates: half or double the tempo is a common error. "
    "The CSV has all features, including those not shown."
)


def show_differences(
    pair: Sequence[Mapping[str, Any]], titles: Sequence[str], default: str, name: str
) -> None:
    """The main differences in a sentence, and all of them as a figure.

    Args:
        pair: features of A and of B.
        titles: what they are called.
        default: id of the dataset whose clips are the measure, until another is chosen.
        name: of saved files, without suffix.
    """
    every = datasets.every()
    with_dataset, with_groups, with_most = st.columns([2, 4, 1.4], gap="large")
    with with_dataset:
        beside = st.selectbox(
            _("Measured by the clips of"),
            list(every),
            format_func=lambda id_: every[id_].title,
            **address.one("beside", list(every), default),
        )
    with with_groups:
        groups = choices.choose_groups(
            _("Kinds of feature shown"), [group for group in GROUPS if group != TIMBRE]
        )
    with with_most:
        most = st.segmented_control(
            _("Largest"),
            list(MOST),
            required=True,
            format_func=_,
            **address.one("largest", list(MOST), "10"),
        )
    table = analysis.differences(pair[0], pair[1], load.summary(beside))
    title = widgets.escape_markdown(every[beside].title)
    if table.empty:
        st.info(_("{title} has no numeric features.", title=title), icon=":material/info:")
        return
    st.markdown(analysis.in_words(table))
    if not set(table["group"]) & set(groups):
        st.info(_("Choose at least one kind of feature."), icon=":material/info:")
        return
    widgets.figure(
        figures.differences(
            table,
            groups,
            MOST[most],
            titles,
            every[beside].title,
            narrow=screen.is_narrow(),
        ),
        key="differences",
        name=name,
    )
    st.caption(_(CAVEAT, title=title, usual=analysis.USUAL))
