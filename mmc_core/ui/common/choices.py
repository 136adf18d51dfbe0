"""Choices that several pages offer."""

from __future__ import annotations

from collections.abc import Mapping

import streamlit as st

from mmc_core import datasets
from mmc_core.features.schema import GROUP_KEYS, GROUPS
from mmc_core.language import _
from mmc_core.ui.common import address


def choose_datasets(default: list[str]) -> list[str]:
    """Ids of the datasets that are chosen, in the order in which all are listed."""
    every = datasets.every()
    chosen = st.pills(
        _("Datasets"),
        list(every),
        selection_mode="multi",
        format_func=lambda id_: every[id_].title,
        wrap=True,
        **address.several("dataset", list(every), default),
    )
    return [id_ for id_ in every if id_ in chosen]


def choose_view(titles: Mapping[str, str], default: str) -> str:
    """The view of a page, by its key; titles are marked, and translated here."""
    chosen: str = st.segmented_control(
        _("View"),
        list(titles),
        required=True,
        format_func=lambda key: _(titles[key]),
        label_visibility="collapsed",
        wrap=True,
        **address.one("view", list(titles), default),
    )
    return chosen


def choose_groups(label: str, default: list[str]) -> list[str]:
    """The kinds of feature that are shown."""
    groups: list[str] = st.pills(
        label,
        GROUPS,
        selection_mode="multi",
        format_func=_,
        wrap=True,
        **address.several("groups", GROUPS, default, keys=GROUP_KEYS),
    )
    return groups
