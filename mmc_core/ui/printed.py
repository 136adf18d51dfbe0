"""What is saved for print: a figure in ggplot2's look, and a whole dataset as a report."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial

import streamlit as st
from matplotlib.figure import Figure

from mmc_core.clips import Clips
from mmc_core.features.schema import Feature
from mmc_core.figures import ggplot
from mmc_core.figures.distributions import ByDataset


def buttons(
    feature: Feature, data: ByDataset, kind: str, clips: Mapping[str, Clips], *, log: bool = False
) -> None:
    """Buttons that draw the figure in ggplot2's look once they are clicked.

    Args:
        kind: of `ggplot.FIGURES`.
        clips: by dataset title, where single clips are known: for outliers.
    """

    def draw() -> Figure:
        marks = {title: found.outliers(feature.name) for title, found in clips.items()}
        return ggplot.FIGURES[kind](feature, data, log=log, outliers=marks)

    def content(of: str) -> bytes:
        return ggplot.save(draw, [of])[of]

    with (
        st.popover("ggplot2's look", help="For print: 160 mm wide, PNG at 300 dpi"),
        st.container(horizontal=True, gap="small"),
    ):
        for of, mime in ggplot.FORMATS.items():
            st.download_button(
                of.upper(),
                partial(content, of),
                file_name=f"{feature.name}-{kind}-ggplot.{of}",
                mime=mime,
                key=f"ggplot-{of}",
                on_click="ignore",
            )
