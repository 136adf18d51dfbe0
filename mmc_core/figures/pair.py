"""Two sounds side by side, A and B: their pictures, answers and features on one scale."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from mmc_core.analysis.pair import USUAL
from mmc_core.features.display import Pictures
from mmc_core.figures.clip import PANELS, TOP, stacked
from mmc_core.figures.style import (
    INK,
    ROW,
    Figure,
    dataset_marker,
    label_rows,
    layout,
)
from mmc_core.language import _
from mmc_core.wording import rounded, shown

LETTERS = ("A", "B")
NAME_HEIGHT = 20  # pixels of a line that says who is A and who is B


def pictures(pair: Sequence[Pictures], names: Sequence[str], titles: Sequence[str]) -> Figure:
    """The chosen pictures of both, one above the other, with the same colours and axes.

    Args:
        pair: of A and of B. Time counts from where the part shown begins.
        names: of `clip.PANELS`, at least one, in their order.
        titles: what A and B are called.
    """
    pair = [replace(each, time_s=each.time_s - each.time_s[0] + each.step_s / 2) for each in pair]
    rows = [
        (name, each, f"{letter}: {title}")
        for name in names
        for letter, title, each in zip(LETTERS, _titles_of_both(name), pair, strict=True)
    ]
    top = TOP + len(LETTERS) * NAME_HEIGHT
    plot = stacked(rows, top=top)
    for row in range(1, len(rows), 2):
        _on_one_scale(plot, row)
    plot.update_xaxes(range=[0, max(float(each.time_s[-1]) + each.step_s / 2 for each in pair)])
    for i, (letter, title) in enumerate(zip(LETTERS, titles, strict=True)):
        plot.add_annotation(
            **{"x": 0, "xref": "paper", "xanchor": "left", "xshift": -40},
            **{"y": 1, "yref": "paper", "yanchor": "bottom", "yshift": top - NAME_HEIGHT * (i + 1)},
            text=f"<b>{letter}</b>  {shown(title, 42)}",
            showarrow=False,
        )
    data = pd.concat(
        [each.table(names).assign(song=letter) for letter, each in zip(LETTERS, pair, strict=True)]
    )
    data.insert(0, "song", data.pop("song"))
    one, other = titles
    alt = _(
        "Pictures of A, {one}, and B, {other}, on one scale: {pictures}.",
        one=one,
        other=other,
        pictures=", ".join(_(PANELS[name].title) for name in names),
    )
    return Figure(plot, data, alt)


def _titles_of_both(name: str) -> tuple[str, str]:
    """The unit once, for a phone has no room for it beside the scale of both."""
    title = _(PANELS[name].title)
    return title, title.partition(" (")[0]


def _on_one_scale(plot: go.Figure, row: int) -> None:
    """A row and the one under it, which show the same picture of two sounds."""
    axes = [plot.get_subplot(each, 1).yaxis for each in (row, row + 1)]
    names = [axis.plotly_name.replace("axis", "") for axis in axes]
    curves = [trace.y for trace in plot.data if trace.type == "scatter" and trace.yaxis in names]
    if curves:
        low, high = (float(end(list(map(end, curves)))) for end in (min, max))
        room = 0.05 * (high - low) or 1.0
        bottom = 0.0 if axes[0].rangemode == "tozero" else low - room
        for each in (row, row + 1):
            plot.update_yaxes(range=[bottom, high + room], row=each)
    heat = [trace for trace in plot.data if trace.type == "heatmap" and trace.yaxis in names]
    if heat:
        bounds = [(z.zmin, z.zmax) if z.zmin is not None else (z.z.min(), z.z.max()) for z in heat]
        zmin, zmax = min(low for low, high in bounds), max(high for low, high in bounds)
        for trace in heat:
            trace.update(zmin=zmin, zmax=zmax)
        bottom, top = axes[1].domain[0], axes[0].domain[1]
        heat[0].colorbar.update(y=(bottom + top) / 2, len=top - bottom)
        heat[1].showscale = False


def differences(
    table: pd.DataFrame,
    groups: Sequence[str],
    most: int,
    titles: Sequence[str],
    dataset: str,
    *,
    narrow: bool = False,
) -> Figure:
    """How far B lies from A in each feature, the largest first; its data has all features.

    Args:
        table: see `analysis.pair.differences`.
        groups: kinds of features that are drawn, at least one with a feature.
        most: how many features, from the largest difference.
        titles: what A and B are called.
        dataset: title of that whose clips' standard deviation is the unit.
        narrow: see `style.label_rows`.
    """
    drawn = table[table["group"].isin(groups)].head(most)
    rows = np.arange(len(drawn))
    feature_titles = [_(title) for title in drawn["title"]]
    plot = go.Figure()
    plot.add_vrect(
        **{"x0": -USUAL, "x1": USUAL, "line_width": 0, "layer": "below"},
        fillcolor="rgba(128, 128, 128, 0.14)",
    )
    plot.add_vline(x=0, line={"color": INK, "width": 1.5})
    values = [
        [f"{rounded(value)} {_(unit)}".rstrip() for value in (one, other)]
        for one, other, unit in drawn[["one", "other", "unit"]].itertuples(index=False)
    ]
    for i, letter in enumerate(LETTERS):
        is_higher = (drawn["difference"] >= 0).to_numpy() == (letter == "B")
        at, difference = rows[is_higher], drawn["difference"][is_higher]
        marker = dataset_marker(i, 11)
        stems = [(x, y) for d, row in zip(difference, at, strict=True)
                 for x, y in ((0, row), (d, row), (None, None))]  # fmt: skip
        plot.add_scatter(
            x=[x for x, y in stems],
            y=[y for x, y in stems],
            mode="lines",
            line={"color": marker["color"], "width": 2},
            hoverinfo="skip",
            showlegend=False,
        )
        plot.add_scatter(
            x=difference,
            y=at,
            mode="markers",
            name=_("higher in {letter}", letter=letter),
            marker=marker,
            customdata=[[feature_titles[row], *values[row]] for row in at],
            hovertemplate="%{customdata[0]}<br>A: %{customdata[1]}<br>B: %{customdata[2]}<br>"
            + _("difference %{x:+.2f} standard deviations")
            + "<extra></extra>",
        )
    reach = 1.08 * max(USUAL, float(drawn["difference"].abs().max()))
    plot.update_xaxes(
        title=_(
            "B minus A (standard deviations of {dataset});<br>grey: the usual difference of two "
            "clips",
            dataset=dataset,
        ),
        range=[-reach, reach],
        nticks=9,
    )
    plot.update_yaxes(range=[len(drawn) - 0.5, -0.8], showgrid=False)
    layout(plot, height=140 + ROW * len(drawn), legend=True)
    label_rows(plot, dict(enumerate(feature_titles)), narrow=narrow)
    plot.update_layout(margin_b=60, margin_t=46, legend={"y": 1, "yanchor": "bottom"})
    one, other = titles
    first = zip(feature_titles, drawn["difference"].head(3), strict=False)
    alt = _(
        "How far {other} (B) lies from {one} (A) in {n} features, in standard deviations of "
        "{dataset}. The largest: {largest}.",
        other=other,
        one=one,
        n=len(drawn),
        dataset=dataset,
        largest=", ".join(f"{title} {difference:+.1f}" for title, difference in first),
    )
    return Figure(plot, table, alt)
