"""Work for processes of other machines, or of this one, by Dask distributed.

Dask does a lost worker's tasks again. joblib's Dask backend is not used: it keeps large arguments
on one worker, whose loss then ends the run, and sends tasks in batches, which fail together.
"""

from __future__ import annotations

import logging
import re
import signal
from collections.abc import Callable, Generator, Iterable, Iterator
from contextlib import ExitStack, contextmanager
from itertools import islice
from typing import TYPE_CHECKING, Any, TypeVar

from mmc_core import __version__
from mmc_core.errors import ClusterError

if TYPE_CHECKING:
    from distributed import Client

LOCAL = "local"
ADDRESS = re.compile(r"(tcp|tls)://[^\s/]+:\d+")
EXPECTED = f"{LOCAL}, or the address of a Dask scheduler such as tcp://192.168.1.5:8786"
WAIT_S = 30  # for a scheduler, and for the first of its workers
ON_HAND = 2000  # tasks that the scheduler knows of: some for each of hundreds of workers
# Of Dask. Memory is not given back after each array: that made features take half as long again.
# Nothing is profiled or checked fifty times a second, which took 7 % of a core for two local
# workers.
SETTINGS = {
    "distributed.nanny.pre-spawn-environ.MALLOC_TRIM_THRESHOLD_": None,
    "distributed.worker.preload": [__name__],  # for `dask_setup`
    "distributed.worker.profile.enabled": False,
    "distributed.admin.tick.interval": "1s",
    "distributed.admin.system-monitor.interval": "10s",
    "distributed.admin.large-graph-warning-threshold": "1GB",
}

Item = TypeVar("Item")
Result = TypeVar("Result")


class Cluster:
    """Workers that a Dask client is connected to."""

    def __init__(self, client: Client) -> None:
        self._client = client

    def each(
        self, work: Callable[..., Result], items: Iterable[Item], *shared: Any
    ) -> Iterator[tuple[Item, Result | None]]:
        """Each item with ``work(item, *shared)``, as they come; None where that ended its worker
        again and again.

        Args:
            work: a function of a module, which can be sent to another process.
            shared: large arguments, which are sent once and not with each item.

        Raises:
            ClusterError: if the scheduler is lost.
        """
        # As tasks, which are done again where the worker that holds their result is lost.
        sent = [self._client.submit(_same, value, pure=False) for value in shared]
        suspects = yield from self._tried(work, iter(items), sent, ON_HAND)
        for item in suspects:  # Dask blames what waited on a worker, too: alone it shows
            if (yield from self._tried(work, iter([item]), sent, 1)):
                yield item, None

    def _tried(
        self, work: Callable[..., Result], rest: Iterator[Item], shared: list[Any], on_hand: int
    ) -> Generator[tuple[Item, Result], None, list[Item]]:
        """Work through `rest`; what is left are items whose worker ended, several times."""
        from distributed import CancelledError, KilledWorker, as_completed

        done = as_completed(loop=self._client.loop)
        sent: dict[Any, Item] = {}
        suspects = []

        def send(n: int) -> None:
            for item in islice(rest, n):
                future = self._client.submit(_on_one_thread, work, item, *shared, pure=False)
                sent[future] = item
                done.add(future)

        send(on_hand)
        for future in done:
            item = sent.pop(future)
            try:
                result = future.result()
            except KilledWorker:
                suspects.append(item)
            except CancelledError as error:
                raise ClusterError(
                    "The Dask scheduler was lost. Run the command again to resume."
                ) from error
            else:
                yield item, result
            send(1)
        return suspects

    def require(self, of: Callable[..., str], *arguments: Any) -> None:
        """Make sure that a function says the same on every worker as here: such as a version.

        Raises:
            ClusterError: if it does not.
        """
        here = of(*arguments)
        for worker, there in self._client.run(of, *arguments, on_error="return").items():
            if there != here:
                raise ClusterError(
                    f"The worker {worker} differs from this machine: got {there!r} from its "
                    f"{of.__name__.strip('_')}, expected {here!r}. Install the same version of mmc "
                    "with the same models in the same folders there."
                )


def is_scheduler(text: str) -> bool:
    """Whether `connected` takes it."""
    return text == LOCAL or bool(ADDRESS.fullmatch(text))


@contextmanager
def connected(scheduler: str | None, jobs: int = -1) -> Iterator[Cluster | None]:
    """The cluster of a scheduler, for the time of a block; None without one.

    Args:
        scheduler: `LOCAL`, which starts workers on this machine that no other can reach, or the
            address of one that runs.
        jobs: workers of a local cluster; -1 for all cores.

    Raises:
        ClusterError: if no scheduler or no worker answers, or one has another version.
    """
    if scheduler is None:
        yield None
        return
    import dask
    from distributed import Client

    # Errors reach people as sentences of ours.
    for name in ("distributed", "distributed.client"):
        logging.getLogger(name).setLevel(logging.CRITICAL)
    with dask.config.set(SETTINGS), ExitStack() as stack:
        where = stack.enter_context(_local(jobs)) if scheduler == LOCAL else scheduler
        try:
            client = stack.enter_context(Client(where, timeout=WAIT_S, set_as_default=False))
            client.wait_for_workers(1, timeout=WAIT_S)
        except (OSError, TimeoutError) as error:
            raise ClusterError(
                f"No worker answered at {scheduler} within {WAIT_S} s: {error}. Start a scheduler "
                "with `dask scheduler`, and workers with `dask worker ADDRESS --nthreads 1`."
            ) from error
        cluster = Cluster(client)
        cluster.require(_version)
        yield cluster


def _local(jobs: int) -> Any:
    """Workers of one thread on this machine; nothing listens to the network."""
    from distributed import LocalCluster

    return LocalCluster(
        n_workers=jobs if jobs > 0 else None,
        threads_per_worker=1,
        host="127.0.0.1",
        dashboard_address="127.0.0.1:0",
        scheduler_kwargs={"dashboard": False, "allowed_failures": 1},
        security=True,  # other users of this machine cannot send it work
        memory_limit=None,  # as little as other processes of this program have one
        silence_logs=logging.CRITICAL,
    )


def dask_setup(_worker: Any) -> None:
    """Called by Dask in a local worker: Ctrl-C ends the command, and that its workers."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)


def _on_one_thread(work: Callable[..., Result], item: Any, *shared: Any) -> Result:
    from threadpoolctl import threadpool_limits

    with threadpool_limits(1):
        return work(item, *shared)


def _same(value: Any) -> Any:
    return value


def _version() -> str:
    return __version__
