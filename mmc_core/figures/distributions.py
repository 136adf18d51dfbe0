"""How a feature is distributed by mood, in one dataset or several side by side on one axis.

Everything is drawn from summaries; only single clips need the tables. `shapes` has the other
plots of numbers, `ggplot` all of them in R's look.
"""

from __future__ import annotations

import textwrap
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import pandas as pd
import plotly.graph_objects as go
from plotly.subplots import make_subplots

from mmc_core._typing import Float64
from mmc_core.analysis.points import Points
from mmc_core.analysis.summaries import Distribution
from mmc_core.features.schema import Feature
from mmc_core.figures.style import INK, Figure, faded, layout, mood_label
from mmc_core.language import N_, _
from mmc_core.moods import BY_NAME, MOODS, Mood
from mmc_core.wording import rounded

# Dataset title -> mood -> distribution.
ByDataset = Mapping[str, Mapping[str, Distribution]]
# Where a clip's point lies between 0 and 1 beside its mood's place.
JITTER = 0.26
SEED = 13


@dataclass(frozen=True)
class Marked:
    """Single clips to draw in one dataset's panels."""

    outliers: Points | None = None
    sample: Points | None = None
    picked: Points | None = None


Marks = Mapping[str, Marked]  # by dataset title


@dataclass(frozen=True)
class Look:
    """How a feature of numbers is to be drawn."""

    log: bool = False  # a logarithmic axis
    marks: Marks = field(default_factory=dict)
    names: Mapping[str, Mapping[str, str]] = field(default_factory=dict)  # clips', by dataset title


def log_axis_problem(data: ByDataset) -> str | None:
    """Why a feature cannot have a logarithmic axis; None where it can."""
    lowest, title = min((d.minimum, title) for title, moods in data.items() for d in moods.values())
    if lowest > 0:
        return None
    return _(
        "A logarithmic axis needs values above 0; the lowest in {title} is {lowest}.",
        title=title,
        lowest=rounded(lowest),
    )


def boxplot(feature: Feature, data: ByDataset, look: Look | None = None) -> Figure:
    """A box for each mood, a panel for each dataset, one axis for all; clips as points.

    Parameters
    ----------
    feature : Feature
        What is shown; one of `FEATURES` that is a number.
    data : dict
        By dataset's title, its distributions by mood; see `Summary.by_mood`.
    look : Look, optional
        A logarithmic axis, single clips as points.

    Returns
    -------
    Figure
        The plot, the numbers in it, and a sentence that describes it.

    Examples
    --------
    >>> import mmc_core as mmc
    >>> feature = next(each for each in mmc.FEATURES if each.name == "tempo")
    >>> data = {"4QAED": mmc.load_dataset("4qaed").summary().by_mood("tempo")}
    >>> figure = mmc.boxplot(feature, data)
    >>> figure.data.columns[:2].tolist()
    ['dataset', 'mood']
    """
    look = look or Look()
    shown = moods_in(data)
    plot = upright_panels(feature, data, look)
    for column, (title, moods) in enumerate(data.items(), start=1):
        for mood in (m for m in shown if m.name in moods):
            d = moods[mood.name]
            plot.add_box(
                x=[shown.index(mood)],
                q1=[d.q1],
                median=[d.median],
                q3=[d.q3],
                lowerfence=[d.whisker_low],
                upperfence=[d.whisker_high],
                mean=[d.mean],
                width=0.55,
                name=mood_label(mood),
                marker_color=mood.colour,
                fillcolor=faded(mood.colour, 0.35),
                line_width=1.8,
                row=1,
                col=column,
            )
        add_clips(plot, look, title, column, upright(shown))
    return Figure(plot, numbers(data), alt_text(N_("Boxplots"), feature, data))


