"""Items to processes of this machine: one that ends its process costs itself only."""

from __future__ import annotations

import os

import pytest

from mmc_core.errors import MachineError
from mmc_core.features.extract import extract_each
from mmc_core.workers import pool


def ends_at_three(item: int) -> int:
    if item == 3:
        os._exit(1)
    return item * item


def test_a_process_that_ends_costs_its_item_only() -> None:
    results = dict(pool.in_processes(ends_at_three, range(8), 2))
    assert results == {i: None if i == 3 else i * i for i in range(8)}


@pytest.mark.parametrize(
    "fails",
    ["mmc_core.workers.pool.ProcessPoolExecutor", "multiprocessing.context.SpawnProcess.start"],
)
def test_processes_that_cannot_be_begun_are_said(
    monkeypatch: pytest.MonkeyPatch, fails: str
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise OSError(30, "Read-only file system")  # of a semaphore: no file is named

    monkeypatch.setattr(fails, fail)
    with pytest.raises(MachineError, match=r"Read-only.*semaphores.*--jobs 1"):
        list(pool.in_processes(threads, range(2), 2))


def test_extract_says_it_too(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise OSError(30, "Read-only file system")

    monkeypatch.setattr("multiprocessing.context.BaseContext.Lock", fail)
    assert not list(extract_each([], jobs=1))
    with pytest.raises(MachineError, match=r"Read-only.*semaphores.*--jobs 1"):
        list(extract_each([], jobs=2))


def threads(item: int) -> int:
    import scipy.linalg  # noqa: F401
    from threadpoolctl import threadpool_info

    return max(each["num_threads"] for each in threadpool_info())


def test_each_process_works_on_one_thread() -> None:
    assert dict(pool.in_processes(threads, range(2), 2)) == {0: 1, 1: 1}
