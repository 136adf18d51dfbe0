"""Near-duplicates: clips that are nearly one, and those of them that have two labels."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd
import streamlit as st

from mmc_core import datasets
from mmc_core.datasets import embeddings
from mmc_core.errors import DatasetError
from mmc_core.exploration.pairs import alike, differing
from mmc_core.figures.style import mood_label
from mmc_core.files import csv_text
from mmc_core.language import N_, _
from mmc_core.moods import BY_NAME
from mmc_core.ui.common import address, player, widgets
from mmc_core.ui.common.screen import is_narrow
from mmc_core.ui.explore.hear import hear, name_of
from mmc_core.wording import percent

HEIGHT = 420  # pixels of the table
MOST = 0.5  # of clips that have one mood, above which it is named
SEPARATOR = "+"  # of two clips, in the address
HEADERS = {
    "clip": N_("Clip"),
    "label": N_("Label"),
    "other clip": N_("Other clip"),
    "other label": N_("Other label"),
    "why": N_("Why"),
}
NARROW = ("clip", "other clip", "similarity")  # columns on a phone


def draw(dataset_id: str) -> None:
    """Draw the near-duplicates with different labels, both to be heard."""
    try:
        pairs = _alike(dataset_id)
    except DatasetError as error:
        st.warning(widgets.escape_markdown(str(error)), icon=":material/warning:")
        return
    found = differing(pairs)
    title = widgets.escape_markdown(datasets.title_of(dataset_id))
    if not found.pairs:
        st.markdown(_("No near-duplicates are known in {dataset}.", dataset=title))
        return
    share = found.differing / found.pairs
    text = _(
        "**{n} of {pairs} pairs ({share}) have different labels.**",
        n=found.differing,
        pairs=found.pairs,
        share=percent(share),
    )
    st.markdown(f"{text} {_by_chance(pairs, found.chance)} {_meaning(share, found.chance)}")
    if found.differing:
        _draw_table(dataset_id, pairs[pairs["mood"] != pairs["other_mood"]])
    st.caption(
        _(
            "Pairs are clips of one recording or song, or clips that sound about as alike as a "
            "clip and a degraded copy of it. A pair that sounds alike may still differ in its "
            "notes or words."
        )
    )


def _by_chance(pairs: pd.DataFrame, chance: float) -> str:
    """Return how many pairs would differ by chance, and why where most clips have one mood."""
    shares = pd.concat([pairs["mood"], pairs["other_mood"]]).value_counts(normalize=True)
    said = (
        N_(
            "If the labels of these clips were shuffled, only {chance} would, because {share} of "
            "them are {mood}."
        )
        if shares.iloc[0] > MOST
        else N_("If the labels of these clips were shuffled, {chance} would.")
    )
    return _(
        said,
        chance=percent(chance),
        share=percent(float(shares.iloc[0])),
        mood=BY_NAME[str(shares.index[0])].label,
    )


def _meaning(share: float, chance: float) -> str:
    if share < chance / 4:
        return _(
            "These pairs are labelled consistently. They say little about the labels of the other "
            "clips."
        )
    if share < 0.8 * chance:
        return _(
            "These pairs are labelled only partly consistently: either labels are noisy, or mood "
            "lies in what this measure of sound does not tell apart."
        )
    return _("In these pairs, labels and sound have little to do with each other.")


def _draw_table(dataset_id: str, pairs: pd.DataFrame) -> None:
    first, second = (
        [name_of(dataset_id, clip) for clip in pairs[column]] for column in ("clip", "other")
    )
    moods, other_moods = (
        [mood_label(BY_NAME[mood]) for mood in pairs[column]] for column in ("mood", "other_mood")
    )
    table = pd.DataFrame(
        {
            "clip": first,
            "label": moods,
            "other clip": second,
            "other label": other_moods,
            "similarity": pairs["similarity"].to_numpy(),
            "why": [_(why) for why in pairs["why"]],
        }
    )
    keys = [SEPARATOR.join(pair) for pair in pairs[["clip", "other"]].to_numpy().tolist()]
    key = st.session_state[address.text("pair", str, str)["key"]] or ""
    if key not in keys:
        key = keys[0]
    st.session_state["pairs"] = {"selection": {"rows": [keys.index(key)], "columns": []}}
    st.dataframe(
        table,
        hide_index=True,
        height=min(HEIGHT, 38 + 35 * len(table)),
        column_order=NARROW if is_narrow() else None,
        selection_mode="single-row",
        on_select=lambda: _row_chosen(keys),
        key="pairs",
        column_config={
            **{column: _(title) for column, title in HEADERS.items()},
            "similarity": st.column_config.NumberColumn(
                _("Similarity"),
                format="%.2f",
                help=_("Cosine similarity of how the two sound; 1 is the same"),
            ),
        },
    )
    with (
        st.container(horizontal=True, horizontal_alignment="right", key="pairs-below"),
        widgets.save_menu(),
    ):
        st.download_button(
            "CSV",
            lambda: csv_text(pairs),
            file_name=f"{dataset_id}-pairs.csv",
            mime="text/csv",
            key="pairs-csv",
            on_click="ignore",
            help=_("The pairs of this table"),
        )
    _draw_players(dataset_id, pairs.iloc[keys.index(key)], keys, key)


def _draw_players(dataset_id: str, pair: pd.Series[Any], keys: list[str], key: str) -> None:
    steps = player.steps(keys, key, lambda pair: address.assign(pair=pair))
    one, other = st.columns(2, gap="large")
    with one:
        about = player.describe(label=pair["mood"])
        hear(dataset_id, str(pair["clip"]), about, key="pair-one", steps=steps)
    with other:
        about = player.describe(label=pair["other_mood"])
        hear(dataset_id, str(pair["other"]), about, key="pair-other")


def _row_chosen(keys: list[str]) -> None:
    rows = st.session_state["pairs"]["selection"]["rows"]
    address.assign(pair=keys[rows[0]] if rows and rows[0] < len(keys) else None)


def _alike(dataset_id: str) -> pd.DataFrame:
    dataset = datasets.get(dataset_id)
    files = (dataset.duplicates_path, dataset.file(embeddings.NAME), dataset.table_path)
    return _cached(dataset_id, tuple((p, p.stat().st_mtime_ns) for p in files if p.exists()))


@st.cache_resource(max_entries=8, show_spinner=False)
def _cached(dataset_id: str, states: tuple[tuple[Path, int], ...]) -> pd.DataFrame:
    return alike(datasets.get(dataset_id))