def histogram(feature: Feature, data: ByDataset, look: Look | None = None) -> Figure:
    """A panel for each mood and dataset: share of clips a bin, and the density as a line.

    Shares, not counts, so that datasets of different sizes can be compared. For a feature of
    categories, the share of each.

    Parameters
    ----------
    feature : Feature
        What is shown; one of `FEATURES`.
    data : dict
        By dataset's title, its distributions by mood; see `Summary.by_mood`.
    look : Look, optional
        A logarithmic axis, single clips as points.

    Returns
    -------
    Figure
        The plot, the numbers in it, and a sentence that describes it.

    Examples
    --------
    >>> import mmc_core as mmc
    >>> feature = next(each for each in mmc.FEATURES if each.name == "tempo")
    >>> data = {"4QAED": mmc.load_dataset("4qaed").summary().by_mood("tempo")}
    >>> figure = mmc.histogram(feature, data)
    >>> figure.data.columns[:2].tolist()
    ['dataset', 'mood']
    """
    look = look or Look()
    shown = moods_in(data)

    def rug(mood: Mood, points: Points, by: Float64) -> tuple[Float64, Float64, int]:
        return points.value, np.zeros(len(points)), shown.index(mood) + 1

    plot = make_subplots(
        rows=len(shown),
        cols=len(data),
        shared_xaxes=True,
        shared_yaxes="all",
        column_titles=headings(data),
        x_title=None if feature.categories else feature.label,
        vertical_spacing=0.04,
        horizontal_spacing=0.03,
    )
    for column, (title, moods) in enumerate(data.items(), start=1):
        for row, mood in enumerate(shown, start=1):
            if mood.name not in moods:
                continue
            d = moods[mood.name]
            plot.add_bar(
                **_bars(feature, d, look.log),
                y=100 * np.array(d.counts) / d.n,
                customdata=d.counts,
                marker_color=faded(mood.colour, 0.55),
                marker_line={"color": mood.colour, "width": 1},
                unselected={"marker": {"opacity": 1}},
                hovertemplate=_(
                    "{mood}, {title}<br>{feature} %{{text}}<br>"
                    "%{{customdata}} clips (%{{y:.1f}} %)",
                    mood=mood.label,
                    title=title,
                    feature=_(feature.title),
                )
                + "<extra></extra>",
                textposition="none",
                row=row,
                col=column,
            )
            if not feature.categories:
                plot.add_scatter(
                    x=d.density_at,
                    y=100 * d.bin_width * np.array(d.density),
                    mode="lines",
                    line={"color": mood.colour, "width": 2.5},
                    hoverinfo="skip",
                    row=row,
                    col=column,
                )
        add_clips(plot, look, title, column, rug)
    for row, mood in enumerate(shown, start=1):
        plot.update_yaxes(title=coloured(mood), row=row, col=1)
    plot.update_yaxes(ticksuffix=" %", nticks=4)
    if not feature.categories:
        plot.update_xaxes(matches="x", type="log" if look.log else "linear")
    layout(plot, height=130 * len(shown) + 110)
    plot.update_layout(**room_for_titles(data))
    if len(data) > 3:
        plot.update_annotations(font_size=11)
    kind = N_("Bar charts") if feature.categories else N_("Histograms")
    return Figure(plot, bins(feature, data), alt_text(kind, feature, data))


def _bars(feature: Feature, d: Distribution, log: bool) -> dict[str, object]:
    """Where a histogram's bars stand, and what each is called."""
    if feature.categories:
        categories = [_(category) for category in feature.categories]
        return {"x": categories, "width": 0.8, "text": categories}
    edges = bin_edges(d, log=log)
    low, high = edges[:-1], edges[1:]
    ends = zip(low, high, strict=True)
    text = [_("{low} to {high}", low=rounded(a), high=rounded(b)) for a, b in ends]
    return {"x": (low + high) / 2, "width": high - low, "text": text}


def bin_edges(d: Distribution, *, log: bool = False) -> Float64:
    """Edges of a histogram's bins. (bins + 1,)

    For a logarithmic axis a first bin that reaches below 0 begins at the lowest value instead.
    """
    edges: Float64 = d.first_bin + d.bin_width * (np.arange(len(d.counts) + 1, dtype=float) - 0.5)
    if log and edges[0] <= 0:
        edges[0] = min(d.minimum, edges[1] / 2)
    return edges


# ---- panels, and clips in them ----------------------------------------------------------------

# Points of one mood, and numbers from -1 to 1 to spread them by, to their x, y and row.
Place = Callable[[Mood, Points, Float64], tuple[Float64, Float64, int]]


def moods_in(data: ByDataset) -> list[Mood]:
    return [mood for mood in MOODS if any(mood.name in moods for moods in data.values())]


def coloured(mood: Mood) -> str:
    """A mood's name with its mark in its colour, as Plotly writes it."""
    return f"<span style='color:{mood.colour}'>{mood.mark}</span> {mood.label}"


def headings(data: ByDataset) -> list[str]:
    """Titles of the panels; where these are narrow on a phone, a word or two a line."""
    if len(data) < 3:
        return [title.replace(": ", ":<br>") for title in data]
    return ["<br>".join(textwrap.wrap(title, 11 if len(data) == 3 else 9)) for title in data]


def room_for_titles(data: ByDataset) -> dict[str, int]:
    """Margins for the titles above all panels and the one under them, which make none."""
    lines = max(heading.count("<br>") + 1 for heading in headings(data))
    return {"margin_t": 18 + 18 * lines, "margin_b": 55}


def upright_panels(feature: Feature, data: ByDataset, look: Look) -> go.Figure:
    """A panel a dataset: moods across, values up one axis for all."""
    plot = make_subplots(
        cols=len(data), shared_yaxes=True, column_titles=headings(data), horizontal_spacing=0.03
    )
    shown = moods_in(data)
    plot.update_xaxes(
        tickvals=list(range(len(shown))),
        ticktext=[coloured(mood) for mood in shown],
        range=[-0.5, len(shown) - 0.5],
        showgrid=False,
    )
    plot.update_yaxes(type="log" if look.log else "linear")
    plot.update_yaxes(title=feature.label, col=1)
    layout(plot, height=460)
    return plot.update_layout(margin_t=room_for_titles(data)["margin_t"])


