"""One clip or song looked into: heard, drawn, put into words, laid beside the moods' clips; or two
of them beside each other.
"""

import streamlit as st

from mmc_core.language import N_, _
from mmc_core.ui.common import choices, layout
from mmc_core.ui.listen import display, piece, place, second, similar

PICTURES, MOODS, SIMILAR = "pictures", "moods", "similar"
VIEWS = {
    PICTURES: N_("Pictures of the sound"),
    MOODS: N_("Where it lies among moods"),
    SIMILAR: N_("Clips that sound like it"),
}

layout.enter()


def draw() -> None:
    st.title(_("Listen"))
    with st.container(
        horizontal=True, horizontal_alignment="distribute", vertical_alignment="center"
    ):
        st.caption(
            _("See what a clip or song looks like, and how its features compare with each mood."),
            width="content",
        )
        is_pair = second.choose()
    if is_pair:
        second.draw()
        return
    chosen = piece.choose()
    if chosen is None:
        return
    view = choices.choose_view(VIEWS, PICTURES)
    if view == PICTURES:
        display.show_pictures(*chosen)
    elif view == MOODS:
        place.show_place(*chosen)
    else:
        similar.show_similar(chosen[0])


draw()
