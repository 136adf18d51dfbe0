"""Calls of functions in processes of this machine, by joblib."""

from __future__ import annotations

import warnings
from collections.abc import Iterable, Iterator
from typing import Any


def in_order(calls: Iterable[Any], jobs: int = -1) -> Iterator[Any]:
    """Yield the results of calls in their order.

    If the results are not wanted any more, because an error ended the loop over them, the other
    calls are cancelled without a warning.

    Args:
        calls: made by `joblib.delayed`.
        jobs: processes; -1 for all cores.
    """
    from joblib import Parallel

    results = Parallel(n_jobs=jobs, return_as="generator")(calls)
    try:
        for result in results:  # noqa: UP028 - `yield from` would close them, with a warning
            yield result
    finally:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", UserWarning)
            results.close()
