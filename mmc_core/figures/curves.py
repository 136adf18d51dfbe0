"""Training curves of one run or many on one pair of axes, and their summary."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from mmc_core._typing import Float64
from mmc_core.figures.style import GREY, NEUTRAL, Figure, faded, layout
from mmc_core.language import N_, _
from mmc_core.wording import listed

METRICS = {
    "accuracy": N_("Accuracy"),
    "loss": N_("Loss (cross-entropy)"),
    "gap": N_("Training minus validation accuracy"),
}
SHARES = ("accuracy", "gap")  # metrics that are drawn in per cent
VALIDATION, TRAINING, GAP = N_("validation"), N_("training"), N_("gap")
NAMED = 8  # runs with a colour and a place in the legend of their own
COLUMNS = ["loss", "accuracy", "val_loss", "val_accuracy"]


def training_curves(
    histories: Mapping[str, pd.DataFrame],
    metric: str,
    *,
    smoothing: float = 0.0,
    parts: Collection[str] = (VALIDATION, TRAINING),
    small: bool = False,
) -> Figure:
    """Validation as a full line, training as a dotted one, a colour for each run.

    A run of several networks has a line for each. The circle marks the epoch of the lowest
    validation loss.

    Args:
        histories: by run name: `epoch`, `loss`, `accuracy`, `val_loss`, `val_accuracy`, and
            `member` where a run has several networks.
        metric: a key of `METRICS`.
        smoothing: see `smoothed`; what was measured stays as a faint line.
        parts: which lines of loss and accuracy.
        small: half as high, without a legend, for a single run beside its name.
    """
    lines: list[dict[str, Any]] = []  # not add_scatter, which checks again what is there already
    best: list[tuple[str, str, float, float]] = []
    few = len(histories) <= NAMED
    times = 100 if metric in SHARES else 1
    # The longest first: a run that begins like a longer one lies on it, not under it.
    places = {name: i for i, name in enumerate(histories)}
    for name, history in sorted(histories.items(), key=lambda each: -each[1]["epoch"].max()):
        colour = NEUTRAL[places[name] % len(NEUTRAL)]
        numbered = history if "member" in history else history.assign(member=1)
        single = few and numbered["member"].max() == 1
        for part, measured in _values(numbered, metric, parts).items():
            values = times * measured
            drawn = smoothed(values, smoothing, numbered["member"])
            style = {
                "dash": "dot" if part == TRAINING else "solid",
                "width": 2.2 if single else 1.3,
            }
            if smoothing:
                lines.append(
                    _line(numbered, values)
                    | {
                        "line": {**style, "width": 1, "color": faded(colour, 0.25)},
                        "hoverinfo": "skip",
                        "legendgroup": name,
                    }
                )
            lines.append(
                _line(numbered, drawn)
                | {
                    "line": {**style, "color": colour},
                    "name": f"{name}, {_(part)}",
                    "legendgroup": name,
                    "hovertemplate": _(
                        "{run}, {part}<br>epoch %{{x}}: %{{y}}", run=name, part=_(part)
                    )
                    + "<extra></extra>",
                }
            )
            if part != TRAINING:
                best += [
                    (name, colour, numbered["epoch"][at], drawn[at]) for at in _best_rows(numbered)
                ]
    legend = _legend(list(histories) if few else [], metric, parts, smoothing)
    plot = go.Figure([*lines, *([_best_epochs(best)] if best else []), *legend])
    longest = max(int(history["epoch"].max()) for history in histories.values())
    plot.update_xaxes(title=_("Epoch"), range=[1, max(2, longest)])
    if longest < 10:
        plot.update_xaxes(dtick=1)
    plot.update_yaxes(title=_(METRICS[metric]), rangemode="tozero")
    plot.update_yaxes(hoverformat=".3f")
    if metric in SHARES:
        plot.update_yaxes(ticksuffix=" %", hoverformat=".1f")
    if metric == "accuracy":
        plot.add_hline(y=25, line={"dash": "dash", "color": "gray", "width": 1})
        plot.add_annotation(
            xref="paper",
            x=1,
            y=25,
            text=_("guessing"),
            showarrow=False,
            xanchor="right",
            yanchor="top",
        )
    layout(plot, height=230 if small else 420, legend=not small)
    plot.update_layout(
        legend={"y": -0.22, "yanchor": "top", "font": {"size": 13}, "itemsizing": "constant"},
        margin_t=12,
        uirevision="curves",  # a zoom stays while a run goes on
    )
    data = pd.concat([h.assign(run=name) for name, h in histories.items()], ignore_index=True)
    alt = _(
        "{metric} by epoch, {parts}, of {runs}.",
        metric=_(METRICS[metric]),
        parts=listed(_(part) for part in parts),
        runs=", ".join(histories) if few else _("{n} runs", n=len(histories)),
    )
    keys = [key for key in ("run", "member", "epoch") if key in data]
    return Figure(plot, data[[*keys, *COLUMNS]], alt)


def smoothed(values: pd.Series[float], weight: float, member: pd.Series[int]) -> pd.Series[float]:
    """Exponential moving average within each network; the first epochs lean on nothing before.

    Args:
        values: a number an epoch.
        weight: of all epochs before, 0 (as measured) to less than 1.
        member: the network of each epoch.
    """
    if not weight:
        return values
    averages = [part.ewm(alpha=1 - weight).mean() for number, part in values.groupby(member)]
    return pd.concat(averages).reindex(values.index)


def digests(histories: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    """A summary of each network's curve, one per row; `network` only where there are several."""
    rows = []
    for name, history in histories.items():
        networks = history.groupby("member") if "member" in history else [(1, history)]
        rows += [
            {"run": name, "network": member, **digest(part.reset_index(drop=True))}
            for member, part in networks
        ]
    table = pd.DataFrame(rows)
    return table if (table["network"] > 1).any() else table.drop(columns="network")


