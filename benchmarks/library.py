"""A folder of songs through `mmc library scan`: killed and resumed, memory, one process and two.

`python -m benchmarks.library [--long FILE [--clips FOLDER]] [--processes]`: 200 songs of 2 to 4 s
in five formats, scanned while the scan is killed ten times at random moments, against one go; then
files of a minute and a long one, alone and beside 40 songs or those of a folder, by one process and
by two (`--processes`: only those of a minute). Memory is that of all processes together, as
resident, at its most.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from benchmarks._machine import machine, parser
from benchmarks._ratios import Ratio, keep
from mmc_core.settings import PROJECT
from tests.support.library import differences, moments_to_kill, n_done, rows, write_songs

KILLS = 10


def main() -> None:
    arguments = parser(__doc__)
    arguments.add_argument("--long", type=Path, help="a long file, such as of two hours")
    arguments.add_argument("--clips", type=Path, help="songs that the long file is beside")
    arguments.add_argument("--processes", action="store_true", help="only one process and two")
    asked = arguments.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        n, minutes = (5, 0.05) if asked.quick else (200, 1)
        if not asked.processes:
            killed(Path(folder), n, 1 if asked.quick else KILLS)
        ratio = processes(Path(folder), 2 if asked.quick else 40, 60 * minutes)
        if asked.long:
            long(Path(folder), asked.long, asked.clips)
    keep(asked, [ratio], machine("onnxruntime", "numpy"))


def killed(folder: Path, n: int, kills: int) -> None:
    music = folder / "music"
    write_songs(music, n)
    seconds, _ = scan(music, folder / "whole.sqlite", jobs=2)
    done = []
    for moment in moments_to_kill(n, kills):
        scan(music, folder / "killed.sqlite", jobs=2, kill=moment)
        done.append(n_done(folder / "killed.sqlite"))
    scan(music, folder / "killed.sqlite", jobs=2)
    whole, resumed = rows(folder / "whole.sqlite"), rows(folder / "killed.sqlite")
    different = differences(whole, resumed)
    print(f"{n} songs of 2 to 4 s by two processes: {seconds:.1f} s")
    print(f"killed {kills} times, with {done} files done after each")
    print(f"then {len(whole) - len(different)} of {n} rows are those of a scan in one go")


def processes(folder: Path, n: int, seconds: float) -> Ratio:
    music = folder / "minutes"
    write_songs(music, n, (seconds, seconds + 1))
    took = {}
    for jobs in (1, 2):
        took[jobs], peak = scan(music, folder / f"{jobs}.sqlite", jobs=jobs)
        print(
            f"{n} songs of {seconds:.0f} s, {jobs} process{'es' if jobs > 1 else ''}: "
            f"{took[jobs]:.1f} s, {60 * n / took[jobs]:.0f} songs a minute, peak {peak:.0f} MB"
        )
    what = f"a scan of {n} songs of {seconds:.0f} s by two processes"
    return Ratio(what, took[2], "by one", took[1], "s", goal=1.8)


def long(folder: Path, file: Path, clips: Path | None) -> None:
    """A long file alone, and beside short ones: those of a folder, or 40 that are made."""
    alone = folder / "long"
    alone.mkdir()
    shutil.copy(file, alone)
    seconds, peak = scan(alone, folder / "long.sqlite", jobs=1)
    print(f"{file.name} alone: {seconds:.0f} s, peak {peak:.0f} MB")
    if clips:
        (alone / "clips").symlink_to(clips.resolve())
    else:
        write_songs(alone, 40)
    seconds, peak = scan(alone, folder / "both.sqlite", jobs=2)
    n = len(rows(folder / "both.sqlite")) - 1
    print(f"{file.name} beside {n} songs, two processes: {seconds:.0f} s, peak {peak:.0f} MB")


def scan(
    music: Path, journal: Path, *, jobs: int, kill: tuple[int, float] | None = None
) -> tuple[float, float]:
    """Seconds, and the most memory of all processes together in MB (0.0 where /proc is not).

    Args:
        kill: after how many files, and how many seconds more.
    """
    start, peak = time.perf_counter(), 0.0
    process = subprocess.Popen(
        [sys.executable, "-m", "mmc_core", "library", "scan", str(music), "--jobs", str(jobs)],
        cwd=PROJECT,
        env=os.environ | {"MMC_LIBRARY": str(journal)},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    while process.poll() is None:
        if kill and n_done(journal) >= kill[0]:
            time.sleep(kill[1])
            process.kill()
        peak = max(peak, sum(map(resident_mb, family(process.pid))))
        time.sleep(0.05)
    return time.perf_counter() - start, peak


def family(pid: int) -> list[int]:
    """A process and all that it began, by Linux."""
    try:
        lines = [
            children.read_text().split()
            for children in Path(f"/proc/{pid}/task").glob("*/children")
        ]
    except OSError:
        return [pid]
    return [pid, *(each for line in lines for child in line for each in family(int(child)))]


def resident_mb(pid: int) -> float:
    try:
        return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * 4096 / 1e6
    except (OSError, IndexError):
        return 0.0


if __name__ == "__main__":
    main()
