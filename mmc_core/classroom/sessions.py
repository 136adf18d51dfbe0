"""All class votes of a server: opened, found by their codes, forgotten."""

from __future__ import annotations

import secrets
import time
from collections import deque
from collections.abc import Callable, Sequence
from threading import Lock, Timer

from mmc_core.classroom.session import Clip, Session
from mmc_core.errors import ClassVoteError

# No vowels, so that no code is a word, and none of 0 O 1 I L, 2 Z, 5 S, 8 B, which look alike.
LETTERS = "CDFGHJKMNPQRTVWXY34679"
LENGTH = 6  # 113 million codes
MAX_SESSIONS = 100
MAX_AGE_S = 3 * 3600.0  # since the last look
MAX_GUESSES = 30  # wrong codes of one origin
GUESSES_S = 60.0  # in such a time
MAX_ORIGINS = 10_000  # whose wrong codes are counted


def normalised(code: str) -> str:
    """A code as it was typed: small letters, spaces and hyphens do not matter."""
    return "".join(character for character in code.upper() if character.isalnum())[:40]


class Sessions:
    """Class votes by code, as long as somebody looks at them."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._lock = Lock()
        self._by_code: dict[str, Session] = {}
        self._guesses: dict[str, deque[float]] = {}  # when each origin's wrong codes came
        self._timer: Timer | None = None

    def open(self, owner: str, clips: Sequence[Clip]) -> Session:
        """A new class vote, or the one that this visitor has.

        Raises:
            ClassVoteError: if there are too many clips, or too many class votes.
        """
        with self._lock:
            self._forget_old()
            if (before := self._of(owner)) is not None:
                return before
            if len(self._by_code) >= MAX_SESSIONS:
                raise ClassVoteError(
                    f"{MAX_SESSIONS} class votes are going on, as many as this server keeps. Try "
                    "again later, or end one that is over."
                )
            code = self._new_code()
            session = self._by_code[code] = Session(code, owner, clips, self._clock)
            if self._timer is None:
                self._wait()
            return session

    def of(self, owner: str) -> Session | None:
        """The class vote that a visitor opened."""
        with self._lock:
            self._forget_old()
            return self._look_at(self._of(owner))

    def find(self, code: str, visitor: str, origin: str = "") -> Session | None:
        """The class vote with a code.

        Args:
            origin: such as a network address, whose wrong codes are counted together; the
                visitor's where empty. Who takes part already may go on.

        Raises:
            ClassVoteError: if too many wrong codes came from there.
        """
        with self._lock:
            self._forget_old()
            session = self._by_code.get(normalised(code))
            if session is None or not (session.is_owner(visitor) or session.has(visitor)):
                self._guard(origin or visitor, is_wrong=session is None)
            return self._look_at(session)

    def end(self, session: Session) -> None:
        """Forget a class vote and all its votes."""
        with self._lock:
            self._by_code.pop(session.code, None)
        session.forget()

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

    def _guard(self, origin: str, *, is_wrong: bool) -> None:
        now = self._clock()
        times = self._guesses.pop(origin, deque(maxlen=MAX_GUESSES))
        while times and now - times[0] > GUESSES_S:
            times.popleft()
        too_many = len(times) == MAX_GUESSES
        if is_wrong:
            times.append(now)
        if times:
            self._guesses[origin] = times
        if len(self._guesses) > MAX_ORIGINS:
            del self._guesses[next(iter(self._guesses))]
        if too_many:
            raise ClassVoteError(
                f"Too many wrong codes: more than {MAX_GUESSES} within {GUESSES_S:.0f} seconds. "
                "Wait a minute, then try again."
            )

    def _forget_old(self) -> None:
        now = self._clock()
        for code, session in list(self._by_code.items()):
            if now - session.used > MAX_AGE_S:
                del self._by_code[code]
                session.forget()

    def _wait(self) -> None:
        self._timer = Timer(MAX_AGE_S / 18, self.forget_old)
        self._timer.daemon = True
        self._timer.start()
