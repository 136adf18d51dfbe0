"""Which clips the table is of: by name, filter, facets and areas of figures."""

from __future__ import annotations

from typing import Any

import streamlit as st

from mmc_core.errors import FilterError
from mmc_core.exploration import expression
from mmc_core.exploration.clips import ClipTable
from mmc_core.exploration.expression import Condition
from mmc_core.exploration.queries import GENRES, Query
from mmc_core.language import N_, _
from mmc_core.moods import NAMES
from mmc_core.ui.common import address, widgets
from mmc_core.ui.common.screen import is_narrow
from mmc_core.ui.explore import clip_figures
from mmc_core.ui.explore.clip_source import Chosen

FACETS = {  # titles, by column; those that the table has are offered
    "mood": N_("Mood"),
    "correct": N_("Prediction"),
    "dataset": N_("Dataset"),
    GENRES: N_("Genre"),
    "mode": N_("Mode"),
    "tonic": N_("Tonic"),
}
IN_ADDRESS = {"dataset": "only", GENRES: "genre"}  # what facets are called there
RIGHT = {True: N_("right"), False: N_("wrong")}
LAST = "clips-last-filter"  # in the session: what could be read


def choose(chosen: Chosen) -> tuple[str, Condition | None, dict[str, list[Any]]]:
    """Return the part of a name, the filter, and the values of columns that are asked for."""
    if is_narrow():
        name = _name()
        with st.expander(_("Filters"), icon=":material/filter_alt:"):
            return name, _filter(chosen.clips), _facets(chosen)
    by_name, by_filter = st.columns([2, 3])
    with by_name:
        name = _name()
    with by_filter:
        condition = _filter(chosen.clips)
    return name, condition, _facets(chosen)


def _name() -> str:
    name = st.text_input(
        _("Find by name"),
        placeholder=_("Part of a name"),
        max_chars=200,
        on_change=first_page,
        **address.text("find", str, str),
    )
    return name or ""


def _filter(clips: ClipTable) -> Condition | None:
    text = st.text_input(
        _("Filter"),
        placeholder=_example(clips),
        help=_columns(clips),
        on_change=first_page,
        **address.text("filter", str, str),
    )
    try:
        condition = _checked(clips, text)
        st.session_state[LAST] = text
    except FilterError as error:
        st.error(widgets.escape_markdown(str(error)), icon=":material/error:")
        before = st.session_state.get(LAST)
        try:
            condition = _checked(clips, before)
        except FilterError:  # of other datasets
            before = condition = None
        st.caption(
            _("Below: the clips of the filter before, `{filter}`.", filter=before)
            if before
            else _("Below: the clips without a filter.")
        )
    return condition


def _checked(clips: ClipTable, text: str | None) -> Condition | None:
    if not text:
        return None
    condition = expression.parse(text, clips.columns)
    clips.counts(Query(condition))  # whether it can be answered in time
    return condition


def _example(clips: ClipTable) -> str:
    feature = clip_figures.numeric(clips)[0]
    wrong = " and predicted <> mood" if "predicted" in clips.columns else ""
    return f"{feature} > 120 and mood = '{NAMES[0]}'{wrong}"


def _columns(clips: ClipTable) -> str:
    """What a filter can name."""
    names = [f"`{name}`" if name != "group" else '`"group"`' for name in clips.columns]
    return _(
        "Comparisons joined by `and`, `or`, `not`; also `in (…)`, `between … and …`, "
        "`like '%…%'`, `is null`. Text in single quotes. Columns: {columns}",
        columns=", ".join(names),
    )


def _facets(chosen: Chosen) -> dict[str, list[Any]]:
    clips = chosen.clips
    found = {}
    with st.container(horizontal=True, gap="medium", key="facets"):
        for column, title in FACETS.items():
            if column not in clips.columns or (column == "dataset" and len(clips.datasets) < 2):
                continue
            options = clips.values(column)
            if column == "mood":
                options = [mood for mood in NAMES if mood in options]
            if column == "correct":
                options = list(RIGHT)
            found[column] = _facet(chosen, column, _(title), options)
    return found


def _facet(chosen: Chosen, column: str, title: str, options: list[Any]) -> list[Any]:
    name = IN_ADDRESS.get(column, column)
    keys = RIGHT if column == "correct" else None
    shared: dict[str, Any] = {
        "format_func": lambda value: _value(chosen, column, value),
        "on_change": first_page,
        **address.several(name, options, [], keys=keys),
    }
    if len(options) > 5:
        few: list[Any] = st.multiselect(
            title, options, placeholder=_("Any"), select_all=False, width=220, **shared
        )
        return few
    some: list[Any] = st.pills(title, options, selection_mode="multi", width="content", **shared)
    return some


def _value(chosen: Chosen, column: str, value: Any) -> str:
    if column == "dataset":
        return chosen.titles[value]
    if column == "correct":
        return _(RIGHT[value])
    return str(value) if column == GENRES else _(str(value))


def first_page() -> None:
    """Go to the first page of the table."""
    address.assign(page=1)


def clear_areas() -> None:
    """Clear what was selected in figures."""
    address.assign(map_area=None, scatter_area=None, page=1)


def clear() -> None:
    """Clear all that selects clips."""
    clear_areas()
    address.assign(find=None, filter=None)
    address.assign(**{IN_ADDRESS.get(column, column): [] for column in FACETS})
