"""Limits on how often something may happen."""

from __future__ import annotations

from collections.abc import Callable
from threading import Lock

MAX_KEYS = 10_000  # the memory of a limit is bounded


class RateLimit:
    """A token bucket for each key: `burst` uses at once, then one every `every_s` seconds.

    All that is stored for a key is the time at which its bucket will be full again. Keys whose
    bucket is full are forgotten, and beyond `MAX_KEYS` the key that was used longest ago: a limit
    for many keys needs a second one for all of them together.
    """

    def __init__(self, burst: int, every_s: float, clock: Callable[[], float]) -> None:
        self._every_s, self._room_s = every_s, (burst - 0.5) * every_s  # half against rounding
        self._clock, self._lock = clock, Lock()
        self._full_at: dict[str, float] = {}  # the key that was used last is the last

    def allows(self, key: str = "") -> bool:
        """Return whether a key has a use left, without taking one."""
        with self._lock:
            now = self._clock()
            return self._full_at.get(key, now) - now < self._room_s

    def take(self, key: str = "") -> bool:
        """Take a use of a key, and return whether it had one."""
        with self._lock:
            now = self._clock()
            full_at = max(self._full_at.pop(key, now), now)
            is_allowed = full_at - now < self._room_s
            self._full_at[key] = full_at + self._every_s if is_allowed else full_at
            while len(self._full_at) > MAX_KEYS or next(iter(self._full_at.values())) <= now:
                del self._full_at[next(iter(self._full_at))]
            return is_allowed
