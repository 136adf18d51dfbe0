"""Whether the model learned from a song of the library, found out while the page stays usable."""

from __future__ import annotations

from collections import OrderedDict
from concurrent.futures import Future, ThreadPoolExecutor
from threading import Lock

import streamlit as st

from mmc_core._typing import Float32
from mmc_core.errors import DatasetError, MMCError
from mmc_core.features.embeddings.axes import NETWORK
from mmc_core.jobs import song_pool, song_work
from mmc_core.jobs.song_process import Cancelled
from mmc_core.jobs.song_work import SongFile
from mmc_core.language import _
from mmc_core.prediction.result import Prediction
from mmc_core.runs.cards import source_ids
from mmc_core.runs.registry import load_run
from mmc_core.ui.common import live, neighbours, widgets

MOST = 500  # songs whose places are kept
LONGEST_S = 600.0  # clips are shorter, and an hour of music takes long to hear


class Places:
    """Where songs lie on the axes of similarity, one worked out after the other in a thread."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="mmc-library")
        self._known: OrderedDict[str, Future[Float32 | None]] = OrderedDict()
        self._wanted = ""

    def ask(self, song: SongFile, sha256: str) -> Future[Float32 | None]:
        """Return the place of a song, once it is known; what was asked before gives way."""
        with self._lock:
            self._wanted = sha256
            future = self._known.get(sha256)
            if future is None or future.cancelled() or _has_given_way(future):
                future = self._thread.submit(self._find, song, sha256)
            self._known[sha256] = future
            self._known.move_to_end(sha256)
            while len(self._known) > MOST:
                self._known.popitem(last=False)
        return future

    def _find(self, song: SongFile, sha256: str) -> Float32 | None:
        def give_way(done: int, total: int) -> None:
            if self._wanted != sha256:
                raise Cancelled

        give_way(0, 1)
        try:
            return song_pool.shared().run(song_work.place, song, give_way)
        except MMCError:
            return None  # nothing is told of it then


def _has_given_way(future: Future[Float32 | None]) -> bool:
    return future.done() and isinstance(future.exception(), Cancelled)


def say_if_learned_from(song: SongFile, sha256: str, prediction: Prediction) -> None:
    """Say so, once that is known, if the model learned from this very recording."""
    try:
        run = load_run(prediction.model)
    except MMCError:
        return
    if NETWORK not in run.networks or (prediction.duration_s or 0.0) > LONGEST_S:
        return
    future = _places().ask(song, sha256)
    if not future.done():
        live.draw_until(lambda: None, future.done)
        return
    place = None if future.exception() else future.result()
    if place is None:
        return
    try:
        nearest = neighbours.clips().nearest(place, neighbours.TOP)
    except DatasetError:
        return
    same = nearest[nearest["same_recording"] & nearest["dataset"].isin(source_ids(run))]
    if same.empty:
        return
    name = widgets.escape_markdown(same["name"].iloc[0])
    if prediction.abstained:
        text = _(
            "The model learned from this recording ({name}), and still has no answer for it.",
            name=name,
        )
    else:
        text = _(
            "The model learned from this recording ({name}). How often its answers are right was "
            "measured on other recordings and does not hold for this one.",
            name=name,
        )
    st.info(text, icon=":material/content_copy:")


@st.cache_resource(show_spinner=False)
def _places() -> Places:
    return Places()
