"""All clips of datasets: found, filtered, selected, sorted, heard, saved."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import Any

import pandas as pd
import streamlit as st

from mmc_core import settings
from mmc_core.errors import FilterError, MMCError
from mmc_core.exploration import expression, saving
from mmc_core.exploration.clips import MAP, PAGE, SYSTEM, ClipTable, of_system
from mmc_core.exploration.expression import Condition
from mmc_core.exploration.queries import GENRES, Query
from mmc_core.features.schema import BY_NAME
from mmc_core.language import N_, _
from mmc_core.moods import NAMES
from mmc_core.runs import Run
from mmc_core.ui.common import address, widgets
from mmc_core.ui.explore import clip_figures
from mmc_core.ui.explore.clip_source import Chosen, choose
from mmc_core.ui.explore.hear import hear

HEIGHT = 440  # pixels of the table
TITLES = {
    "name": N_("Name"),
    "clip": N_("Clip"),
    "mood": N_("Mood"),
    "dataset": N_("Dataset"),
    "predicted": N_("Predicted"),
    "probability": N_("Probability"),
    "correct": N_("Right"),
    GENRES: N_("Genres"),
    "duration_s": N_("Duration (s)"),
    "group": N_("Group"),
}
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
AS_IN_DATASET = "none"  # the order of rows
SHOWN = ("tempo", "rms_mean")  # features in the table at first
LAST = "clips-last-filter"  # in the session: what could be read


def draw(evaluated: Sequence[Run]) -> None:
    try:
        chosen = choose(evaluated)
        if chosen:
            _draw(chosen)
    except MMCError as error:
        st.warning(widgets.escape_markdown(str(error)), icon=":material/warning:")


def _draw(chosen: Chosen) -> None:
    clips = chosen.clips
    areas = clip_figures.areas(chosen)
    name, condition = _find(clips)
    query = Query(condition, name, _facets(chosen), tuple(areas.values()))
    counts = clips.counts(query)
    n = sum(counts.values())
    _say_how_many(clips, query, counts)
    clip = _chosen_clip(chosen)
    table, plane = st.columns([6, 5], gap="medium")
    with table:
        st.header(_("Table"))
        _draw_table(chosen, query, n, clip)
    with plane:
        st.header(_("Map"))
        clip_figures.draw_map(chosen, query, n, clip)
    scatter, boxes = st.columns(2, gap="medium")
    with scatter:
        st.header(_("Two features"))
        clip_figures.draw_scatter(chosen, query, n, clip)
    with boxes:
        st.header(_("One feature by mood"))
        clip_figures.draw_boxes(chosen, query, clip)


# ---- which clips ------------------------------------------------------------------------------


def _find(clips: ClipTable) -> tuple[str, Condition | None]:
    """Part of a name, and a filter, that are asked for."""
    by_name, by_filter = st.columns([2, 3])
    with by_name:
        name = st.text_input(
            _("Find by name"),
            placeholder=_("Part of a name"),
            max_chars=200,
            on_change=_first_page,
            **address.text("find", str, str),
        )
    with by_filter:
        text = st.text_input(
            _("Filter"),
            placeholder=_example(clips),
            help=_columns(clips),
            on_change=_first_page,
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
    return name or "", condition


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
        "on_change": _first_page,
        **address.several(name, options, [], keys=keys),
    }
    if len(options) > 5:
        few: list[Any] = st.multiselect(title, options, placeholder=_("Any"), width=220, **shared)
        return few
    some: list[Any] = st.pills(title, options, selection_mode="multi", width="content", **shared)
    return some


def _value(chosen: Chosen, column: str, value: Any) -> str:
    if column == "dataset":
        return chosen.titles[value]
    if column == "correct":
        return _(RIGHT[value])
    return str(value) if column == GENRES else _(str(value))


def _first_page() -> None:
    address.assign(page=1)


def _say_how_many(clips: ClipTable, query: Query, counts: dict[str, int]) -> None:
    n = sum(counts.values())
    with st.container(horizontal=True, vertical_alignment="center", gap="medium"):
        text = _("**{n:,} of {all:,} clips selected**", n=n, all=clips.n)
        st.markdown(_("**{n:,} clips**", n=n) if query.is_everything else text, width="content")
        widgets.mood_badges({mood: f"{counts.get(mood, 0):,}" for mood in NAMES})
        for area in query.areas:
            st.caption(widgets.escape_markdown(clip_figures.in_words(area)), width="content")
        if query.areas:
            st.button(
                _("Clear the area") if len(query.areas) == 1 else _("Clear the areas"),
                icon=":material/close:",
                on_click=_clear_areas,
            )
        if not query.is_everything:
            st.button(_("Clear all"), icon=":material/filter_alt_off:", on_click=_clear)


def _clear_areas() -> None:
    address.assign(map_area=None, scatter_area=None, page=1)


def _clear() -> None:
    _clear_areas()
    address.assign(find=None, filter=None)
    address.assign(**{IN_ADDRESS.get(column, column): [] for column in FACETS})


def _chosen_clip(chosen: Chosen) -> pd.DataFrame:
    """The clip that was chosen in the table or in a figure: its row, or none."""
    key = st.session_state[address.text("clip", str, str)["key"]] or ""
    dataset, _colon, clip = key.partition(":")
    columns = ["dataset", "clip", "name", "mood", *clip_figures.numeric(chosen.clips)]
    return chosen.clips.find(dataset, clip, columns + ([] if chosen.no_map else [*MAP]))


# ---- the table --------------------------------------------------------------------------------


def _draw_table(chosen: Chosen, query: Query, n: int, clip: pd.DataFrame) -> None:
    clips = chosen.clips
    features = [feature.name for feature in clips.features]
    with st.container(horizontal=True, vertical_alignment="bottom"):
        sort = st.selectbox(
            _("Sort by"),
            [AS_IN_DATASET, *clips.columns],
            format_func=lambda name: (
                _("order of the dataset") if name == AS_IN_DATASET else _title(name)
            ),
            on_change=_first_page,
            **address.one("sort", [AS_IN_DATASET, *clips.columns], AS_IN_DATASET),
        )
        pages = max(1, -(-n // PAGE))
        page = st.number_input(
            _("Page, of {pages:,}", pages=pages),
            1,
            pages,
            **address.number("page", 1, pages, 1),
            width=140,
        )
        descending = st.toggle(
            _("Largest first"), on_change=_first_page, **address.switch("descending")
        )
    shown = st.multiselect(
        _("Features in the table"),
        features,
        format_func=_title,
        **address.several("columns", features, [name for name in SHOWN if name in features]),
    )
    by = "" if sort == AS_IN_DATASET else sort
    columns = _columns_shown(clips, [*shown, by])
    rows = clips.page(
        query,
        list(dict.fromkeys([*columns, "dataset", "clip"])),
        sort=by,
        descending=descending,
        page=page,
    )
    keys = (rows["dataset"] + ":" + rows["clip"]).tolist()
    digest = hashlib.sha256("\n".join(keys).encode()).hexdigest()[:12]
    with st.container(key="clips"):
        st.dataframe(
            rows[columns].assign(**_in_words(chosen, rows, columns)),
            hide_index=True,
            height=min(HEIGHT, 38 + 35 * max(len(rows), 1)),
            selection_mode="single-row",
            on_select=lambda: _row_chosen(f"clips-{digest}", keys),
            key=f"clips-{digest}",
            column_config=_config(chosen, columns),
            placeholder="–",
        )
    if not n:
        st.caption(_("No clip is in this selection."))
    if len(clip):
        hear(clip["dataset"].iloc[0], clip["clip"].iloc[0])
    else:
        st.caption(_("Choose a row, or a point of a figure, to hear its clip."))
    _save(chosen, query, by, descending, n)


def _columns_shown(clips: ClipTable, more: Sequence[str]) -> list[str]:
    systems = [column for column in clips.columns if column.split("_")[0] in SYSTEM]
    dataset = ["dataset"] if len(clips.datasets) > 1 else []
    wanted = ["name", "mood", *dataset, *systems, *more]
    return [column for column in dict.fromkeys(wanted) if column]


def _title(column: str) -> str:
    if column in BY_NAME:
        return BY_NAME[column].label
    base, _line, number = column.partition("_")
    if number.isdigit():
        return f"{_(TITLES[base])} ({number})"
    return _(TITLES[column])


def _in_words(chosen: Chosen, rows: pd.DataFrame, columns: Sequence[str]) -> dict[str, Any]:
    """Columns whose values are to be read: titles of datasets, moods, categories."""
    found: dict[str, Any] = {}
    for column in columns:
        if column == "dataset":
            found[column] = rows[column].map(chosen.titles)
        elif column.split("_")[0] in ("mood", "predicted", "mode", "scale"):
            found[column] = rows[column].map(_, na_action="ignore")
    return found


def _config(chosen: Chosen, columns: Sequence[str]) -> dict[str, Any]:
    systems = {
        of_system(column, i): "; ".join(
            f"{chosen.titles[id_]}: {_(runs[i].title)}"
            for id_, runs in chosen.systems.items()
            if i < len(runs)
        )
        for i in range(max((len(runs) for runs in chosen.systems.values()), default=0))
        for column in SYSTEM
    }
    config: dict[str, Any] = {}
    for column in columns:
        title, help_ = _title(column), systems.get(column)
        if column in BY_NAME and not BY_NAME[column].categories:
            config[column] = st.column_config.NumberColumn(title, format="%.4g", width="small")
        elif column.startswith("probability"):
            config[column] = st.column_config.NumberColumn(title, format="%.2f", help=help_)
        elif column.startswith("correct"):
            config[column] = st.column_config.CheckboxColumn(title, help=help_)
        else:
            config[column] = st.column_config.TextColumn(
                title, help=help_, width="medium" if column == "name" else None
            )
    return config


def _row_chosen(key: str, keys: Sequence[str]) -> None:
    rows = st.session_state[key]["selection"]["rows"]
    address.assign(clip=keys[rows[0]] if rows and rows[0] < len(keys) else None)


# ---- saved ------------------------------------------------------------------------------------


def _save(chosen: Chosen, query: Query, sort: str, descending: bool, n: int) -> None:
    can = 0 < n <= saving.MOST
    limit = _("For 1 to {most:,} clips; for more use `mmc explore clips`", most=saving.MOST)
    why = None if can else limit
    with st.container(horizontal=True, vertical_alignment="center"):
        st.download_button(
            "CSV",
            lambda: saving.csv(chosen.clips, query, sort, descending),
            file_name="clips.csv",
            mime="text/csv",
            key="clips-csv",
            on_click="ignore",
            disabled=not can,
            help=why or _("All columns of the selected clips"),
        )
        if settings.page_datasets():
            title = _("Save as a dataset")
            with st.popover(title, icon=":material/add:", disabled=not can, help=why):
                _save_dataset(chosen, query, n)


def _save_dataset(chosen: Chosen, query: Query, n: int) -> None:
    name = st.text_input(
        _("Name"), placeholder=_("My selection"), max_chars=60, key="clips-save-name"
    )
    st.caption(
        _(
            "The {n:,} selected clips become a dataset on this machine, with their moods, groups "
            "and features. It is shown to everyone who opens this app, and replaces one of that "
            "name.",
            n=n,
        )
    )
    if not st.button(_("Save"), type="primary", disabled=not name.strip(), key="clips-save"):
        return
    try:
        with st.spinner(_("Saving …")):
            made = saving.save(chosen.clips, query, name.strip())
    except (MMCError, OSError) as error:
        st.error(widgets.escape_markdown(str(error)), icon=":material/error:")
        return
    title = widgets.escape_markdown(made.title)
    st.success(_("**{title}** is saved.", title=title), icon=":material/check:")
    widgets.page_link("own", _("Open Your data"), "folder_open")
