"""Errors of a part of a page, shown as sentences where the part would be."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import streamlit as st

from mmc_core.ui.common import widgets


@contextmanager
def show_errors(*kinds: type[Exception], as_warning: bool = False) -> Iterator[None]:
    """Show an error of these kinds in place of what is left of the block; the page goes on."""
    try:
        yield
    except kinds as error:
        text = widgets.escape_markdown(str(error))
        if as_warning:
            st.warning(text, icon=":material/warning:")
        else:
            st.error(text, icon=":material/error:")
