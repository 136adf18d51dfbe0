"""Figures that are drawn once for all who see the same: building one takes longer than all else."""

from __future__ import annotations

from collections.abc import Callable

import joblib
import streamlit as st

from mmc_core.figures.style import Figure
from mmc_core.language import current

MOST = 100  # figures that are kept


def drawn(draw: Callable[..., Figure], *arguments: object, **options: object) -> Figure:
    """What a function of `mmc_core.figures` makes of these; not to be changed."""
    made_of = joblib.hash((draw.__module__, draw.__qualname__, arguments, options))
    return _drawn(made_of, current(), lambda: draw(*arguments, **options))


@st.cache_resource(max_entries=MOST, show_spinner=False)
def _drawn(made_of: str, language: str, _draw: Callable[[], Figure]) -> Figure:
    return _draw()
