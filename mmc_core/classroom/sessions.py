"""All class votes of a server: opened, found by their codes, forgotten."""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable, Sequence
from ipaddress import ip_interface
from threading import Lock, Timer

from mmc_core.classroom.rate import RateLimit
from mmc_core.classroom.session import Clip, Session
from mmc_core.errors import ClassVoteError

# No vowels, so that no code is a word, and none of 0 O 1 I L, 2 Z, 5 S, 8 B, which look alike.
LETTERS = "CDFGHJKMNPQRTVWXY34679"
LENGTH = 6  # 113 million codes
MAX_SESSIONS = 100
MAX_AGE_S = 3 * 3600.0  # since the last look
UNUSED_S = 600.0  # on a full server, one without votes that nobody looked at so long gives way
GUESSES_S = 60.0  # the time for each of the two numbers below
MAX_GUESSES = 30  # wrong codes of one origin
MAX_GUESSES_OF_ALL = 120  # wrong codes of all together, for origins are easily changed
OPENED_AT_ONCE, OPENED_EVERY_S = 10, 60.0  # class votes of one address
OPENED_AT_ONCE_BY_ALL, OPENED_EVERY_S_BY_ALL = 30, 30.0
JOIN_BURST, JOIN_EVERY_S = 600, 0.1  # browsers that join any class vote


def normalised(code: str) -> str:
    """Return a code as it is stored: in capitals, without spaces and hyphens."""
    return "".join(character for character in code.upper() if character.isalnum())[:40]


def origin_of(address: str | None) -> str:
    """Return what a network address is counted by: for IPv6 its /64, whose addresses are all one
    machine's to use. Returns "" for no address, which a proxy may leave out.
    """
    try:
        return (
            str(ip_interface(f"{address}/64").network) if ":" in (address or "") else address or ""
        )
    except ValueError:
        return ""


class Sessions:
    """Class votes by code, as long as somebody looks at them."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._lock = Lock()
        self._by_code: dict[str, Session] = {}
        self._guesses = RateLimit(MAX_GUESSES, GUESSES_S / MAX_GUESSES, clock)  # by origin
        self._all_guesses = RateLimit(MAX_GUESSES_OF_ALL, GUESSES_S / MAX_GUESSES_OF_ALL, clock)
        self._opened = RateLimit(OPENED_AT_ONCE, OPENED_EVERY_S, clock)  # by origin
        self._all_opened = RateLimit(OPENED_AT_ONCE_BY_ALL, OPENED_EVERY_S_BY_ALL, clock)
        self._joins = RateLimit(JOIN_BURST, JOIN_EVERY_S, clock)
        self._timer: Timer | None = None

    def open(self, owner: str, clips: Sequence[Clip], origin: str = "") -> Session:
        """Open a class vote, or return the one that this visitor has.

        Args:
            origin: as `origin_of` returns it; class votes of one origin are counted together.

        Raises:
            ClassVoteError: if there are too many clips, or too many class votes, or too many were
                opened within a short time.
        """
        with self._lock:
            self._forget_old()
            if (before := self._of(owner)) is not None:
                return before
            self._make_room()
            if not ((not origin or self._opened.take(origin)) and self._all_opened.take()):
                raise ClassVoteError(
                    "Many class votes were opened here within a short time. Try again in a minute."
                )
            code = self._new_code()
            session = Session(code, owner, clips, self._clock, self._joins)
            self._by_code[code] = session
            if self._timer is None:
                self._wait()
            return session

    def of(self, owner: str) -> Session | None:
        """Return the class vote that a visitor opened."""
        with self._lock:
            self._forget_old()
            return self._look_at(self._of(owner))

    def find(self, code: str, visitor: str, origin: str = "") -> Session | None:
        """Return the class vote with a code, or None if the code is wrong.

        A typed code can be guessed, so wrong ones are limited: where an origin, or all together,
        have used up theirs, right codes are refused too. The long code of a link cannot be guessed
        and is never refused. Those who take part are not refused either.

        Args:
            code: as it was typed, or the `link_code`.
            origin: as `origin_of` returns it; the visitor is counted where it is empty.

        Raises:
            ClassVoteError: if there were too many wrong codes.
        """
        typed = normalised(code)
        with self._lock:
            self._forget_old()
            session = self._by_code.get(typed[:LENGTH])
            is_link = session is not None and secrets.compare_digest(
                typed.encode(), session.link_code.encode()
            )
            if len(typed) > LENGTH and not is_link:
                session = None
            if session is None or not (
                is_link or session.is_owner(visitor) or session.has(visitor)
            ):
                self._guard(origin or visitor, is_wrong=session is None)
            return self._look_at(session)

    def end(self, session: Session) -> None:
        """Forget a class vote and all its votes."""
        with self._lock:
            self._drop(session)

    def forget_old(self) -> None:
        """Drop what nobody looks at any more, and look again later while any is left."""
        with self._lock:
            self._forget_old()
            self._timer = None
            if self._by_code:
                self._wait()

    def _of(self, owner: str) -> Session | None:
        return next((each for each in self._by_code.values() if each.is_owner(owner)), None)

    def _look_at(self, session: Session | None) -> Session | None:
        if session is not None:
            session.used = self._clock()
        return session

    def _new_code(self) -> str:
        while True:
            code = "".join(secrets.choice(LETTERS) for _ in range(LENGTH))
            if code not in self._by_code:
                return code

    def _make_room(self) -> None:
        """Have a free place, which may be that of a class vote without votes that was left.

        Raises:
            ClassVoteError: if as many class votes are going on as may.
        """
        if len(self._by_code) < MAX_SESSIONS:
            return
        unused = [each for each in self._by_code.values() if not each.has_votes]
        first = min(unused, key=lambda each: each.used, default=None)
        if first is None or self._clock() - first.used <= UNUSED_S:
            raise ClassVoteError(
                f"{MAX_SESSIONS} class votes are going on, as many as this server keeps. Try "
                "again later, or end one that is over."
            )
        self._drop(first)

    def _guard(self, origin: str, *, is_wrong: bool) -> None:
        """Count a wrong code; raise `ClassVoteError` if too many came before."""
        if is_wrong:
            is_allowed = self._guesses.take(origin) and self._all_guesses.take()
        else:
            is_allowed = self._guesses.allows(origin) and self._all_guesses.allows()
        if not is_allowed:
            raise ClassVoteError(
                f"Too many wrong codes: more than {MAX_GUESSES} from here, or {MAX_GUESSES_OF_ALL} "
                f"from everywhere, within {GUESSES_S:.0f} seconds. Scan the "
                "picture that the teacher shows, which always works, or try again in a minute."
            )

    def _drop(self, session: Session) -> None:
        self._by_code.pop(session.code, None)
        session.forget()

    def _forget_old(self) -> None:
        now = self._clock()
        for session in list(self._by_code.values()):
            if now - session.used > MAX_AGE_S:
                self._drop(session)

    def _wait(self) -> None:
        self._timer = Timer(MAX_AGE_S / 18, self.forget_old)
        self._timer.daemon = True
        self._timer.start()
