"""How good a system is: confusion matrix, calibration, and its accuracy beside others'."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from mmc_core.figures.style import (
    GREY,
    INK,
    LABEL,
    NEUTRAL,
    ROW,
    Figure,
    faded,
    label_rows,
    layout,
    mood_label,
)
from mmc_core.language import N_, _
from mmc_core.learning import scores
from mmc_core.moods import BY_NAME, MOODS, NAMES
from mmc_core.wording import percent

BINS = 10
SHARE_AXIS = {"range": [0, 103], "dtick": 20, "ticksuffix": " %", "showgrid": True}
# Baselines as `scores` names them. That of the commonest mood is the same in all rows, and shuffled
# labels come so close to it that marks would cover each other: hence a line.
COMMONEST = "majority"
MARKED = {  # in words, and a shape
    "shuffled_labels": (N_("shuffled labels"), "x-thin-open"),
    "group_look_up": (N_("mood of the group"), "diamond-open"),
}
NARROW_LABEL = 46  # characters in a line above a row
LINE = 18  # pixels of a line of a label


def confusion(predictions: pd.DataFrame, cell: tuple[str, str] | None = None) -> Figure:
    """True moods down, predicted moods across; shares of each true mood.

    Args:
        predictions: held-out clips; see `scores`.
        cell: a true and a predicted mood, to be framed.
    """
    counts = confusion_counts(predictions)
    shares = 100 * confusion_shares(predictions)
    labels = [mood_label(mood) for mood in MOODS]
    plot = go.Figure()
    plot.add_heatmap(
        x=labels,
        y=labels,
        z=shares.to_numpy(),
        text=[
            [
                _("<b>{share:.0f} %</b><br>{n}", share=share, n=n)
                for share, n in zip(*row, strict=True)
            ]
            for row in zip(shares.to_numpy().tolist(), counts.to_numpy().tolist(), strict=True)
        ],
        texttemplate="%{text}",
        textfont={"size": 15, "color": INK},
        # Translucent, so that the cells and their text suit a dark page too.
        colorscale=[[0, faded(NEUTRAL[5], 0.06)], [1, faded(NEUTRAL[5], 0.75)]],
        zmin=0,
        zmax=100,
        xgap=3,
        ygap=3,
        showscale=False,
        hoverinfo="skip",
    )
    # A heatmap's cells cannot be clicked in Streamlit, but points can.
    cells = [(true, predicted) for true in NAMES for predicted in NAMES]
    plot.add_scatter(
        x=[mood_label(BY_NAME[predicted]) for true, predicted in cells],
        y=[mood_label(BY_NAME[true]) for true, predicted in cells],
        customdata=cells,
        hovertext=[
            _(
                "{true} predicted as {predicted}: {n} times<br>click to list the clips",
                true=BY_NAME[true].label,
                predicted=BY_NAME[predicted].label,
                n=counts.loc[true, predicted],
            )
            for true, predicted in cells
        ],
        mode="markers",
        marker={"symbol": "square", "size": 64, "opacity": 0, "color": INK},
        selected={"marker": {"opacity": 0}},
        unselected={"marker": {"opacity": 0}},
        hovertemplate="%{hovertext}<extra></extra>",
    )
    if cell:
        down, across = NAMES.index(cell[0]), NAMES.index(cell[1])
        plot.add_shape(
            type="rect",
            x0=across - 0.5,
            x1=across + 0.5,
            y0=down - 0.5,
            y1=down + 0.5,
            line={"color": NEUTRAL[1], "width": 3},
        )
    axis = {"showgrid": False, "fixedrange": True, "ticks": ""}
    plot.update_xaxes(title=_("Predicted mood"), side="top", range=[-0.5, 3.5], **axis)
    plot.update_yaxes(title=_("True mood"), range=[3.5, -0.5], **axis)
    layout(plot, height=400)
    text = "; ".join(
        _("{mood} {share:.0f} %", mood=mood.label, share=share)
        for mood, share in zip(MOODS, np.diag(shares), strict=True)
    )
    data = counts.rename_axis("true mood").reset_index()
    alt = _("Confusion matrix. Recall of each mood: {recalls}.", recalls=text)
    return Figure(plot, data, alt)


def confusion_counts(predictions: pd.DataFrame) -> pd.DataFrame:
    """How often a true mood (rows) was predicted as a mood (columns), all repeats together."""
    pairs = pd.crosstab(predictions["mood"].astype(object), predictions["predicted"].astype(object))
    return pairs.reindex(index=list(NAMES), columns=list(NAMES), fill_value=0)


def confusion_shares(predictions: pd.DataFrame) -> pd.DataFrame:
    """How often a true mood (rows) was predicted as a mood (columns), as a share of its row."""
    counts = confusion_counts(predictions)
    return counts.div(counts.sum(axis=1).clip(lower=1), axis=0)


def most_confused(predictions: pd.DataFrame) -> tuple[str, str] | None:
    """Return the true and the predicted mood of the cell beside the diagonal with the largest share
    of its true mood; None where all was right.
    """
    shares = confusion_shares(predictions).to_numpy(copy=True)
    np.fill_diagonal(shares, 0)
    true, predicted = np.unravel_index(shares.argmax(), shares.shape)
    return (NAMES[true], NAMES[predicted]) if shares.max() else None


def clips_of(predictions: pd.DataFrame, true: str, predicted: str) -> pd.DataFrame:
    """The clips in a cell, those predicted so most often and most confidently first.

    Returns:
        `clip`, `times` it was predicted so, of how many `tries`, and the mean `probability` then.
    """
    tries = predictions.groupby("clip", observed=True).size()
    those = predictions[(predictions["mood"] == true) & (predictions["predicted"] == predicted)]
    grouped = those.groupby("clip", observed=True)[predicted]
    table = pd.DataFrame({"times": grouped.size(), "probability": grouped.mean()})
    table.insert(1, "tries", tries.reindex(table.index))
    table.index = table.index.astype(str).rename("clip")
    return table.sort_values(["times", "probability"], ascending=False).reset_index()


def per_mood(predictions: pd.DataFrame) -> pd.DataFrame:
    """Precision, recall and F1 of each mood, averaged over repeats, and its number of clips."""
    from sklearn.metrics import precision_recall_fscore_support

    each = [
        precision_recall_fscore_support(
            part["mood"], part["predicted"], labels=list(NAMES), zero_division=0
        )[:3]
        for repeat, part in predictions.groupby("repeat")
    ]
    table = pd.DataFrame(np.mean(each, axis=0).T, columns=["precision", "recall", "F1"])
    clips = predictions.drop_duplicates("clip")["mood"].value_counts()
    table.insert(0, "clips", [int(clips.get(name, 0)) for name in NAMES])
    table.insert(0, "mood", [mood_label(mood) for mood in MOODS])
    return table


def reliability(predictions: pd.DataFrame, bins: int = BINS) -> Figure:
    """How often predictions are right, by their probability."""
    right = scores.is_right(predictions)
    data = scores.reliability(scores.confidence(predictions), right, bins)
    plot = go.Figure()
    plot.add_scatter(
        x=[0, 100],
        y=[0, 100],
        mode="lines",
        line={"color": "gray", "dash": "dash", "width": 1},
        hoverinfo="skip",
    )
    plot.add_scatter(
        x=100 * data["probability"],
        y=100 * data["right"],
        mode="lines+markers",
        customdata=data["answers"],
        cliponaxis=False,
        line={"color": NEUTRAL[0], "width": 2},
        marker={"size": 9},
        hovertemplate=_(
            "%{customdata} predictions<br>mean probability %{x:.0f} %, right %{y:.0f} %"
        )
        + "<extra></extra>",
    )
    for x, y, text in ((97, 3, _("overconfident")), (3, 97, _("underconfident"))):
        plot.add_annotation(
            x=x, y=y, text=text, showarrow=False, xanchor="right" if x > 50 else "left"
        )
    least, most = data["answers"].min(), data["answers"].max()
    n = str(least) if least == most else _("{low} to {high}", low=least, high=most)
    plot.update_xaxes(
        title=_("Predicted probability ({bins} bins of {n} predictions)", bins=len(data), n=n),
        **SHARE_AXIS,
    )
    plot.update_yaxes(title=_("Share of right predictions"), **SHARE_AXIS)
    layout(plot, height=400)
    plot.update_layout(margin_t=12)
    text = ", ".join(
        _("{right} right at {probability}", right=percent(r), probability=percent(p))
        for p, r in zip(data["probability"], data["right"], strict=True)
    )
    alt = _("Calibration in {n} bins of equal size: {bins}.", n=len(data), bins=text)
    return Figure(plot, data, alt)


def forest(rows: Sequence[dict[str, Any]], *, narrow: bool = False) -> Figure:
    """Accuracies with their intervals and baselines, the best on top; all by one protocol.

    Args:
        rows: `title`, then of `scores` `accuracy`, `interval`, `n`, `baselines`.
        narrow: set the labels above the rows, as on a phone.
    """
    ranked = sorted(rows, key=lambda row: row["accuracy"])
    at = list(range(len(ranked)))
    plot = go.Figure()
    commonest = 100 * float(np.mean([row["baselines"][COMMONEST] for row in ranked]))
    # On a narrow screen in pieces, or the line would run through the labels above the rows.
    pieces = [(i - 0.2, i + 0.2, None) for i in at] if narrow else [(-0.5, len(ranked) - 0.5, None)]
    plot.add_scatter(
        x=[commonest, commonest, None] * len(pieces),
        y=[y for piece in pieces for y in piece],
        mode="lines",
        name=_("commonest mood"),
        line={"color": GREY, "width": 1.5, "dash": "dot"},
        hovertemplate=_("{baseline}: %{{x:.1f}} %", baseline=_("commonest mood"))
        + "<extra></extra>",
    )
    for key, (words, symbol) in MARKED.items():
        shares = pd.Series([row["baselines"].get(key) for row in ranked], dtype=float)
        if shares.isna().all():
            continue
        plot.add_scatter(
            x=100 * shares,
            y=at,
            mode="markers",
            name=_(words),
            marker={"symbol": symbol, "size": 10, "color": GREY, "line": {"width": 2}},
            hovertemplate=_("{baseline}: %{{x:.1f}} %", baseline=_(words)) + "<extra></extra>",
        )
    accuracy = 100 * np.array([row["accuracy"] for row in ranked])
    low, high = 100 * np.array([row["interval"] for row in ranked]).T
    plot.add_scatter(
        x=accuracy,
        y=at,
        error_x={
            "type": "data",
            "array": high - accuracy,
            "arrayminus": accuracy - low,
            "color": NEUTRAL[0],
            "thickness": 2,
            "width": 5,
        },
        customdata=np.column_stack([low, high]),
        mode="markers",
        name=_("accuracy, 95 % interval"),
        marker={"size": 10, "color": NEUTRAL[0]},
        hovertemplate=_("%{x:.1f} % (%{customdata[0]:.1f} to %{customdata[1]:.1f} %)")
        + "<extra></extra>",
    )
    plot.update_xaxes(title=_("Accuracy"), **SHARE_AXIS | {"showgrid": not narrow})
    wrapped = [textwrap.wrap(_(row["title"]), NARROW_LABEL if narrow else LABEL) for row in ranked]
    most = max(map(len, wrapped))
    row_height = ROW + LINE * (most - 1) if narrow else max(ROW, LINE * most)
    layout(plot, height=130 + row_height * len(ranked), legend=True)
    plot.update_yaxes(
        range=[-0.5, len(ranked) - 0.2],
        showgrid=False,
    )
    seam = "<br>" if narrow else " "
    labels = dict(zip(at, map(seam.join, wrapped), strict=True))
    label_rows(plot, labels, narrow=narrow)
    plot.update_annotations(align="left")
    plot.update_layout(legend_traceorder="reversed")
    data = pd.DataFrame(
        [
            {
                "title": row["title"],
                "n": row["n"],
                "accuracy": row["accuracy"],
                "low": row["interval"][0],
                "high": row["interval"][1],
                **{key: row["baselines"].get(key) for key in (COMMONEST, *MARKED)},
            }
            for row in reversed(ranked)
        ]
    )
    text = "; ".join(
        _(
            "{system} {accuracy} ({low:.1f} to {high})",
            system=_(row["title"]),
            accuracy=percent(row["accuracy"], 1),
            low=100 * row["interval"][0],
            high=percent(row["interval"][1], 1),
        )
        for row in reversed(ranked)
    )
    return Figure(plot, data, _("Accuracy with 95 % interval: {accuracies}.", accuracies=text))
