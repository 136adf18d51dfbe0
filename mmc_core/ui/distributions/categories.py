"""The view of a feature of categories: the original's scale and key beside the true ones."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import streamlit as st

from mmc_core.analysis import findings
from mmc_core.analysis.effects import Separation
from mmc_core.analysis.points import TRUE_OF, Clips
from mmc_core.analysis.summaries import Summary
from mmc_core.features.schema import BY_NAME, Feature
from mmc_core.figures import distributions
from mmc_core.ui.common import widgets
from mmc_core.ui.distributions import downloads
from mmc_core.ui.distributions.numbers import file_name, show_separation
from mmc_core.wording import percent


def show_categories(
    feature: Feature,
    by_dataset: Mapping[str, Summary],
    clips: Mapping[str, Clips],
    separations: Mapping[str, Separation | None],
) -> None:
    """Bar charts of the original's scale or key beside the true mode or tonic."""
    original = {true: name for name, true in TRUE_OF.items()}.get(feature.name, feature.name)
    names = [original, TRUE_OF[original]]
    panels = {
        f"{title}: {BY_NAME[name].title}": moods
        for title, summary in by_dataset.items()
        for name in names
        if (moods := summary.by_mood(name))
    }
    both = replace(feature, title=" and ".join(BY_NAME[name].title for name in names))
    widgets.figure(
        distributions.histogram(both, panels),
        key="distribution",
        name=f"{feature.name}-{file_name(by_dataset)}",
        beside=lambda: downloads.buttons(both, panels, "bars", {}),
    )
    for title, summary in by_dataset.items():
        with st.container(border=True):
            st.markdown(f"**{widgets.escape_markdown(title)}**")
            moods = summary.by_mood(feature.name)
            st.markdown(findings.of_feature(feature, moods, separations[title]))
            left, right = st.columns(2, gap="large")
            with left:
                st.caption(f"{feature.title}: number of clips")
                st.table(distributions.numbers_by_mood(feature, moods))
                show_separation(separations[title])
            with right:
                _agreement(title, original, summary, clips)


def _agreement(title: str, original: str, summary: Summary, clips: Mapping[str, Clips]) -> None:
    """How often the original's scale or key is the true one."""
    first, second = BY_NAME[original], BY_NAME[TRUE_OF[original]]
    if not summary.by_mood(second.name):
        st.caption(f"{second.title} is missing: it was not extracted for this dataset.")
    matches = clips[title].agreement(original) if title in clips else None
    if matches is None:
        return
    pairs, alike = matches
    st.markdown(
        f"**{first.title}** and **{second.title}** agree on {percent(alike)} of the clips. "
        f"Rows: {first.title}. Columns: {second.title}."
    )
    st.dataframe(pairs, height="content")
