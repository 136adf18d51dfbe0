"""All clips of datasets: found, filtered, selected, sorted, heard, saved."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd
import streamlit as st

from mmc_core.errors import MMCError
from mmc_core.exploration.clip_rows import MAP, SYSTEM
from mmc_core.exploration.queries import Query
from mmc_core.language import N_, _, write
from mmc_core.moods import NAMES
from mmc_core.runs import Run
from mmc_core.ui.common import address, widgets
from mmc_core.ui.common.failures import show_errors
from mmc_core.ui.common.screen import is_narrow
from mmc_core.ui.explore import clip_figures, clip_filters, clip_table, hear
from mmc_core.ui.explore.clip_source import Chosen, choose

FIGURES = {"map": N_("Map"), "scatter": N_("Two features"), "boxes": N_("One feature by mood")}


def draw(evaluated: Sequence[Run]) -> None:
    """Draw the clips of the datasets that are chosen, as a table and in figures."""
    with show_errors(MMCError, as_warning=True):
        chosen = choose(evaluated)
        if chosen:
            _draw(chosen)


def _draw(chosen: Chosen) -> None:
    clips = chosen.clips
    areas = clip_figures.areas(chosen)
    name, condition, facets = clip_filters.choose(chosen)
    query = Query(condition, name, facets, tuple(areas.values()))
    counts = clips.counts(query)
    n = sum(counts.values())
    _say_how_many(chosen, query, counts)
    clip = _chosen_clip(chosen)
    with st.container(key="clip-views"):
        with st.container(key="clip-table"):
            draw_player = clip_table.draw(chosen, query, n, clip)
        if draw_player:
            with st.container(border=True, key="chosen-clip"):
                draw_player()
        figures = list(FIGURES)
        if is_narrow():
            figures = [_choose_figure()]
        for figure in figures:
            with st.container(key=f"clip-{figure}"):
                if not is_narrow():
                    st.header(_(FIGURES[figure]))
                _draw_figure(figure, chosen, query, n, clip)


def _choose_figure() -> str:
    """Return the one figure that a phone shows."""
    figure: str = st.segmented_control(
        _("Figure"),
        list(FIGURES),
        required=True,
        format_func=lambda key: _(FIGURES[key]),
        label_visibility="collapsed",
        **address.one("figure", list(FIGURES), "map"),
    )
    return figure


def _draw_figure(figure: str, chosen: Chosen, query: Query, n: int, clip: pd.DataFrame) -> None:
    if figure == "map":
        clip_figures.draw_map(chosen, query, n, clip)
    elif figure == "scatter":
        clip_figures.draw_scatter(chosen, query, n, clip)
    else:
        clip_figures.draw_boxes(chosen, query, clip)


def _say_how_many(chosen: Chosen, query: Query, counts: dict[str, int]) -> None:
    n = sum(counts.values())
    with st.container(horizontal=True, vertical_alignment="center", gap="medium"):
        text = _("**{n:,} of {all:,} clips selected**", n=n, all=chosen.clips.n)
        st.markdown(_("**{n:,} clips**", n=n) if query.is_everything else text, width="content")
        widgets.mood_badges({mood: write(counts.get(mood, 0), ",") for mood in NAMES})
        for area in query.areas:
            st.caption(widgets.escape_markdown(clip_figures.in_words(area)), width="content")
        if query.areas:
            st.button(
                _("Clear the area") if len(query.areas) == 1 else _("Clear the areas"),
                icon=":material/close:",
                on_click=clip_filters.clear_areas,
            )
        if not query.is_everything:
            st.button(_("Clear all"), icon=":material/filter_alt_off:", on_click=clip_filters.clear)


def _chosen_clip(chosen: Chosen) -> pd.DataFrame:
    """Return the row of the clip that was chosen in the table or in a figure, or none."""
    dataset, clip = hear.chosen()
    columns = ["dataset", "clip", "name", "mood", *clip_figures.numeric(chosen.clips)]
    columns += [column for column in SYSTEM if column in chosen.clips.columns]
    return chosen.clips.find(dataset, clip, columns + ([] if chosen.no_map else [*MAP]))
