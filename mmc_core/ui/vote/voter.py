"""A voter's page: a clip to hear, and the plane to place it on."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from mmc_core.classroom.results import results
from mmc_core.classroom.session import Session, Vote
from mmc_core.errors import ClassVoteError
from mmc_core.language import _, ngettext
from mmc_core.ui.common import address, visitor, widgets
from mmc_core.ui.vote import clips
from mmc_core.ui.vote.outcome import class_mood, mood_cell, votes_for
from mmc_core.ui.vote.plane import draw_plane
from mmc_core.ui.vote.store import sessions
from mmc_core.wording import listed

EVERY_S = 10.0  # how often a phone asks whether voting is still open
RETRY_S = 5.0  # how often it tries to join where it could not
JOINED = "vote-joined"  # the code of what this browser's tab has taken part in


def draw(session: Session) -> None:
    """Join, and vote; or say why this browser cannot, and try again."""
    me = visitor.name()
    refusal = _join(session, me)
    if refusal:
        st.warning(widgets.escape_markdown(refusal), icon=":material/group_off:")
        _wait(session, me, refusal)
        return
    st.session_state[JOINED] = session.code
    is_open = session.is_open
    if not is_open:
        _draw_outcome(session, me)
    clip, mine = _votes(session, me)
    _watch(session, me, is_open, clip, mine)


def has_taken_part(code: str) -> bool:
    """Return whether this tab had joined the class vote of a code, or of a link's longer one."""
    joined: str = st.session_state.get(JOINED, "")
    return bool(joined) and code.startswith(joined)


def draw_end() -> None:
    """Say that the class vote is over to one who took part."""
    st.success(
        _("This class vote has ended. Thank you for your votes."), icon=":material/check_circle:"
    )
    st.button(_("Join another"), on_click=lambda: address.assign(session=None))


def _draw_outcome(session: Session, me: str) -> None:
    """Draw what most of the class chose for each clip, and what this voter did."""
    mine = session.votes_of(me)
    rows = [
        (
            number + 1,
            class_mood(clip),
            votes_for(clip),
            mood_cell(mine[number].mood) if number in mine else _("no vote"),
        )
        for number, clip in enumerate(results(session.clips, session.table()).clips)
    ]
    st.markdown(_("**Voting is closed.** The mood of most votes, and yours:"))
    st.table(
        pd.DataFrame(rows, columns=[_("Clip"), _("Class"), _("Votes for it"), _("You")]),
        border="horizontal",
        hide_index=True,
    )


def _join(session: Session, me: str) -> str | None:
    """Take part; return why that is refused, or None."""
    try:
        session.join(me)
    except ClassVoteError as error:
        return str(error)
    return None


@st.fragment(run_every=RETRY_S)
def _wait(session: Session, me: str, refusal: str) -> None:
    """Try to join again, and draw the page anew once that is not refused as before."""
    if not _is_there(session, me) or _join(session, me) != refusal:
        address.rerun()


def _is_there(session: Session, me: str) -> bool:
    """Return whether the teacher has not ended the class vote."""
    return sessions().find(session.link_code, me) is session


def _votes(session: Session, me: str) -> tuple[int, dict[int, Vote]]:
    """Draw one clip with its plane, without its name, which could suggest a mood; return the chosen
    clip and the votes of this voter.
    """
    mine = session.votes_of(me)
    numbers = list(range(len(session.clips)))
    task = _(
        "Listen to each clip and mark the mood that the music expresses, not how you feel. "
        "There is no right answer. You have voted on {done} of {n}.",
        done=len(mine),
        n=len(numbers),
    )
    left = listed(str(i + 1) for i in numbers if i not in mine)
    if session.is_open:
        st.caption(f"{task} {_('Left: {clips}.', clips=left)}" if left else task)
    shown = [i + 1 for i in numbers]  # Streamlit marks no option that is 0
    clip = (
        st.segmented_control(_("Clip"), shown, required=True, **address.one("clip", shown, 1)) - 1
    )
    clips.draw_player(session.clips[clip], _("Clip {number}", number=clip + 1))
    refused = st.empty()

    def place(arousal: float, valence: float) -> None:
        try:
            session.vote(me, clip, arousal, valence)
        except ClassVoteError as error:
            st.session_state["vote-refused"] = str(error)

    draw_plane(
        f"plane-{session.code}-{clip}",
        mine.get(clip),
        is_open=session.is_open,
        on_place=place,
    )
    if message := st.session_state.pop("vote-refused", None):
        refused.warning(widgets.escape_markdown(message), icon=":material/lock:")
    if len(mine) == len(numbers):
        done = ngettext("Done: {n} clip voted", "Done: all {n} clips voted", len(numbers))
        st.success(done, icon=":material/check:")
    elif session.is_open:
        st.button(
            _("Next clip"),
            icon=":material/arrow_forward:",
            disabled=clip == numbers[-1],
            on_click=lambda: address.assign(clip=clip + 2),
        )
    return clip, mine


@st.fragment(run_every=EVERY_S)
def _watch(session: Session, me: str, was_open: bool, clip: int, drawn: dict[int, Vote]) -> None:
    """Draw the page anew once the teacher has closed, opened or ended the vote or removed this
    voter; and if it shows another clip or other votes than there are, for what a browser asks or is
    told may be lost.
    """
    is_in = _is_there(session, me) and _join(session, me) is None
    is_shown = clip + 1 == st.session_state.get("clip") and drawn == session.votes_of(me)
    if not is_in or session.is_open != was_open or not is_shown:
        address.rerun()
