"""The map of clips: every clip of several datasets as a point."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from mmc_core.figures.comparison import Titles
from mmc_core.figures.style import DATASET_SYMBOLS, INK, Figure, layout, mood_label
from mmc_core.moods import BY_NAME as MOOD
from mmc_core.moods import MOODS


def clip_map(points: pd.DataFrame, titles: Titles, axes: Sequence[str]) -> Figure:
    """Every clip as a point: coloured by mood, shaped by dataset.

    Args:
        points: `dataset`, `clip`, `name` (to read), `mood`, `x` and `y`.
        titles: of the datasets, by id.
        axes: what x and y are.
    """
    plot = go.Figure()
    for i, (id_, title) in enumerate(titles.items()):
        mine = points[points["dataset"] == id_]
        for mood in MOODS:
            some = mine[mine["mood"] == mood.name]
            if some.empty:
                continue
            plot.add_scattergl(
                x=some["x"].to_numpy(dtype=np.float32),
                y=some["y"].to_numpy(dtype=np.float32),
                customdata=some["name"].to_numpy(dtype=object),
                mode="markers",
                marker={
                    "color": MOOD[mood.name].colour,
                    "symbol": DATASET_SYMBOLS[i % len(DATASET_SYMBOLS)],
                    "size": 6,
                    "opacity": 0.65,
                },
                showlegend=False,
                hovertemplate=f"%{{customdata}}<br>{mood.name}, {title}<extra></extra>",
            )
        plot.add_scatter(
            x=[None],
            y=[None],
            mode="markers",
            marker={"color": INK, "symbol": DATASET_SYMBOLS[i % len(DATASET_SYMBOLS)], "size": 9},
            name=title,
        )
    for mood in MOODS:
        some = points[points["mood"] == mood.name]
        if not some.empty:
            # A name led from the middle of its clips, so that colour is never the only sign.
            plot.add_annotation(
                x=some["x"].mean(),
                y=some["y"].mean(),
                text=f"<b>{mood_label(mood)}</b>",
                ax=70 * mood.arousal,
                ay=-80 * mood.valence * mood.arousal,
                arrowhead=2,
                arrowwidth=2,
                arrowcolor=mood.colour,
                bgcolor="rgba(255, 255, 255, 0.85)",
                bordercolor=mood.colour,
                borderpad=3,
            )
            plot.add_scatter(
                x=[None],
                y=[None],
                mode="markers",
                marker={"color": mood.colour, "symbol": "square", "size": 11},
                name=mood_label(mood),
            )
    plot.update_xaxes(title=axes[0])
    plot.update_yaxes(title=axes[1])
    layout(plot, height=620, legend=True)
    plot.update_layout(legend_itemclick=False, legend_itemdoubleclick=False)
    shown = points.assign(dataset=points["dataset"].map(dict(titles)))
    alt = f"Map of {len(points)} clips of {' and '.join(titles.values())}, coloured by mood."
    return Figure(plot, shown, alt)
