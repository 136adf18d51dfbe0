"""Figures in another language: how numbers on axes are written."""

from __future__ import annotations

import pandas as pd
import plotly.graph_objects as go

from mmc_core import language
from mmc_core.figures.style import Figure, layout


def test_figures_have_the_languages_separators_and_signs() -> None:
    def drawn() -> go.Figure:
        plot = layout(go.Figure(go.Bar(x=["a"], y=[12.5])), height=100)
        plot.update_yaxes(ticksuffix=" %")
        return Figure(plot, pd.DataFrame(), "").plot

    english = drawn()
    assert english.layout.separators == ".,"
    assert (english.layout.yaxis.tickprefix, english.layout.yaxis.ticksuffix) == (None, " %")
    with language.speaking("tr"):
        turkish = drawn()
    assert turkish.layout.separators == ",."
    assert (turkish.layout.yaxis.tickprefix, turkish.layout.yaxis.ticksuffix) == ("%", "")