def upright(shown: Sequence[Mood]) -> Place:
    """Beside the middle of their mood's place."""
    return lambda mood, points, by: (shown.index(mood) + JITTER * by, points.value, 1)


def add_clips(plot: go.Figure, look: Look, title: str, column: int, place: Place) -> None:
    """Draw single clips; each carries its name, its dataset and its value, to be picked by."""
    marked = look.marks.get(title)
    if marked is None:
        return
    names = look.names.get(title, {})
    rng = np.random.default_rng(SEED)
    for points, spread, size, opacity in (
        (marked.sample, True, 5, 0.5),
        (marked.outliers, False, 6, 0.85),
        (marked.picked, False, 14, 1),
    ):
        for mood in MOODS:
            mine = points.of(mood.name) if points else Points.none()
            if not len(mine):
                continue
            by = rng.uniform(-1, 1, len(mine)) if spread else np.zeros(len(mine))
            x, y, row = place(mood, mine, by)
            marker = {"color": mood.colour, "symbol": mood.symbol, "size": size}
            if points is marked.picked:
                marker["line"] = {"color": INK, "width": 2.5}
            plot.add_scatter(
                x=x,
                y=y,
                customdata=[
                    (clip, title, rounded(value), names.get(clip, clip))
                    for clip, value in zip(mine.clip, mine.value, strict=True)
                ],
                mode="markers",
                showlegend=False,
                marker={**marker, "opacity": opacity},
                selected={"marker": {"opacity": opacity}},
                unselected={"marker": {"opacity": opacity}},
                hovertemplate="%{customdata[3]}<br>%{customdata[2]}<extra></extra>",
                cliponaxis=False,
                row=row,
                col=column,
            )


# ---- their numbers ----------------------------------------------------------------------------


def numbers(data: ByDataset) -> pd.DataFrame:
    """The numbers of a boxplot, a row a dataset and mood; for categories, the commonest."""
    rows = []
    for title, moods in data.items():
        for mood in (m for m in MOODS if m.name in moods):
            d = moods[mood.name]
            rows.append(
                {
                    "dataset": title,
                    "mood": mood.name,
                    N_("n"): d.n,
                    N_("mean"): d.mean,
                    N_("sd"): d.sd,
                    N_("whisker low"): d.whisker_low,
                    N_("q1"): d.q1,
                    N_("median"): d.median,
                    N_("q3"): d.q3,
                    N_("whisker high"): d.whisker_high,
                    N_("outliers"): d.n_outliers,
                }
            )
    return pd.DataFrame(rows)


def numbers_by_mood(feature: Feature, moods: Mapping[str, Distribution]) -> pd.DataFrame:
    """One dataset's numbers to read beside its plot: a column a mood, rounded, as text."""
    shown = [mood for mood in MOODS if mood.name in moods]
    if feature.categories:
        columns = {mood_label(mood): moods[mood.name].counts for mood in shown}
        return pd.DataFrame(columns, index=[_(c) for c in feature.categories]).astype(str)
    rows = numbers({"": moods}).drop(columns=["dataset", "mood"])
    rows.index = [mood_label(mood) for mood in shown]
    return rows.map(rounded).T.rename(index=_)


def bins(feature: Feature, data: ByDataset) -> pd.DataFrame:
    """The counts of a histogram, a row a dataset, mood and bin or category."""
    rows = [
        {
            "dataset": title,
            "mood": mood.name,
            **(
                {"category": at}
                if feature.categories
                else {"from": at - d.bin_width / 2, "to": at + d.bin_width / 2}
            ),
            "clips": count,
            "share": count / d.n,
        }
        for title, moods in data.items()
        for mood in MOODS
        if mood.name in moods
        for d in [moods[mood.name]]
        for at, count in zip(feature.categories or d.bin_centres, d.counts, strict=True)
    ]
    return pd.DataFrame(rows)


def alt_text(kind: str, feature: Feature, data: ByDataset) -> str:
    """What is drawn, in a sentence; the kind in English."""
    what = {"kind": _(kind), "feature": feature.label}
    if feature.categories:
        titles = f" {_('and')} ".join(data)  # as `wording` marks it
        return _("{kind} of {feature} by mood in {datasets}.", datasets=titles, **what)
    medians = "; ".join(
        f"{title}: "
        + ", ".join(f"{BY_NAME[mood].label} {rounded(d.median)}" for mood, d in moods.items())
        for title, moods in data.items()
    )
    return _("{kind} of {feature} by mood. Medians: {medians}.", medians=medians, **what)
