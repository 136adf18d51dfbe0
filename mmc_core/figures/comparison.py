"""Datasets against each other: measures, shifts, features, transfer, and a map of clips."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd
import plotly.graph_objects as go
from plotly.subplots import make_subplots

from mmc_core.comparison.conclusions import chance_of
from mmc_core.comparison.model import MEASURES, Comparison
from mmc_core.features.schema import BY_NAME, GROUPS
from mmc_core.figures.style import (
    GRID,
    INK,
    ROW,
    Figure,
    dataset_marker,
    label_rows,
    layout,
)
from mmc_core.language import N_, _
from mmc_core.wording import percent

SHOWN = 20  # features, the rest being in the data

SHIFT_COLUMNS = (
    *("feature", "difference", "low", "high", "wasserstein"),
    *("extraction", "extraction_wasserstein", "beyond"),
)

Titles = Mapping[str, str]  # dataset by id, in order


def separability(comparison: Comparison, titles: Titles) -> Figure:
    """Each measure of each dataset with its interval, beside what shuffled moods give."""
    ids = [id_ for id_ in titles if id_ in comparison.separability]
    measures = [m for m in MEASURES if m in comparison.separability[ids[0]]]
    plot = make_subplots(
        rows=len(measures),
        vertical_spacing=0.54 / len(measures),
        subplot_titles=[_(MEASURES[m]) for m in measures],
    )
    for row, measure in enumerate(measures, start=1):
        for i, id_ in enumerate(titles):
            if id_ not in ids:
                continue
            one = comparison.separability[id_][measure]
            scale = 100 if measure not in ("silhouette", "fisher") else 1
            plot.add_scatter(
                x=[scale * one.null, scale * one.null_high],
                y=[titles[id_]] * 2,
                mode="lines",
                line={"color": "#B8B8C0", "width": 9},
                name=_("shuffled moods (mean to 95 %)"),
                legendgroup="null",
                showlegend=row == 1 and id_ == ids[0],
                hovertemplate=_("shuffled moods: %{x:.3g}") + "<extra></extra>",
                row=row,
                col=1,
            )
            plot.add_scatter(
                x=[scale * one.value],
                y=[titles[id_]],
                error_x={
                    "array": [scale * (one.high - one.value)],
                    "arrayminus": [scale * (one.value - one.low)],
                    "thickness": 2,
                    "width": 5,
                },
                mode="markers",
                marker=dataset_marker(i, 11),
                name=titles[id_],
                legendgroup=id_,
                showlegend=row == 1,
                hovertemplate=f"{titles[id_]}: %{{x:.3g}}, p {one.p:.3g}<extra></extra>",
                row=row,
                col=1,
            )
        if measure not in ("silhouette", "fisher"):
            plot.update_xaxes(ticksuffix=" %", range=[0, 102], row=row, col=1)
    plot.update_yaxes(autorange="reversed", showticklabels=False)
    layout(plot, height=len(measures) * (74 + 22 * len(ids)) + 60, legend=True)
    plot.update_annotations(x=0, xanchor="left", font_size=14)
    plot.update_layout(margin_t=80, legend_y=1.04)
    data = separability_table(comparison, titles)
    accuracy = ", ".join(
        f"{titles[id_]} {percent(comparison.separability[id_]['accuracy'].value)}" for id_ in ids
    )
    alt = _("Measures of separability by dataset. Accuracy: {accuracies}.", accuracies=accuracy)
    return Figure(plot, data, alt)


def separability_table(comparison: Comparison, titles: Titles) -> pd.DataFrame:
    """A row a measure and dataset: value, interval, what shuffled moods give, p."""
    return pd.DataFrame(
        [
            {
                "measure": label,
                "dataset": titles[id_],
                **comparison.separability[id_][measure].model_dump(),
            }
            for measure, label in MEASURES.items()
            for id_ in titles
            if measure in comparison.separability.get(id_, {})
        ]
    )


def separability_words(comparison: Comparison, titles: Titles) -> pd.DataFrame:
    """The same to read: a row a measure and dataset, numbers as text."""
    rows = []
    for one in separability_table(comparison, titles).to_dict(orient="records"):
        chance = f"{one['chance']:.3f}" if one.get("chance", np.nan) == one["chance"] else ""
        rows.append(
            {
                "measure": _(one["measure"]),
                "dataset": one["dataset"],
                "value": f"{one['value']:.3f}",
                "95 %": _("{low:.3f} to {high:.3f}", low=one["low"], high=one["high"]),
                "guessing": chance,
                "shuffled moods, mean": f"{one['null']:.3f}",
                "shuffled moods, 95 %": f"{one['null_high']:.3f}",
                "p": f"{one['p']:.3f}",
            }
        )
    return pd.DataFrame(rows)


def effects(comparison: Comparison, titles: Titles) -> Figure:
    """The features that separate moods best anywhere, by epsilon-squared in each dataset."""
    data = pd.DataFrame.from_dict(comparison.effects, orient="index").rename_axis("feature")
    best = data.max(axis=1).sort_values(ascending=False).index[:SHOWN]
    plot = go.Figure()
    for name in best:
        plot.add_scatter(
            x=[data.loc[name].min(), data.loc[name].max()],
            y=[_(BY_NAME[name].title)] * 2,
            mode="lines",
            line={"color": GRID, "width": 4},
            hoverinfo="skip",
            showlegend=False,
        )
    for i, id_ in enumerate(titles):
        if id_ not in data:
            continue
        plot.add_scatter(
            x=data.loc[best, id_],
            y=[_(BY_NAME[name].title) for name in best],
            mode="markers",
            marker=dataset_marker(i, 10),
            name=titles[id_],
            hovertemplate=f"%{{y}}, {titles[id_]}: %{{x:.2f}}<extra></extra>",
        )
    plot.update_xaxes(
        title=_("Epsilon-squared: share of variance<br>(of ranks) between moods"),
        rangemode="tozero",
    )
    plot.update_yaxes(autorange="reversed")
    layout(plot, height=ROW * len(best) + 130, legend=True)
    label_rows(plot, {title: title for title in (_(BY_NAME[name].title) for name in best)})
    alt = _(
        "Epsilon-squared of the {n} features that separate moods best in any dataset.", n=len(best)
    )
    return Figure(plot, data.reset_index(), alt)


def by_group(comparison: Comparison, titles: Titles) -> Figure:
    """Accuracy from one kind of feature alone."""
    ids = [id_ for id_ in titles if id_ in comparison.by_group]
    data = pd.DataFrame(comparison.by_group).reindex(list(GROUPS))
    groups = [_(group) for group in data.index]
    plot = go.Figure()
    for i, id_ in enumerate(titles):
        if id_ not in ids:
            continue
        plot.add_scatter(
            x=100 * data[id_],
            y=groups,
            mode="markers",
            marker=dataset_marker(i, 11),
            name=titles[id_],
            hovertemplate=_("%{{y}} alone, {dataset}: %{{x:.1f}} %", dataset=titles[id_])
            + "<extra></extra>",
        )
    plot.add_scatter(
        x=[100 / len(comparison.moods)] * len(data),
        y=groups,
        mode="markers",
        name=_("guessing"),
        marker={"symbol": "line-ns-open", "size": 8, "color": INK, "line": {"width": 2}},
        hovertemplate=_("guessing: %{x:.0f} %") + "<extra></extra>",
    )
    plot.update_xaxes(title=_("Accuracy (%)"))
    plot.update_yaxes(range=[len(data) - 0.5, -0.8])
    layout(plot, height=320, legend=True)
    label_rows(plot, {group: group for group in groups})
    plot.update_layout(legend_y=1.1, margin_t=60)
    return Figure(
        plot,
        data.rename_axis("features").reset_index(),
        _("Accuracy from each kind of feature alone, by dataset."),
    )


def shift(comparison: Comparison, one: str, other: str, titles: Titles) -> Figure:
    """How much features of two datasets differ, beside what re-encoding changes."""
    rows = shift_table(comparison, one, other, titles)
    shown = rows.head(SHOWN)
    labels = [_(BY_NAME[name].title) for name in shown["feature"]]
    bound = shown["extraction"].to_numpy(dtype=float)
    plot = go.Figure()
    plot.add_bar(
        x=2 * bound,
        base=-bound,
        y=labels,
        orientation="h",
        marker_color="#D9D9DF",
        name=_("largest change by re-encoding"),
        hovertemplate=_("%{y}: re-encoding changes up to %{customdata:.2f}") + "<extra></extra>",
        customdata=bound,
        width=0.35,
    )
    known = shown["low"].notna().all()
    value = (
        _("%{y}: %{x:.2f} (95 %: %{customdata[2]:.2f} to %{customdata[3]:.2f})")
        if known
        else "%{y}: %{x:.2f}"
    )
    distance = _(
        "Wasserstein distance %{customdata[0]:.2f}, re-encoding up to %{customdata[1]:.2f}"
    )
    for name, symbol, beyond in (
        (N_("difference, larger than by re-encoding"), "diamond", True),
        (N_("difference, not larger"), "diamond-open", False),
    ):
        some = shown[shown["beyond"] == beyond]
        plot.add_scatter(
            x=some["difference"],
            y=[_(BY_NAME[feature].title) for feature in some["feature"]],
            error_x={
                "type": "data",
                "array": some["high"] - some["difference"],
                "arrayminus": some["difference"] - some["low"],
                "thickness": 1.5,
                "width": 0,
            }
            if known
            else None,
            customdata=some[["wasserstein", "extraction_wasserstein", "low", "high"]],
            mode="markers",
            marker={"color": INK, "symbol": symbol, "size": 10},
            name=_(name),
            hovertemplate=f"{value}<br>{distance}<extra></extra>",
        )
    plot.update_xaxes(
        title=_(
            "{other}<br>minus {one}<br>(means, in pooled standard deviations)",
            other=titles[other],
            one=titles[one],
        ),
        zeroline=True,
    )
    # Every label in its place, whichever trace names it first.
    plot.update_yaxes(categoryorder="array", categoryarray=labels, range=[len(labels) - 0.4, -0.8])
    layout(plot, height=ROW * len(labels) + 150, legend=True)
    label_rows(plot, {label: label for label in labels})
    plot.update_xaxes(zeroline=True, zerolinecolor=INK)
    alt = _(
        "Differences of features between {one} and {other}; {n} of them larger than re-encoding "
        "explains.",
        one=titles[one],
        other=titles[other],
        n=int(rows["beyond"].sum()),
    )
    return Figure(plot, rows, alt)


def shift_table(comparison: Comparison, one: str, other: str, titles: Titles) -> pd.DataFrame:
    """A row a feature, the most shifted first: the means' difference in pooled standard deviations
    with its interval where it is known, Wasserstein's distance, and what extraction does to either.
    """
    rows = [
        (
            *(s.feature, s.difference, s.low, s.high, s.wasserstein),
            *(s.bound, s.wasserstein_bound, s.beyond),
        )
        for s in comparison.shifts(one, other)
    ]
    table = pd.DataFrame(rows, columns=list(SHIFT_COLUMNS)).astype({"low": float, "high": float})
    order = table["difference"].abs().sort_values(ascending=False).index
    return table.loc[order].reset_index(drop=True).assign(one=titles[one], other=titles[other])


def transfer(comparison: Comparison, model: str, measure: str, titles: Titles) -> Figure:
    """Trained on a row's dataset, tested on a column's."""
    ids = [id_ for id_ in titles if id_ in comparison.separability]
    entries = comparison.transferred(model, measure)
    values = 100 * np.array([[entries[a, b].value for b in ids] for a in ids])
    chance = 100 * chance_of(measure, comparison.moods)
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
            colorscale=[[0, "#F4F4F6"], [1, "#6B8FB5"]],
            showscale=False,  # the numbers are in the cells
            textfont={"size": 14},
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
                **entries[a, b].model_dump(),
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
