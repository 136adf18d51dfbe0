"""A class votes on the mood of clips: the teacher opens a session, phones join it."""

import streamlit as st

from mmc_core.classroom.sessions import normalised, origin_of
from mmc_core.errors import ClassVoteError
from mmc_core.language import _
from mmc_core.ui.common import address, layout, visitor, widgets
from mmc_core.ui.vote import start, teacher, voter
from mmc_core.ui.vote.store import sessions

layout.enter()


def draw() -> None:
    st.title(_("Class vote"))
    me = visitor.name()
    address.text("session", normalised, str)
    code = address.chosen("session")
    try:
        origin = origin_of(st.context.ip_address)
        session = sessions().find(code, me, origin) if code else None
    except ClassVoteError as error:
        st.warning(widgets.escape_markdown(str(error)), icon=":material/warning:")
        return
    if code and session is None and voter.has_taken_part(code):
        voter.draw_end()
        return
    if code and session is None:
        st.warning(
            _(
                "There is no class vote {code} now. The code may be mistyped, or the teacher has "
                "ended it.",
                code=widgets.escape_markdown(code),
            ),
            icon=":material/search_off:",
        )
    if session is None and (own := sessions().of(me)) is not None:
        address.assign(session=own.code)
        session = own
    if session is None:
        start.draw()
    elif session.is_owner(me):
        teacher.draw(session)
    else:
        voter.draw(session)


draw()
