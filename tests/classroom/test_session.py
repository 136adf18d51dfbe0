"""Class votes in memory: who may do what, that no vote is lost, and that nothing stays."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier

import pytest

from mmc_core.classroom import sessions as store
from mmc_core.classroom.session import COLUMNS, MAX_CLIPS, MAX_VOTERS, Clip, Session
from mmc_core.classroom.sessions import Sessions
from mmc_core.errors import ClassVoteError
from mmc_core.moods import ANGRY, HAPPY, MOODS, RELAXED, SAD, at

CLIPS = [Clip(f"clip {i}", Path(f"{i}.ogg")) for i in range(5)]


class Clock:
    """Goes on when it is told to."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def sessions(clock: Clock) -> Sessions:
    return Sessions(clock)


@pytest.fixture
def session(clock: Clock) -> Session:
    return Session("CODE", "teacher", CLIPS, clock)


def test_places_have_moods() -> None:
    assert [at(m.arousal / 2, m.valence / 2) for m in MOODS] == list(MOODS)
    assert [at(0.1, 1), at(0.1, -1), at(-1, -0.1), at(-1, 0.1)] == [HAPPY, ANGRY, SAD, RELAXED]
    assert at(0, 1) is None and at(1, 0) is None and at(float("nan"), 1) is None


def test_a_vote_is_changed_not_added(session: Session, clock: Clock) -> None:
    session.join("one")
    session.join("one")
    session.vote("one", 1, 0.5, 0.25)
    clock.now = 12.34
    session.vote("one", 1, -0.5, 0.25)
    session.vote("one", 0, 1, 1)
    table = session.table()
    assert session.n_joined == 1
    assert tuple(table) == COLUMNS
    assert table["clip"].tolist() == [1, 2]
    assert table.iloc[1, 2:].tolist() == ["clip 1", -0.5, 0.25, RELAXED.name, 12.3]
    assert table["voter"].nunique() == 1
    assert {clip: vote.mood for clip, vote in session.votes_of("one").items()} == {
        0: HAPPY.name,
        1: RELAXED.name,
    }


def test_what_is_handed_out_names_nobody(session: Session) -> None:
    visitors = [f"visitor-{i}" for i in range(50)]
    for visitor in visitors:
        session.join(visitor)
        session.vote(visitor, 0, 0.5, 0.5)
    table = session.table()
    assert "visitor" not in table.to_csv()
    assert table["voter"].between(100, 999).all() and table["voter"].is_unique
    # Nor does their order tell who came first.
    assert table["seconds"].nunique() == 1 and table["voter"].is_monotonic_increasing


@pytest.mark.parametrize(
    ("clip", "arousal", "valence", "message"),
    [
        (5, 0.5, 0.5, "There is no clip 6, only 1 to 5"),
        (-1, 0.5, 0.5, "There is no clip 0"),
        (0, 0.0, 0.5, "not 0: got 0 and 0.5"),
        (0, 0.5, 1.5, "from -1 to 1"),
        (0, float("nan"), 0.5, "got nan"),
        (0, 0.5, float("nan"), "got 0.5 and nan"),
        (0, float("inf"), 0.5, "got inf"),
    ],
)
def test_what_is_no_vote_is_refused(
    session: Session, clip: int, arousal: float, valence: float, message: str
) -> None:
    session.join("one")
    with pytest.raises(ClassVoteError, match=message):
        session.vote("one", clip, arousal, valence)
    assert session.table().empty


def test_only_those_who_joined_vote_and_only_while_it_is_open(session: Session) -> None:
    with pytest.raises(ClassVoteError, match="have not joined"):
        session.vote("one", 0, 0.5, 0.5)
    session.join("one")
    session.vote("one", 0, 0.5, 0.5)
    session.set_open(False)
    with pytest.raises(ClassVoteError, match="Voting is closed"):
        session.vote("one", 0, -0.5, 0.5)
    assert session.table()["arousal"].tolist() == [0.5]
    session.set_open(True)
    session.vote("one", 0, -0.5, 0.5)
    assert session.table()["arousal"].tolist() == [-0.5]


