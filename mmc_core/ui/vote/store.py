"""The class votes of this server, shared by all who look at it."""

from __future__ import annotations

import streamlit as st

from mmc_core.classroom.sessions import Sessions


@st.cache_resource(show_spinner=False)
def sessions() -> Sessions:
    return Sessions()
