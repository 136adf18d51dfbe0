"""A library's songs: the moods of artists, albums and years, and all songs on the plane."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from mmc_core.figures.plane import quadrants
from mmc_core.figures.style import GREY, INK, ROW, Figure, explain_moods, label_rows, layout
from mmc_core.language import N_, _, write
from mmc_core.library.browse import SEVERAL
from mmc_core.moods import MOODS
from mmc_core.wording import listed, percent, shown

LONGEST = 40  # characters of a group's name
BAR, BAR_ABOVE = 0.75, 0.45  # thickness, in rows; where labels are above bars
ROOM_FOR_TEXT = 0.12  # share of a bar from which on its number is in it
SEVERAL_TITLE = N_("several moods")  # of songs that the model gives more than one


def moods_by(groups: pd.DataFrame, title: str, *, narrow: bool = False) -> Figure:
    """A bar a group, divided by the share of its songs of each mood, and of several.

    Args:
        groups: `group`, `songs`, a column a mood and `SEVERAL`, in the order of the rows.
        title: of a group, such as "artist".
        narrow: see `style.label_rows`.
    """
    plot = go.Figure()
    places = list(range(len(groups)))
    bar = BAR_ABOVE if narrow else BAR
    parts = [(m.name, m.label, m.mark, m.colour) for m in MOODS]
    parts.append((SEVERAL, _(SEVERAL_TITLE), "", GREY))
    for part, label, mark, colour in parts:
        counts = groups[part].to_numpy()
        shares = counts / groups["songs"].to_numpy()
        plot.add_bar(
            x=100 * shares,
            y=places,
            orientation="h",
            width=bar,
            name=label,
            legendgroup=part,
            marker={"color": colour},
            text=[
                f"{mark} {n}".strip() if share >= ROOM_FOR_TEXT else ""
                for n, share in zip(counts, shares, strict=True)
            ],
            textposition="inside",
            insidetextanchor="middle",
            textangle=0,
            # On a dark page, whose colours are paler, all are dark: `ui/common/style.css`.
            textfont={"color": "white" if colour in _DARK else "#14161A"},
            customdata=np.column_stack([_names(groups["group"]), counts, groups["songs"]]),
            hovertemplate=_(
                "%{{customdata[0]}}<br>{mood}: %{{customdata[1]}} of %{{customdata[2]}} songs, "
                "%{{x:.0f}} %",
                mood=label,
            )
            + "<extra></extra>",
        )
    plot.update_xaxes(title=_("Share of songs (%)"), range=[0, 100])
    plot.update_yaxes(range=[len(groups) - 0.5, -0.9 if narrow else -0.5])
    row = ROW + 10 if narrow else 28
    layout(plot, height=110 + row * max(len(groups), 2), legend=True)
    explain_moods(plot)
    if groups[SEVERAL].any():
        plot.update_traces(selector={"legendgroup": SEVERAL}, showlegend=True)
        _to_the_end(plot, SEVERAL)
    plot.update_layout(barmode="stack", legend_traceorder="normal")
    texts = [
        f"{name} ({write(n, ',')})"
        for name, n in zip(_names(groups["group"]), groups["songs"], strict=True)
    ]
    rows = [place - bar / 2 if narrow else place for place in places]
    label_rows(plot, dict(zip(rows, texts, strict=True)), narrow=narrow)
    return Figure(plot, groups, _described(groups, title))


_DARK = {GREY} | {mood.colour for mood in MOODS if int(mood.colour[3:5], 16) < 0x70}


def _to_the_end(plot: go.Figure, part: str) -> None:
    """Have the legend name a part of the bars last, after the moods."""
    plot.update_traces(selector={"legendgroup": part}, legendrank=2000)


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
        if row[SEVERAL]:
            shares.append(f"{_(SEVERAL_TITLE)} {percent(row[SEVERAL] / row['songs'])}")
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
    songs: pd.DataFrame, chosen: pd.DataFrame | None = None, *, height: int = 340
) -> Figure:
    """Every song as a point on the plane of arousal and valence.

    Args:
        songs: `key`, `name`, `mood`, `arousal`, `valence` and `several`, whether `mood` is the
            likeliest of several: its sign is hollow then. A song without a mood is a cross.
        chosen: a row of them, which gets a ring.
    """
    plot = quadrants(height=height)
    for mood in MOODS:
        of_it = songs[songs["mood"] == mood.name]
        marker = {"color": mood.colour, "symbol": mood.symbol}
        hollow = {**marker, "symbol": f"{mood.symbol}-open", "line": {"width": 2}}
        _add(plot, of_it[~of_it["several"]], marker)
        _add(plot, of_it[of_it["several"]], hollow)
    explain_moods(plot)
    if songs["several"].any():
        plot.add_scatter(
            x=[None],
            y=[None],
            mode="markers",
            marker={"color": GREY, "symbol": "circle-open", "size": 10, "line": {"width": 2}},
            name=_("hollow: several moods"),
            showlegend=True,
        )
    if songs["mood"].isna().any():
        cross = {"color": INK, "symbol": "x-thin", "line": {"width": 1.5, "color": INK}}
        _add(plot, songs[songs["mood"].isna()], cross, name=_("cannot tell"))
    if chosen is not None and len(chosen):
        plot.add_scatter(
            x=chosen["valence"],
            y=chosen["arousal"],
            mode="markers",
            showlegend=False,
            marker={"symbol": "circle-open", "size": 20, "color": INK, "line": {"width": 3}},
            cliponaxis=False,
            hoverinfo="skip",
        )
    layout(plot, height=height, legend=True)
    plot.update_yaxes(title_standoff=0)
    plot.update_layout(legend_itemclick=False, legend_itemdoubleclick=False, dragmode=False)
    counts = songs.loc[~songs["several"], "mood"].value_counts()
    moods = [f"{mood.label} {write(counts.get(mood.name, 0), ',')}" for mood in MOODS]
    if songs["several"].any():
        moods.append(f"{_(SEVERAL_TITLE)} {write(int(songs['several'].sum()), ',')}")
    alt = _(
        "{n:,} songs on the plane of valence (across) and arousal (up): {moods}.",
        n=len(songs),
        moods=listed(moods),
    )
    return Figure(plot, songs, alt)


def _add(
    plot: go.Figure, songs: pd.DataFrame, marker: Mapping[str, object], name: str = ""
) -> None:
    keys = songs["key"].to_numpy(dtype=object)
    plot.add_scatter(
        x=songs["valence"].to_numpy(dtype=float),
        y=songs["arousal"].to_numpy(dtype=float),
        mode="markers",
        name=name,
        showlegend=bool(name),
        marker={"size": 8, "opacity": 0.8, **marker},
        cliponaxis=False,
        customdata=np.column_stack([np.array(_names(songs["name"]), dtype=object), keys]),
        hovertemplate="%{customdata[0]}<br>"
        + _("valence %{x:.2f}, arousal %{y:.2f}")
        + "<extra></extra>",
    )
