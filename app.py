"""MMC's pages. Run with `streamlit run app.py`, or `make app`."""

import logging

import streamlit as st

from mmc_core.errors import MMCError

st.set_page_config(page_title="Music Mood Classification", page_icon="🎵", layout="wide")

st.logo("mmc_core/ui/logo.svg", size="large", link=None)
# Streamlit leaves a hand's breadth above the title.
st.html("<style>.stMainBlockContainer { padding-top: 4.5rem; padding-bottom: 3rem; }</style>")

page = st.navigation(
    [
        st.Page("pages/overview.py", title="Overview", icon=":material/explore:", default=True),
        st.Page("pages/distributions.py", title="Distributions", icon=":material/bar_chart:"),
        st.Page("pages/training.py", title="Training", icon=":material/show_chart:"),
        st.Page("pages/predict.py", title="Predict", icon=":material/music_note:"),
    ],
    position="top",
)

try:
    page.run()
except MMCError as error:
    # The page cannot go on, the app can.
    logging.getLogger(__name__).exception("The page %s failed", page.title)
    st.error(str(error), icon=":material/error:")
