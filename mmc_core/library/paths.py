"""Playlists that move over the plane: "from calm to energetic in 40 minutes".

Each song should lie where the line from one place to the other is halfway through that song, none
before the one that it follows. For every ten seconds of the playlist the best beginnings of that
length are kept, and each is gone on from; of those that end on time the one that strays least is
taken. The same songs give the same playlist.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from heapq import nsmallest

import numpy as np
import numpy.typing as npt

from mmc_core._typing import Float64
from mmc_core.errors import LibraryError
from mmc_core.language.collation import fold_case
from mmc_core.moods import BY_NAME
from mmc_core.prediction.result import Prediction

Place = tuple[int | None, int | None]  # signs of arousal and valence; None: either
PLACES: dict[str, Place] = {
    "calm": (-1, None),
    "energetic": (1, None),
    "unpleasant": (None, -1),
    "pleasant": (None, 1),
    **{name: (mood.arousal, mood.valence) for name, mood in BY_NAME.items()},
}
ENDS = (0.05, 0.95)  # quantiles of the songs that count as the ends of an axis
TOLERANCE_S = 30.0  # that a playlist may be longer or shorter
STEP_S = 10.0  # beginnings of about one length
KEPT = 2  # of them
NEXT = 16  # songs that are tried after each
MOST_SONGS = 5000  # that are looked at, spread evenly over the way


@dataclass(frozen=True)
class Candidate:
    """A song that may be in a playlist; `artist` is empty where that is not known."""

    prediction: Prediction
    artist: str = ""


@dataclass(frozen=True)
class Beginning:
    """The first songs of a playlist, by number; `strayed` is the squared distance over time."""

    songs: tuple[int, ...] = ()
    seconds: float = 0.0
    strayed: float = 0.0

    @property
    def rank(self) -> tuple[float, tuple[int, ...]]:
        return self.strayed / max(self.seconds, 1.0), self.songs


def parse(path: str) -> tuple[Place, Place]:
    """The ends of a path such as `calm..energetic` or `sad..happy`.

    Raises:
        LibraryError: if that is no way over the plane.
    """
    names = [name.strip().casefold() for name in path.split("..")]
    expected = f"expected two of {', '.join(PLACES)}, such as calm..energetic"
    if len(names) != 2 or not all(name in PLACES for name in names):
        raise LibraryError(f"got the path {path!r}; {expected}.")
    start, end = (PLACES[name] for name in names)
    if not any(None not in pair and pair[0] != pair[1] for pair in zip(start, end, strict=True)):
        raise LibraryError(f"The path {path!r} leads nowhere; {expected}.")
    return start, end


def along(candidates: Sequence[Candidate], path: str, minutes: float) -> list[Prediction]:
    """Songs from one place of the plane to another, in about so many minutes: none twice, and no
    artist twice in a row. Shorter where there are not enough.

    Args:
        candidates: in the order that decides where two are alike; those without a mood or a
            duration are left out.
        path: see `parse`.

    Raises:
        LibraryError: if the path is none.
    """
    start, end = parse(path)
    songs = [each for each in candidates if each.prediction.mood and each.prediction.duration_s]
    if not songs:
        return []
    places, way = _places(songs, start, end)
    lengths = np.array([song.prediction.duration_s for song in songs], dtype=np.float64)
    artists = np.array([fold_case(song.artist) for song in songs])
    some = np.sort(np.argsort(places @ way, kind="stable")[:: -(-len(songs) // MOST_SONGS)])
    search = _Search(places[some], way, lengths[some], artists[some], 60 * minutes)
    return [songs[some[i]].prediction for i in search.best().songs]


def _places(songs: Sequence[Candidate], start: Place, end: Place) -> tuple[Float64, Float64]:
    """Where songs are, 0 at the start and 1 at the end of each axis on which the path moves, or 0
    for on it where it stays. (n, axes), and the way from start to end (axes,)
    """
    columns, way = list[Float64](), list[float]()
    for axis, signs in zip(("arousal", "valence"), zip(start, end, strict=True), strict=True):
        if signs[0] is None or signs[1] is None:
            continue
        x = np.array([getattr(song.prediction, axis) or 0.0 for song in songs], dtype=np.float64)
        low, high = np.quantile(x, ENDS)
        from_low = np.clip((x - low) / max(high - low, 1e-9), 0.0, 1.0)
        columns.append(from_low if signs[0] < 0 else 1.0 - from_low)
        way.append(float(signs[0] != signs[1]))
    return np.stack(columns, axis=1), np.array(way)


class _Search:
    """Goes through beginnings in the order of their lengths.

    Args:
        places: of the songs. (n, axes)
        way: from start to end. (axes,)
        lengths: of the songs in seconds. (n,)
        artists: empty where not known.
        seconds: how long the playlist should be.
    """

    def __init__(
        self,
        places: Float64,
        way: Float64,
        lengths: Float64,
        artists: npt.NDArray[np.str_],
        seconds: float,
    ) -> None:
        self.places, self.way, self.lengths, self.seconds = places, way, lengths, seconds
        self.progress = places @ way
        self.is_known = artists != ""
        _, self.artists = np.unique(artists, return_inverse=True)

    def best(self) -> Beginning:
        best = Beginning()
        beginnings = {0: [best]}
        for step in range(int((self.seconds + TOLERANCE_S) // STEP_S) + 1):
            for beginning in nsmallest(KEPT, beginnings.pop(step, ()), key=lambda each: each.rank):
                best = min(best, beginning, key=self._rank)
                for longer in self._next(beginning):
                    reached = max(step + 1, int(longer.seconds // STEP_S))
                    beginnings.setdefault(reached, []).append(longer)
        return best

    def _rank(self, beginning: Beginning) -> tuple[float, float]:
        """On time first, then by how little it strays."""
        off = abs(beginning.seconds - self.seconds)
        return max(off, TOLERANCE_S), beginning.rank[0]

    def _next(self, beginning: Beginning) -> list[Beginning]:
        ends = beginning.seconds + self.lengths
        fits = ends <= self.seconds + TOLERANCE_S
        if beginning.songs:
            last = beginning.songs[-1]
            fits &= self.progress >= self.progress[last]
            fits &= ~(self.is_known & (self.artists == self.artists[last]))
            fits[list(beginning.songs)] = False
        which = np.flatnonzero(fits)
        halfway = (beginning.seconds + self.lengths[which] / 2) / self.seconds
        off = self.places[which] - halfway[:, None] * self.way
        strayed = (off**2).sum(axis=1)
        return [
            Beginning(
                (*beginning.songs, int(which[i])),
                float(ends[which[i]]),
                beginning.strayed + float(strayed[i] * self.lengths[which[i]]),
            )
            for i in np.argsort(strayed, kind="stable")[:NEXT]
        ]
