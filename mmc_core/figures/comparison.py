"""Datasets against each other: how well their moods separate, by all features and by each."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import pandas as pd
import plotly.graph_objects as go

from mmc_core.comparison.result import Comparison
from mmc_core.features.schema import BY_NAME, GROUPS
from mmc_core.figures.style import (
    GREY,
    GRID,
    ROW,
    Figure,
    dataset_marker,
    faded,
    label_rows,
    layout,
)
from mmc_core.language import N_, _
from mmc_core.saved.comparison import MEASURES
from mmc_core.wording import percent, rounded

SHOWN = 20  # features, the rest being in the data
LOW_ROW = 27  # pixels, with a label to the left
END = 30  # pixels to the right of an axis, for half of "100 %"
ACCURACIES = ("accuracy", "arousal", "valence")
SHARES = {*ACCURACIES, "purity"}  # of clips; other measures have scales of their own
COLUMNS = (  # of the table of all measures
    N_("Measure"),
    N_("Dataset"),
    N_("Value"),
    N_("95 % interval"),
    N_("Guessing"),
    N_("Shuffled moods, mean"),
    N_("Shuffled moods, 95 %"),
    "p",
)

Titles = Mapping[str, str]  # dataset by id, in order


def separability(
    comparison: Comparison,
    titles: Titles,
    measures: Sequence[str] = ACCURACIES,
    *,
    narrow: bool = False,
) -> Figure:
    """Draw measures of each dataset with their intervals, beside what shuffled moods give.

    Args:
        measures: names of `MEASURES`, all shares of clips or one that is none.
        narrow: leave all the width to the data, as on a phone.
    """
    ids = [id_ for id_ in titles if id_ in comparison.separability]
    shown = [m for m in measures if m in comparison.separability[ids[0]]]
    is_share = set(shown) <= SHARES
    scale = 100 if is_share else 1
    plot = go.Figure()
    apart = len(ids) + (1.4 if narrow else 0.6)  # from a measure to the next
    first = {measure: i * apart for i, measure in enumerate(shown)}
    ends: list[tuple[float | None, float | None]] = []
    for i, id_ in enumerate(titles):
        if id_ not in ids:
            continue
        found = [comparison.separability[id_][measure] for measure in shown]
        rows = [first[measure] + ids.index(id_) for measure in shown]
        for one, row in zip(found, rows, strict=True):
            ends += [(scale * one.null, row), (scale * one.null_high, row), (None, None)]
        plot.add_scatter(
            x=[scale * one.value for one in found],
            y=rows,
            error_x={
                "array": [scale * (one.high - one.value) for one in found],
                "arrayminus": [scale * (one.value - one.low) for one in found],
                "thickness": 2,
                "width": 5,
            },
            mode="markers",
            marker=dataset_marker(i, 11),
            name=titles[id_],
            customdata=[(_(MEASURES[m]), one.p) for m, one in zip(shown, found, strict=True)],
            hovertemplate=f"%{{customdata[0]}}, {titles[id_]}: %{{x:.3g}}, "
            "p %{customdata[1]:.3g}<extra></extra>",
            cliponaxis=False,
        )
    plot.add_scatter(
        x=[x for x, row in ends],
        y=[row for x, row in ends],
        mode="lines",
        line={"color": faded(GREY, 0.45), "width": 9},
        name=_("shuffled moods (mean to 95 %)"),
        hovertemplate=_("shuffled moods: %{x:.3g}") + "<extra></extra>",
    )
    plot.data = (plot.data[-1], *plot.data[:-1])  # below the others
    if is_share:
        plot.update_xaxes(ticksuffix=" %", range=[0, 100], dtick=20)
    bottom = apart * (len(shown) - 1) + len(ids) - 0.4
    plot.update_yaxes(range=[bottom, -1.4 if narrow else -0.6])
    layout(plot, height=round(24 * bottom) + 120, legend=True)
    plot.update_yaxes(showgrid=False)
    middle = 0 if narrow else (len(ids) - 1) / 2
    label_rows(plot, {first[m] + middle: _(MEASURES[m]) for m in shown}, narrow=narrow)
    plot.update_layout(margin_t=50, margin_r=END)
    data = separability_table(comparison, titles, shown)
    values = ", ".join(
        f"{titles[id_]} {percent(one.value) if is_share else rounded(round(one.value, 2))}"
        for id_ in ids
        for one in (comparison.separability[id_][shown[0]],)
    )
    alt = _(
        "Measures of separability by dataset. {measure}: {values}.",
        measure=_(MEASURES[shown[0]]),
        values=values,
    )
    return Figure(plot, data, alt)


def separability_table(
    comparison: Comparison, titles: Titles, measures: Iterable[str] = MEASURES
) -> pd.DataFrame:
    """A row a measure and dataset: value, interval, what shuffled moods give, p."""
    return pd.DataFrame(
        [
            {
                "measure": MEASURES[measure],
                "dataset": titles[id_],
                **comparison.separability[id_][measure].known(),
            }
            for measure in measures
            for id_ in titles
            if measure in comparison.separability.get(id_, {})
        ]
    )


def separability_words(comparison: Comparison, titles: Titles) -> pd.DataFrame:
    """The same to read: a row a measure and dataset, numbers as text, in `COLUMNS`."""
    chances = {MEASURES[name]: comparison.chance(name) for name in ACCURACIES}
    rows = []
    for one in separability_table(comparison, titles).to_dict(orient="records"):
        guess = chances.get(one["measure"], one.get("chance"))
        chance = "" if pd.isna(guess) else f"{guess:.3f}"
        interval = _("{low:.3f} to {high:.3f}", low=one["low"], high=one["high"])
        rows.append(
            (
                _(one["measure"]),
                one["dataset"],
                f"{one['value']:.3f}",
                interval,
                chance,
                f"{one['null']:.3f}",
                f"{one['null_high']:.3f}",
                f"{one['p']:.3f}",
            )
        )
    table = pd.DataFrame(rows, columns=list(COLUMNS))
    numbers = list(COLUMNS[2:])
    return table.assign(**table[numbers].replace("-", "−", regex=True))


def effects(comparison: Comparison, titles: Titles, *, narrow: bool = False) -> Figure:
    """Draw the features that separate moods best anywhere, by epsilon-squared in each dataset."""
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
        title=_("ε² (share of the ranks' variance between moods)"),
        rangemode="tozero",
    )
    plot.update_yaxes(range=[len(best) - 0.5, -0.8])
    layout(plot, height=(ROW if narrow else LOW_ROW) * len(best) + 130, legend=True)
    labels = [_(BY_NAME[name].title) for name in best]
    label_rows(plot, {label: label for label in labels}, narrow=narrow)
    alt = _(
        "Epsilon-squared of the {n} features that separate moods best in any dataset.", n=len(best)
    )
    return Figure(plot, data.reset_index(), alt)


def by_group(comparison: Comparison, titles: Titles, *, narrow: bool = False) -> Figure:
    """Draw the accuracy from one kind of feature alone."""
    ids = [id_ for id_ in titles if id_ in comparison.by_group]
    data = pd.DataFrame(comparison.by_group).reindex(list(GROUPS))
    groups = [_(group) for group in data.index]
    plot = go.Figure()
    guess = 100 / len(comparison.moods)
    half = 0.12 if narrow else 0.3  # of a row, below its label
    plot.add_scatter(
        x=[guess, guess, None] * len(data),
        y=[y for row in range(len(data)) for y in (row - half, row + half, None)],
        mode="lines",
        name=_("guessing"),
        line={"color": GREY, "width": 3},
        hovertemplate=_("guessing: %{x:.0f} %") + "<extra></extra>",
    )
    for i, id_ in enumerate(titles):
        if id_ not in ids:
            continue
        plot.add_scatter(
            x=100 * data[id_],
            y=list(range(len(groups))),
            customdata=groups,
            mode="markers",
            marker=dataset_marker(i, 11),
            name=titles[id_],
            hovertemplate=_("%{{customdata}} alone, {dataset}: %{{x:.1f}} %", dataset=titles[id_])
            + "<extra></extra>",
            cliponaxis=False,
        )
    plot.update_xaxes(ticksuffix=" %", range=[0, 100], dtick=20)
    plot.update_yaxes(range=[len(data) - 0.5, -0.8])
    layout(plot, height=(ROW if narrow else 48) * len(data) + 120, legend=True)
    label_rows(plot, dict(enumerate(groups)), narrow=narrow)
    plot.update_layout(margin_t=50, margin_r=END)
    return Figure(
        plot,
        data.rename_axis("features").reset_index(),
        _("Accuracy from each kind of feature alone, by dataset."),
    )
