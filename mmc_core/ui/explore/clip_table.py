"""The table of all clips: sorted by its headers, page by page, and the chosen clip's player."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any, NamedTuple

import pandas as pd
import streamlit as st

from mmc_core.exploration.clip_rows import SYSTEM, of_system
from mmc_core.exploration.clips import PAGE, ClipTable
from mmc_core.exploration.queries import GENRES, Query
from mmc_core.features.schema import BY_NAME
from mmc_core.language import N_, _
from mmc_core.ui.common import address, player
from mmc_core.ui.common.screen import is_narrow
from mmc_core.ui.explore import clip_saving
from mmc_core.ui.explore.clip_filters import first_page
from mmc_core.ui.explore.clip_source import Chosen
from mmc_core.ui.explore.hear import hear

HEIGHT = 440  # pixels of the table
NAME_PX = 150  # of the names on a phone
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
AS_IN_DATASET = "none"  # the order of rows
SHOWN = ("tempo", "rms_mean")  # features in the table at first


class Order(NamedTuple):
    """What the table is sorted by; "" for the order of the datasets."""

    sort: str
    descending: bool


def draw(chosen: Chosen, query: Query, n: int, clip: pd.DataFrame) -> Callable[[], None] | None:
    """Draw one page of the clips that are asked for.

    Args:
        chosen: what the page shows.
        query: which clips are asked for.
        n: how many these are.
        clip: the row of the chosen clip, or none.

    Returns:
        What draws the player of the chosen clip; None where none is chosen.
    """
    clips = chosen.clips
    features, order = _choose_columns(clips)
    pages = max(1, -(-n // PAGE))
    page = st.session_state[address.number("page", 1, pages, 1)["key"]]
    columns = _columns_shown(clips, features, order.sort)
    rows = clips.page(
        query, list(dict.fromkeys([*columns, "dataset", "clip"])), page=page, **order._asdict()
    )
    keys = (rows["dataset"] + ":" + rows["clip"]).tolist()
    opened = f"{clip['dataset'].iloc[0]}:{clip['clip'].iloc[0]}" if len(clip) else ""
    digest = hashlib.sha256("\n".join([*keys, *columns, str(order)]).encode()).hexdigest()[:12]
    key = f"clips-{digest}"
    selected = [keys.index(opened)] if opened in keys else []
    st.session_state[key] = {"selection": {"rows": selected, "columns": []}}
    with st.container(key="clips"):
        st.dataframe(
            rows[columns].assign(**_in_words(chosen, rows, columns)),
            hide_index=True,
            height=min(HEIGHT, 38 + 35 * max(len(rows), 1)),
            selection_mode=["single-row", "single-column"],
            on_select=partial(_selected, key, keys, order),
            key=key,
            column_config=_config(chosen, columns, order),
            placeholder="–",
        )
    if not n:
        st.caption(_("No clip is in this selection."))
    with st.container(horizontal=True, vertical_alignment="center", key="clips-below"):
        if pages > 1:
            st.pagination(pages, key="page", max_visible_pages=5 if is_narrow() else 9)
        clip_saving.draw(chosen, query, order.sort, order.descending, n)
    if not len(clip):
        st.caption(_("Choose a row, or a point of a figure, to hear its clip."))
        return None
    return partial(_hear, clip, _steps(clips, query, order, page, pages, keys, opened))


def _hear(clip: pd.DataFrame, steps: player.Steps) -> None:
    (row,) = clip.to_dict(orient="records")
    predicted = row.get("predicted")
    known = isinstance(predicted, str)
    about = player.describe(
        label=row["mood"],
        predicted=predicted if known else None,
        probability=row["probability"] if known else None,
    )
    hear(row["dataset"], row["clip"], about, steps=steps)


def _steps(
    clips: ClipTable,
    query: Query,
    order: Order,
    page: int,
    pages: int,
    keys: list[str],
    opened: str,
) -> player.Steps:
    """Return what chooses the clips before and after, over all pages of the table."""

    def turn_to(other: int, row: int) -> None:
        there = clips.page(query, ["dataset", "clip"], page=other, **order._asdict())
        dataset, clip = there.iloc[row]
        address.assign(page=other, clip=f"{dataset}:{clip}")

    steps = player.steps(keys, opened, lambda key: address.assign(clip=key))
    if opened in keys and opened == keys[0] and page > 1:
        steps["previous"] = partial(turn_to, page - 1, -1)
    if opened in keys and opened == keys[-1] and page < pages:
        steps["following"] = partial(turn_to, page + 1, 0)
    return steps


def _choose_columns(clips: ClipTable) -> tuple[list[str], Order]:
    """Return the features in the table, and its order, which its headers change, too."""
    features = [feature.name for feature in clips.features]
    usual = [name for name in SHOWN if name in features]
    options = [AS_IN_DATASET, *clips.columns]
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        with st.popover(_("Columns and order"), icon=":material/tune:", width="content"):
            shown: list[str] = st.multiselect(
                _("Features in the table"),
                features,
                format_func=_title,
                select_all=False,
                **address.several("columns", features, usual),
            )
            sort: str = st.selectbox(
                _("Sort by"),
                options,
                format_func=lambda name: (
                    _("order of the dataset") if name == AS_IN_DATASET else _title(name)
                ),
                on_change=first_page,
                **address.one("sort", options, AS_IN_DATASET),
            )
            descending = st.toggle(
                _("Largest first"), on_change=first_page, **address.switch("descending")
            )
        st.caption(
            _("A click on a header sorts all pages by it, another one the other way round."),
            width="content",
        )
    if is_narrow() and shown == usual:
        shown = []
    return shown, Order("" if sort == AS_IN_DATASET else sort, descending)


def _columns_shown(clips: ClipTable, features: Sequence[str], sort: str) -> list[str]:
    systems = [column for column in clips.columns if column.split("_")[0] in SYSTEM]
    dataset = ["dataset"] if len(clips.datasets) > 1 else []
    if is_narrow():
        systems, dataset = systems[:1], []
    wanted = ["name", "mood", *dataset, *systems, *features, sort]
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


def _config(chosen: Chosen, columns: Sequence[str], order: Order) -> dict[str, Any]:
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
        if column == order.sort:
            title = f"{title} {'↓' if order.descending else '↑'}"
        if column in BY_NAME and not BY_NAME[column].categories:
            config[column] = st.column_config.NumberColumn(title, format="%.4g")
        elif column.startswith("probability"):
            config[column] = st.column_config.NumberColumn(title, format="%.2f", help=help_)
        elif column.startswith("correct"):
            config[column] = st.column_config.CheckboxColumn(title, help=help_)
        else:
            width = NAME_PX if column == "name" and is_narrow() else None
            config[column] = st.column_config.TextColumn(title, help=help_, width=width)
    return config


def _selected(key: str, keys: Sequence[str], order: Order) -> None:
    """Open the row that was chosen, or sort by the header: up, then down, then not."""
    selection = st.session_state[key]["selection"]
    if selection["columns"]:
        column = selection["columns"][0]
        again = column == order.sort
        address.assign(
            sort=AS_IN_DATASET if again and order.descending else column,
            descending=again and not order.descending,
            page=1,
        )
        return
    rows = selection["rows"]
    address.assign(clip=keys[rows[0]] if rows and rows[0] < len(keys) else None)
