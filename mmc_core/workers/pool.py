"""Work in processes of its own, where a file that ends its process costs no other."""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
from collections import deque
from collections.abc import Callable, Generator, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from typing import TypeVar

from threadpoolctl import threadpool_limits

from mmc_core.errors import MachineError

# By which libraries of linear algebra are told, when they are loaded.
THREADS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "VECLIB_MAXIMUM_THREADS")

Item = TypeVar("Item")
Result = TypeVar("Result")


def in_processes(
    work: Callable[[Item], Result], items: Iterable[Item], jobs: int
) -> Iterator[tuple[Item, Result | None]]:
    """Each item with what was made of it, as they come; None where that ended its process.

    Args:
        work: a function of a module, which can be sent to another process.
        jobs: processes, each on one thread; 1 works in this process, where nothing is caught.
    """
    if jobs == 1:
        with threadpool_limits(1):
            for item in items:
                yield item, work(item)
        return
    rest = deque(items)
    while rest:
        suspects = yield from _until_one_ends(work, rest, jobs)
        for item in suspects:  # which of them it was shows when each has a process for itself
            if (yield from _until_one_ends(work, deque([item]), 1)):
                yield item, None


def _until_one_ends(
    work: Callable[[Item], Result], rest: deque[Item], jobs: int
) -> Generator[tuple[Item, Result | None], None, list[Item]]:
    """Work through `rest`, which gets shorter; the items on hand when a process ended, or none."""
    others = set(multiprocessing.active_children())
    with _naming_what_processes_need():
        pool = ProcessPoolExecutor(jobs, multiprocessing.get_context("spawn"), _begin)
    on_hand: dict[Future[Result], Item] = {}
    try:
        while rest or on_hand:
            while rest and len(on_hand) < 2 * jobs:  # few, so that few are suspected
                with _naming_what_processes_need():
                    on_hand[pool.submit(work, rest[0])] = rest[0]
                rest.popleft()
            done, _ = wait(on_hand, return_when=FIRST_COMPLETED)
            for future in sorted(done, key=lambda each: each.exception() is not None):
                result = future.result()
                yield on_hand.pop(future), result
    except BrokenProcessPool:
        return list(on_hand.values())
    finally:
        pool.shutdown(wait=False, cancel_futures=True)
        for process in set(multiprocessing.active_children()) - others:
            process.terminate()
    return []


def require_processes() -> None:
    """Check that processes can be begun, for libraries that would only warn.

    Raises:
        MachineError: if there is no room for their semaphores.
    """
    with _naming_what_processes_need():
        multiprocessing.get_context("spawn").Lock()


@contextmanager
def _naming_what_processes_need() -> Iterator[None]:
    """Raise a sentence in place of the system's error if processes cannot be begun.

    Raises:
        MachineError: if there is no room for their semaphores, or for the processes.
    """
    try:
        yield
    except (OSError, ImportError) as error:  # the latter where Python was built without
        place = "semaphores, which Linux keeps in /dev/shm" if os.name == "posix" else "semaphores"
        raise MachineError(
            f"Processes cannot be begun: {getattr(error, 'strerror', None) or error}. They need "
            f"{place}: check the space left and who may write there, or work in one process with "
            "--jobs 1."
        ) from error


def _begin() -> None:
    """One thread, whatever is imported later; no longer than the process that asked, which alone
    hears of Ctrl-C.
    """
    os.environ.update(dict.fromkeys(THREADS, "1"))
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    parent = multiprocessing.parent_process()
    assert parent is not None

    def end_with_parent() -> None:
        parent.join()
        os._exit(1)

    threading.Thread(target=end_with_parent, daemon=True).start()
