"""Labels two by two: moods that are confused, and clips that are nearly one with two labels."""

from __future__ import annotations

from itertools import combinations
from pathlib import Path

import pandas as pd
import streamlit as st

from mmc_core import datasets
from mmc_core.datasets import embeddings
from mmc_core.errors import DatasetError
from mmc_core.exploration import doubts
from mmc_core.exploration.pairs import alike, differing
from mmc_core.figures.style import mood_label
from mmc_core.files import csv_text
from mmc_core.moods import BY_NAME, NAMES
from mmc_core.ui.common import load, widgets
from mmc_core.wording import percent


def draw_confused(table: pd.DataFrame) -> None:
    """Which labels look like which other mood, both ways.

    Args:
        table: what `doubts.doubtful` gives.
    """
    joint = doubts.confused(table)
    counts = joint.to_numpy()
    i, j = max(combinations(range(len(NAMES)), 2), key=lambda at: counts[at] + counts[at[::-1]])
    if not counts[i, j] + counts[j, i]:
        return
    st.markdown(
        f"Most often confused: {NAMES[i]} and {NAMES[j]}. {counts[i, j]} clips labelled "
        f"{NAMES[i]} are more like {NAMES[j]}, {counts[j, i]} the other way round."
    )
    labels = [mood_label(BY_NAME[name]) for name in NAMES]
    shown = joint.set_axis([f"labelled {label}" for label in labels]).set_axis(labels, axis=1)
    with st.expander("All moods that are confused", icon=":material/table:"):
        st.table(shown)
        st.caption(
            "Clips by label (rows) and by the mood that they are most like (columns). Clips that "
            "are not clearly like any mood are left out."
        )


def draw_pairs(dataset_id: str) -> None:
    """Near-duplicates with different labels, both to be heard."""
    st.header("Near-duplicates with different labels")
    try:
        pairs = _alike(dataset_id)
    except DatasetError as error:
        st.warning(widgets.escape_markdown(str(error)), icon=":material/warning:")
        return
    found = differing(pairs)
    title = widgets.escape_markdown(datasets.title_of(dataset_id))
    if not found.pairs:
        st.markdown(f"No near-duplicates are known in {title}.")
        return
    st.markdown(
        f"**{found.differing} of {found.pairs} pairs ({percent(found.differing / found.pairs)}) "
        f"have different labels**; {percent(found.chance)} would if the labels of these clips were "
        "shuffled. " + _meaning(found.differing / found.pairs, found.chance)
    )
    if found.differing:
        _draw_table(dataset_id, pairs[pairs["mood"] != pairs["other_mood"]])
    st.caption(
        "Pairs are clips of one recording or song, or clips that sound about as alike as a clip "
        "and a degraded copy of it. A pair that sounds alike may still differ in its notes or "
        "words."
    )


def _meaning(share: float, chance: float) -> str:
    if share < chance / 4:
        return "The labels are consistent: music that sounds the same has the same mood."
    if share < 0.8 * chance:
        return (
            "The labels are only partly consistent: either they are noisy, or mood lies in what "
            "this measure of sound does not tell apart."
        )
    return "By this measure, labels and sound have little to do with each other."


def _draw_table(dataset_id: str, pairs: pd.DataFrame) -> None:
    names = load.clip_names(dataset_id)
    first, second = (
        [names.get(clip, clip) for clip in pairs[column]] for column in ("clip", "other")
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
            "why": pairs["why"].to_numpy(),
        }
    )
    selected = st.dataframe(
        table,
        hide_index=True,
        selection_mode="single-row",
        on_select="rerun",
        key="pairs",
        column_config={
            "similarity": st.column_config.NumberColumn(
                format="%.2f", help="Cosine similarity of how the two sound; 1 is the same"
            )
        },
    )
    st.download_button(
        "CSV",
        csv_text(pairs),
        file_name=f"{dataset_id}-pairs.csv",
        mime="text/csv",
        key="pairs-csv",
        on_click="ignore",
        help="The pairs of this table",
    )
    rows = selected["selection"]["rows"]
    if not rows or rows[0] >= len(pairs):
        st.caption("Choose a row to hear both clips.")
        return
    for side, column in zip(st.columns(2, gap="large"), ("clip", "other"), strict=True):
        with side:
            _play(dataset_id, str(pairs[column].iloc[rows[0]]))


def _play(dataset_id: str, clip: str) -> None:
    st.markdown(f"**{widgets.escape_markdown(load.clip_label(dataset_id, clip))}**")
    if path := load.audio(dataset_id).get(clip):
        st.audio(path)
        widgets.page_link(
            "listen", "Open this clip in Listen", "graphic_eq", dataset=dataset_id, clip=clip
        )
    else:
        st.caption("The audio of this clip is not on this machine.")


def _alike(dataset_id: str) -> pd.DataFrame:
    dataset = datasets.get(dataset_id)
    files = (dataset.duplicates_path, dataset.file(embeddings.NAME), dataset.table_path)
    return _cached(dataset_id, tuple((p, p.stat().st_mtime_ns) for p in files if p.exists()))


@st.cache_resource(max_entries=8, show_spinner=False)
def _cached(dataset_id: str, states: tuple[tuple[Path, int], ...]) -> pd.DataFrame:
    return alike(datasets.get(dataset_id))
