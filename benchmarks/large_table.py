"""A table of features that is too large for memory: its summary, its figures, the clips in it.

`python -m benchmarks.large_table [--rows 10000000] [--into benchmarks/scale.json]`: clips are drawn
from 4QAED's, a fifth of a standard deviation added to each number, and written in parts of 500,000.
The folder becomes a dataset of the user's in a temporary cache (`--folder`: on a disk with room for
650 bytes a clip). Printed are the time and the memory of that, how long the page Distributions
takes to draw it against 4QAED, calls alternating, and what Explore's queries take.
"""

from __future__ import annotations

import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from benchmarks._machine import machine, parser
from benchmarks.redraw import FEATURES, PLOTS, of_feature, page, redraw
from mmc_core import datasets, files
from mmc_core.analysis import tables
from mmc_core.exploration import expression
from mmc_core.exploration.clips import ClipTable
from mmc_core.exploration.queries import Query

ROWS, QUICK, PART = 10_000_000, 3_000, 500_000
BYTES = 650  # a clip: the parts, and the dataset
SEED, NOISE = 13, 0.2
NAME = "large"
FILTER = "tempo > 120 and rms_mean < 0.2"
COLUMNS = ["name", "mood", "dataset", "clip", "tempo", "rms_mean"]


def main() -> None:
    options = parser(__doc__)
    options.add_argument("--rows", type=int, default=ROWS)
    options.add_argument("--folder", type=Path, help="where there is room; the system's by default")
    options.add_argument("--into", type=Path, help="JSON file in which the figures are kept")
    options.add_argument("--step", choices=list(STEPS), help="of one process; used by this script")
    asked = options.parse_args()
    n = QUICK if asked.quick else asked.rows
    if asked.step:
        print(json.dumps(STEPS[asked.step]()))
        return
    print(machine("duckdb", "pyarrow", "streamlit"), flush=True)
    with tempfile.TemporaryDirectory(dir=asked.folder) as folder:
        free = shutil.disk_usage(folder).free
        if free < BYTES * n:
            sys.exit(
                f"{folder} has {free / 1e9:.1f} GB; expected {BYTES * n / 1e9:.1f} GB or more."
            )
        parts = Path(folder) / "parts"
        write_parts(parts, n, PART if n > PART else n // 3)
        os.environ |= {"MMC_CACHE": folder, "MMC_TABLE_PARTS": str(parts)}
        measured: dict[str, Any] = {"rows": n, "parts_gb": size_gb(parts)}
        measured |= step("build")
        shutil.rmtree(parts)
        measured["table_gb"] = size_gb(Path(folder) / "own")
        for name in ("draw", "explore"):
            measured |= step(name)
    measured["command"] = f"python -m benchmarks.large_table --rows {n}"
    measured["machine"] = machine("duckdb", "pyarrow", "streamlit")
    report(measured)
    if asked.into:
        known = json.loads(asked.into.read_text()) if asked.into.exists() else {}
        files.write_json(known | {"large_table": measured}, asked.into)


def write_parts(folder: Path, n: int, rows: int) -> None:
    """Made-up clips, like 4QAED's in each feature and mood, a group for every three."""
    folder.mkdir()
    real = datasets.load_dataset("4qaed").table()
    for i, begin in enumerate(range(0, n, rows)):
        rng = np.random.default_rng([SEED, i])
        numbers = np.arange(begin, min(begin + rows, n))
        drawn = real.take(rng.integers(0, len(real), len(numbers)))
        part: dict[str, Any] = {
            "path": [f"songs/{number:09d}.mp3" for number in numbers],
            "mood": drawn["mood"].to_numpy(),
            "group": [f"artist {number // 3}" for number in numbers],
            "duration_s": drawn["duration_s"].to_numpy(),
        }
        for feature in tables.features_of(real):
            part[feature.name] = drawn[feature.name].to_numpy()
            if not feature.categories:
                part[feature.name] = noisy(part[feature.name], real[feature.name], rng)
        pq.write_table(pa.table(part), folder / f"part-{i:06d}.parquet", compression="zstd")


def noisy(values: Any, real: pd.Series, rng: np.random.Generator) -> Any:
    """Values with noise; none below 0 where no real one is."""
    changed = values + rng.normal(0, NOISE * real.std(), len(values))
    return (np.abs(changed) if real.min() >= 0 else changed).astype("float32")


def step(name: str) -> dict[str, Any]:
    """What a process of its own measures."""
    command = [sys.executable, "-m", "benchmarks.large_table", "--step", name]
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode:
        sys.exit(done.stderr)
    measured: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    print({key: value for key, value in measured.items() if key != "explore"}, flush=True)
    return measured


def build() -> dict[str, Any]:
    """The folder to a dataset: checked and copied, then summarised."""
    before, begin, used = peak_mb(), time.perf_counter(), time.process_time()
    copied: list[float] = []

    def progress(done: int, total: int) -> None:
        if not copied:
            copied.extend([time.perf_counter() - begin, time.process_time() - used, peak_mb()])

    datasets.build_dataset(os.environ["MMC_TABLE_PARTS"], NAME, progress=progress)
    seconds, cpu = time.perf_counter() - begin, time.process_time() - used
    return {
        "copy_s": copied[0],
        "copy_cpu_s": copied[1],
        "summary_s": seconds - copied[0],
        "summary_cpu_s": cpu - copied[1],
        "memory_before_mb": before,
        "build_peak_mb": peak_mb(),
    }


def draw() -> dict[str, Any]:
    """Seconds of a change of feature on Distributions, by plot: of this table and of 4QAED."""
    times: dict[str, list[float]] = {"4qaed": [], NAME: []}
    largest = 0
    for plot in PLOTS:
        apps = {
            id_: page("distributions", dataset=id_, plot=plot, group="spectrum") for id_ in times
        }
        for feature in FEATURES:
            for id_, app in apps.items():
                seconds, size = redraw(app, [of_feature(feature)])
                times[id_] += seconds
                largest = max(largest, size if id_ == NAME else 0)
    large, bundled = statistics.median(times[NAME]), statistics.median(times["4qaed"])
    return {
        "redraw_s": large,
        "redraw_bundled_s": bundled,
        "redraw_ratio": large / bundled,
        "largest_figure_kb": largest / 1000,
        "draw_peak_mb": peak_mb(),
    }


def explore() -> dict[str, Any]:
    """Seconds of each of Explore's queries, not asked before."""
    before = peak_mb()
    clips: list[ClipTable] = []
    seconds = {"open": timed(lambda: clips.append(ClipTable([datasets.get(NAME)])))}
    (table,) = clips
    query = Query(expression.parse(FILTER, table.columns))
    n = sum(table.counts(query).values())
    last = f"songs/{table.n - 1:09d}.mp3"
    asked: dict[str, Callable[[], Any]] = {
        "count": lambda: table.counts(Query(expression.parse("tempo > 121", table.columns))),
        "page": lambda: table.page(query, COLUMNS),
        "last page": lambda: table.page(Query(), COLUMNS, page=table.n // 100),
        "sorted page": lambda: table.page(query, COLUMNS, sort="tempo", descending=True),
        "points": lambda: table.points(query, "tempo", "rms_mean", asked_for=n),
        "boxes": lambda: table.by_mood(query, "tempo"),
        "one clip": lambda: table.find(NAME, last, COLUMNS),
        "part of a name": lambda: table.counts(Query(name="77777")),
    }
    seconds |= {what: timed(ask) for what, ask in asked.items()}
    return {"explore": seconds, "explore_before_mb": before, "explore_peak_mb": peak_mb()}


STEPS = {"build": build, "draw": draw, "explore": explore}


def report(measured: dict[str, Any]) -> None:
    m = measured
    print(
        f"{m['rows']:,} clips x 57 features, parts of {m['parts_gb']:.1f} GB: checked, copied in "
        f"{m['copy_s']:.0f} s ({m['copy_cpu_s']:.0f} s of CPU, {m['table_gb']:.1f} GB), summarised "
        f"in {m['summary_s']:.0f} s ({m['summary_cpu_s']:.0f} s of CPU); peak "
        f"{m['build_peak_mb']:.0f} MB, of which {m['memory_before_mb']:.0f} MB before"
    )
    print(
        f"Distributions, a change of feature, median: {1000 * m['redraw_s']:.0f} ms, of 4QAED "
        f"{1000 * m['redraw_bundled_s']:.0f} ms, ratio {m['redraw_ratio']:.2f}; largest figure "
        f"{m['largest_figure_kb']:.0f} kB; peak {m['draw_peak_mb']:.0f} MB"
    )
    asked = ", ".join(f"{what} {1000 * each:.0f} ms" for what, each in m["explore"].items())
    print(
        f"Explore: {asked}; peak {m['explore_peak_mb']:.0f} MB, of which "
        f"{m['explore_before_mb']:.0f} MB before"
    )


def timed(ask: Callable[[], Any]) -> float:
    begin = time.perf_counter()
    ask()
    return time.perf_counter() - begin


def peak_mb() -> float:
    """The most memory of this process by Linux, without what it was forked from; else 0.0."""
    status = Path("/proc/self/status")
    lines = status.read_text().splitlines() if status.exists() else []
    return next((int(line.split()[1]) / 1024 for line in lines if line.startswith("VmHWM")), 0.0)


def size_gb(folder: Path) -> float:
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file()) / 1e9


if __name__ == "__main__":
    main()
