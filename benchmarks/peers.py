"""The features of a clip by this package, librosa, openSMILE and Essentia: what each costs.

    python -m benchmarks.peers

All describe the same clips of 25.5 s (wav of 16 bit, mono, 22 050 Hz; ten of 4QAED where
MMC_DATA_MIRROR is set, else sample songs), each in a process of its own on one thread, in turns of
five clips in a row, as in a folder: the first after a pause costs any of them more, since the
processor has slept and its caches are another's. CPU and wall seconds are of reading the file and
describing it, after a clip that is not counted; medians over clips. Then the same with two
processes beside that keep a core busy each. openSMILE and Essentia are those of
benchmarks/peers.txt, which `make bench` installs in .bench/peers; without them they are left out.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path
from types import TracebackType
from typing import Self

import pandas as pd

from benchmarks._machine import machine, parser
from benchmarks._ratios import Ratio, keep
from benchmarks.parity import busy, default_clips
from mmc_core.audio import load_audio
from mmc_core.audio.wav import wav_files
from mmc_core.settings import PROJECT

PEERS = PROJECT / ".bench" / "peers" / "bin" / "python"
BUSY = 2
IN_A_ROW = 5  # clips of a turn
# What each is, whether `PEERS` has it, and how many times our time it is to take at least.
OTHERS: dict[str, tuple[str, bool, float | None]] = {
    "librosa": ("librosa, a call for each of our 57", False, 4.0),
    "eGeMAPSv02": ("openSMILE eGeMAPSv02, statistics of 25 contours", True, None),
    "ComParE_2016": ("openSMILE ComParE 2016, statistics of 65 contours", True, None),
    "MusicExtractor": ("Essentia MusicExtractor at 44 100 Hz", True, 20.0),
}
ONE_THREAD = dict.fromkeys(
    ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMBA_NUM_THREADS"), "1"
)


class Describer:
    """A running `_describer`."""

    def __init__(self, engine: str, python: Path) -> None:
        self._process = subprocess.Popen(
            [python, "-m", "benchmarks._describer", engine],
            cwd=PROJECT,
            env=os.environ | ONE_THREAD,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._process.kill()
        self._process.communicate()

    def describe(self, path: Path) -> tuple[float, float, int]:
        """CPU and wall seconds, and the number of values."""
        assert self._process.stdin and self._process.stdout
        self._process.stdin.write(f"{path}\n")
        self._process.stdin.flush()
        cpu, wall, n = json.loads(self._process.stdout.readline())
        return cpu, wall, n


def measure(clips: Sequence[Path], pythons: dict[str, Path], n_busy: int) -> pd.DataFrame:
    """A row a clip and engine: `engine`, `cpu`, `wall` (seconds) and `n`, the number of values."""
    rows = []
    with ExitStack() as stack:
        describers = {
            name: stack.enter_context(Describer(name, python)) for name, python in pythons.items()
        }
        for describer in describers.values():
            describer.describe(clips[0])  # compiles, and fills caches
        with busy(n_busy):
            for start in range(0, len(clips), IN_A_ROW):
                for name, each in describers.items():
                    rows += [(name, *each.describe(clip)) for clip in clips[start:][:IN_A_ROW]]
    return pd.DataFrame(rows, columns=["engine", "cpu", "wall", "n"])


def ratios(measured: pd.DataFrame, n_busy: int) -> list[Ratio]:
    """CPU time of each beside ours, medians over the clips."""
    medians = measured.groupby("engine").median()
    n, cpu, wall = (medians[column].to_dict() for column in ("n", "cpu", "wall"))
    for name in medians.index:
        print(
            f"{name:15} {n[name]:6.0f} values, {1000 * cpu[name]:6.0f} ms of CPU time, "
            f"{1000 * wall[name]:6.0f} ms of wall time, {n_busy} busy processes beside"
        )
    what = f"{n['mmc']:.0f} values a clip" + (f", {n_busy} busy processes beside" if n_busy else "")
    return [
        Ratio(
            what,
            1000 * cpu["mmc"],
            f"{title}, {n[name]:.0f} values",
            1000 * cpu[name],
            "ms of CPU time",
            goal,
        )
        for name, (title, _, goal) in OTHERS.items()
        if name in n
    ]


def engines() -> tuple[dict[str, Path], dict[str, str]]:
    """The Python of each engine, and which are left out, with the reason."""
    pythons = {"mmc": Path(sys.executable)} | {
        name: PEERS if is_apart else Path(sys.executable)
        for name, (_, is_apart, _) in OTHERS.items()
    }
    here = {name: python for name, python in pythons.items() if python.exists()}
    missing = (OTHERS[name][0] for name in pythons if name not in here)
    return here, dict.fromkeys(missing, "not installed; `make bench` does")


def main() -> None:
    asked = parser(__doc__).parse_args()
    paths = default_clips()[:: 10 if asked.quick else 2]
    running, left_out = engines()
    found = []
    with tempfile.TemporaryDirectory() as folder:
        sounds = {f"{i}.wav": load_audio(path).cut() for i, path in enumerate(paths)}
        clips = [Path(folder) / name for name in sounds]
        for path, content in zip(clips, wav_files(sounds).values(), strict=True):
            path.write_bytes(content)
        for n_busy in (0, BUSY):
            found += ratios(measure(clips, running, n_busy), n_busy)
    keep(asked, found, f"{len(clips)} clips; {machine('numpy', 'scipy', 'librosa')}", left_out)


if __name__ == "__main__":
    main()
