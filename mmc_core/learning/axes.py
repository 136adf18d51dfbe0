"""Clips of datasets on the axes of similarity; see `features.embeddings.axes`."""

from __future__ import annotations

from mmc_core._typing import Float32
from mmc_core.datasets import Dataset
from mmc_core.datasets import embeddings as saved
from mmc_core.features.embeddings import axes
from mmc_core.learning import inputs


def describe(dataset: Dataset) -> None:
    """Write a dataset's clips on the axes, for `datasets.embeddings.read`.

    Raises:
        DatasetError: if the audio of a clip is not on this machine.
    """
    saved.write(dataset, axes.load().project(embedded(dataset)))


def embedded(dataset: Dataset, copy: str = "") -> Float32:
    """The embedding of each clip of a dataset, whole. (n, width)"""
    return inputs.embeddings(dataset, dataset.table(), axes.NETWORK, copy)
