"""What one visitor has given and been answered. It outlives a change of page and a reload.

Streamlit's session ends when the page is reloaded, so the browser keeps a random name of the visit
in a cookie that it forgets when it is closed. Songs and answers stay in the memory of the server,
about an hour after the last look.
"""

from __future__ import annotations

import re
import secrets
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import cache
from threading import Lock, Timer
from typing import Any

import streamlit as st

from mmc_core.prediction.result import Prediction
from mmc_core.runs import Run
from mmc_core.ui.common.load import SAMPLES
from mmc_core.ui.predict.worker import SongFile, Worker

MAX_SONGS = 5
MAX_SONG_BYTES = 100_000_000  # together
MAX_VISITS = 20
MAX_BYTES = 1_000_000_000  # of all visits together
MAX_AGE_S = 3600.0
COOKIE = "mmc-visit"


@dataclass(frozen=True)
class Result:
    """The answer for a song; the song itself only while it is remembered."""

    prediction: Prediction
    song: SongFile | None = None
    id: str = ""  # of the page's choice of one


@dataclass
class Visit:
    """A visitor's songs, newest last, and the worker that answers them."""

    songs: dict[tuple[str, str], SongFile] = field(default_factory=dict)
    worker: Worker = field(default_factory=Worker)
    used: float = 0.0  # when, by the clock of `Visits`

    @property
    def n_bytes(self) -> int:
        """What the songs take in memory, as they came and decoded."""
        return sum(len(song.content) for song in list(self.songs.values())) + self.worker.n_bytes

    def remember(self, songs: Sequence[SongFile]) -> list[SongFile]:
        """Add songs; returns those that are remembered, newest first: as many as the limits let."""
        for song in songs:
            self.songs[song.sha256, song.name] = self.songs.pop((song.sha256, song.name), song)
        n_bytes = 0
        newest: list[tuple[tuple[str, str], SongFile]] = []
        for identity, song in reversed(self.songs.items()):
            n_bytes += len(song.content)
            if len(newest) < MAX_SONGS and n_bytes <= MAX_SONG_BYTES:
                newest.append((identity, song))
        self.songs = dict(reversed(newest))
        return [song for _, song in newest]

    def results(self, songs: Sequence[SongFile], run: Run) -> list[Result]:
        """The answers for these songs so far, in their order."""
        answers = self.worker.answers()
        return [
            Result(answers[key], song, "|".join(key))
            for song in songs
            if (key := song.key(run)) in answers
        ]

    def earlier(self, songs: Sequence[SongFile], run: Run) -> list[Result]:
        """The other answers for uploaded songs, newest first."""
        now = {song.key(run) for song in songs}
        samples = {sample(path.name).sha256 for path in SAMPLES.glob("*.ogg")}
        return [
            Result(prediction, self.songs.get(key[:2]), "|".join(key))
            for key, prediction in reversed(self.worker.answers().items())
            if key not in now and key[0] not in samples
        ]

    def forget(self) -> None:
        """Drop all songs and answers."""
        self.songs.clear()
        self.worker.forget()


@cache
def sample(name: str) -> SongFile:
    """A sample song by file name."""
    return SongFile(name, (SAMPLES / name).read_bytes(), is_sample=True)


def current() -> Visit:
    """The visit of whoever looks at the page."""
    if COOKIE not in st.session_state:
        name = str(st.context.cookies.get(COOKIE))
        is_ours = re.fullmatch(r"[\w-]{32}", name)
        st.session_state[COOKIE] = name if is_ours else secrets.token_urlsafe(24)
    return _visits().get(st.session_state[COOKIE])


def keep_name() -> None:
    """Have the browser keep the name of the visit; at the end of a page, where no gap is seen."""
    _cookie()(key="visit", data={"cookie": COOKIE, "name": st.session_state[COOKIE]}, height=1)


class Visits:
    """Visits by name: the latest, as long as they are used."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._lock = Lock()
        self._by_name: dict[str, Visit] = {}  # least lately used first
        self._timer: Timer | None = None

    def get(self, name: str) -> Visit:
        """The visit of a name, begun where there is none."""
        with self._lock:
            visit = self._by_name.pop(name, None) or Visit()
            visit.used = self._clock()
            self._by_name[name] = visit
            self._forget_others()
            if self._timer is None:
                self._wait()
            return visit

    def forget_old(self) -> None:
        """Drop what nobody has looked at for an hour, and look again later while any is left."""
        with self._lock:
            self._forget_others()
            self._timer = None
            if self._by_name:
                self._wait()

    def _forget_others(self) -> None:
        now = self._clock()
        latest = next(reversed(self._by_name), None)
        for name, visit in list(self._by_name.items()):
            n_bytes = sum(each.n_bytes for each in self._by_name.values())
            too_much = len(self._by_name) > MAX_VISITS or n_bytes > MAX_BYTES
            if now - visit.used > MAX_AGE_S or (too_much and name != latest):
                self._by_name.pop(name).forget()

    def _wait(self) -> None:
        self._timer = Timer(MAX_AGE_S / 6, self.forget_old)
        self._timer.daemon = True
        self._timer.start()


@st.cache_resource(show_spinner=False)
def _visits() -> Visits:
    return Visits()


@cache
def _cookie() -> Any:
    return st.components.v2.component(
        "mmc.visit",
        js="""export default ({ data }) => {
            const secure = location.protocol === "https:" ? "; Secure" : "";
            document.cookie = `${data.cookie}=${data.name}; path=/; SameSite=Strict${secure}`;
        }""",
    )
