"""The view of a feature of categories: the original's scale and key beside the true ones."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import AbstractContextManager
from dataclasses import replace
from typing import Any

import streamlit as st

from mmc_core.analysis import findings
from mmc_core.analysis.effects import Separation
from mmc_core.analysis.points import TRUE_OF, Clips
from mmc_core.analysis.summaries import Summary
from mmc_core.features.schema import BY_NAME, Feature
from mmc_core.figures import distributions, numbers
from mmc_core.language import _
from mmc_core.ui.common import screen, widgets
from mmc_core.ui.distributions import downloads
from mmc_core.ui.distributions.numbers import file_name, show_separation
from mmc_core.wording import listed, percent


def show_categories(
    feature: Feature,
    by_dataset: Mapping[str, Summary],
    clips: Mapping[str, Clips],
    separations: Mapping[str, Separation | None],
) -> None:
    """Bar charts of the original's scale or key beside the true mode or tonic."""
    original = {true: name for name, true in TRUE_OF.items()}.get(feature.name, feature.name)
    names = [original, TRUE_OF[original]]
    panels = [
        (title, BY_NAME[name].title, moods)
        for title, summary in by_dataset.items()
        for name in names
        if (moods := summary.by_mood(name))
    ]
    drawn = distributions.histogram(
        replace(feature, title=listed(_(BY_NAME[name].title) for name in names)),
        {f"{title}: {_(of)}": moods for title, of, moods in panels},
        distributions.Look(narrow=screen.is_narrow()),
    )
    # Files stay English.
    both = replace(feature, title=" and ".join(BY_NAME[name].title for name in names))
    saved = {f"{title}: {of}": moods for title, of, moods in panels}
    name = f"{feature.name}-{file_name(by_dataset)}"
    widgets.figure(
        replace(drawn, data=numbers.bins(both, saved)),
        key="distribution",
        name=name,
        more=lambda: downloads.buttons(both, saved, "bars", name),
    )
    in_tabs = len(by_dataset) > 1 and screen.is_narrow()
    places = st.tabs(list(by_dataset)) if in_tabs else [st.container() for _title in by_dataset]
    for place, (title, summary) in zip(places, by_dataset.items(), strict=True):
        with place, st.container(border=not in_tabs):
            if not in_tabs:
                st.markdown(f"**{widgets.escape_markdown(title)}**")
            moods = summary.by_mood(feature.name)
            st.markdown(findings.of_feature(feature, moods, separations[title]))
            left, right = st.columns(2, gap="large")
            with left:
                with _folded(_("{feature}: number of clips", feature=_(feature.title))):
                    st.table(numbers.numbers_by_mood(feature, moods))
                show_separation(separations[title])
            with right:
                _agreement(title, original, summary, clips)


def _agreement(title: str, original: str, summary: Summary, clips: Mapping[str, Clips]) -> None:
    """How often the original's scale or key is the true one."""
    first, second = BY_NAME[original], BY_NAME[TRUE_OF[original]]
    if not summary.by_mood(second.name):
        st.caption(
            _(
                "{feature} is missing: it was not extracted for this dataset.",
                feature=_(second.title),
            )
        )
    matches = clips[title].agreement(original) if title in clips else None
    if matches is None:
        return
    pairs, alike = matches
    st.markdown(
        _(
            "**{first}** and **{second}** agree on {share} of the clips. Rows: {first}. Columns: "
            "{second}.",
            first=_(first.title),
            second=_(second.title),
            share=percent(alike),
        )
    )
    with _folded(_("Number of clips")):
        st.dataframe(pairs.rename(index=_, columns=_), height="content")


def _folded(label: str) -> AbstractContextManager[Any]:
    """Return a place for a table: under a caption, or folded on a narrow screen."""
    if screen.is_narrow():
        return st.expander(label)
    st.caption(label)
    return st.container()
