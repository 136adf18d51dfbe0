"""MMC's pages. Run with `streamlit run app.py`, or `make app`.

Streamlit's server imports this file for `app`, and runs it as a script for every page.
"""

import logging

import streamlit as st
from starlette.middleware import Middleware

from mmc_core.errors import MMCError
from mmc_core.ui import gate, preparation
from mmc_core.ui.common import address, languages, layout, screen, sign_in, widgets


def draw() -> None:
    """Draw the page that the address names."""
    languages.begin()
    try:
        page = layout.surround()
        with address.followed(page.url_path):
            page.run()
        preparation.begin()
    except MMCError as error:
        # This page cannot go on, the app can.
        logging.getLogger(__name__).exception("The page failed")
        st.error(widgets.escape_markdown(str(error)), icon=":material/error:")
    else:
        sign_in.draw_sign_out()
    languages.draw_choice()
    screen.follow()


if __name__ == "__main__":
    draw()
else:
    app = st.App(__file__, middleware=[Middleware(gate.Gate)])
