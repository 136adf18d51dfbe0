"""One clip or song looked into: heard, drawn, put into words, laid beside the moods' clips; or two
of them beside each other.
"""

import streamlit as st

from mmc_core.language import _
from mmc_core.ui.common import layout
from mmc_core.ui.listen import display, piece, place, second, similar

layout.enter()


def draw() -> None:
    st.title(_("Listen"))
    st.caption(
        _("See what a clip or song looks like, and how its features compare with each mood.")
    )
    first_place, *second_place = second.places()
    with first_place:
        chosen = piece.choose()
    if second_place:
        with second_place[0]:
            other = piece.choose(second.PREFIX)
        if chosen and other:
            second.show_pair(chosen, other)
        return
    if chosen is None:
        return

    st.header(_("Pictures of the sound"))
    display.show_pictures(*chosen)

    st.header(_("Where the clip lies among moods"))
    place.show_place(*chosen)

    similar.show_similar(chosen[0])


draw()
