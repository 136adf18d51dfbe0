"""One class vote: its clips, who takes part, and where each placed each clip on the plane.

Voters have no names. Within a session a visitor is a random name that a browser keeps; what leaves
it, in `Session.table`, has a random number in its place. The teacher's list, `Session.voters`,
counts voters in the order in which they joined, without that number: a teacher who sees a pupil
join cannot look up that pupil's votes. Many threads vote at once, so all that changes is behind a
lock, and what is handed out is a copy.

A script can join as often as it likes under ever new names, from the same address as the class. It
is slowed by a limit on joins, which a real class does not reach for long, and shut out by the
teacher, who closes the door and removes voters.
"""

from __future__ import annotations

import math
import secrets
import time
from collections.abc import Callable, Container, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from threading import Lock
from typing import NamedTuple

import pandas as pd

from mmc_core import moods
from mmc_core.classroom.rate import RateLimit
from mmc_core.errors import ClassVoteError

MAX_CLIPS = 20
MAX_VOTERS = 200
JOIN_BURST = 60  # browsers that join at once: two classes
JOIN_EVERY_S = 1.0  # then one in such a time, so that 200 have joined within three minutes
SEEN_S = 60.0  # in a full class, who has not voted and was not seen for so long gives way
COLUMNS = ("voter", "clip", "name", "arousal", "valence", "mood", "seconds")
NUMBERS = range(100, 1000)  # of voters


@dataclass(frozen=True)
class Clip:
    """A clip that the class listens to.

    Attributes:
        name: to be read.
        path: its sound file.
        label: the mood that its dataset gives it, or that a sample is meant to have.
        predicted: moods by system; those that abstain are left out.
        named: all moods that a system names, likeliest first, where it may name several.
    """

    name: str
    path: Path
    label: str | None = None
    predicted: Mapping[str, str] = field(default_factory=dict)
    named: Mapping[str, Sequence[str]] = field(default_factory=dict)


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


class VoterRow(NamedTuple):
    """A row of the teacher's list of voters.

    Attributes:
        order: 1 for the voter who joined first; given to no one else later.
        joined_s: when the voter joined, in seconds since the start.
        votes: number of clips that the voter has voted on.
        is_removed: whether the teacher has removed the voter.
    """

    order: int
    joined_s: float
    votes: int
    is_removed: bool


@dataclass
class _Voter:
    """A browser that has joined; `number` stands for it in tables."""

    number: int
    order: int
    joined_s: float
    seen_s: float
    is_removed: bool = False
    votes: dict[int, Vote] = field(default_factory=dict)  # by clip


