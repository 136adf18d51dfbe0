"""One clip or song looked into: heard, drawn, put into words, laid beside the moods' clips."""

import streamlit as st

from mmc_core.ui.common import layout
from mmc_core.ui.listen import clip

layout.enter()

st.title("Listen")
st.caption("What a sound looks like, feature by feature, and where it lies among the moods.")
sound = clip.choose()
if sound is None:
    st.stop()
heard = clip.hear(sound)
if heard is None:
    st.stop()
clip.play(sound, heard.facts.start_s)

st.header("What one sees")
clip.show_pictures(sound, heard)

st.header("Where it lies among the moods")
clip.show_place(sound, heard)
