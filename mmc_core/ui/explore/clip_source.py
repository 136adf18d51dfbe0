"""The clips that the table is of: datasets, systems and a map chosen, all read once and cached."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

import streamlit as st

from mmc_core import datasets
from mmc_core._typing import Float32
from mmc_core.comparison import compare, places
from mmc_core.errors import DatasetError
from mmc_core.exploration.clips import ClipTable
from mmc_core.exploration.systems import best
from mmc_core.language import _
from mmc_core.runs import Run, catalogue
from mmc_core.ui.common import address, choices, widgets

Systems = dict[str, list[Run]]  # by dataset


class Chosen(NamedTuple):
    """What the page shows."""

    clips: ClipTable
    titles: dict[str, str]
    systems: Systems
    map: str  # one of `places.METHODS`
    no_map: str  # why there is none; "" where there is


def choose(evaluated: Sequence[Run]) -> Chosen | None:
    """The widgets that choose datasets and systems; None where no table is here."""
    which, by = st.columns([2, 3])
    with which:
        ids = choices.choose_datasets(["4qaed"])
    here = [id_ for id_ in ids if datasets.get(id_).has_table()]
    with by:
        systems = _choose_systems([run for run in evaluated if run.dataset in here])
    for id_ in ids:
        if id_ not in here:
            st.info(
                _(
                    "The feature table of {dataset} is not on this machine. Get it on the page "
                    "Distributions.",
                    dataset=widgets.escape_markdown(datasets.title_of(id_)),
                ),
                icon=":material/info:",
            )
    if not here:
        if not ids:
            st.info(_("Choose at least one dataset."), icon=":material/info:")
        return None
    every = [datasets.get(id_) for id_ in here]
    methods = places.methods(every)
    method = st.session_state[address.one("plane", methods, methods[0])["key"]]
    no_map, placed = next(filter(None, map(compare.missing, every)), ""), None
    if not no_map or method == places.EMBEDDINGS:
        try:
            placed, no_map = method, ""
            with st.spinner(_("Placing the clips on a map …")):
                _places(tuple(here), method, _states(here))
        except DatasetError as error:
            placed, no_map = None, str(error)
    names = {id_: tuple(run.name for run in runs) for id_, runs in systems.items()}
    states = (_states(here), _states_of_runs(systems))
    with st.spinner(_("Reading the clips …")):
        clips = _clips(tuple(here), names, placed, states, systems)
    return Chosen(clips, {id_: datasets.title_of(id_) for id_ in here}, systems, method, no_map)


def choose_map(chosen: Chosen) -> None:
    """The widget that chooses the map, of which `choose` has set what it shows."""
    st.selectbox(
        _("Placed by"),
        places.methods(list(chosen.clips.datasets.values())),
        format_func=lambda method: _(places.METHODS[method]),
        key="plane",
    )


def _choose_systems(evaluated: Sequence[Run]) -> Systems:
    by_name = {run.name: run for run in evaluated}
    of = list(dict.fromkeys(run.dataset for run in evaluated))
    default = [best([run for run in evaluated if run.dataset == id_]).name for id_ in of]
    names: list[str] = st.multiselect(
        _("Systems"),
        list(by_name),
        format_func=lambda name: _label(by_name[name], len(of) > 1),
        help=_("What an evaluation of a dataset predicted for each clip while it was held out"),
        placeholder=_("None") if evaluated else _("No evaluation of these datasets"),
        select_all=False,
        **address.several("system", list(by_name), default),
    )
    return {
        id_: runs
        for id_ in of
        if (runs := [by_name[n] for n in names if by_name[n].dataset == id_])
    }


def _label(run: Run, several: bool) -> str:
    label = catalogue.shown_label(run)
    return f"{datasets.title_of(run.dataset)}: {label}" if several else label


def _states(ids: Sequence[str]) -> tuple[int, ...]:
    """Changes with the files of datasets."""
    found = []
    for id_ in ids:
        dataset = datasets.get(id_)
        found += [dataset.table_path, dataset.clips_path, dataset.file(places.FILE)]
    return tuple(map(_modified, found))


def _states_of_runs(systems: Mapping[str, Sequence[Run]]) -> tuple[int, ...]:
    return tuple(_modified(run.predictions_path) for runs in systems.values() for run in runs)


def _modified(path: Path) -> int:
    return path.stat().st_mtime_ns if path.exists() else 0


@st.cache_resource(max_entries=6, show_spinner=False)
def _places(ids: tuple[str, ...], method: str, states: tuple[int, ...]) -> dict[str, Float32]:
    return places.places([datasets.get(id_) for id_ in ids], method)


@st.cache_resource(max_entries=3, show_spinner=False)
def _clips(
    ids: tuple[str, ...],
    names: dict[str, tuple[str, ...]],
    method: str | None,
    states: tuple[tuple[int, ...], ...],
    _systems: Systems,
) -> ClipTable:
    placed = _places(ids, method, states[0]) if method else None
    return ClipTable([datasets.get(id_) for id_ in ids], _systems, placed)
