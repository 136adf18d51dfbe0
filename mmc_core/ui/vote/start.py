"""Before a class vote: a code to join by, or clips to begin with."""

from __future__ import annotations

import streamlit as st

from mmc_core import datasets
from mmc_core.classroom.session import MAX_CLIPS, Clip
from mmc_core.classroom.sessions import normalised, origin_of
from mmc_core.errors import ClassVoteError
from mmc_core.language import _
from mmc_core.ui.common import address, load, visitor, widgets
from mmc_core.ui.vote import clips
from mmc_core.ui.vote.store import sessions

SAMPLES, DATASET = "samples", "dataset"
N_CLIPS = 5


def draw() -> None:
    """Join with a code, or start as a teacher."""
    join, start = st.columns([2, 3], gap="large")
    with join:
        st.header(_("Join"))
        st.text_input(
            _("Code"),
            placeholder=_("Such as KFR 7CM"),
            max_chars=20,
            key="vote-code",
            on_change=_join,
            help=_("Your teacher shows it"),
        )
        st.button(_("Join"), icon=":material/login:", key="vote-join")
    with start:
        st.header(_("Start as a teacher"))
        st.markdown(
            _(
                "Your class listens to a few clips and marks the mood of each on its phones. You "
                "see how far they agree, with each other, with the label and with the models. No "
                "names are asked for, and all votes are deleted when you end the session, or a "
                "few hours after the last look."
            )
        )
        chosen = _choose()
        if st.button(
            _("Open a session"),
            type="primary",
            icon=":material/how_to_vote:",
            disabled=not chosen,
            help=None if chosen else _("Choose at least one clip first"),
        ):
            _open(chosen)


def _join() -> None:
    address.assign(session=normalised(st.session_state["vote-code"]) or None)


def _choose() -> list[Clip]:
    """Draw the widgets that choose clips, five of different moods at first; return the clips."""
    with_audio = clips.with_audio()
    sources = {SAMPLES: _("Sample songs")}
    if with_audio:
        sources[DATASET] = _("Clips of a dataset")
    source = st.segmented_control(
        _("Clips from"),
        list(sources),
        required=True,
        format_func=sources.__getitem__,
        **address.one("from", list(sources), SAMPLES),
    )
    if source == SAMPLES:
        every = clips.samples()
        default = clips.varied({key: clip.label for key, clip in every.items()}, N_CLIPS)
        chosen = st.multiselect(
            _("Clips"),
            list(every),
            default,
            format_func=lambda key: every[key].name,
            max_selections=MAX_CLIPS,
            wrap=True,
            select_all=False,
            key="vote-samples",
        )
        return [every[key] for key in chosen]
    dataset = st.selectbox(
        _("Dataset"),
        with_audio,
        format_func=datasets.title_of,
        **address.one("dataset", with_audio, with_audio[0]),
    )
    labels = clips.labels(dataset)
    chosen = st.multiselect(
        _("Clips (at most {most})", most=MAX_CLIPS),
        list(labels),
        clips.varied(labels, N_CLIPS),
        format_func=load.clip_labels(dataset),
        max_selections=MAX_CLIPS,
        wrap=True,
        help=_("Type part of an artist or a title to find a clip"),
        select_all=False,
        key=f"vote-clips-{dataset}",
    )
    return clips.of_dataset(dataset, chosen)


def _open(chosen: list[Clip]) -> None:
    try:
        origin = origin_of(st.context.ip_address)
        session = sessions().open(visitor.name(), chosen, origin)
    except ClassVoteError as error:
        st.error(widgets.escape_markdown(str(error)), icon=":material/error:")
        return
    address.assign(session=session.code)
    address.rerun()
