"""The datasets as compact cards, each with its details on demand."""

from __future__ import annotations

import streamlit as st

from mmc_core import datasets
from mmc_core.datasets.base import Dataset
from mmc_core.language import _
from mmc_core.ui.common import widgets

IN_A_ROW = 3


def draw() -> None:
    """Draw a card of each dataset: its size, moods and music."""
    every = list(datasets.every().values())
    for start in range(0, len(every), IN_A_ROW):
        row = every[start : start + IN_A_ROW]
        for column, dataset in zip(st.columns(IN_A_ROW, gap="medium"), row, strict=False):
            with column.container(border=True, height="stretch"):
                _draw_card(dataset)


def _draw_card(dataset: Dataset) -> None:
    clips = dataset.clips()
    st.subheader(dataset.title, anchor=dataset.id)
    with st.container(height="stretch"):
        size = _("**{n:,} clips**", n=sum(clips.values()))
        st.markdown(f"{size} &nbsp; {_(dataset.music)}")
    widgets.mood_badges(clips)
    # A popover, since what opens within a card makes its neighbours taller too.
    with st.popover(_("Details, licence and citation"), width="stretch"):
        st.markdown(_(dataset.description))
        st.markdown(
            _(
                "- **Labels:** {labels}\n"
                "- **Groups** (never split between training and test): {groups}\n"
                "- **Length:** {length}\n"
                "- **Extraction:** {extraction}",
                labels=_(dataset.labels),
                groups=_(dataset.grouping),
                length=_(dataset.length_rule),
                extraction=_(dataset.extraction),
            )
        )
        st.markdown(
            _(
                "{citation}\n\n**Licence:** {licence}\n\n**Source:** {address}",
                citation=_(dataset.citation),
                licence=_(dataset.licence),
                address=_(dataset.homepage),
            )
        )
        widgets.page_link(
            "distributions",
            _("Features of {title}", title=dataset.title),
            "bar_chart",
            dataset=dataset.id,
        )
