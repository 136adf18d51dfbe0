"""The teacher's page: how to join, who has joined, the votes, how far the class agrees."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from mmc_core.classroom.session import Session
from mmc_core.figures.class_vote import class_vote
from mmc_core.figures.style import mood_label
from mmc_core.language import N_, _
from mmc_core.moods import BY_NAME, NAMES
from mmc_core.ui.common import address, choices, player, visitor, widgets
from mmc_core.ui.vote import clips, join, outcome, voter_list
from mmc_core.ui.vote.store import sessions

JOIN, VOTERS, VOTES, AGREEMENT = "join", "voters", "votes", "agreement"
VIEWS = {
    JOIN: N_("Join"),
    VOTERS: N_("Voters"),
    VOTES: N_("Votes"),
    AGREEMENT: N_("Agreement"),
}
EVERY_S = 2.0  # how often what is shown is looked at again


def draw(session: Session) -> None:
    """Draw the teacher's controls and the chosen view. Votes have a view of their own, so that no
    vote leads a class before the teacher shows it.
    """
    with st.container(horizontal=True, vertical_alignment="center"):
        view = choices.choose_view(VIEWS, JOIN)
        _draw_controls(session)
    if view == JOIN:
        join.draw(session)
        _progress(session)
        _players(session)
    elif view == VOTERS:
        _voters(session)
    elif _is_hidden(session):
        _draw_veil(session)
    elif view == VOTES:
        _draw_votes(session)
    else:
        _agreement(session)


def _draw_controls(session: Session) -> None:
    if session.is_door_open:
        st.button(
            _("Close joining"),
            icon=":material/door_front:",
            on_click=session.set_door_open,
            args=(False,),
            help=_("No one else can then join. Those who have joined stay and can vote"),
        )
    else:
        st.button(
            _("Open joining again"),
            icon=":material/door_open:",
            on_click=session.set_door_open,
            args=(True,),
        )
    if session.is_open:
        st.button(
            _("Close voting"),
            icon=":material/lock:",
            on_click=session.set_open,
            args=(False,),
            help=_("No one can then vote or change a vote. Phones show what the class chose"),
        )
    else:
        st.button(
            _("Open voting again"),
            icon=":material/lock_open:",
            on_click=session.set_open,
            args=(True,),
        )
    with st.popover(_("End session"), icon=":material/delete:"):
        st.markdown(
            _(
                "All votes are deleted from this server. To keep them, save them first in the view "
                "**Agreement**."
            )
        )
        st.button(_("End and delete"), type="primary", on_click=_end, args=(session,))


def _is_hidden(session: Session) -> bool:
    """Return whether votes, labels and models wait: a projected answer leads who still votes."""
    return session.is_open and st.session_state.get("vote-shown") != session.code


def _draw_veil(session: Session) -> None:
    st.markdown(
        _(
            "Voting is still open: what is shown here now, votes, labels and models' answers, "
            "could lead those who have not voted yet."
        )
    )
    with st.container(horizontal=True, vertical_alignment="center"):
        st.button(
            _("Close voting and show"),
            type="primary",
            icon=":material/lock:",
            on_click=session.set_open,
            args=(False,),
        )
        st.button(_("Show all the same"), type="tertiary", on_click=_show, args=(session,))


def _show(session: Session) -> None:
    st.session_state["vote-shown"] = session.code


def _keep(session: Session) -> None:
    """Look at the session, so that it is not forgotten; draw the page anew if it was ended."""
    if sessions().of(visitor.name()) is not session:
        address.rerun()


def _end(session: Session) -> None:
    if session.is_owner(visitor.name()):
        sessions().end(session)
        address.assign(session=None)


@st.fragment(run_every=EVERY_S)
def _progress(session: Session) -> None:
    """Draw the number of voters and of votes, which tell no mood."""
    _keep(session)
    votes = session.table()
    done = int((votes["voter"].value_counts() == len(session.clips)).sum())
    with st.container(horizontal=True, gap="large"):
        st.metric(_("Joined"), session.n_joined, width="content")
        st.metric(_("Votes"), len(votes), width="content")
        st.metric(_("Voted on all clips"), done, width="content")
    voter_list.draw_notices(session)
    if not session.is_open:
        st.info(_("Voting is closed."), icon=":material/lock:")


@st.fragment(run_every=EVERY_S)
def _voters(session: Session) -> None:
    _keep(session)
    voter_list.draw(session)


def _players(session: Session) -> None:
    with st.expander(_("Play the clips to the class")):
        for number, clip in enumerate(session.clips, start=1):
            title = _("Clip {number}", number=number)
            clips.draw_player(clip, title, key=f"player-{number}")


def _draw_votes(session: Session) -> None:
    numbers = list(range(1, len(session.clips) + 1))
    number = st.segmented_control(
        _("Clip"), numbers, required=True, **address.one("clip", numbers, numbers[0])
    )
    clip = session.clips[number - 1]
    names = [str(each) for each in numbers]
    clips.draw_player(
        clip,
        _("Clip {number}: {name}", number=number, name=clip.name),
        steps=player.steps(names, str(number), lambda each: address.assign(clip=int(each))),
    )
    _votes(session, number)


@st.fragment(run_every=EVERY_S)
def _votes(session: Session, number: int) -> None:
    """Draw the votes on a clip, and a table of the votes for each mood by clip."""
    _keep(session)
    votes = session.table()
    of_clip = votes[votes["clip"] == number]
    picture, numbers = st.columns([3, 2], gap="large")
    with picture:
        st.markdown(
            _(
                "**{n} of {joined} have voted on this clip.**",
                n=len(of_clip),
                joined=session.n_joined,
            )
        )
        widgets.figure(
            class_vote(session.clips[number - 1].name, of_clip),
            key="class-vote",
            name=f"class-vote-{session.code}-{number}",
        )
        st.caption(_("A point is a vote, the star their mean."))
    with numbers:
        st.markdown(_("**All clips: votes for each mood**"))
        st.table(_counts(session, votes), border="horizontal", hide_index=True)


def _counts(session: Session, votes: pd.DataFrame) -> pd.DataFrame:
    counts = pd.crosstab(votes["clip"], votes["mood"]).reindex(
        index=range(1, len(session.clips) + 1), columns=list(NAMES), fill_value=0
    )
    headed = counts.rename(columns=lambda name: mood_label(BY_NAME[name])).reset_index()
    return headed.rename(columns={"clip": _("Clip")})


@st.fragment(run_every=EVERY_S)
def _agreement(session: Session) -> None:
    _keep(session)
    outcome.draw(session)
