"""Comparisons worked out in processes of their own, begun from a page; one at a time."""

from __future__ import annotations

import re
import subprocess
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

from mmc_core.comparison import store
from mmc_core.errors import MMCError
from mmc_core.jobs import process
from mmc_core.settings import cache_dir

LOOK_EVERY_S = 0.3

_started: dict[Path, subprocess.Popen[bytes]] = {}  # by what is saved in the end


def watch(ids: Sequence[str], moods: Sequence[str]) -> Iterator[tuple[int, int]]:
    """Work a comparison out: steps done, of how many, until it is saved. Whoever stops looking
    does not stop it, and may look again.

    Raises:
        MMCError: if another is being worked out, or it failed.
    """
    path = store.saved_path(ids, moods)
    log = cache_dir() / "comparisons" / f"{path.stem}.log"
    with process.one_at_a_time:
        if path not in _started or _started[path].poll() is not None:
            if any(each.poll() is None for each in _started.values()):
                raise MMCError("Another comparison is being computed; try again in a minute.")
            arguments = ["compare", *ids, "--moods", ",".join(moods), "--again"]
            _started[path] = process.begin(arguments, log, MMC_PROGRESS="lines")
    job = _started[path]
    while job.poll() is None:
        steps = re.findall(r"^(\d+) of (\d+)$", process.printed(log), re.MULTILINE)
        yield (int(steps[-1][0]), int(steps[-1][1])) if steps else (0, 1)
        time.sleep(LOOK_EVERY_S)
    if job.returncode:
        lines = process.printed(log).strip().splitlines()
        raise MMCError(f"The comparison could not be computed. {lines[-1] if lines else ''}")


def is_under_way(ids: Sequence[str], moods: Sequence[str]) -> bool:
    """Whether a comparison is being worked out here."""
    job = _started.get(store.saved_path(ids, moods))
    return job is not None and job.poll() is None