def test_a_session_is_bounded(session: Session) -> None:
    for i in range(MAX_VOTERS):
        session.join(str(i))
    session.join("0")
    with pytest.raises(ClassVoteError, match="is full"):
        session.join("one more")
    for wrong in ([], CLIPS * 5):
        with pytest.raises(ClassVoteError, match=f"1 to {MAX_CLIPS} clips: got {len(wrong)}"):
            Session("CODE", "teacher", wrong)


def test_what_is_forgotten_takes_no_more_votes(session: Session) -> None:
    session.join("one")
    session.vote("one", 0, 0.5, 0.5)
    session.forget()
    assert session.table().empty and session.n_joined == 0
    with pytest.raises(ClassVoteError):
        session.vote("one", 0, 0.5, 0.5)


def test_no_vote_is_lost_when_all_vote_at_once(session: Session) -> None:
    voters, changes = 20, 25
    start = Barrier(voters)

    def takes_part(i: int) -> None:
        start.wait()
        for change in range(1, changes + 1):
            for clip in range(len(CLIPS)):
                session.join(str(i))
                session.vote(str(i), clip, change / changes, (i + 1) / voters)
                session.table()

    with ThreadPoolExecutor(voters) as threads:
        list(threads.map(takes_part, range(voters)))
    table = session.table()
    assert len(table) == voters * len(CLIPS)
    assert table["voter"].nunique() == voters
    assert (table["arousal"] == 1).all()  # everybody's last
    for _, of_clip in table.groupby("clip"):
        assert sorted(of_clip["valence"]) == [(i + 1) / voters for i in range(voters)]


# ---- all sessions of a server ---------------------------------------------------------------


def test_a_session_is_found_by_its_code_however_it_is_typed(sessions: Sessions) -> None:
    session = sessions.open("teacher", CLIPS)
    code = session.code
    assert len(code) == store.LENGTH and set(code) <= set(store.LETTERS)
    assert sessions.find(f" {code[:3].lower()}-{code[3:]} ", "one") is session
    assert sessions.find("AAAAAA", "one") is None
    assert session.is_owner("teacher") and not session.is_owner("one")


def test_a_teacher_has_one_session(sessions: Sessions) -> None:
    session = sessions.open("teacher", CLIPS)
    assert sessions.of("teacher") is session is sessions.open("teacher", CLIPS[:2])
    assert sessions.of("other") is None
    sessions.end(session)
    assert sessions.of("teacher") is None and sessions.find(session.code, "one") is None
    assert not session.is_open
    assert sessions.open("teacher", CLIPS[:2]).clips == tuple(CLIPS[:2])


def test_a_session_is_forgotten_hours_after_the_last_look(sessions: Sessions, clock: Clock) -> None:
    session = sessions.open("teacher", CLIPS)
    session.join("one")
    session.vote("one", 0, 0.5, 0.5)
    clock.now = store.MAX_AGE_S
    assert sessions.find(session.code, "one") is session  # a look
    clock.now = 2 * store.MAX_AGE_S
    assert sessions.of("teacher") is session  # another
    clock.now = 3 * store.MAX_AGE_S + 1
    sessions.forget_old()
    assert session.table().empty
    assert sessions.find(session.code, "one") is None


def test_sessions_are_bounded(
    sessions: Sessions, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(store, "MAX_SESSIONS", 3)
    for i in range(3):
        sessions.open(str(i), CLIPS)
    with pytest.raises(ClassVoteError, match="3 class votes are going on"):
        sessions.open("one more", CLIPS)
    clock.now = store.MAX_AGE_S + 1
    sessions.open("one more", CLIPS)


def test_codes_cannot_be_tried_out(sessions: Sessions, clock: Clock) -> None:
    session = sessions.open("teacher", CLIPS)
    session.join("in the class")
    for i in range(store.MAX_GUESSES):
        assert sessions.find("wrong", f"visitor {i}", "origin") is None
    with pytest.raises(ClassVoteError, match="Too many wrong codes"):
        sessions.find(session.code, "another", "origin")
    assert sessions.find(session.code, "another", "elsewhere") is session
    for known in ("in the class", "teacher"):  # who takes part is not locked out
        assert sessions.find(session.code, known, "origin") is session
    clock.now = store.GUESSES_S + 1
    assert sessions.find(session.code, "another", "origin") is session
