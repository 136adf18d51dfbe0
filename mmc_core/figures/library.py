"""A library's songs: the moods of artists, albums and years, and all songs on the plane."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from mmc_core.figures.plane import quadrants
from mmc_core.figures.style import INK, ROW, Figure, label_rows, layout, mood_label
from mmc_core.language import _
from mmc_core.moods import MOODS
from mmc_core.wording import listed, percent, shown

LONGEST = 40  # characters of a group's name
BAR = 0.5  # thickness, in rows
ROOM_FOR_TEXT = 0.12  # share of a bar from which on its number is in it


def moods_by(groups: pd.DataFrame, title: str) -> Figure:
    """A bar a group, divided by the share of its songs of each mood.

    Args:
        groups: `group`, `songs` and a column a mood, in the order of the rows.
        title: of a group, such as "artist".
    """
    plot = go.Figure()
    places = list(range(len(groups)))
    for mood in MOODS:
        counts = groups[mood.name].to_numpy()
        shares = counts / groups["songs"].to_numpy()
        plot.add_bar(
            x=100 * shares,
            y=places,
            orientation="h",
            width=BAR,
            name=mood_label(mood),
            marker={"color": mood.colour, "line": {"color": INK, "width": 0.5}},
            text=[
                f"{mood.mark} {n}" if share >= ROOM_FOR_TEXT else ""
                for n, share in zip(counts, shares, strict=True)
            ],
            textposition="inside",
            insidetextanchor="middle",
            textangle=0,
            textfont={"color": "white" if mood.colour in _DARK else "#14161A"},
            customdata=np.column_stack([_names(groups["group"]), counts, groups["songs"]]),
            hovertemplate=_(
                "%{{customdata[0]}}<br>{mood}: %{{customdata[1]}} of %{{customdata[2]}} songs, "
                "%{{x:.0f}} %",
                mood=mood.label,
            )
            + "<extra></extra>",
        )
    plot.update_xaxes(title=_("Share of songs (%)"), range=[0, 100])
    plot.update_yaxes(range=[len(groups) - 0.5, -0.9])
    layout(plot, height=110 + (ROW + 10) * max(len(groups), 2), legend=True)
    plot.update_layout(barmode="stack", legend_traceorder="normal")
    texts = [
        f"{name} ({n:,})" for name, n in zip(_names(groups["group"]), groups["songs"], strict=True)
    ]
    tops = [place - BAR / 2 for place in places]
    label_rows(plot, dict(zip(tops, texts, strict=True)))
    return Figure(plot, groups, _described(groups, title))


_DARK = {mood.colour for mood in MOODS if int(mood.colour[3:5], 16) < 0x70}


def _names(names: pd.Series[str]) -> list[str]:
    """As they may stand in a figure: they came with files."""
    return [escape(shown(str(name), LONGEST)) for name in names]


def _described(groups: pd.DataFrame, title: str) -> str:
    rows = []
    for row in groups.to_dict(orient="records"):
        shares = [
            f"{mood.label} {percent(row[mood.name] / row['songs'])}"
            for mood in MOODS
            if row[mood.name]
        ]
        rows.append(
            _(
                "{group} ({n:,} songs): {shares}",
                group=row["group"],
                n=row["songs"],
                shares=listed(shares),
            )
        )
    return _("Share of songs by mood and {title}.", title=_(title)) + f" {'; '.join(rows)}."


def songs_plane(
    songs: pd.DataFrame, chosen: pd.DataFrame | None = None, *, height: int = 480
) -> Figure:
    """Every song as a point on the plane of arousal and valence.

    Args:
        songs: `key`, `name`, `mood`, `arousal` and `valence`; a song without a mood is a cross.
        chosen: a row of them, which gets a ring.
    """
    plot = quadrants(height=height)
    for mood in MOODS:
        of_mood = songs[songs["mood"] == mood.name]
        marker = {"color": mood.colour, "symbol": mood.symbol}
        _add(plot, of_mood, mood_label(mood), marker)
    if songs["mood"].isna().any():
        cross = {"color": INK, "symbol": "x-thin", "line": {"width": 1.5, "color": INK}}
        _add(plot, songs[songs["mood"].isna()], _("cannot tell"), cross)
    if chosen is not None and len(chosen):
        plot.add_scatter(
            x=chosen["valence"],
            y=chosen["arousal"],
            mode="markers",
            showlegend=False,
            marker={"symbol": "circle-open", "size": 20, "color": INK, "line": {"width": 3}},
            hoverinfo="skip",
        )
    layout(plot, height=height, legend=True)
    plot.update_layout(legend_itemclick=False, legend_itemdoubleclick=False, dragmode=False)
    counts = songs["mood"].value_counts()
    alt = _(
        "{n:,} songs on the plane of valence (across) and arousal (up): {moods}.",
        n=len(songs),
        moods=listed(f"{mood.label} {counts.get(mood.name, 0):,}" for mood in MOODS),
    )
    return Figure(plot, songs, alt)


def _add(plot: go.Figure, songs: pd.DataFrame, name: str, marker: Mapping[str, object]) -> None:
    keys = songs["key"].to_numpy(dtype=object)
    plot.add_scatter(
        x=songs["valence"].to_numpy(dtype=float),
        y=songs["arousal"].to_numpy(dtype=float),
        mode="markers",
        name=name,
        marker={"size": 7, "opacity": 0.7, **marker},
        cliponaxis=False,
        customdata=np.column_stack([np.array(_names(songs["name"]), dtype=object), keys]),
        hovertemplate="%{customdata[0]}<br>"
        + _("valence %{x:.2f}, arousal %{y:.2f}")
        + "<extra></extra>",
    )
