"""How models of one dataset do on another, as a figure."""

from __future__ import annotations

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from mmc_core.comparison.result import Comparison
from mmc_core.figures.comparison import Titles
from mmc_core.figures.style import (
    INK,
    NEUTRAL,
    Figure,
    faded,
    layout,
)
from mmc_core.language import _
from mmc_core.wording import percent


def transfer(comparison: Comparison, model: str, measure: str, titles: Titles) -> Figure:
    """Trained on a row's dataset, tested on a column's."""
    ids = [id_ for id_ in titles if id_ in comparison.separability]
    entries = comparison.transferred(model, measure)
    values = 100 * np.array([[entries[a, b].value for b in ids] for a in ids])
    chance = 100 * comparison.chance(measure)
    names = [titles[id_].replace(" ", "<br>") for id_ in ids]
    text = [
        [
            _(
                "<b>{accuracy:.0f} %</b><br>{low:.0f} to {high:.0f}",
                accuracy=100 * entries[a, b].value,
                low=100 * entries[a, b].low,
                high=100 * entries[a, b].high,
            )
            for b in ids
        ]
        for a in ids
    ]
    plot = go.Figure(
        go.Heatmap(
            z=values,
            x=names,
            y=names,
            text=text,
            texttemplate="%{text}",
            zmin=chance,
            zmax=100,
            # Translucent, so that the cells and their text suit a dark page too.
            colorscale=[[0, faded(NEUTRAL[5], 0.06)], [1, faded(NEUTRAL[5], 0.75)]],
            showscale=False,  # the numbers are in the cells
            textfont={"size": 14, "color": INK},
            xgap=3,
            ygap=3,
            hovertemplate=_("trained on %{y}<br>tested on %{x}<br>%{z:.1f} %") + "<extra></extra>",
        )
    )
    plot.update_xaxes(title=_("Tested on"), side="top", showgrid=False)
    plot.update_yaxes(title=_("Trained on"), autorange="reversed", showgrid=False)
    layout(plot, height=110 * len(ids) + 110)
    plot.update_xaxes(showgrid=False)
    plot.update_yaxes(showgrid=False)
    data = pd.DataFrame(
        [
            {
                "model": model,
                "train": titles[a],
                "test": titles[b],
                "measure": measure,
                **entries[a, b].known(),
            }
            for a in ids
            for b in ids
        ]
    )
    shares = ", ".join(
        _(
            "{train} to {test} {accuracy}",
            train=titles[a],
            test=titles[b],
            accuracy=percent(entries[a, b].value),
        )
        for a in ids
        for b in ids
    )
    alt = _(
        "Accuracy, trained on one dataset and tested on another: {accuracies}.", accuracies=shares
    )
    return Figure(plot, data, alt)
