"""What pages read, cached. Shared by all visitors, so nothing of theirs is in here."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pandas as pd
import streamlit as st

from mmc_core import datasets
from mmc_core.analysis import tables
from mmc_core.analysis.effects import Separations
from mmc_core.analysis.points import Clips
from mmc_core.analysis.summaries import Summary
from mmc_core.comparison import compare, store
from mmc_core.comparison.projection import project
from mmc_core.comparison.result import Comparison
from mmc_core.errors import DatasetError
from mmc_core.language import _, current
from mmc_core.learning import inputs
from mmc_core.runs import Run, original, scoring
from mmc_core.settings import DATA, data_mirror

SAMPLES = DATA / "samples"

Heard = tuple[str | None, float]  # a model's mood for a sample, and its probability


def summary(dataset_id: str) -> Summary:
    """How a dataset's features are distributed."""
    path = datasets.get(dataset_id).summary_path
    return _summary(path, path.stat().st_mtime_ns)


def table(dataset_id: str) -> pd.DataFrame | None:
    """A dataset's feature table, where it is on this machine, whole, and fits memory."""
    dataset = datasets.get(dataset_id)
    if not dataset.has_table() or dataset.too_large:
        return None
    try:
        return _table(dataset.table_path, dataset.table_path.stat().st_mtime_ns)
    except DatasetError:
        return None  # to be fetched again


def clips(dataset_id: str) -> Clips | None:
    """A dataset's single clips, made ready in one pass over its table where that is here."""
    rows = table(dataset_id)
    if rows is None:
        return None
    dataset = datasets.get(dataset_id)
    at = (dataset.table_path.stat().st_mtime_ns, dataset.summary_path.stat().st_mtime_ns)
    with st.spinner(_("Going through the clips …")):
        return _clips(dataset.table_path, at, rows, summary(dataset_id))


def separation(dataset_id: str) -> Separations:
    """How well each feature of a dataset separates the moods."""
    path = datasets.get(dataset_id).summary_path
    return _separation(dataset_id, path, path.stat().st_mtime_ns)


def correlations(dataset_id: str) -> pd.DataFrame:
    """Rank correlations of a dataset's features."""
    path = datasets.get(dataset_id).summary_path
    return _correlations(dataset_id, path, path.stat().st_mtime_ns)


def history(run: Run) -> pd.DataFrame | None:
    """A training's epochs so far; None before the first.

    Raises:
        RunError: if they cannot be read.
    """
    path = run.path / "history.csv"
    state = path.stat() if path.exists() else None
    return _history(run, state.st_mtime_ns, state.st_size) if state and state.st_size else None


def predictions(run: Run) -> pd.DataFrame:
    """The clips that a run held out.

    Raises:
        RunError: if they cannot be read.
    """
    return _predictions(run, _held_out_since(run))


def folds_done(run: Run) -> tuple[int, int]:
    """How many folds of an evaluation are done, and of how many.

    Raises:
        RunError: if its predictions cannot be read.
    """
    wanted = run.info.protocol.folds * run.info.protocol.repeats
    if not run.has_predictions():
        return 0, wanted
    return len(predictions(run)[["repeat", "fold"]].drop_duplicates()), wanted


def out_of_fold(run: Run) -> pd.DataFrame:
    """The clips that a run's recipe was tested on over folds, else those the run held out.

    Raises:
        RunError: if they cannot be read.
    """
    return _out_of_fold(run, _held_out_since(run))


def grouped(run: Run) -> Run | None:
    """The run whose scores say how good a model is: with groups kept whole, over folds; None where
    that was not measured.
    """
    return _grouped(run, _held_out_since(run))


def comparison(ids: Sequence[str], moods: Sequence[str]) -> Comparison:
    """What is kept of a comparison, else what summaries alone can say.

    Raises:
        MMCError: if these cannot be compared.
    """
    path = store.saved_path(ids, moods)
    states = [datasets.get(id_).summary_path.stat().st_mtime_ns for id_ in ids]
    states += [path.stat().st_mtime_ns if path.exists() else 0]
    states += [datasets.get(id_).has_table() for id_ in ids]
    return _comparison(tuple(ids), tuple(moods), tuple(states), current())


def projection(ids: Sequence[str], moods: Sequence[str], method: str) -> pd.DataFrame:
    """Clips of datasets as points of a plane; of those whose tables are here."""
    paths = [datasets.get(id_).table_path for id_ in ids]
    states = tuple(path.stat().st_mtime_ns for path in paths)
    with st.spinner(_("Projecting the clips …")):
        return _projection(tuple(ids), tuple(moods), method, states)


def lacks(dataset_id: str) -> str:
    """Why nothing can be trained on a dataset; "" if it can."""
    path = datasets.get(dataset_id).summary_path
    return _lacks(dataset_id, path, path.stat().st_mtime_ns, current())


def audio(dataset_id: str) -> dict[str, Path]:
    """A dataset's sound files by clip, where they are on this machine."""
    built = datasets.get(dataset_id).summary_path.stat().st_mtime_ns
    return _audio(dataset_id, data_mirror(), built)


@st.cache_resource(max_entries=16, show_spinner=False)
def original_runs() -> list[original.OriginalRun]:
    """The original system's training runs."""
    return original.original_runs()


