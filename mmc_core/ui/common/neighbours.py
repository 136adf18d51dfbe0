"""The clips that sound most like a song, to be heard; on Predict and on Listen."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import streamlit as st

from mmc_core import datasets
from mmc_core._typing import Float32
from mmc_core.comparison import similarity, studies
from mmc_core.datasets import UserDataset, embeddings
from mmc_core.datasets.neighbours import Library, library
from mmc_core.language import N_, _, ngettext
from mmc_core.moods import BY_NAME, MOODS
from mmc_core.ui.common import load, widgets
from mmc_core.wording import listed, percent

TOP = 10
HELP = N_(
    "Cosine similarity of how two recordings sound to MusiCNN, a network that learned to tag "
    "music: 1 for the same sound, about 0 for two random clips"
)


def clips() -> Library:
    """All clips that can be compared by sound.

    Raises:
        DatasetError: if there are none.
    """
    files = [
        path
        for dataset in datasets.every().values()
        for path in (dataset.file(embeddings.NAME), dataset.table_path, dataset.clips_path)
        if embeddings.has(dataset) and path.exists()
    ]
    return _library(tuple((path, path.stat().st_mtime_ns) for path in files))


@st.cache_resource(max_entries=2, show_spinner=False)
def _library(states: tuple[tuple[Path, int], ...]) -> Library:
    return library(datasets.every().values())


def draw(value: Float32, mood: str | None, *, row: int | None = None) -> None:
    """The nearest clips, what their moods say, and one of them to be heard.

    Args:
        value: where the song lies on the axes. (32,)
        mood: the song's, as predicted or labelled; None where there is none.
        row: the song's own number among the clips, if it is one of them.
    """
    every = clips()
    nearest = every.nearest(value, TOP, but=row)
    st.markdown(in_words(every, nearest, mood, row))
    _say_same_recording(nearest)
    _play(*_choose(nearest))
    st.caption(how_good())
    _say_what_is_not_searched(every)


def in_words(every: Library, nearest: pd.DataFrame, mood: str | None, row: int | None) -> str:
    """How many of the nearest clips have a mood, against how common it is."""
    text = ""
    if row is not None:
        own = nearest["group"] == every.clips["group"][row]
        own &= nearest["dataset"] == every.clips["dataset"][row]
        if n_own := int(own.sum()):
            text = ngettext(
                "{n} of the {total} nearest clips is of the same artist or song.",
                "{n} of the {total} nearest clips are of the same artist or song.",
                n_own,
                total=len(nearest),
            )
            text += " "
            nearest = nearest[~own]
    if nearest.empty:
        return text
    if mood is None:
        return text + _in_words_of_moods(nearest, is_rest=bool(text))
    text += _in_words_of_mood(every, nearest, mood, is_rest=bool(text))
    if nearest["similarity"].max() < _usual_nearest():
        text += " " + _(
            "None of them is much like it: to {share} of 4QAED's clips, one by another artist is "
            "nearer.",
            share=percent(0.95),
        )
    return text


def _in_words_of_moods(nearest: pd.DataFrame, *, is_rest: bool) -> str:
    counts = nearest["mood"].value_counts()
    moods = listed(f"{counts[mood.name]} {mood.label}" for mood in MOODS if mood.name in counts)
    if is_rest:
        return _("**Moods of the other {n} nearest clips:** {moods}.", n=len(nearest), moods=moods)
    return _("**Moods of the {n} nearest clips:** {moods}.", n=len(nearest), moods=moods)


def _in_words_of_mood(every: Library, nearest: pd.DataFrame, mood: str, *, is_rest: bool) -> str:
    n_alike = int((nearest["mood"] == mood).sum())
    values = {
        "nearest": len(nearest),
        "mood": BY_NAME[mood].label,
        "every": len(every.clips),
        "share": percent(every.share(mood)),
    }
    if is_rest:
        return ngettext(
            "**{n} of the other {nearest} nearest clips is {mood}**; of all {every:,} clips, "
            "{share} are.",
            "**{n} of the other {nearest} nearest clips are {mood}**; of all {every:,} clips, "
            "{share} are.",
            n_alike,
            **values,
        )
    return ngettext(
        "**{n} of the {nearest} nearest clips is {mood}**; of all {every:,} clips, {share} are.",
        "**{n} of the {nearest} nearest clips are {mood}**; of all {every:,} clips, {share} are.",
        n_alike,
        **values,
    )


def _usual_nearest() -> float:
    """A similarity that the nearest clip by another artist has for 95 % of clips."""
    result = similarity.result_of(studies.load(studies.SIMILAR), "4qaed")
    return float(result["nearest_of_another_group"]["lowest_5"])


def how_good() -> str:
    """What the search was worth on clips whose mood is known."""
    found = similarity.result_of(studies.load(studies.SIMILAR), "4qaed")["mood"]
    low, high = found["interval"]
    return _(
        "On 4QAED, {share} (95 % interval {low:.0f} to {high}) of a clip's {n} nearest by other "
        "artists have its mood; of random clips {chance} do. Moods are not used in the search.",
        share=percent(found["precision"]),
        low=100 * low,
        high=percent(high),
        n=TOP,
        chance=percent(found["chance"]),
    )


def _say_same_recording(nearest: pd.DataFrame) -> None:
    same = nearest[nearest["same_recording"]]
    if len(same):
        names = listed(widgets.escape_markdown(name) for name in same["name"])
        st.info(
            _(
                "Seems to be the same recording: {names}. No two clips of other artists or songs "
                "are as similar.",
                names=names,
            ),
            icon=":material/content_copy:",
        )


def _choose(nearest: pd.DataFrame) -> tuple[str, str]:
    """The table of the nearest clips; the dataset and name of one, the first to begin with."""
    table = pd.DataFrame(
        {
            "mood": [
                f"{mood.mark} {mood.label}" for mood in (BY_NAME[name] for name in nearest["mood"])
            ],
            "clip": nearest["name"],
            "dataset": [datasets.title_of(id_) for id_ in nearest["dataset"]],
            "similarity": nearest["similarity"],
            "percentile": nearest["percentile"],
        }
    )
    selected = st.dataframe(
        table,
        hide_index=True,
        selection_mode="single-row",
        on_select="rerun",
        key="neighbours",
        column_config={
            "mood": _("mood"),
            "clip": _("clip"),
            "dataset": _("dataset"),
            "similarity": st.column_config.NumberColumn(
                _("similarity"), format="%.2f", help=_(HELP)
            ),
            "percentile": st.column_config.NumberColumn(
                _("more alike than"),
                format="%.1f %%",
                help=_("Share of pairs of random clips that are less similar"),
            ),
        },
    )
    rows = selected["selection"]["rows"]
    chosen = rows[0] if rows and rows[0] < len(nearest) else 0
    return str(nearest["dataset"].iloc[chosen]), str(nearest["clip"].iloc[chosen])


def _play(dataset: str, clip: str) -> None:
    """A clip to be heard, where its audio is on this machine."""
    path = load.audio(dataset).get(clip)
    st.markdown(f"**{widgets.escape_markdown(load.clip_label(dataset, clip))}**")
    if path is None:
        st.caption(
            _("The audio of this clip is not on this machine. Choose another row to hear it.")
        )
        return
    with st.container(key="neighbour-player"):
        st.audio(path)
    widgets.page_link(
        "listen",
        _("Open this clip in Listen"),
        "graphic_eq",
        source="dataset",
        dataset=dataset,
        clip=clip,
    )


def _say_what_is_not_searched(every: Library) -> None:
    for note in every.notes:
        st.caption(widgets.escape_markdown(note))
    for id_, dataset in datasets.every().items():
        if isinstance(dataset, UserDataset) and not embeddings.has(dataset) and load.audio(id_):
            st.caption(
                _(
                    "To search {title} too: {command}",
                    title=widgets.escape_markdown(dataset.title),
                    command=f"`python -m mmc_core datasets embeddings {id_}`",
                )
            )
