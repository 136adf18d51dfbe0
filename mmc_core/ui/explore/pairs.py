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
from mmc_core.language import N_, _
from mmc_core.moods import BY_NAME, MOODS, NAMES
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
        _(
            "Most often confused: {one} and {other}. {n} clips labelled {one} are more like "
            "{other}, {n_back} the other way round.",
            one=MOODS[i].label,
            other=MOODS[j].label,
            n=counts[i, j],
            n_back=counts[j, i],
        )
    )
    labels = [mood_label(mood) for mood in MOODS]
    rows = [_("labelled {mood}", mood=label) for label in labels]
    shown = joint.set_axis(rows).set_axis(labels, axis=1)
    with st.expander(_("All moods that are confused"), icon=":material/table:"):
        st.table(shown)
        st.caption(
            _(
                "Clips by label (rows) and by the mood that they are most like (columns). Clips "
                "that are not clearly like any mood are left out."
            )
        )


def draw_pairs(dataset_id: str) -> None:
    """Near-duplicates with different labels, both to be heard."""
    st.header(_("Near-duplicates with different labels"))
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
        "**{n} of {pairs} pairs ({share}) have different labels**; {chance} would if the labels of "
        "these clips were shuffled.",
        n=found.differing,
        pairs=found.pairs,
        share=percent(share),
        chance=percent(found.chance),
    )
    st.markdown(f"{text} {_meaning(share, found.chance)}")
    if found.differing:
        _draw_table(dataset_id, pairs[pairs["mood"] != pairs["other_mood"]])
    st.caption(
        _(
            "Pairs are clips of one recording or song, or clips that sound about as alike as a "
            "clip and a degraded copy of it. A pair that sounds alike may still differ in its "
            "notes or words."
        )
    )


def _meaning(share: float, chance: float) -> str:
    if share < chance / 4:
        return _("The labels are consistent: music that sounds the same has the same mood.")
    if share < 0.8 * chance:
        return _(
            "The labels are only partly consistent: either they are noisy, or mood lies in what "
            "this measure of sound does not tell apart."
        )
    return _("By this measure, labels and sound have little to do with each other.")


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
            N_("clip"): first,
            N_("label"): moods,
            N_("other clip"): second,
            N_("other label"): other_moods,
            N_("similarity"): pairs["similarity"].to_numpy(),
            N_("why"): [_(why) for why in pairs["why"]],
        }
    )
    selected = st.dataframe(
        table,
        hide_index=True,
        selection_mode="single-row",
        on_select="rerun",
        key="pairs",
        column_config={
            **{str(column): _(str(column)) for column in table},
            "similarity": st.column_config.NumberColumn(
                _("similarity"),
                format="%.2f",
                help=_("Cosine similarity of how the two sound; 1 is the same"),
            ),
        },
    )
    st.download_button(
        "CSV",
        csv_text(pairs),
        file_name=f"{dataset_id}-pairs.csv",
        mime="text/csv",
        key="pairs-csv",
        on_click="ignore",
        help=_("The pairs of this table"),
    )
    rows = selected["selection"]["rows"]
    if not rows or rows[0] >= len(pairs):
        st.caption(_("Choose a row to hear both clips."))
        return
    for side, column in zip(st.columns(2, gap="large"), ("clip", "other"), strict=True):
        with side:
            _play(dataset_id, str(pairs[column].iloc[rows[0]]))


def _play(dataset_id: str, clip: str) -> None:
    st.markdown(f"**{widgets.escape_markdown(load.clip_label(dataset_id, clip))}**")
    if path := load.audio(dataset_id).get(clip):
        st.audio(path)
        widgets.page_link(
            "listen", _("Open this clip in Listen"), "graphic_eq", dataset=dataset_id, clip=clip
        )
    else:
        st.caption(_("The audio of this clip is not on this machine."))


def _alike(dataset_id: str) -> pd.DataFrame:
    dataset = datasets.get(dataset_id)
    files = (dataset.duplicates_path, dataset.file(embeddings.NAME), dataset.table_path)
    return _cached(dataset_id, tuple((p, p.stat().st_mtime_ns) for p in files if p.exists()))


@st.cache_resource(max_entries=8, show_spinner=False)
def _cached(dataset_id: str, states: tuple[tuple[Path, int], ...]) -> pd.DataFrame:
    return alike(datasets.get(dataset_id))
