"""What pages read, cached. Shared by all visitors, so nothing of theirs is in here."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pandas as pd
import streamlit as st

from mmc_core import datasets, original, tables
from mmc_core.errors import DatasetError
from mmc_core.settings import DATA

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
