"""One class vote: its clips, who takes part, and where each placed each clip on the plane.

Voters have no names. Within a session a visitor is a random name that a browser keeps; what leaves
it, in `Session.table`, has a random number in its place. Many threads vote at once, so all that
changes is behind a lock, and what is handed out is a copy.
"""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from threading import Lock

import pandas as pd

from mmc_core import moods
from mmc_core.errors import ClassVoteError

MAX_CLIPS = 20
MAX_VOTERS = 200
COLUMNS = ("voter", "clip", "name", "arousal", "valence", "mood", "seconds")
NUMBERS = range(100, 1000)  # of voters


@dataclass(frozen=True)
class Clip:
    """What the class listens to.

    Attributes:
        name: to be read.
        path: its sound file.
        label: the mood that its dataset gives it, or that a sample is meant to have.
        predicted: moods by system; those that abstain are left out.
    """

    name: str
    path: Path
    label: str | None = None
    predicted: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Vote:
    """A place on the plane, each from -1 to 1, never on an axis; seconds since the start."""

    arousal: float
    valence: float
    seconds: float

    @property
    def mood(self) -> str:
        mood = moods.at(self.arousal, self.valence)
        if mood is None:
            raise ClassVoteError("A place on an axis lies between two moods.")
        return mood.name


class Session:
    """A class vote from its start until it is ended.

    Args:
        code: by which it is joined.
        owner: the visitor who opened it, and who alone may see votes, close and end it.
        clips: from 1 to `MAX_CLIPS`.
    """

    def __init__(
        self,
        code: str,
        owner: str,
        clips: Sequence[Clip],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        if not 1 <= len(clips) <= MAX_CLIPS:
            raise ClassVoteError(
                f"A class votes on 1 to {MAX_CLIPS} clips: got {len(clips)}. Choose others."
            )
        self.code, self.clips = code, tuple(clips)
        self._owner, self._clock, self._start = owner, clock, clock()
        self.used = self._start  # when it was last looked at
        self._lock = Lock()
        self._open = True
        self._numbers: dict[str, int] = {}  # by visitor
        self._votes: dict[tuple[str, int], Vote] = {}  # by visitor and clip

    def is_owner(self, visitor: str) -> bool:
        return secrets.compare_digest(self._owner.encode(), visitor.encode())

    def has(self, visitor: str) -> bool:
        """Whether a visitor has joined."""
        with self._lock:
            return visitor in self._numbers

    def join(self, visitor: str) -> None:
        """Take part, once however often it is called.

        Raises:
            ClassVoteError: if as many as may have joined.
        """
        with self._lock:
            if visitor in self._numbers:
                return
            if len(self._numbers) >= MAX_VOTERS:
                raise ClassVoteError(
                    f"This class vote is full: {MAX_VOTERS} browsers have joined. Vote together "
                    "with someone who has."
                )
            free = sorted(set(NUMBERS) - set(self._numbers.values()))
            self._numbers[visitor] = secrets.choice(free)

    @property
    def is_open(self) -> bool:
        """Whether votes can be given and changed."""
        with self._lock:
            return self._open

    def set_open(self, is_open: bool) -> None:
        with self._lock:
            self._open = is_open

    def vote(self, visitor: str, clip: int, arousal: float, valence: float) -> Vote:
        """Place a clip, in place of where this visitor placed it before.

        Args:
            clip: its place in `clips`.
            arousal, valence: from -1 to 1, not 0.

        Raises:
            ClassVoteError: if voting is closed, the visitor has not joined, or it is no such place.
        """
        if not 0 <= clip < len(self.clips):
            raise ClassVoteError(
                f"There is no clip {clip + 1}, only 1 to {len(self.clips)}. Load the page again."
            )
        if not (max(abs(arousal), abs(valence)) <= 1 and moods.at(arousal, valence)):
            raise ClassVoteError(
                f"A place has arousal and valence from -1 to 1 and not 0: got {arousal:g} and "
                f"{valence:g}. Tap inside one of the four fields."
            )
        vote = Vote(float(arousal), float(valence), self._clock() - self._start)
        with self._lock:
            if not self._open:
                raise ClassVoteError("Voting is closed. Your votes stay as they were.")
            if visitor not in self._numbers:
                raise ClassVoteError("You have not joined this class vote. Load the page again.")
            self._votes[visitor, clip] = vote
        return vote

    def votes_of(self, visitor: str) -> dict[int, Vote]:
        """A visitor's own votes, by the clips' places."""
        with self._lock:
            return {clip: vote for (who, clip), vote in self._votes.items() if who == visitor}

    @property
    def n_joined(self) -> int:
        with self._lock:
            return len(self._numbers)

    def table(self) -> pd.DataFrame:
        """All votes, a row each: `COLUMNS`, with clips counted from 1; ordered by clip and voter.

        `seconds` are from the start of the session to the last change of the vote.
        """
        with self._lock:
            votes, numbers = dict(self._votes), dict(self._numbers)
        rows = [
            (
                *(numbers[visitor], clip + 1, self.clips[clip].name),
                *(round(vote.arousal, 3), round(vote.valence, 3), vote.mood),
                round(vote.seconds, 1),
            )
            for (visitor, clip), vote in votes.items()
        ]
        rows.sort(key=lambda row: (row[1], row[0]))
        return pd.DataFrame(rows, columns=list(COLUMNS))

    def forget(self) -> None:
        """Drop all votes and voters, and take no more."""
        with self._lock:
            self._open = False
            self._votes.clear()
            self._numbers.clear()
