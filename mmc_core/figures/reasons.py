"""Why a model answered as it did: a song among boxplots, contributions of features, regions."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from mmc_core._typing import Bools, Float64
from mmc_core.analysis.summaries import Distribution
from mmc_core.features.filters import mel_edges
from mmc_core.features.schema import Feature
from mmc_core.figures.clip import FREQUENCY_TICKS
from mmc_core.figures.distributions import boxplot
from mmc_core.figures.style import INK, ROW, Figure, label_rows, layout
from mmc_core.language import _, write
from mmc_core.moods import BY_NAME
from mmc_core.prediction.contributions import Contributions
from mmc_core.prediction.occlusion import Occlusion
from mmc_core.wording import percent, rounded

# Orange speaks for the mood, purple against it; no mood has these colours.
FOR, AGAINST = "#D55E00", "#7A5195"
EFFECTS = [  # nothing is clear
    [0.0, "rgba(94, 60, 153, 0.9)"],
    [0.5, "rgba(94, 60, 153, 0)"],
    [0.5, "rgba(204, 85, 0, 0)"],
    [1.0, "rgba(204, 85, 0, 0.9)"],
]
EFFECTS_ON_WHITE = [
    [0.0, "rgb(110, 79, 163)"],
    [0.5, "rgb(255, 255, 255)"],
    [1.0, "rgb(209, 102, 25)"],
]
LEVELS = [[0.0, "rgb(255, 255, 255)"], [1.0, "rgb(90, 90, 90)"]]
SHOWN_DB = 60.0  # of the spectrogram
OUTLINE = "rgb(20, 20, 24)"  # in the dark theme too: it lies on a light picture


def song_in_boxes(
    feature: Feature, value: float, moods: Mapping[str, Distribution], song: str, title: str
) -> Figure:
    """The boxplots of the page Distributions, with a line where the song lies.

    Args:
        moods: the feature's distributions in a dataset.
        song: what the song is called.
        title: the dataset's.
    """
    boxes = boxplot(feature, {title: moods})
    plot = boxes.plot
    plot.add_hline(y=value, line={"color": INK, "width": 2, "dash": "dot"})
    plot.update_xaxes(title=_("dotted line: this song, {value}", value=rounded(value)))
    plot.update_layout(height=350, margin_t=34)
    data = boxes.data.assign(song=value)
    return Figure(plot, data, f"{boxes.alt} {song}: {rounded(value)}.")


def contribution_bars(made: Contributions, song: str) -> Figure:
    """From the model's usual answer to the one for the song, a step for each kind of feature."""
    groups = sorted(made.by_group, key=lambda group: -abs(made.by_group[group]))
    steps = [made.by_group[group] for group in groups]
    mood = BY_NAME[made.mood]
    names = [
        _("Usual answer for {mood}", mood=mood.label),
        *(_(group) for group in groups),
        _("Answer for this song"),
    ]
    plot = go.Figure(
        go.Waterfall(
            orientation="h",
            y=list(range(len(names))),
            x=[100 * value for value in (made.usual, *steps, made.probability)],
            measure=["absolute", *["relative"] * len(groups), "total"],
            text=[percent(made.usual), *map(_points, steps), percent(made.probability)],
            textposition="outside",
            cliponaxis=False,
            connector={"line": {"color": INK, "width": 1, "dash": "dot"}},
            increasing={"marker": {"color": FOR}},
            decreasing={"marker": {"color": AGAINST}},
            totals={"marker": {"color": mood.colour}},
            customdata=names,
            hovertemplate="%{customdata}: %{text}<extra></extra>",
        )
    )
    plot.update_xaxes(title=_("Probability of {mood} (%)", mood=mood.label), range=[-2, 112])
    plot.update_xaxes(tickvals=[0, 25, 50, 75, 100])
    plot.update_yaxes(range=[len(names) - 0.5, -0.9], dtick=1)
    layout(plot, height=70 + (ROW + 14) * len(names))
    label_rows(plot, dict(enumerate(names)))
    plot.update_layout(waterfallgap=0.65, margin_t=10)
    text = ", ".join(f"{_(group)} {_points(made.by_group[group])}" for group in groups)
    data = pd.DataFrame(
        {
            "part": ["usual answer", *groups, "answer for the song"],
            "probability": [made.usual, *steps, made.probability],
        }
    )
    return Figure(
        plot,
        data,
        _(
            "What kinds of features contribute to {mood} {probability} for {song}, from {usual} "
            "on: {contributions}.",
            mood=mood.label,
            probability=percent(made.probability),
            song=song,
            usual=percent(made.usual),
            contributions=text,
        ),
    )


