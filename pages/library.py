"""The songs that were scanned on this machine: their moods by artist, on the plane, in a table."""

import streamlit as st

from mmc_core.language import _
from mmc_core.ui.common import layout
from mmc_core.ui.library import views

layout.enter()

st.title(_("Library"))
st.caption(_("All songs of a folder: their moods, found once by a scan on this machine."))
views.draw()