class Session:
    """A class vote from its start until it is ended.

    Args:
        code: by which it is joined.
        owner: the visitor who opened it, and who alone may see votes, close and end it.
        clips: from 1 to `MAX_CLIPS`.
        server_joins: the limit on joins that all class votes of a server share.
    """

    def __init__(
        self,
        code: str,
        owner: str,
        clips: Sequence[Clip],
        clock: Callable[[], float] = time.monotonic,
        server_joins: RateLimit | None = None,
    ) -> None:
        if not 1 <= len(clips) <= MAX_CLIPS:
            raise ClassVoteError(
                f"A class votes on 1 to {MAX_CLIPS} clips: got {len(clips)}. Choose others."
            )
        self.code, self.clips = code, tuple(clips)
        self.link_code = code + secrets.token_hex(8).upper()  # in links, too long to be guessed
        self._owner, self._clock, self._start = owner, clock, clock()
        self.used = self._start  # when it was last looked at
        self._lock = Lock()
        self._open = self._door_open = True
        own_joins = RateLimit(JOIN_BURST, JOIN_EVERY_S, clock)
        self._joins = (own_joins, server_joins) if server_joins else (own_joins,)
        self._hurried = -math.inf  # when a browser was last told to wait
        self._last_order = 0
        self._voters: dict[str, _Voter] = {}  # by visitor, in the order in which they joined

    def is_owner(self, visitor: str) -> bool:
        return secrets.compare_digest(self._owner.encode(), visitor.encode())

    def has(self, visitor: str) -> bool:
        """Return whether a visitor has joined and was not removed."""
        with self._lock:
            return visitor in self._voters and not self._voters[visitor].is_removed

    def join(self, visitor: str) -> None:
        """Take part, once however often it is called; each call shows that the page is open.

        Raises:
            ClassVoteError: if the teacher has removed the visitor or closed the door, if too many
                join at once, or if as many as may have joined.
        """
        with self._lock:
            if visitor in self._voters:
                self._voter(visitor).seen_s = self._seconds()
                return
            if not self._door_open:
                raise ClassVoteError(
                    "The teacher has closed joining: nobody can join this class vote now. Ask the "
                    "teacher to open it again."
                )
            self._make_room()
            if not all(limit.take() for limit in self._joins):
                self._hurried = self._clock()
                raise ClassVoteError(
                    "Many join this class vote at once. Leave this page open: it joins by itself, "
                    "within a minute or two."
                )
            self._add(visitor)

    def _make_room(self) -> None:
        """Have a free place, which may be that of a voter who has left without a vote.

        Raises:
            ClassVoteError: if all places are taken by others.
        """
        if self._n_present() < MAX_VOTERS:
            return
        present = {name: each for name, each in self._voters.items() if not each.is_removed}
        first = min(present, key=lambda name: (bool(present[name].votes), present[name].seen_s))
        if present[first].votes or self._seconds() - present[first].seen_s <= SEEN_S:
            raise ClassVoteError(
                f"This class vote is full: {MAX_VOTERS} browsers have joined. Ask the teacher to "
                "remove those that have not voted, or vote together with someone who has joined."
            )
        del self._voters[first]

    def _add(self, visitor: str) -> None:
        free = set(NUMBERS) - {each.number for each in self._voters.values()}
        if not free:  # several classes were removed
            first = next(name for name, each in self._voters.items() if each.is_removed)
            free = {self._voters.pop(first).number}
        self._last_order += 1
        now = self._seconds()
        number = secrets.choice(sorted(free))
        self._voters[visitor] = _Voter(number, self._last_order, now, now)

    def _voter(self, visitor: str) -> _Voter:
        """Return who takes part; raise `ClassVoteError` if the visitor does not."""
        if visitor not in self._voters:
            raise ClassVoteError("You have not joined this class vote. Load the page again.")
        voter = self._voters[visitor]
        if voter.is_removed:
            raise ClassVoteError(
                "The teacher has removed this browser from the class vote. If that was a mistake, "
                "ask the teacher to let you back in."
            )
        return voter

    def _seconds(self) -> float:
        return self._clock() - self._start

    @property
    def is_open(self) -> bool:
        """Whether votes can be given and changed."""
        with self._lock:
            return self._open

    def set_open(self, is_open: bool) -> None:
        with self._lock:
            self._open = is_open

    @property
    def is_door_open(self) -> bool:
        """Whether more browsers can join. Those that have joined stay either way."""
        with self._lock:
            return self._door_open

    def set_door_open(self, is_open: bool) -> None:
        with self._lock:
            self._door_open = is_open

    @property
    def is_hurried(self) -> bool:
        """Whether a browser had to wait within the last minute, since too many join at once."""
        with self._lock:
            return self._door_open and self._clock() - self._hurried < SEEN_S

    @property
    def is_full(self) -> bool:
        return self.n_joined >= MAX_VOTERS

    @property
    def has_votes(self) -> bool:
        """Whether anyone has voted, removed voters included."""
        with self._lock:
            return any(each.votes for each in self._voters.values())

    def voters(self) -> list[VoterRow]:
        """Return a row for each voter, removed ones included, in the order of joining."""
        with self._lock:
            return [
                VoterRow(each.order, each.joined_s, len(each.votes), each.is_removed)
                for each in self._voters.values()
            ]

    def remove(self, orders: Container[int]) -> None:
        """Remove voters, with their votes, until they are let back in."""
        with self._lock:
            for voter in self._voters.values():
                voter.is_removed |= voter.order in orders

    def let_back(self, orders: Container[int]) -> None:
        """Let removed voters take part again, with their votes, as long as there are places."""
        with self._lock:
            places = MAX_VOTERS - self._n_present()
            removed = [each for each in self._voters.values() if each.is_removed]
            for voter in [each for each in removed if each.order in orders][:places]:
                voter.is_removed, voter.seen_s = False, self._seconds()

    def vote(self, visitor: str, clip: int, arousal: float, valence: float) -> Vote:
        """Place a clip, in place of where this visitor placed it before.

        Args:
            clip: its place in `clips`.
            arousal, valence: from -1 to 1, not 0.

        Raises:
            ClassVoteError: if voting is closed, the visitor does not take part, or it is no such
                place.
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
        vote = Vote(float(arousal), float(valence), self._seconds())
        with self._lock:
            if not self._open:
                raise ClassVoteError("Voting is closed. Your votes stay as they were.")
            self._voter(visitor).votes[clip] = vote
        return vote

    def votes_of(self, visitor: str) -> dict[int, Vote]:
        """Return a visitor's own votes, by the clips' places."""
        with self._lock:
            return dict(self._voters[visitor].votes) if visitor in self._voters else {}

    @property
    def n_joined(self) -> int:
        """The number of browsers that have joined and were not removed."""
        with self._lock:
            return self._n_present()

    def _n_present(self) -> int:
        return sum(not each.is_removed for each in self._voters.values())

    def table(self) -> pd.DataFrame:
        """Return all votes, a row each: `COLUMNS`, with clips counted from 1; ordered by clip and
        voter. Votes of those that were removed are left out.

        `seconds` are from the start of the session to the last change of the vote.
        """
        with self._lock:
            votes = [
                (voter.number, clip, vote)
                for voter in self._voters.values()
                for clip, vote in voter.votes.items()
                if not voter.is_removed
            ]
        rows = [
            (
                number,
                clip + 1,
                self.clips[clip].name,
                round(vote.arousal, 3),
                round(vote.valence, 3),
                vote.mood,
                round(vote.seconds, 1),
            )
            for number, clip, vote in votes
        ]
        rows.sort(key=lambda row: (row[1], row[0]))
        return pd.DataFrame(rows, columns=list(COLUMNS))

    def forget(self) -> None:
        """Drop all votes and voters, and take no more."""
        with self._lock:
            self._open = self._door_open = False
            self._voters.clear()