def digest(history: pd.DataFrame) -> dict[str, float]:
    """A summary of one curve: best epoch, last epoch, overfitting, variation at the end.

    The best epoch has the lowest validation loss.
    """
    best = history.loc[_best_row(history)]
    last = history.iloc[-1]
    return {
        "epochs": len(history),
        "best epoch": int(best["epoch"]),
        "validation accuracy, best epoch": float(best["val_accuracy"]),
        "validation accuracy, last epoch": float(last["val_accuracy"]),
        "training accuracy, last epoch": float(last["accuracy"]),
        "training minus validation": float(last["accuracy"] - last["val_accuracy"]),
        "std at the end": std_at_end(history["val_accuracy"].to_numpy(dtype=float)),
    }


def std_at_end(accuracy: Float64) -> float:
    """The standard deviation of an accuracy over the last quarter of epochs.

    NaN where that quarter is a single epoch.
    """
    last = accuracy[-max(1, round(len(accuracy) / 4)) :]
    return float(last.std(ddof=1)) if len(last) > 1 else float("nan")


def _values(
    history: pd.DataFrame, metric: str, parts: Collection[str]
) -> dict[str, pd.Series[float]]:
    if metric == "gap":
        return {GAP: history["accuracy"] - history["val_accuracy"]}
    columns = {VALIDATION: f"val_{metric}", TRAINING: metric}
    return {part: history[column] for part, column in columns.items() if part in parts}


def _line(history: pd.DataFrame, values: pd.Series[float]) -> dict[str, Any]:
    """A line for each network, in one trace with gaps between."""
    x, y = history["epoch"].to_numpy(dtype=float), values.to_numpy(dtype=float)
    seams = np.flatnonzero(np.diff(history["member"])) + 1
    return {
        "type": "scatter",
        "mode": "lines",
        "x": np.insert(x, seams, np.nan),
        "y": np.insert(y, seams, np.nan),
        "showlegend": False,
    }


def _best_rows(history: pd.DataFrame) -> list[Any]:
    return [_best_row(part) for number, part in history.groupby("member")]


def _best_row(history: pd.DataFrame) -> Any:
    """Index of the lowest validation loss."""
    return history["val_loss"].fillna(float("inf")).idxmin()  # of a run that came to nothing


def _best_epochs(best: list[tuple[str, str, float, float]]) -> dict[str, Any]:
    names, colours, x, y = zip(*best, strict=True)
    return {
        "type": "scatter",
        "mode": "markers",
        "cliponaxis": False,
        "x": x,
        "y": y,
        "text": names,
        "name": _("lowest validation loss"),
        "marker": {
            "symbol": "circle-open",
            "size": 10,
            "color": colours,
            "line": {"width": 2.2},
        },
        "hovertemplate": _("%{text}<br>lowest validation loss: epoch %{x}, %{y}")
        + "<extra></extra>",
        "showlegend": False,
    }


def _legend(
    names: list[str], metric: str, parts: Collection[str], smoothing: float
) -> list[dict[str, Any]]:
    """Entries for colours, where they tell the runs apart, and for the kinds of line."""
    grey = GREY
    entries: dict[str, dict[str, Any]] = {
        name: {"line": {"color": NEUTRAL[i], "width": 4}} for i, name in enumerate(names)
    }
    dashes = {VALIDATION: "solid", TRAINING: "dot"}
    if metric != "gap":
        for part in (part for part in dashes if part in parts):
            entries[_(part)] = {"line": {"color": grey, "dash": dashes[part], "width": 2}}
    if smoothing:
        entries[_("not smoothed")] = {"line": {"color": faded(grey, 0.35), "width": 1}}
    if metric == "gap" or VALIDATION in parts:
        entries[_("lowest validation loss")] = {
            "mode": "markers",
            "marker": {"symbol": "circle-open", "size": 10, "color": grey, "line": {"width": 2}},
        }
    return [
        {
            "type": "scatter",
            "mode": "lines",
            "x": [None],
            "y": [None],
            "name": name,
            "legendgroup": name,  # or the legend would set them one below the other
            **entry,
        }
        for name, entry in entries.items()
    ]