def clip_names(dataset_id: str) -> dict[str, str]:
    """Names to read of a dataset's clips, by clip; of those that have another than their own."""
    path = datasets.get(dataset_id).clips_path
    return _clip_names(dataset_id, path, path.stat().st_mtime_ns) if path.exists() else {}


def clip_label(dataset_id: str, clip: str) -> str:
    """A clip's name to read, and what its dataset calls it."""
    return clip_labels(dataset_id)(clip)


def clip_labels(dataset_id: str) -> Callable[[str], str]:
    """`clip_label` of any clip of a dataset, for a list of them."""
    names = clip_names(dataset_id)
    return lambda clip: f"{names[clip]} ({clip})" if names.get(clip) else clip


@st.cache_resource(max_entries=1, show_spinner=False)
def samples() -> list[dict[str, Any]]:
    """The sample songs: file, title, composer, description, licence and more."""
    listed: list[dict[str, Any]] = json.loads((SAMPLES / "samples.json").read_text("utf-8"))
    return listed


def heard_sets() -> dict[str, dict[str, list[str]]]:
    """Return all moods that models name of the sample songs, likeliest first, by run and sample."""
    path = SAMPLES / "heard.json"
    if not path.exists():
        return {}
    return {
        run: {name: answer[2] for name, answer in answers.items() if len(answer) > 2}
        for run, answers in _heard(path.stat().st_mtime_ns).items()
    }


def heard() -> dict[str, dict[str, Heard]]:
    """What models make of the sample songs, by run and sample: `data/samples/heard.py` wrote it."""
    path = SAMPLES / "heard.json"
    if not path.exists():
        return {}
    return {
        run: {name: (answer[0], answer[1]) for name, answer in answers.items()}
        for run, answers in _heard(path.stat().st_mtime_ns).items()
    }


@st.cache_resource(max_entries=1, show_spinner=False)
def _heard(modified_ns: int) -> dict[str, dict[str, Any]]:
    by_run: dict[str, dict[str, Any]] = json.loads((SAMPLES / "heard.json").read_text("utf-8"))
    return by_run


@st.cache_resource(max_entries=16, show_spinner=False)
def _summary(path: Path, modified_ns: int) -> Summary:
    return Summary.read(path)


@st.cache_resource(max_entries=8, show_spinner=False)
def _table(path: Path, modified_ns: int) -> pd.DataFrame:
    return tables.read_table(path)


@st.cache_resource(max_entries=16, show_spinner=False)
def _clip_names(dataset_id: str, path: Path, modified_ns: int) -> dict[str, str]:
    names = datasets.get(dataset_id).about_clips()["name"]
    return dict(zip(names.index.tolist(), names.tolist(), strict=True))


@st.cache_resource(max_entries=8, show_spinner=False)
def _clips(
    path: Path, modified_ns: tuple[int, int], _table: pd.DataFrame, _summary: Summary
) -> Clips:
    return Clips(_table, _summary)


@st.cache_resource(max_entries=16, show_spinner=False)
def _separation(dataset_id: str, path: Path, modified_ns: int) -> Separations:
    return datasets.get(dataset_id).separation()


@st.cache_resource(max_entries=16, show_spinner=False)
def _correlations(dataset_id: str, path: Path, modified_ns: int) -> pd.DataFrame:
    return datasets.get(dataset_id).correlations()


@st.cache_resource(max_entries=32, show_spinner=False)
def _comparison(
    ids: tuple[str, ...], moods: tuple[str, ...], states: tuple[int, ...], language: str
) -> Comparison:
    return store.load(ids, moods) or compare.from_summaries(ids, moods)


@st.cache_resource(max_entries=16, show_spinner=False)
def _projection(
    ids: tuple[str, ...], moods: tuple[str, ...], method: str, states: tuple[int, ...]
) -> pd.DataFrame:
    return project({id_: datasets.get(id_).table() for id_ in ids}, moods, method)


@st.cache_resource(max_entries=4, show_spinner=False)
def _audio(dataset_id: str, mirror: Path | None, built_ns: int) -> dict[str, Path]:
    return datasets.get(dataset_id).audio()


@st.cache_resource(max_entries=64, show_spinner=False)
def _lacks(dataset_id: str, path: Path, modified_ns: int, language: str) -> str:
    return inputs.lacks(datasets.get(dataset_id))


@st.cache_resource(max_entries=256, show_spinner=False)
def _history(run: Run, modified_ns: int, size: int) -> pd.DataFrame:
    return run.history()


def _held_out_since(run: Run) -> int:
    path = run.predictions_path
    return path.stat().st_mtime_ns if path.exists() else 0


@st.cache_resource(max_entries=8, show_spinner=False)
def _predictions(run: Run, modified_ns: int) -> pd.DataFrame:
    return run.predictions()


@st.cache_resource(max_entries=8, ttl=300, show_spinner=False)  # an evaluation may come meanwhile
def _out_of_fold(run: Run, modified_ns: int) -> pd.DataFrame:
    return scoring.out_of_fold(run)


@st.cache_resource(max_entries=64, ttl=300, show_spinner=False)
def _grouped(run: Run, modified_ns: int) -> Run | None:
    return scoring.grouped(run)
