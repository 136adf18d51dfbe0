"""One clip of a dataset: its name, its sound where that is here, and the way to Listen."""

from __future__ import annotations

import streamlit as st

from mmc_core.language import _
from mmc_core.ui.common import load, widgets


def hear(dataset: str, clip: str) -> None:
    """A player for a clip."""
    path = load.audio(dataset).get(clip)
    if path is None:
        st.caption(_("The audio of this clip is not on this machine."))
        return
    st.markdown(f"**{widgets.escape_markdown(load.clip_label(dataset, clip))}**")
    st.audio(path)
    widgets.page_link(
        "listen", _("Open this clip in Listen"), "graphic_eq", dataset=dataset, clip=clip
    )
