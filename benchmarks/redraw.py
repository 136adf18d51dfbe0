"""Server time from a widget's change to the last figure sent, warm; and for a million clips.

python -m benchmarks.redraw

The script of a page is run as Streamlit runs it, without a browser; caches are warm, but every
change is to a choice that was not drawn before. The million rows are made up, kept as a dataset of
one's own in a temporary cache, and gone afterwards.
"""

from __future__ import annotations

import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import pandas as pd
from streamlit.testing.v1 import AppTest

from benchmarks._machine import machine, parser
from benchmarks._ratios import Ratio, keep
from mmc_core import datasets
from mmc_core._typing import no_progress
from mmc_core.datasets import user
from mmc_core.errors import DatasetError
from mmc_core.features.schema import BY_NAME, ORIGINAL_57
from mmc_core.moods import NAMES
from mmc_core.settings import PROJECT

FEATURES = ["centroid_mean", "rolloff_mean", "zcr_mean", "centroid_var", "zcr_var", "rolloff_var"]
PLOTS = ("boxplot", "histogram", "violin", "ridgeline", "ecdf")
SMALL, LARGE = 1_000, 1_000_000
FIGURE_BYTES = 300_000

Change = Callable[[AppTest], object]


def page(name: str, **query: str | list[str]) -> AppTest:
    app = AppTest.from_file(str(PROJECT / "app.py"), default_timeout=600)
    for key, value in query.items():
        app.query_params[key] = value
    app.switch_page(f"pages/{name}.py").run()
    assert not app.exception, app.exception
    return app


def redraw(app: AppTest, changes: list[Change]) -> tuple[list[float], int]:
    """Seconds of each change, and bytes of the largest figure that was sent."""
    seconds, largest = [], 0
    for change in changes:
        change(app)
        start = time.perf_counter()
        app.run()
        seconds.append(time.perf_counter() - start)
        assert not app.exception, app.exception
        largest = max([largest, *(len(e.proto.spec) for e in app.get("plotly_chart"))])
    return seconds, largest


def of_feature(name: str) -> Change:
    return lambda app: app.selectbox(key="feature").set_value(name)


def of_datasets(ids: list[str]) -> Change:
    return lambda app: app.pills[0].set_value(ids)


def report(what: str, seconds: list[float], largest: int) -> float:
    median = statistics.median(seconds)
    print(
        f"{what:58} median {1000 * median:5.0f} ms, most {1000 * max(seconds):5.0f} ms, "
        f"largest figure {largest / 1000:4.0f} kB"
    )
    return median


def bundled() -> None:
    for plot in PLOTS:
        app = page("distributions", dataset="4qaed", plot=plot, group="spectrum")
        report(f"distributions, {plot}", *redraw(app, [of_feature(n) for n in FEATURES]))
    every = list(datasets.DATASETS)
    app = page("distributions", dataset=every, group="spectrum")
    report("distributions, all datasets", *redraw(app, [of_feature(n) for n in FEATURES]))
    for view in ("answer", "features", "map", "transfer"):
        app = page("compare", dataset=every, view=view)
        choices = [every[:2], every[1:], every]
        redraw(app, [of_datasets(some) for some in choices])  # maps are projected once, then kept
        report(f"compare, {view}", *redraw(app, [of_datasets(some) for some in choices]))


def made_up(n: int) -> pd.DataFrame:
    """A table of that many rows x 57 features, a group for every three clips."""
    rng = np.random.default_rng(13)
    mood = rng.integers(0, 4, n)
    table = pd.DataFrame(
        {
            "clip": [f"clip {i}" for i in range(n)],
            "mood": np.array(NAMES)[mood],
            "group": [f"group {i // 3}" for i in range(n)],
            "duration_s": 25.5,
        }
    )
    for name in ORIGINAL_57:
        categories = BY_NAME[name].categories
        if categories:
            table[name] = rng.choice(categories, n)
        else:
            table[name] = rng.lognormal(0, 0.4, n) * (1 + mood / 4) * (BY_NAME[name].bin_width or 1)
    return table


def build(path: Path, n: int) -> None:
    """Check, summarise and keep a table, in a process of its own: the peak memory is its own."""
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    start = time.perf_counter()
    source = user.read(path)
    read = time.perf_counter() - start
    user.build(source, user.DatasetName(title_of(n), f"rows-{n}", title_of(n)), no_progress)
    seconds = time.perf_counter() - start
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(
        f"summary pass over {n:9,d} x {len(ORIGINAL_57)}: {seconds:6.1f} s, {read:.1f} s of it to "
        f"read and check; peak {peak:5.0f} MB, of which {before:.0f} MB before anything was read",
        flush=True,
    )


def title_of(n: int) -> str:
    return f"{n:,} rows".replace(",", " ")


def large(sizes: tuple[int, int], plots: Sequence[str]) -> list[Ratio]:
    """Pages of made-up datasets of two sizes, a ratio a plot."""
    ratios = []
    with tempfile.TemporaryDirectory() as cache:
        os.environ["MMC_CACHE"] = cache
        medians = {}
        for n in sizes:
            path = Path(cache) / f"{n}.parquet"
            made_up(n).to_parquet(path)
            command = [sys.executable, "-m", "benchmarks.redraw", "--build", str(path), str(n)]
            subprocess.run(command, check=True)
        for plot in plots:
            for n in sizes:
                title = title_of(n)
                app = page("distributions", dataset=f"rows-{n}", plot=plot, group="spectrum")
                seconds, largest = redraw(app, [of_feature(name) for name in FEATURES])
                medians[n] = report(f"{title}, {plot}", seconds, largest)
                assert largest < FIGURE_BYTES
            small, many = (1000 * medians[n] for n in sizes)
            what = f"a redraw of the {plot} of {title_of(sizes[1])}"
            ratios.append(Ratio(what, many, f"of {title_of(sizes[0])}", small, "ms"))
    return ratios


def main() -> None:
    options = parser(__doc__)
    options.add_argument("--build", nargs=2, metavar=("TABLE", "ROWS"))
    options.add_argument("--rows", type=int, default=LARGE, help="of the large dataset")
    chosen = options.parse_args()
    if chosen.build:
        build(Path(chosen.build[0]), int(chosen.build[1]))
        return
    where = machine("streamlit", "plotly")
    if chosen.quick:
        keep(chosen, large((SMALL // 5, SMALL), PLOTS[:1]), where)
        return
    try:
        datasets.load_dataset("turkish").fetch()
    except DatasetError as error:
        print(f"Without the table of Turkish Music Emotion: {error}")
    bundled()
    keep(chosen, large((SMALL, chosen.rows), PLOTS), where)


if __name__ == "__main__":
    main()
