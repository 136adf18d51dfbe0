"""The offer to fetch the second pretrained network, which `best` then listens with."""

from __future__ import annotations

import streamlit as st

from mmc_core.errors import MMCError
from mmc_core.features.embeddings import is_here
from mmc_core.language import _
from mmc_core.runs import Run
from mmc_core.runs.weights import fetch_model
from mmc_core.ui.common import address, widgets

NETWORK = "audioset"


def offer_audioset(run: Run) -> None:
    """Draw a button that fetches the second network, or that it is installed; nothing for a model
    without pretrained networks.
    """
    if not run.networks:
        return
    if is_here(NETWORK):
        st.caption(_("The AudioSet network is installed. It recognises sounds that are no music."))
        return
    st.caption(
        _(
            "With the AudioSet network the model also recognises sounds that are no music. It was "
            "right on slightly more held-out clips, which may be chance."
        )
    )
    draw_button(key="fetch-audioset")


def draw_button(*, key: str) -> None:
    """Draw the button that fetches the second network; nothing once it is installed."""
    if is_here(NETWORK):
        return
    label = _("Download the AudioSet network (4 MB)")
    if st.button(label, icon=":material/cloud_download:", key=key):
        try:
            with st.spinner(_("Downloading …")):
                fetch_model(NETWORK)
        except MMCError as error:
            st.error(widgets.escape_markdown(str(error)))
        else:
            address.rerun()
