"""What pages read, cached. Shared by all visitors, so nothing of theirs is in here."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pandas as pd
import streamlit as st

from mmc_core import datasets, original, tables
from mmc_core.errors import DatasetError, RunError
from mmc_core.runs import HISTORY, Run
from mmc_core.settings import DATA, data_mirror

SAMPLES = DATA / "samples"


def summary(dataset_id: str) -> tables.Summary:
    """How a dataset's features are distributed."""
    path = datasets.get(dataset_id).summary_path
    return _summary(path, path.stat().st_mtime_ns)


def table(dataset_id: str) -> pd.DataFrame | None:
    """A dataset's feature table where it is on this machine, and whole."""
    dataset = datasets.get(dataset_id)
    if not dataset.has_table():
        return None
    try:
        return _table(dataset.table_path, dataset.table_path.stat().st_mtime_ns)
    except DatasetError:
        return None  # to be fetched again


def history(run: Run) -> pd.DataFrame | None:
    """A training's epochs so far; None before the first.

    Raises:
        RunError: if they cannot be read.
    """
    path = run.path / "history.csv"
    found = path.stat() if path.exists() else None
    return _history(run, found.st_mtime_ns, found.st_size) if found and found.st_size else None


def predictions(run: Run) -> pd.DataFrame:
    """The clips that a run held out.

    Raises:
        RunError: if they cannot be read.
    """
    return _predictions(run, (run.path / "predictions.parquet").stat().st_mtime_ns)


def audio(dataset_id: str) -> dict[str, Path]:
    """A dataset's sound files by clip, where they are on this machine."""
    return _audio(dataset_id, data_mirror())


@st.cache_resource(max_entries=16, show_spinner=False)
def original_runs() -> list[original.OriginalRun]:
    """The original system's training runs."""
    return original.original_runs()


@st.cache_resource(max_entries=1, show_spinner=False)
def samples() -> list[dict[str, Any]]:
    """The sample songs: file, title, composer, description, licence and more."""
    listed: list[dict[str, Any]] = json.loads((SAMPLES / "samples.json").read_text("utf-8"))
    return listed


@st.cache_resource(max_entries=16, show_spinner=False)
def _summary(path: Path, modified_ns: int) -> tables.Summary:
    return tables.read_summary(path)


@st.cache_resource(max_entries=4, show_spinner=False)
def _table(path: Path, modified_ns: int) -> pd.DataFrame:
    return tables.read_table(path)


@st.cache_resource(max_entries=4, show_spinner=False)
def _audio(dataset_id: str, mirror: Path | None) -> dict[str, Path]:
    return datasets.get(dataset_id).audio()


@st.cache_resource(max_entries=256, show_spinner=False)
def _history(run: Run, modified_ns: int, size: int) -> pd.DataFrame:
    try:
        epochs = run.history()
    except (ValueError, OSError) as error:  # pandas' own are ValueErrors
        raise RunError(f"The history.csv of {run.name!r} cannot be read: {error}.") from error
    if list(epochs.columns) != list(HISTORY) or epochs.empty:
        raise RunError(
            f"The history.csv of {run.name!r} should have rows of {', '.join(HISTORY)}. Train it "
            "again, or take its folder out of the models folder."
        )
    return epochs


@st.cache_resource(max_entries=8, show_spinner=False)
def _predictions(run: Run, modified_ns: int) -> pd.DataFrame:
    return run.predictions()
