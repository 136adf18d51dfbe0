"""Our 57 features against plain librosa calls: how far apart, and how much quicker.

    python -m benchmarks.parity [--busy N] [FILE_OR_FOLDER ...]

Both on one thread, in turn, clip by clip; `--busy` starts processes beside that keep a core busy
each. CPU seconds are what the work costs, wall seconds what one waits. By default 20 clips of 4QAED
spread over the dataset where MMC_DATA_MIRROR is set, else the sample songs. The difference of a
feature is relative, or in units of its standard deviation over 4QAED where that is larger; 1e-4 is
the limit that the tests hold.
"""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import pandas as pd
from threadpoolctl import threadpool_limits

from benchmarks._machine import machine, parser
from mmc_core import datasets
from mmc_core.audio import load_audio
from mmc_core.audio.folders import find_audio
from mmc_core.features import reference, scalars
from mmc_core.features.schema import ORIGINAL_57
from mmc_core.settings import DATA, data_mirror


def default_clips() -> list[Path]:
    mirror = data_mirror()
    if mirror and (mirror / "4qaed" / "audio").is_dir():
        return find_audio([mirror / "4qaed" / "audio"]).files[::45][:20]
    return find_audio([DATA / "samples"]).files


@contextmanager
def busy(n: int) -> Iterator[None]:
    """Other processes that never rest."""
    others = [subprocess.Popen([sys.executable, "-c", "while True: pass"]) for _ in range(n)]
    try:
        yield
    finally:
        for other in others:
            other.kill()
            other.wait()


def measure(paths: Sequence[Path]) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Differences, a row a clip; CPU and wall seconds, a row a clip and engine."""
    table = datasets.load_dataset("4qaed").table()
    std = {str(name): float(s) for name, s in table.std(numeric_only=True).items()}
    y = load_audio(paths[0]).cut().y
    reference.describe(y)  # compiles librosa
    scalars.describe(y)
    rows, times = [], []
    for path in paths:
        y, described = load_audio(path).cut().y, {}
        for engine, describe in (("mmc", scalars.describe), ("librosa", reference.describe)):
            wall, cpu = time.perf_counter(), time.process_time()
            described[engine] = describe(y)
            times.append((engine, time.process_time() - cpu, time.perf_counter() - wall))
        rows.append(reference.differences(described["mmc"], described["librosa"], std))
    return (
        pd.DataFrame(rows, index=[path.name for path in paths]),
        pd.DataFrame(times, columns=["engine", "cpu", "wall"]),
    )


def main() -> None:
    options = parser(__doc__)
    options.add_argument("inputs", nargs="*", type=Path, help="files or folders")
    options.add_argument("--busy", type=int, default=0, help="busy processes beside")
    chosen = options.parse_args()
    paths = find_audio(chosen.inputs).files if chosen.inputs else default_clips()
    with busy(chosen.busy), threadpool_limits(1):
        rows, times = measure(paths[:2] if chosen.quick else paths)
    worst = rows.max().sort_values(ascending=False)
    for name, value in worst.items():
        print(f"{name:14} {value:.2e}  worst in {rows[name].idxmax()}")
    print(
        f"\n{len(rows)} clips, {len(ORIGINAL_57)} features: {(worst < reference.LIMIT).sum()} "
        f"within {reference.LIMIT:g}; {chosen.busy} busy processes beside."
    )
    seconds = times.groupby("engine").median()
    for kind in seconds:
        ours, theirs = 1000 * seconds[kind]["mmc"], 1000 * seconds[kind]["librosa"]
        print(
            f"A clip takes {ours:.0f} ms of {kind} time in the median, "
            f"plain librosa {theirs:.0f} ms: {theirs / ours:.1f} times as long."
        )
    print(machine("numpy", "scipy", "librosa"))


if __name__ == "__main__":
    main()
