"""One clip or song looked into: heard, drawn, put into words, laid beside the moods' clips."""

import streamlit as st

from mmc_core.ui.common import layout
from mmc_core.ui.listen import display, piece, place, sources

layout.enter()

st.title("Listen")
st.caption("What a sound looks like, feature by feature, and where it lies among the moods.")
sound = sources.choose()
if sound is None:
    st.stop()
analysed = piece.analyse(sound)
if analysed is None:
    st.stop()
piece.play(sound, analysed.facts.start_s)

st.header("What one sees")
display.show_pictures(sound, analysed)

st.header("Where it lies among the moods")
place.show_place(sound, analysed)
