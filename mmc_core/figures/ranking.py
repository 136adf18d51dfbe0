"""Which features separate the moods, and which features go together."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from mmc_core.analysis import effects
from mmc_core.analysis.effects import Separations
from mmc_core.analysis.findings import of_correlations, of_ranking, size_of_effect
from mmc_core.features.schema import BY_NAME, GROUPS
from mmc_core.figures.style import (
    GREY,
    INK,
    NEUTRAL,
    ROW,
    Figure,
    dataset_marker,
    faded,
    label_rows,
    layout,
)
from mmc_core.language import _
from mmc_core.wording import ADJUSTED_P, adjusted_p_value

# Blue, white, vermilion: two hues that stay apart for every kind of colour vision.
DIVERGING = (
    (0.0, "#0072B2"),
    (0.25, "#7FB8D8"),
    (0.5, "#FFFFFF"),
    (0.75, "#EAAE7F"),
    (1.0, "#D55E00"),
)
# The same with a clear middle, for pages that may be dark.
DIVERGING_FROM_CLEAR = (
    (0.0, NEUTRAL[0]),
    (0.25, faded(NEUTRAL[0], 0.5)),
    (0.5, faded(GREY, 0.08)),
    (0.75, faded(NEUTRAL[1], 0.5)),
    (1.0, NEUTRAL[1]),
)

PHONE = 460  # pixels, the height of a map of correlations there
READABLE = 10  # features, whose names a phone has room for


def ranking(
    separations: Mapping[str, Separations],
    *,
    kinds: Collection[str] = GROUPS,
    most: int = 100,
    narrow: bool = False,
) -> Figure:
    """Features by how well they separate the moods, best on top, as dots with intervals.

    Args:
        separations: by dataset title. A feature is ranked by the dataset it does best in.
        kinds: groups of features to show.
        most: how many features, from the best.
        narrow: whether the screen is, so that labels are above their rows.
    """
    table = best_rows(separations, kinds, most)
    order = list(dict.fromkeys(table["feature"]))
    plot = go.Figure()
    beside = np.linspace(0, 0.42, len(separations)) if len(separations) > 1 else np.zeros(1)
    if not narrow:
        beside -= beside.mean()
    for i, title in enumerate(separations):
        mine = table[table["dataset"] == title]
        plot.add_scatter(
            x=mine["effect"],
            y=[order.index(name) + beside[i] for name in mine["feature"]],
            error_x={
                "type": "data",
                "symmetric": False,
                "array": mine["high"] - mine["effect"],
                "arrayminus": mine["effect"] - mine["low"],
                "width": 0,
                "thickness": 1.6,
            },
            name=title,
            mode="markers",
            marker=dataset_marker(i, 8),
            selected={"marker": {"opacity": 1}},
            unselected={"marker": {"opacity": 1}},
            customdata=[
                (name, BY_NAME[name].label, _(strength), adjusted_p_value(p))
                for name, strength, p in zip(
                    mine["feature"], mine["strength"], mine[ADJUSTED_P], strict=True
                )
            ],
            text=[
                _("{low:.2f} to {high:.2f}", low=a, high=b)
                for a, b in zip(mine["low"], mine["high"], strict=True)
            ],
            hovertemplate=_(
                "%{{customdata[1]}}, {title}<br>ε² %{{x:.3f}} (95 % %{{text}}), %{{customdata[2]}}"
                "<br>Kruskal–Wallis %{{customdata[3]}}<br>click to open it",
                title=title,
            )
            + "<extra></extra>",
        )
    plot.update_yaxes(
        tickvals=list(range(len(order))),
        range=[len(order) - 0.4, -0.8],
    )
    plot.update_xaxes(
        title=_("ε² (share of the ranks' variance between moods)"), rangemode="tozero"
    )
    row = ROW + 12 * (len(separations) - 1) if narrow else ROW
    layout(plot, height=110 + row * len(order), legend=True)
    titles = {i: _(BY_NAME[name].title) for i, name in enumerate(order)}
    label_rows(plot, titles, narrow=narrow)
    plot.update_layout(legend={"y": 1, "yanchor": "bottom"})
    alt = _("Features ranked by separation of moods.") + " "
    alt += " ".join(
        of_ranking(title, effects.ranking(entries)) for title, entries in separations.items()
    )
    return Figure(plot, table, alt)


def best_rows(
    separations: Mapping[str, Separations], kinds: Collection[str], most: int
) -> pd.DataFrame:
    """Return the rows of the best features: each feature's datasets together, the best first."""
    table = ranking_table(separations)
    table = table[[BY_NAME[name].group in kinds for name in table["feature"]]]
    best = table.groupby("feature", sort=False)["effect"].max()
    order = best.sort_values(ascending=False, kind="stable").index[:most]
    place = {name: i for i, name in enumerate(order)}
    table = table[table["feature"].isin(place)]
    return table.sort_values(
        "feature", key=lambda names: names.map(place), kind="stable", ignore_index=True
    )


def ranking_table(separations: Mapping[str, Separations]) -> pd.DataFrame:
    """A row a feature and dataset: effect, interval, H and p; the first dataset's best first."""
    rows = [
        {
            "dataset": title,
            "feature": one.feature,
            "title": BY_NAME[one.feature].title,
            "effect": one.effect,
            "low": one.low,
            "high": one.high,
            "strength": size_of_effect(one.effect),
            "H": one.statistic,
            ADJUSTED_P: one.p,
            "n": one.n,
        }
        for title, entries in separations.items()
        for one in effects.ranking(entries)
    ]
    return pd.DataFrame(rows)


