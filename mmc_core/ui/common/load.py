"""What pages read, cached. Shared by all visitors, so nothing of theirs is in here."""

from __future__ import annotations

import json
from collections.abc import Callable, Hashable, Sequence
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
from mmc_core.ui.common.kept import keep_while, state_of

SAMPLES = DATA / "samples"

Heard = tuple[str | None, float]  # a model's mood for a sample, and its probability


def _summary_of(dataset_id: str) -> Hashable:
    return dataset_id, state_of(datasets.get(dataset_id).summary_path)


def _held_out_by(run: Run) -> Hashable:
    return run, state_of(run.predictions_path)


@keep_while(_summary_of, most=16)
def summary(dataset_id: str) -> Summary:
    """Return how a dataset's features are distributed."""
    return Summary.read(datasets.get(dataset_id).summary_path)


def table(dataset_id: str) -> pd.DataFrame | None:
    """Return a dataset's feature table, if it is on this machine, whole, and fits memory."""
    dataset = datasets.get(dataset_id)
    if not dataset.has_table() or dataset.too_large:
        return None
    try:
        return _table(dataset.table_path)
    except DatasetError:
        return None  # to be fetched again


@keep_while(state_of, most=8)
def _table(path: Path) -> pd.DataFrame:
    return tables.read_table(path)


def clips(dataset_id: str) -> Clips | None:
    """Return a dataset's single clips, made ready in one pass over its table, if that is here."""
    rows = table(dataset_id)
    if rows is None:
        return None
    with st.spinner(_("Going through the clips …")):
        return _clips(dataset_id, rows, summary(dataset_id))


@keep_while(
    lambda dataset_id, rows, summary: (
        state_of(datasets.get(dataset_id).table_path),
        _summary_of(dataset_id),
    ),
    most=8,
)
def _clips(dataset_id: str, rows: pd.DataFrame, summary: Summary) -> Clips:
    return Clips(rows, summary)


@keep_while(_summary_of, most=16)
def separation(dataset_id: str) -> Separations:
    """Return how well each feature of a dataset separates the moods."""
    return datasets.get(dataset_id).separation()


@keep_while(_summary_of, most=16)
def correlations(dataset_id: str) -> pd.DataFrame:
    """Return rank correlations of a dataset's features."""
    return datasets.get(dataset_id).correlations()


def history(run: Run) -> pd.DataFrame | None:
    """Return a training's epochs so far; None before the first.

    Raises:
        RunError: if they cannot be read.
    """
    path = run.path / "history.csv"
    return _history(run, path.stat().st_size) if path.exists() and path.stat().st_size else None


@keep_while(lambda run, size: (run, state_of(run.path / "history.csv"), size), most=256)
def _history(run: Run, size: int) -> pd.DataFrame:
    return run.history()


@keep_while(_held_out_by, most=8)
def predictions(run: Run) -> pd.DataFrame:
    """Return the clips that a run held out.

    Raises:
        RunError: if they cannot be read.
    """
    return run.predictions()


def folds_done(run: Run) -> tuple[int, int]:
    """Return how many folds of an evaluation are done, and of how many.

    Raises:
        RunError: if its predictions cannot be read.
    """
    wanted = run.info.protocol.folds * run.info.protocol.repeats
    if not run.has_predictions():
        return 0, wanted
    return len(predictions(run)[["repeat", "fold"]].drop_duplicates()), wanted


@keep_while(_held_out_by, most=8, seconds=300)  # an evaluation may come meanwhile
def out_of_fold(run: Run) -> pd.DataFrame:
    """Return the clips that a run's recipe was tested on over folds, else those the run held out.

    Raises:
        RunError: if they cannot be read.
    """
    return scoring.out_of_fold(run)


@keep_while(_held_out_by, most=64, seconds=300)
def grouped(run: Run) -> Run | None:
    """Return the run whose scores say how good a model is: with groups kept whole, over folds; None
    if that was not measured.
    """
    return scoring.grouped(run)


