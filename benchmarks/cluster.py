"""`mmc extract` by this machine's processes and by a Dask cluster of it, one worker killed too.

`python -m benchmarks.cluster`: the same songs of 25.5 s by one process, by Dask with one worker and
with two, and with two of which one is killed mid-run. Seconds are of the wall and of CPU, the
latter of all processes, start and end included. Efficiency is the one process's CPU divided by what
was used: it does not depend on what else the machine does.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from benchmarks._machine import machine, parser
from benchmarks.library import family
from mmc_core.settings import PROJECT
from tests.support.library import write_songs


@dataclass(frozen=True)
class Used:
    """Seconds that an extraction took."""

    wall: float
    cpu: float


def main() -> None:
    arguments = parser(__doc__)
    arguments.add_argument("--songs", type=int, default=100)
    asked = arguments.parse_args()
    n, seconds = (6, 3.0) if asked.quick else (asked.songs, 25.5)
    with tempfile.TemporaryDirectory() as folder:
        songs = Path(folder) / "songs"
        write_songs(songs, n, (seconds, seconds + 0.1))
        few = Path(folder) / "few"
        write_songs(few, 1, (seconds, seconds + 0.1))
        ways = {
            "one process": ["--jobs", "1"],
            "two processes": ["--jobs", "2"],
            "Dask, one worker": ["--jobs", "1", "--scheduler", "local"],
            "Dask, two workers": ["--jobs", "2", "--scheduler", "local"],
        }
        start = {way: extract(few, Path(folder) / "few.parquet", o) for way, o in ways.items()}
        used = {way: extract(songs, Path(folder) / f"{way}.parquet", o) for way, o in ways.items()}
        way = "Dask, two workers, one killed"
        out = Path(folder) / f"{way}.parquet"
        used[way] = extract(songs, out, ways["Dask, two workers"], kill_after=n // 3)
        tables = [pd.read_parquet(Path(folder) / f"{way}.parquet") for way in used]
    one = used["one process"]
    for way, took in used.items():
        print(
            f"{n} songs of {seconds:.1f} s, {way}: {took.wall:.1f} s, CPU {took.cpu:.1f} s, "
            f"efficiency {100 * one.cpu / took.cpu:.0f} %"
        )
    for way in start:
        song = (used[way].cpu - start[way].cpu) / (n - 1)
        print(
            f"{way}: start and end {start[way].cpu:.2f} s of CPU, then {1000 * song:.1f} ms a song"
        )
    speedup = used["Dask, one worker"].wall / used["Dask, two workers"].wall
    print(f"two workers are {speedup:.2f} times as fast as one")
    same = sum(_same(table, tables[0]) for table in tables)
    print(f"{same} of {len(tables)} tables are the same")
    print(machine("distributed", "numpy"))


def extract(songs: Path, out: Path, options: list[str], kill_after: int | None = None) -> Used:
    """Run the command; after some files one worker is killed, if asked."""
    began = time.perf_counter()
    process = subprocess.Popen(
        [sys.executable, "-m", "mmc_core", "extract", str(songs), "--out", str(out), *options],
        cwd=PROJECT,
        stderr=subprocess.DEVNULL,
    )
    while kill_after is not None and process.poll() is None:
        journal = out.with_name(f"{out.name}.partial")
        if journal.exists() and len(journal.read_bytes().splitlines()) >= kill_after:
            os.kill(_workers(process.pid)[0], signal.SIGKILL)
            break
        time.sleep(0.01)
    _, status, usage = os.wait4(process.pid, 0)
    if status:
        raise SystemExit(f"extract {options} ended with {os.waitstatus_to_exitcode(status)}")
    return Used(time.perf_counter() - began, usage.ru_utime + usage.ru_stime)


def _workers(pid: int) -> list[int]:
    """Processes that a command began by spawning, by Linux."""
    return [
        each for each in family(pid) if b"spawn_main" in Path(f"/proc/{each}/cmdline").read_bytes()
    ]


def _same(one: pd.DataFrame, other: pd.DataFrame) -> bool:
    try:
        pd.testing.assert_frame_equal(one, other, check_dtype=False)
    except AssertionError:
        return False
    return True


if __name__ == "__main__":
    main()