def occlusion_map(made: Occlusion, song: str) -> Figure:
    """The effect of each cell in colour, over the excerpt's mel spectrogram in grey."""
    grid = made.grid
    times = made.start_s + grid.time_edges_s
    bands = np.arange(float(grid.n_bands + 1))
    mel_hz = mel_edges()[1:-1]
    heard = mel_hz <= grid.band_edges_hz[-1]
    levels = made.levels_db[heard]
    plot = go.Figure()
    plot.add_heatmap(
        z=levels,
        y=grid.place(mel_hz[heard]),
        x0=made.start_s,
        dx=grid.duration_s / max(levels.shape[1] - 1, 1),
        zmin=int(levels.max()) - SHOWN_DB,
        zmax=int(levels.max()),
        colorscale=LEVELS,
        showscale=False,
        hoverinfo="skip",
    )
    reach = 100 * max(float(np.abs(made.effects).max()), 0.01)
    plot.add_scatter(  # the key's colours: as they are over white, on a dark page too
        x=[None],
        y=[None],
        mode="markers",
        hoverinfo="skip",
        marker={
            "color": [0],
            "cmin": -reach,
            "cmax": reach,
            "colorscale": EFFECTS_ON_WHITE,
            "colorbar": {
                "title": {"text": _("Points"), "font": {"size": 12, "color": INK}},
                "thickness": 8,
                "outlinewidth": 0,
                "nticks": 5,
                "tickfont": {"size": 11, "color": INK},
            },
        },
    )
    plot.add_heatmap(
        z=100 * made.effects,
        x=times,
        y=bands,
        zmin=-reach,
        zmax=reach,
        colorscale=EFFECTS,
        customdata=_cell_texts(made),
        hovertemplate="%{customdata}<extra></extra>",
        showscale=False,
    )
    x, y = outline(made.top, times)
    plot.add_scatter(x=x, y=y, mode="lines", line={"color": OUTLINE, "width": 2}, hoverinfo="skip")
    ticks = [hz for hz in FREQUENCY_TICKS if hz <= grid.band_edges_hz[-1]]
    plot.update_yaxes(
        title=_("Frequency (Hz)"),
        range=[0, grid.n_bands],
        tickvals=grid.place(np.array(ticks, dtype=float)),
        ticktext=[write(hz, ",") for hz in ticks],
        showgrid=False,
    )
    plot.update_xaxes(
        title=_("Time in the song (s)"), range=[times[0], times[-1]], nticks=11, showgrid=False
    )
    layout(plot, height=360)
    plot.update_layout(margin_t=12)
    return Figure(plot, regions_table(made), _in_words(made, song))


def regions_table(made: Occlusion) -> pd.DataFrame:
    """A row a cell: where it is, its effect, and whether it is among the marked ones."""
    return pd.DataFrame([asdict(region) for region in made.regions])


def outline(cells: Bools, times: Float64) -> tuple[list[float | None], list[float | None]]:
    """Lines around cells (n_bands, n_times), each two points and a gap.

    Args:
        times: where cells begin and end. (n_times + 1,)
    """
    padded = np.pad(cells, 1)
    x: list[float | None] = []
    y: list[float | None] = []
    for b, t in np.argwhere(padded[1:, 1:-1] != padded[:-1, 1:-1]):  # under a cell, or above
        x += [float(times[t]), float(times[t + 1]), None]
        y += [float(b), float(b), None]
    for b, t in np.argwhere(padded[1:-1, 1:] != padded[1:-1, :-1]):  # before a cell, or after
        x += [float(times[t]), float(times[t]), None]
        y += [float(b), float(b + 1), None]
    return x, y


def _cell_texts(made: Occlusion) -> list[list[str]]:
    times, bands = made.start_s + made.grid.time_edges_s, made.grid.band_edges_hz
    n_bands, n_times = made.grid.shape
    return [
        [
            _(
                "{start_s:.1f} to {end_s:.1f} s, {low_hz:.0f} to {high_hz:.0f} Hz<br>"
                "without it, {mood} {change}",
                start_s=times[t],
                end_s=times[t + 1],
                low_hz=bands[b],
                high_hz=bands[b + 1],
                mood=BY_NAME[made.mood].label,
                change=_points(-made.effects[b, t]),
            )
            for t in range(n_times)
        ]
        for b in range(n_bands)
    ]


def _points(change: float) -> str:
    """A change of a probability to read, in percentage points."""
    number = f"{100 * change:+.1f}".replace("-", "\N{MINUS SIGN}")
    return _("{number} points", number=number)


def _in_words(made: Occlusion, song: str) -> str:
    most = made.regions[0]
    return _(
        "Which regions of {song} drive the answer {mood}, from {part_s:.1f} s on. The largest "
        "effect, {effect}, has the region from {start_s:.1f} to {end_s:.1f} s and {low_hz:.0f} to "
        "{high_hz:.0f} Hz.",
        song=song,
        mood=BY_NAME[made.mood].label,
        part_s=made.start_s,
        effect=_points(most.effect),
        start_s=most.start_s,
        end_s=most.end_s,
        low_hz=most.low_hz,
        high_hz=most.high_hz,
    )
