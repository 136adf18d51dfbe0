"""The teacher's list of voters, from which they are removed and let back in.

It counts voters in the order in which they joined, and shows how many clips each has voted on, not
the votes.
"""

from __future__ import annotations

import pandas as pd
import streamlit as st

from mmc_core.classroom.session import MAX_VOTERS, Session, VoterRow
from mmc_core.language import _


def draw(session: Session) -> None:
    """Draw the list and the buttons that remove voters and let them back in."""
    rows = session.voters()
    idle = _idle(rows)
    done = sum(row.votes == len(session.clips) for row in rows if not row.is_removed)
    joined = sum(not row.is_removed for row in rows)
    st.markdown(
        _(
            "**{n} of {most} places are taken.** Voted on all clips: {done}, on some: {some}, on "
            "none: {idle}.",
            n=joined,
            most=MAX_VOTERS,
            done=done,
            some=joined - done - len(idle),
            idle=len(idle),
        )
    )
    draw_notices(session)
    if not rows:
        st.info(_("Nobody has joined yet."), icon=":material/group:")
        return
    buttons = st.container(horizontal=True)
    st.caption(
        _(
            "Voters are listed in the order in which they joined. Select rows to remove them: "
            "their votes no longer count, and their browsers cannot join again. Whoever is let "
            "back in has the same votes as before."
        )
    )
    selected = _draw_table(rows, len(session.clips))
    with buttons:
        _draw_buttons(session, bool(idle), selected)


def draw_notices(session: Session) -> None:
    """Say that joining is closed, that the class is full, or that too many want to join."""
    if session.is_full:
        st.warning(
            _(
                "**All {most} places are taken.** Remove those who have not voted in the view "
                "Voters. Close joining once your class is in.",
                most=MAX_VOTERS,
            ),
            icon=":material/group_off:",
        )
    elif session.is_hurried:
        st.warning(
            _(
                "**More browsers want to join at once than a class has.** They are let in one "
                "after the other. Once your class is in, close joining, and remove those who "
                "have not voted in the view Voters."
            ),
            icon=":material/speed:",
        )
    if not session.is_door_open:
        st.info(
            _("Joining is closed: no one else can join. Those who have joined can vote."),
            icon=":material/door_front:",
        )


def _draw_table(rows: list[VoterRow], n_clips: int) -> list[VoterRow]:
    """Draw the list, and return the rows that are selected.

    The browser knows a selected row by its place. Rows are only ever added at the end, except if
    some are forgotten, and then the table begins anew, as it does once rows have been removed.
    """
    forgotten = rows[-1].order - len(rows)
    n_removed = sum(row.is_removed for row in rows)
    table = st.dataframe(
        pd.DataFrame(
            {
                _("Voter"): [row.order for row in rows],
                _("Joined after"): [_minutes(row.joined_s) for row in rows],
                _("Voted on"): [
                    _("{n} of {clips} clips", n=row.votes, clips=n_clips) for row in rows
                ],
                _("Removed"): [_("removed") if row.is_removed else "" for row in rows],
            }
        ),
        hide_index=True,
        height="auto" if len(rows) < 10 else 400,
        key=f"vote-voters-{forgotten}-{n_removed}",
        selection_mode="multi-row",
        on_select="rerun",
    )
    return [rows[i] for i in table["selection"]["rows"] if i < len(rows)]


def _idle(rows: list[VoterRow]) -> list[int]:
    """Return the voters that take part and have not voted."""
    return [row.order for row in rows if not row.votes and not row.is_removed]


def _draw_buttons(session: Session, has_idle: bool, selected: list[VoterRow]) -> None:
    present = [row.order for row in selected if not row.is_removed]
    removed = [row.order for row in selected if row.is_removed]
    st.button(
        _("Remove all who have not voted"),
        icon=":material/group_remove:",
        disabled=not has_idle,
        on_click=lambda: session.remove(
            _idle(session.voters())
        ),  # those who have not voted by then
    )
    st.button(
        _("Remove selected"),
        icon=":material/person_remove:",
        disabled=not present,
        on_click=session.remove,
        args=(present,),
    )
    st.button(
        _("Let selected back in"),
        icon=":material/person_add:",
        disabled=not removed,
        on_click=session.let_back,
        args=(removed,),
    )


def _minutes(seconds: float) -> str:
    return f"{int(seconds) // 60}:{int(seconds) % 60:02d}"
