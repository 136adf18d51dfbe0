"""One clip or song looked into: heard, drawn, put into words, laid beside the moods' clips."""

import streamlit as st

from mmc_core.ui.common import layout
from mmc_core.ui.listen import display, piece, place, sources

layout.enter()


def draw() -> None:
    st.title("Listen")
    st.caption("See what a clip or song looks like, and how its features compare with each mood.")
    sound = sources.choose()
    if sound is None:
        return
    analysed = piece.analyse(sound)
    if analysed is None:
        return
    piece.play(sound, analysed.facts.start_s)

    st.header("Pictures of the sound")
    display.show_pictures(sound, analysed)

    st.header("Where the clip lies among moods")
    place.show_place(sound, analysed)


draw()
