"""Class votes in memory: who may do what, that no vote is lost, and that nothing stays."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier

import pytest

from mmc_core.classroom import session as one_session
from mmc_core.classroom import sessions as store
from mmc_core.classroom.results import results
from mmc_core.classroom.session import COLUMNS, MAX_CLIPS, MAX_VOTERS, Clip, Session
from mmc_core.classroom.sessions import Sessions, origin_of
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


def join_in_time(session: Session, clock: Clock, n: int) -> None:
    """Have voters join as fast as they are let in."""
    for i in range(n):
        if i >= one_session.JOIN_BURST:
            clock.now += one_session.JOIN_EVERY_S
        session.join(str(i))


def test_a_session_is_bounded(session: Session, clock: Clock) -> None:
    join_in_time(session, clock, MAX_VOTERS)
    session.join("0")
    assert session.is_full
    for i in range(MAX_VOTERS):
        session.join(str(i))  # its page is open
    with pytest.raises(ClassVoteError, match="is full"):
        session.join("one more")
    for wrong in ([], CLIPS * 5):
        with pytest.raises(ClassVoteError, match=f"1 to {MAX_CLIPS} clips: got {len(wrong)}"):
            Session("CODE", "teacher", wrong)


# ---- who joins ------------------------------------------------------------------------------


def test_a_script_is_slowed_and_a_class_is_not(session: Session, clock: Clock) -> None:
    for i in range(30):  # a class, within a second
        session.join(f"pupil {i}")
    refused = 0
    for i in range(199):
        try:
            session.join(f"script {i}")
        except ClassVoteError as error:
            assert "joins by itself" in str(error)
            refused += 1
    assert refused == 199 + 30 - one_session.JOIN_BURST
    assert session.is_hurried and not session.is_full
    clock.now += one_session.JOIN_EVERY_S
    session.join("a late pupil")
    session.join("pupil 0")  # who has joined is not counted again
    clock.now += one_session.SEEN_S
    assert not session.is_hurried


def test_two_hundred_join_within_three_minutes(session: Session, clock: Clock) -> None:
    for i in range(MAX_VOTERS):
        clock.now = 180 * i / MAX_VOTERS
        session.join(f"pupil {i}")
    assert session.is_full and not session.is_hurried


def test_joins_of_all_class_votes_are_limited_together(
    clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(store, "JOIN_BURST", 20)
    sessions = Sessions(clock)
    first, second = (sessions.open(name, CLIPS) for name in ("one", "two"))
    for i in range(20):
        first.join(str(i))
    with pytest.raises(ClassVoteError, match="at once"):
        second.join("pupil")
    clock.now += store.JOIN_EVERY_S
    second.join("pupil")


def test_a_place_that_was_left_without_a_vote_is_free_in_a_full_class(
    session: Session, clock: Clock
) -> None:
    join_in_time(session, clock, MAX_VOTERS)
    for i in range(MAX_VOTERS - 2):
        session.vote(str(i), 0, 0.5, 0.5)
    clock.now += one_session.SEEN_S
    session.join(str(MAX_VOTERS - 1))  # its page is open
    clock.now += 1
    session.join("one more")
    assert session.is_full and not session.has(str(MAX_VOTERS - 2))
    with pytest.raises(ClassVoteError, match="is full"):
        session.join("another")
    assert session.voters()[-1].order == MAX_VOTERS + 1


def test_a_closed_door_keeps_new_browsers_out(session: Session) -> None:
    session.join("one")
    session.set_door_open(False)
    with pytest.raises(ClassVoteError, match="closed joining"):
        session.join("two")
    session.join("one")
    session.vote("one", 0, 0.5, 0.5)
    assert session.n_joined == 1 and not session.is_door_open
    session.set_door_open(True)
    session.join("two")
    assert session.n_joined == 2


def test_who_is_removed_is_in_no_result_and_cannot_join_again(session: Session) -> None:
    for visitor, arousal in (("one", 0.5), ("two", -0.5), ("three", -0.5)):
        session.join(visitor)
        session.vote(visitor, 0, arousal, 0.5)
    session.join("idle")
    assert [row.votes for row in session.voters()] == [1, 1, 1, 0]
    session.remove([2, 3])
    assert session.n_joined == 2 and session.table()["arousal"].tolist() == [0.5]
    found = results(session.clips, session.table())
    assert found.voters == 1 and found.clips[0].majority == HAPPY.name
    assert not session.has("two") and session.has("idle")
    for refused in (lambda: session.join("two"), lambda: session.vote("two", 0, 0.5, 0.5)):
        with pytest.raises(ClassVoteError, match="removed this browser"):
            refused()
    session.set_door_open(False)
    session.let_back([2])
    assert session.table()["arousal"].tolist() in ([0.5, -0.5], [-0.5, 0.5])
    session.join("two")
    assert [row.is_removed for row in session.voters()] == [False, False, True, False]


def test_as_many_are_let_back_as_there_are_places(
    session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(one_session, "MAX_VOTERS", 3)
    for visitor in "abc":
        session.join(visitor)
    session.remove([1, 2])
    session.join("d")
    session.let_back([1, 2])
    assert session.has("a") and not session.has("b") and session.n_joined == 3


def test_removed_voters_are_bounded(session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(one_session, "NUMBERS", range(100, 105))
    for i in range(12):
        session.join(str(i))
        session.remove([i + 1])
    assert [row.order for row in session.voters()] == [8, 9, 10, 11, 12]


def test_the_list_of_voters_does_not_tell_their_numbers(session: Session) -> None:
    for i in range(30):
        session.join(f"visitor-{i}")
    rows = session.voters()
    assert [row.order for row in rows] == list(range(1, 31))
    assert not {field for row in rows for field in row} & set(one_session.NUMBERS)


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


def test_codes_cannot_be_tried_out_where_no_address_is_known(
    sessions: Sessions, clock: Clock
) -> None:
    session = sessions.open("teacher", CLIPS)
    session.join("in the class")
    for i in range(store.MAX_GUESSES_OF_ALL):
        assert sessions.find("wrong", f"visitor {i}") is None
    for code in ("wrong", session.code):
        with pytest.raises(ClassVoteError, match="Too many wrong codes"):
            sessions.find(code, "another")
    for known in ("in the class", "teacher"):
        assert sessions.find(session.code, known) is session
    assert sessions.find(session.link_code, "who scans the picture") is session
    guesses, let_through = 3600, 0
    for i in range(guesses):  # ten a second, under ever new names
        clock.now += 0.1
        try:
            sessions.find("wrong", f"script {i}")
            let_through += 1
        except ClassVoteError:
            pass
    assert let_through == pytest.approx(store.MAX_GUESSES_OF_ALL * 6, abs=1)
    clock.now += store.GUESSES_S
    assert sessions.find(session.code, "another") is session


def test_one_visitor_tries_no_more_codes_than_one_address(sessions: Sessions) -> None:
    session = sessions.open("teacher", CLIPS)
    for _ in range(store.MAX_GUESSES):
        assert sessions.find("wrong", "visitor") is None
    with pytest.raises(ClassVoteError, match="Too many wrong codes"):
        sessions.find(session.code, "visitor")
    assert sessions.find(session.code, "another") is session


def test_a_links_code_is_right_as_a_whole_only(sessions: Sessions) -> None:
    session = sessions.open("teacher", CLIPS)
    link_code = session.link_code
    assert link_code.startswith(session.code) and len(link_code) >= store.LENGTH + 16
    assert sessions.find(link_code.lower(), "one") is session
    for wrong in (link_code[:-1], f"{link_code}0", f"{session.code}X", f"{session.code}é"):
        assert sessions.find(wrong, "one") is None
    for i in range(store.MAX_GUESSES):  # it is limited like any other code
        if i >= store.MAX_GUESSES - 4:
            with pytest.raises(ClassVoteError):
                sessions.find(f"{session.code}{i}", "one")
        else:
            assert sessions.find(f"{session.code}{i}", "one") is None


@pytest.mark.parametrize(
    ("address", "origin"),
    [
        (None, ""),
        ("", ""),
        ("192.0.2.7", "192.0.2.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:db8:1:2::", "2001:db8:1:2::/64"),
        ("no:address", ""),
    ],
)
def test_addresses_that_are_one_machines_are_one_origin(address: str | None, origin: str) -> None:
    assert origin_of(address) == origin


def test_class_votes_are_opened_at_a_limited_rate(sessions: Sessions, clock: Clock) -> None:
    for i in range(store.OPENED_AT_ONCE):
        sessions.open(f"a {i}", CLIPS, "address")
    with pytest.raises(ClassVoteError, match="within a short time"):
        sessions.open("a", CLIPS, "address")
    assert sessions.open("a 0", CLIPS, "address")  # which was open before
    for i in range(store.OPENED_AT_ONCE_BY_ALL - store.OPENED_AT_ONCE):
        sessions.open(f"b {i}", CLIPS)
    with pytest.raises(ClassVoteError, match="within a short time"):
        sessions.open("b", CLIPS)
    clock.now += store.OPENED_EVERY_S
    sessions.open("a", CLIPS, "address")
    sessions.open("b", CLIPS)


def test_a_full_server_gives_up_a_class_vote_that_was_left_without_votes(
    sessions: Sessions, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(store, "MAX_SESSIONS", 3)
    voted, looked_at, left = (sessions.open(str(i), CLIPS) for i in range(3))
    voted.join("one")
    voted.vote("one", 0, 0.5, 0.5)
    clock.now = store.UNUSED_S + 1
    sessions.of("1")
    sessions.open("one more", CLIPS)
    assert sessions.of("2") is None and not left.is_open
    assert sessions.of("0") is voted and sessions.of("1") is looked_at
    with pytest.raises(ClassVoteError, match="3 class votes are going on"):
        sessions.open("another", CLIPS)
