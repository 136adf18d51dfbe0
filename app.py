"""MMC's pages. Run with `streamlit run app.py`, or `make app`."""

import logging

import streamlit as st

from mmc_core.errors import MMCError
from mmc_core.ui.common import address, layout, widgets

page = layout.surround()
with address.followed(page.url_path):
    try:
        page.run()
    except MMCError as error:
        # This page cannot go on, the app can.
        logging.getLogger(__name__).exception("The page %s failed", page.title)
        st.error(widgets.escape_markdown(str(error)), icon=":material/error:")
