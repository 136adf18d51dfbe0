"""Training curves of several runs on one pair of axes."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd
import plotly.graph_objects as go

from mmc_core.figures.style import NEUTRAL, Figure, layout

METRICS = {"accuracy": "Accuracy", "loss": "Loss (cross-entropy)"}


def training_curves(histories: Mapping[str, pd.DataFrame], metric: str) -> Figure:
    """Validation as a full line, training as a dotted one, a colour for each run.

    Args:
        histories: by run name: `epoch`, `loss`, `accuracy`, `val_loss`, `val_accuracy`.
        metric: a key of `METRICS`.
    """
    plot = go.Figure()
    for i, (name, history) in enumerate(histories.items()):
        colour = NEUTRAL[i % len(NEUTRAL)]
        for column, dash, part in (
            (f"val_{metric}", "solid", "validation"),
            (metric, "dot", "training"),
        ):
            plot.add_scatter(
                x=history["epoch"],
                y=history[column],
                mode="lines",
                line={"color": colour, "dash": dash, "width": 2.2 if dash == "solid" else 1.6},
                name=f"{name}, {part}",
                legendgroup=name,
                hovertemplate=f"{name}, {part}<br>epoch %{{x}}: %{{y:.3f}}<extra></extra>",
            )
    plot.update_xaxes(title="Epoch")
    plot.update_yaxes(title=METRICS[metric], rangemode="tozero")
    if metric == "accuracy":
        plot.add_hline(y=0.25, line={"dash": "dash", "color": "gray", "width": 1})
        plot.add_annotation(
            xref="paper",
            x=1,
            y=0.25,
            text="chance",
            showarrow=False,
            xanchor="right",
            yanchor="top",
        )
    layout(plot, height=440, legend=True)
    plot.update_layout(legend={"y": -0.18, "yanchor": "top"})
    data = pd.concat(
        [history.assign(run=name) for name, history in histories.items()], ignore_index=True
    )
    alt = f"{METRICS[metric]} by epoch, training and validation, of {', '.join(histories)}."
    return Figure(plot, data[["run", "epoch", "loss", "accuracy", "val_loss", "val_accuracy"]], alt)


def digest(history: pd.DataFrame) -> dict[str, float]:
    """What a curve comes to: best epoch, where it ends, and how far it overfits."""
    loss = history["val_loss"].fillna(float("inf"))  # of a run that came to nothing
    best = history.iloc[int(loss.argmin())]
    last = history.iloc[-1]
    return {
        "epochs": len(history),
        "best epoch (validation loss)": int(best["epoch"]),
        "validation accuracy at the end": float(last["val_accuracy"]),
        "training accuracy at the end": float(last["accuracy"]),
        "gap at the end": float(last["accuracy"] - last["val_accuracy"]),
    }