def correlation_map(
    title: str,
    related: pd.DataFrame,
    kinds: Sequence[str] = GROUPS,
    *,
    by_likeness: bool = False,
    narrow: bool = False,
) -> Figure:
    """Spearman's rank correlation of every two features, in the schema's groups.

    Args:
        related: of `Dataset.correlations`.
        kinds: groups of features to show.
        by_likeness: put features that go together beside each other, in place of groups.
        narrow: whether the screen is, so that cells are square, and kinds are named in place of
            features where these are many.
    """
    shown = grouped(related, kinds)
    if by_likeness:
        shown = clustered(shown)
    names = list(shown.columns)
    titles = [_(BY_NAME[name].title) for name in names]
    plot = go.Figure()
    plot.add_heatmap(
        x=titles,
        y=titles,
        z=np.round(shown.to_numpy(), 3),
        colorscale=DIVERGING_FROM_CLEAR,
        zmin=-1,
        zmax=1,
        hoverongaps=False,
        hovertemplate="%{y}<br>%{x}<br>ρ = %{z:.2f}<extra></extra>",
        colorbar={
            "orientation": "h",  # above: a phone has no room beside
            "y": 1,
            "yanchor": "bottom",
            "thickness": 12,
            "outlinewidth": 0,
            "tickvals": [-1, -0.5, 0, 0.5, 1],
            "ticktext": ["−1", "−0.5", "0", "0.5", "1"],
            "title": {"text": _("Spearman's ρ"), "side": "top", "font": {"size": 13}},
        },
    )
    groups = [BY_NAME[name].group for name in names]
    ends = [i for i in range(1, len(names)) if groups[i] != groups[i - 1]]
    for at in ends if not by_likeness else []:
        line = {"type": "line", "line": {"color": INK, "width": 1.5}}
        plot.add_shape(x0=at - 0.5, x1=at - 0.5, y0=-0.5, y1=len(names) - 0.5, **line)
        plot.add_shape(y0=at - 0.5, y1=at - 0.5, x0=-0.5, x1=len(names) - 0.5, **line)
    layout(plot, height=220 + max(13 * len(names), 260))
    size = 11 if len(names) > 20 else 13
    plot.update_yaxes(autorange="reversed", showgrid=False, tickfont_size=size, dtick=1)
    plot.update_xaxes(showgrid=False, tickfont_size=size, tickangle=-90)
    if narrow:
        _fit_phone(plot, groups, by_likeness=by_likeness)
    data = shown.rename_axis("feature").reset_index()
    alt = _("Correlation of features.") + " " + of_correlations(title, shown)
    return Figure(plot, data, alt)


def _fit_phone(plot: go.Figure, groups: Sequence[str], *, by_likeness: bool) -> None:
    """Make cells square, and name kinds in place of more features than can be read."""
    plot.update_xaxes(constrain="domain")
    plot.update_yaxes(constrain="domain", scaleanchor="x")
    plot.update_layout(height=PHONE)
    if len(groups) <= READABLE:
        plot.update_layout(height=PHONE + 100)
        return
    if by_likeness:
        for axis in (plot.update_xaxes, plot.update_yaxes):
            axis(showticklabels=False)
        return
    labels = {
        float(np.mean([i for i, of in enumerate(groups) if of == kind])): _(kind)
        for kind in dict.fromkeys(groups)
    }
    for axis in (plot.update_xaxes, plot.update_yaxes):
        axis(tickmode="array", tickvals=[*labels], ticktext=[*labels.values()], tickfont_size=11)


def strongest(related: pd.DataFrame, most: int) -> pd.DataFrame:
    """Return the pairs of features with the highest |ρ|, the highest first."""
    rho = related.to_numpy(dtype=float)
    one, other = np.triu_indices(len(rho), k=1)
    pairs = rho[one, other]
    order = np.argsort(-np.nan_to_num(np.abs(pairs)), kind="stable")
    rows = [
        {"one": related.columns[one[i]], "other": related.columns[other[i]], "rho": pairs[i]}
        for i in order[:most]
        if not np.isnan(pairs[i])
    ]
    return pd.DataFrame(rows, columns=["one", "other", "rho"])


def grouped(related: pd.DataFrame, kinds: Sequence[str] = GROUPS) -> pd.DataFrame:
    """Correlations of some of the schema's groups, in their order; means before variances."""
    there = [name for name in related.columns if BY_NAME[name].group in kinds]
    # Variances after means: their patterns differ.
    names = sorted(there, key=lambda name: (GROUPS.index(BY_NAME[name].group), "_var" in name))
    return related.loc[names, names]


def clustered(related: pd.DataFrame) -> pd.DataFrame:
    """Correlations with features that go together beside each other.

    The order is of average linkage of 1 − |ρ|, with neighbours as alike as the tree allows
    (Bar-Joseph et al. 2001). A feature whose ρ is not known is alike to none.
    """
    from scipy.cluster import hierarchy  # a quarter of a second

    if len(related) < 3:
        return related
    apart = 1 - related.abs().fillna(0).to_numpy(dtype=float).clip(max=1)
    one, other = np.triu_indices(len(apart), k=1)
    tree = hierarchy.linkage(apart[one, other], "average", optimal_ordering=True)
    names = related.columns[hierarchy.leaves_list(tree)]
    return related.loc[names, names]
