"""The study of the leak as a picture for the documentation, drawn by Matplotlib."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import matplotlib as mpl
import numpy as np
from matplotlib.figure import Figure

from mmc_core.figures.style import NEUTRAL

ARMS = {
    "test_copies": "copies of all clips,\ntest clips' too",
    "training_copies": "copies of training\nclips only",
    "no_copies": "no copies",
}


def leak_figure(study: dict[str, Any]) -> Figure:
    """Draw one line per split over the three ways to train, and their means."""
    figure = Figure(figsize=(6.4, 3.8), layout="constrained")
    axes = figure.subplots()
    accuracies = np.array([[split["accuracy"][arm] for arm in ARMS] for split in study["splits"]])
    for i, row in enumerate(accuracies):
        label = "one split" if i == 0 else None
        axes.plot(row, color=NEUTRAL[0], alpha=0.45, marker="o", markersize=4, label=label)
    axes.plot(accuracies.mean(axis=0), color=NEUTRAL[1], marker="D", linewidth=2.5, label="mean")
    for x, mean in enumerate(accuracies.mean(axis=0)):
        at = (0, 9) if mean > 0.8 else (0, -30)  # clear of the lines
        axes.annotate(f"{mean:.3f}", (x, mean), at, textcoords="offset points", ha="center")
    axes.set_xticks(range(len(ARMS)), ARMS.values())
    axes.set_xlim(-0.3, 2.3)
    axes.set_ylim(accuracies.min() - 0.09, 1.08)
    axes.set_ylabel("Accuracy on the untouched test clips")
    axes.grid(axis="y", alpha=0.3)
    axes.legend(frameon=False, loc="upper right")
    return figure


def save_svg(figure: Figure, path: Path) -> None:
    """Save a figure as SVG; the same figure is the same file."""
    with mpl.rc_context({"svg.hashsalt": "mmc"}):
        figure.savefig(path, metadata={"Date": None})