def _compared(ids: Sequence[str], moods: Sequence[str]) -> Hashable:
    states = [(_summary_of(id_), datasets.get(id_).has_table()) for id_ in ids]
    return (
        tuple(ids),
        tuple(moods),
        tuple(states),
        state_of(store.saved_path(ids, moods)),
        current(),
    )


@keep_while(_compared, most=32)
def comparison(ids: Sequence[str], moods: Sequence[str]) -> Comparison:
    """Return what is kept of a comparison, else what summaries alone can say.

    Raises:
        MMCError: if these cannot be compared.
    """
    return store.load(ids, moods) or compare.from_summaries(ids, moods)


def projection(ids: Sequence[str], moods: Sequence[str], method: str) -> pd.DataFrame:
    """Return clips of datasets as points of a plane; of those whose tables are here."""
    with st.spinner(_("Projecting the clips …")):
        return _projection(ids, moods, method)


def _projected(ids: Sequence[str], moods: Sequence[str], method: str) -> Hashable:
    states = tuple(state_of(datasets.get(id_).table_path) for id_ in ids)
    return tuple(ids), tuple(moods), method, states


@keep_while(_projected, most=16)
def _projection(ids: Sequence[str], moods: Sequence[str], method: str) -> pd.DataFrame:
    return project({id_: datasets.get(id_).table() for id_ in ids}, moods, method)


@keep_while(lambda dataset_id: (_summary_of(dataset_id), current()), most=64)
def lacks(dataset_id: str) -> str:
    """Return why nothing can be trained on a dataset; "" if it can."""
    return inputs.lacks(datasets.get(dataset_id))


@keep_while(lambda dataset_id: (_summary_of(dataset_id), data_mirror()), most=4)
def audio(dataset_id: str) -> dict[str, Path]:
    """Return a dataset's sound files by clip, those that are on this machine."""
    return datasets.get(dataset_id).audio()


@st.cache_resource(max_entries=16, show_spinner=False)
def original_runs() -> list[original.OriginalRun]:
    """Return the original system's training runs."""
    return original.original_runs()


@keep_while(lambda dataset_id: (dataset_id, state_of(datasets.get(dataset_id).clips_path)), most=16)
def clip_names(dataset_id: str) -> dict[str, str]:
    """Return names to read of a dataset's clips, by clip; of those that have another than their
    own.
    """
    dataset = datasets.get(dataset_id)
    if not dataset.clips_path.exists():
        return {}
    names = dataset.about_clips()["name"]
    return dict(zip(names.index.tolist(), names.tolist(), strict=True))


def clip_label(dataset_id: str, clip: str) -> str:
    """Return a clip's name to read, and what its dataset calls it."""
    return clip_labels(dataset_id)(clip)


def clip_labels(dataset_id: str) -> Callable[[str], str]:
    """Return `clip_label` of any clip of a dataset, for a list of them."""
    names = clip_names(dataset_id)
    return lambda clip: f"{names[clip]} ({clip})" if names.get(clip) else clip


@st.cache_resource(max_entries=1, show_spinner=False)
def samples() -> list[dict[str, Any]]:
    """Return the sample songs: file, title, composer, description, licence and more."""
    listed: list[dict[str, Any]] = json.loads((SAMPLES / "samples.json").read_text("utf-8"))
    return listed


def heard_sets() -> dict[str, dict[str, list[str]]]:
    """Return all moods that models name of the sample songs, likeliest first, by run and sample."""
    return {
        run: {name: answer[2] for name, answer in answers.items() if len(answer) > 2}
        for run, answers in _heard().items()
    }


def heard() -> dict[str, dict[str, Heard]]:
    """Return what models make of the sample songs, by run and sample; `data/samples/heard.py` wrote
    that.
    """
    return {
        run: {name: (answer[0], answer[1]) for name, answer in answers.items()}
        for run, answers in _heard().items()
    }


@keep_while(lambda: state_of(SAMPLES / "heard.json"), most=1)
def _heard() -> dict[str, dict[str, Any]]:
    path = SAMPLES / "heard.json"
    by_run: dict[str, dict[str, Any]] = json.loads(path.read_text("utf-8")) if path.exists() else {}
    return by_run
