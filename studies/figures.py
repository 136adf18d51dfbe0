"""The studies as pictures for the documentation, drawn by Matplotlib."""

from __future__ import annotations

from typing import Any

import numpy as np
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from mmc_core.figures.style import NEUTRAL


def spread(study: dict[str, Any]) -> Figure:
    """How often each accuracy came up over the test sets, and the one that was reported."""
    figure = Figure(figsize=(6.4, 3.2), layout="constrained")
    axes = figure.subplots()
    step = 1 / study["n_test"]
    edges = np.arange(min(study["accuracies"]) - step / 2, 1 + step, step)
    axes.hist(study["accuracies"], bins=edges.tolist(), color=NEUTRAL[0], alpha=0.7)
    axes.axvline(study["mean"], color="black", label=f"mean {study['mean']:.3f}")
    axes.axvline(
        study["original"],
        color=NEUTRAL[1],
        linestyle="--",
        label=f"the original's report, {study['original']:.2f}",
    )
    axes.yaxis.set_major_locator(MaxNLocator(integer=True))
    axes.set_xlabel(f"Accuracy on {study['n_test']} test clips")
    axes.set_ylabel(f"Test sets, of {len(study['accuracies'])}")
    axes.legend(frameon=False)
    return figure


def extraction(study: dict[str, Any]) -> Figure:
    """How far each way of keeping the sound moved the features: each feature, and the median."""
    figure = Figure(figsize=(6.4, 4.2), layout="constrained")
    axes = figure.subplots()
    for y, way in enumerate(study["ways"]):
        moved = np.abs([ways[way]["difference"] for ways in study["features"].values()])
        axes.scatter(moved, np.full(len(moved), y), color=NEUTRAL[0], alpha=0.4, s=18, linewidth=0)
        axes.plot(np.median(moved), y, color=NEUTRAL[1], marker="D", linestyle="none")
    axes.set_yticks(range(len(study["ways"])), study["ways"])
    axes.invert_yaxis()
    axes.set_xscale("symlog", linthresh=0.01)
    axes.set_xlim(left=0)
    axes.set_xlabel("Change of the mean (standard deviations of the feature)")
    axes.set_ylabel("Way of keeping the sound")
    axes.grid(axis="x", alpha=0.3)
    return figure


def unseen(study: dict[str, Any]) -> Figure:
    """Accuracy of each probe on the dataset that it never heard, beside the commonest mood's."""
    ways = list(dict.fromkeys((row["train"], row["test"]) for row in study["rows"]))
    figure = Figure(figsize=(7.2, 3.6), layout="constrained")
    for axes, (train, test) in zip(figure.subplots(1, len(ways), sharey=True), ways, strict=True):
        rows = [row for row in study["rows"] if (row["train"], row["test"]) == (train, test)]
        names = list(dict.fromkeys(row["recipe"] for row in rows))
        for i, point in enumerate(study["points"]):
            of = {row["recipe"]: row for row in rows if row["point"] == point}
            accuracy = np.array([of[name]["accuracy"] for name in names])
            low, high = np.array([of[name]["interval"] for name in names]).T
            axes.errorbar(
                np.arange(len(names)) + 0.2 * (i - 0.5),
                accuracy,
                yerr=[accuracy - low, high - accuracy],
                fmt="Do"[i],
                color=NEUTRAL[i],
                label=study["points"][point],
            )
        axes.axhline(rows[0]["majority"], color="black", linestyle="--", label="commonest mood")
        axes.set_xticks(range(len(names)), [name.removeprefix("probe-") for name in names])
        axes.set_title(f"learned on {train}, tested on {test}", fontsize=10)
        axes.set_xlabel("Pretrained network")
        axes.grid(axis="y", alpha=0.3)
    figure.axes[0].set_ylabel("Accuracy")
    figure.axes[0].legend(frameon=False, fontsize=8)
    return figure


def similar(study: dict[str, Any]) -> Figure:
    """How often neighbours share the mood, and a copy finds its clip, by way of comparing."""
    rows = [row for row in study["rows"] if row["dataset"] == "4qaed"]
    networks = list(dict.fromkeys(row["network"] for row in rows))
    figure = Figure(figsize=(8.4, 3.8), layout="constrained")
    moods, copies = figure.subplots(1, 2, sharey=True)
    for i, network in enumerate(networks):
        of = {row["way"]: row for row in rows if row["network"] == network}
        y = np.arange(len(study["ways"])) + 0.2 * (i - 0.5)
        precision = np.array([of[way]["mood"]["precision"] for way in study["ways"]])
        low, high = np.array([of[way]["mood"]["interval"] for way in study["ways"]]).T
        style = {"fmt": "Do"[i], "color": NEUTRAL[i], "label": network}
        moods.errorbar(precision, y, xerr=[precision - low, high - precision], **style)
        first = [of[way]["copies"]["degraded"]["first"] for way in study["ways"]]
        copies.errorbar(first, y, **style)
    moods.axvline(rows[0]["mood"]["chance"], color="black", linestyle="--", label="random clips")
    moods.set_yticks(range(len(study["ways"])), study["ways"].values())
    moods.invert_yaxis()
    moods.set_ylabel("What is compared by its cosine")
    moods.set_xlabel(f"Share of the {study['top']} nearest\nthat have the clip's mood")
    copies.set_xlabel("Share of degraded copies\nwhose nearest clip is their own")
    for axes in (moods, copies):
        axes.set_xlim(0, 1.02)
        axes.grid(axis="x", alpha=0.3)
    figure.legend(*moods.get_legend_handles_labels(), loc="outside upper center", ncols=3)
    return figure
