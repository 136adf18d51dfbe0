"""The clips that sound most like a song, to be heard; on Predict and on Listen."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pandas as pd
import streamlit as st

from mmc_core import datasets
from mmc_core._typing import Float32
from mmc_core.datasets import UserDataset, embeddings
from mmc_core.datasets.neighbours import Library, library
from mmc_core.figures.style import mood_label
from mmc_core.language import N_, _, ngettext
from mmc_core.moods import BY_NAME, MOODS
from mmc_core.saved import study_files
from mmc_core.saved.study import SIMILAR
from mmc_core.ui.common import address, clip_facts, load, player, row_table, screen, widgets
from mmc_core.wording import listed, percent, percent_format

TOP = 10
CHOSEN = "neighbour"  # what the address calls the clip that is heard
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
    nearest = _audible_first(nearest)
    _play(nearest, _choose(nearest))
    if nearest["path"].notna().any() and nearest["path"].isna().any():
        st.caption(_("Clips whose sound is on this machine come first."))
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
    study = study_files.read(SIMILAR, study_files.SIMILAR)
    return study.shipped_on("4qaed").nearest_of_another_group.lowest_5


def how_good() -> str:
    """What the search was worth on clips whose mood is known."""
    found = study_files.read(SIMILAR, study_files.SIMILAR).shipped_on("4qaed").mood
    low, high = found.interval
    return _(
        "On 4QAED, {share} (95 % interval {low:.0f} to {high}) of a clip's {n} nearest by other "
        "artists have its mood; of random clips {chance} do. Moods are not used in the search.",
        share=percent(found.precision),
        low=100 * low,
        high=percent(high),
        n=TOP,
        chance=percent(found.chance),
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


def _audible_first(nearest: pd.DataFrame) -> pd.DataFrame:
    """Return the clips with `path`, their sound; those whose sound is here come first."""
    clips = zip(nearest["dataset"], nearest["clip"], strict=True)
    paths = [load.audio(dataset).get(clip) for dataset, clip in clips]
    nearest = nearest.assign(path=pd.Series(paths, index=nearest.index, dtype=object))
    return nearest.sort_values("path", key=pd.Series.isna, kind="stable", ignore_index=True)


def _names(nearest: pd.DataFrame) -> list[str]:
    """Return what the address calls the clips."""
    return (nearest["dataset"] + ":" + nearest["clip"]).tolist()


def _choose(nearest: pd.DataFrame) -> int:
    """Draw the table of the nearest clips, and return the row of the chosen one: the first until
    the visitor has chosen.
    """
    names = _names(nearest)
    key = address.text(CHOSEN, str, str)["key"]
    chosen = st.session_state[key] if st.session_state[key] in names else names[0]
    table = pd.DataFrame(
        {
            "clip": nearest["name"],
            "mood": [mood_label(BY_NAME[name]) for name in nearest["mood"]],
            "similarity": nearest["similarity"],
            "web": [
                datasets.get(dataset).web_address(clip)
                for dataset, clip in zip(nearest["dataset"], nearest["clip"], strict=True)
            ],
            "dataset": [datasets.title_of(id_) for id_ in nearest["dataset"]],
            "sound": [_("yes") if path else _("no") for path in nearest["path"]],
            "percentile": nearest["percentile"],
        }
    )
    is_mixed = len(set(table["sound"])) > 1
    columns = ["clip", "mood", "dataset", "similarity", "percentile"]
    columns += [*(["sound"] if is_mixed else []), "web"]
    is_narrow = screen.is_narrow()
    if is_narrow:
        columns = ["clip", "mood", "similarity" if nearest["path"].notna().all() else "web"]
    row_table.draw(
        table,
        names,
        chosen,
        _keep,
        key=f"neighbours-{hashlib.sha256(''.join(names).encode()).hexdigest()[:12]}",
        placeholder="–",
        column_order=columns,
        column_config={
            "clip": st.column_config.TextColumn(_("Clip"), width=150 if is_narrow else "medium"),
            "mood": st.column_config.TextColumn(_("Mood"), width=80 if is_narrow else "small"),
            "dataset": st.column_config.TextColumn(_("Dataset"), width="small"),
            "similarity": st.column_config.NumberColumn(
                _("Similarity"), format="%.2f", help=_(HELP), width="small"
            ),
            "percentile": st.column_config.NumberColumn(
                _("More alike than"),
                format=percent_format(1),
                help=_("Share of pairs of random clips that are less similar"),
                width="small",
            ),
            "sound": st.column_config.TextColumn(
                _("Sound here"), help=_("Whether the sound is on this machine"), width="small"
            ),
            "web": st.column_config.LinkColumn(
                _("On the web"),
                display_text=r"https://www\.(.*?)/",
                help=_("The page of the song or recording, if it is still there"),
                width="small",
            ),
        },
    )
    return names.index(chosen)


def _keep(name: str | None) -> None:
    address.assign(**{CHOSEN: name})


def _play(nearest: pd.DataFrame, row: int) -> None:
    """Draw the player of a clip; where its sound is not here, the way to it on the web."""
    names = _names(nearest)
    dataset, clip, path = (nearest[column].iloc[row] for column in ("dataset", "clip", "path"))
    about = clip_facts.describe(dataset, clip, nearest["mood"].iloc[row])
    title = widgets.escape_markdown(datasets.title_of(dataset))
    player.draw(
        path,
        name=path.name if path else clip,
        title=nearest["name"].iloc[row],
        about=f"{title}, {about}",
        key="neighbour-player",
        steps=player.steps(names, names[row], _keep),
    )
    if path:
        widgets.page_link(
            "listen",
            _("Open this clip in Listen"),
            "graphic_eq",
            source="dataset",
            dataset=dataset,
            clip=clip,
        )
    elif page := datasets.get(dataset).web_address(clip):
        st.markdown(
            _("Its sound is not on this machine. Find it on the web: {address}", address=page)
        )
    else:
        st.caption(_("The audio of this clip is not on this machine."))


def _say_what_is_not_searched(every: Library) -> None:
    for note in every.notes:
        st.caption(widgets.escape_markdown(note))
    for id_, dataset in datasets.every().items():
        if isinstance(dataset, UserDataset) and not embeddings.has(dataset) and load.audio(id_):
            st.caption(
                _(
                    "To search {title} too: {command}",
                    title=widgets.escape_markdown(dataset.title),
                    command=f"`mmc datasets embeddings {id_}`",
                )
            )
