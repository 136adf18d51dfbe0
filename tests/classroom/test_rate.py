"""The limit on how often something may happen."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest

from mmc_core.classroom import rate
from mmc_core.classroom.rate import RateLimit


def clock_at(times: list[float]) -> Callable[[], float]:
    return lambda: times[0]


def test_a_burst_is_let_through_and_then_one_each_time() -> None:
    now = [1000.0]
    limit = RateLimit(3, 0.1, clock_at(now))
    assert [limit.take() for _ in range(5)] == [True, True, True, False, False]
    assert not limit.allows() and limit.allows("another key")
    for _ in range(1000):  # what is refused takes nothing, and rounding does not add up
        now[0] += 0.1
        assert limit.allows() and limit.take() and not limit.take()
    now[0] += 100
    assert [limit.take() for _ in range(4)] == [True, True, True, False]


def test_its_memory_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rate, "MAX_KEYS", 10)
    now = [0.0]
    limit = RateLimit(1, 1.0, clock_at(now))
    for i in range(100):
        assert limit.take(str(i))
    assert len(limit._full_at) == 10
    assert not limit.take("99") and limit.take("0")
    now[0] = 5.0
    assert limit.take("new")
    assert list(limit._full_at) == ["new"]


def test_no_more_is_let_through_when_many_ask_at_once() -> None:
    limit = RateLimit(50, 1.0, clock_at([0.0]))
    with ThreadPoolExecutor(8) as threads:
        taken = list(threads.map(lambda _: limit.take(), range(400)))
    assert sum(taken) == 50
