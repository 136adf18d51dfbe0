"""Time from a change on the page Explore to the last byte of its answer, for a million clips.

python -m benchmarks.explore

A made-up table of a million rows x 57 features is added as a dataset of the user's in a temporary
cache, and the app is served. A Chromium changes the filter, a facet, the order and the page of the
table of all clips; the time of a change ends with the last byte that its websocket brought before
the page was quiet. Printed are also the bytes of a change, the CPU time of the server, and its
memory. Needs Playwright and a Chromium on the PATH.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks._machine import machine, parser
from benchmarks.redraw import LARGE, SMALL, made_up
from mmc_core.moods import NAMES
from tests.support.browser import (
    ARGUMENTS,
    chromium,
    open_page,
    opened,
    playwright,
    running,
    settle,
)

MOST_BYTES = 400_000  # of a change
ROUNDS = 6
PATIENCE_MS = 600_000
# On a page: text typed into a field, an option of a facet, a row of a list, a switch.
FILTERS = ("tempo > {}", "tempo > {} and mood <> 'x'", "rms_mean < tempo and tempo < {} * 3")


class Traffic:
    """What the websocket of a tab brought, and when."""

    def __init__(self, tab: Any) -> None:
        self.bytes, self.last, self.sent = 0, 0.0, 0.0
        tab.on("websocket", self._listen)

    def _listen(self, socket: Any) -> None:
        socket.on("framereceived", self._received)
        socket.on("framesent", self._sent)

    def _received(self, payload: Any) -> None:
        self.bytes += len(payload)
        self.last = time.perf_counter()

    def _sent(self, payload: Any) -> None:
        self.sent = time.perf_counter()

    def of(self, tab: Any, change: Callable[[], None]) -> tuple[float, int]:
        """Seconds from a change to its last byte, and its bytes."""
        settle(tab)
        self.bytes = 0
        begin = time.perf_counter()
        change()
        tab.wait_for_function("document.querySelector('[data-test-script-state=running]')")
        settle(tab)
        return self.last - begin, self.bytes


def typed(tab: Any, key: str, text: str) -> Callable[[], None]:
    def change() -> None:
        field = tab.locator(f".st-key-{key} input")
        field.fill(text)
        field.press("Enter")

    return change


def clicked(tab: Any, selector: str) -> Callable[[], None]:
    return lambda: tab.locator(selector).first.click()


def changes(tab: Any, i: int) -> dict[str, Callable[[], None]]:
    """The changes of a round; each round asks for what was not asked for before."""
    text = FILTERS[i % len(FILTERS)].format(4 + i / 3)
    header = tab.locator(".st-key-clips [data-testid=stDataFrame]")
    return {
        "filter": typed(tab, "filter", text),
        "facet": clicked(tab, f".st-key-mood button:has-text('{NAMES[i % len(NAMES)]}')"),
        "sort": lambda: header.click(position={"x": 80, "y": 18}),
        "page": clicked(tab, ".st-key-page button[aria-label='Next page']"),
        "find": typed(tab, "find", str(i + 1)),
    }


class Server:
    """The process of the app: its CPU seconds and memory so far, from /proc where there is one."""

    def __init__(self) -> None:
        asked = f"/proc/{os.getpid()}/task/{os.getpid()}/children"
        path = Path(asked)
        listed = path.read_text().split() if path.exists() else []
        commands = {pid: Path(f"/proc/{pid}/cmdline").read_bytes() for pid in listed}
        self.pid = next((pid for pid, each in commands.items() if b"streamlit" in each), None)

    def cpu_s(self) -> float:
        if self.pid is None:
            return float("nan")
        fields = Path(f"/proc/{self.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def memory_mb(self, what: str) -> float:
        if self.pid is None:
            return float("nan")
        lines = Path(f"/proc/{self.pid}/status").read_text().splitlines()
        (line,) = [line for line in lines if line.startswith(f"{what}:")]
        return int(line.split()[1]) / 1024


def measure(tab: Any, app: tuple[str, Path], n: int, rounds: int) -> None:
    traffic, server = Traffic(tab), Server()
    before, begin = server.memory_mb("VmRSS"), time.perf_counter()
    open_page(tab, app, f"explore?dataset=rows-{n}")
    tab.locator(".st-key-boxes .js-plotly-plot .main-svg").first.wait_for()
    settle(tab)
    first = time.perf_counter() - begin
    print(
        f"first view of {n:,} clips: {first:.1f} s; server {before:.0f} MB before it, "
        f"{server.memory_mb('VmRSS'):.0f} MB after, {server.memory_mb('VmHWM'):.0f} MB at most",
        flush=True,
    )
    seconds: dict[str, list[float]] = {}
    sizes, cpu = [], []
    for i in range(rounds):
        for what, change in changes(tab, i).items():
            used = server.cpu_s()
            taken, size = traffic.of(tab, change)
            cpu.append(server.cpu_s() - used)
            seconds.setdefault(what, []).append(taken)
            sizes.append(size)
    every = [each for some in seconds.values() for each in some]
    for what, some in seconds.items():
        print(f"    {what:7} {report(some)}")
    p50, p95 = np.percentile(every, [50, 95])
    print(
        f"a change, to the last byte: {report(every)}, ratio {p95 / p50:.2f}; CPU of the server "
        f"p50 {np.median(cpu):.2f} s; bytes p50 {np.median(sizes) / 1000:.0f} kB, most "
        f"{max(sizes) / 1000:.0f} kB; server {server.memory_mb('VmRSS'):.0f} MB, "
        f"{server.memory_mb('VmHWM'):.0f} MB at most",
        flush=True,
    )
    assert max(sizes) < MOST_BYTES


def report(seconds: list[float]) -> str:
    p50, p95 = 1000 * np.percentile(seconds, [50, 95])
    return f"p50 {p50:5.0f} ms, p95 {p95:5.0f} ms, {len(seconds)} changes"


def main() -> None:
    options = parser(__doc__)
    options.add_argument("--rows", type=int, default=LARGE)
    chosen = options.parse_args()
    n, rounds = (SMALL, 1) if chosen.quick else (chosen.rows, ROUNDS)
    print(machine("streamlit", "duckdb", "playwright"), flush=True)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"{n}.parquet"
        made_up(n).to_parquet(path)
        command = [sys.executable, "-m", "benchmarks.redraw", "--build", str(path), str(n)]
        cache = str(Path(folder) / "cache")
        subprocess.run(command, check=True, env={**os.environ, "MMC_CACHE": cache})
        path.unlink()
        with running(Path(folder)) as app, playwright.sync_playwright() as driver:
            browser = driver.chromium.launch(executable_path=chromium(), args=ARGUMENTS)
            with opened(browser) as tab:
                tab.set_default_timeout(PATIENCE_MS)
                measure(tab, app, n, rounds)
            browser.close()


if __name__ == "__main__":
    main()
