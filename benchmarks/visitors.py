"""What visitors of the pages wait for, as a real browser shows it: one alone, and ten at once.

`python -m benchmarks.visitors [PART ...] [--into FILE.json] [--hour FILE.mp3]`: first paint,
switch of page, redraw (another plot on Distributions) and first prediction (from upload to mood),
50 % and 95 % quantiles; redraws and a prediction of one visitor while another's file of an hour is
analysed; memory of all processes of the server over 200 interactions (proportional set size, by
Linux). Parts are `visitors`, `hour` and `memory`, all by default; the first visitor is always
there. The browser runs on the same machine and takes its share. Needs Playwright and a Chromium on
the PATH.
"""

from __future__ import annotations

import asyncio
import os
import statistics
import tempfile
import time
from collections import defaultdict
from collections.abc import Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import numpy as np
from playwright.async_api import async_playwright

from benchmarks._machine import machine, parser
from benchmarks.library import family
from benchmarks.redraw_browser import CLICK, DRAWN, PLOTS
from mmc_core import files
from mmc_core._typing import Float32
from mmc_core.audio import SR, load_audio
from mmc_core.audio.degradations import encoded
from mmc_core.audio.samples import list_samples, sample
from tests.support.browser import ARGUMENTS, FIGURELESS, PAGES, PATIENCE, chromium, running

PARTS = ("visitors", "hour", "memory")
VISITORS, ROUNDS = 10, 5
SWITCHES = ("distributions", "compare", "explore", "training", "library")
SONG_S, HOUR_S = 60, 3600
INTERACTIONS, EVERY = 200, 20
FEW = 40  # redraws beside the hour
PAUSE_S = 0.5  # between two of them
LOOK = """const ready = () => {
    const app = document.querySelector("[data-test-script-state]");
    return app?.dataset.testScriptState === "notRunning"
        && app.dataset.testConnectionState === "CONNECTED"
        && !document.querySelector("[data-stale=true], [data-testid=stSkeleton]")
        && document.querySelector("h1")?.innerText.trim() === title
        && (!figure || document.querySelector(".js-plotly-plot .main-svg"));
};
const wait = done => requestAnimationFrame(ready() ? done : () => wait(done));"""
FIRST_PAINT = f"""async ([title, figure]) => {{
    {LOOK}
    const drawn = await new Promise(wait);
    const paint = performance.getEntriesByName("first-contentful-paint")[0];
    return [paint.startTime, drawn];
}}"""
SWITCH = f"""async ([title, figure, name]) => {{
    {LOOK}
    const link = [...document.querySelectorAll("[data-testid=stTopNavLink]")]
        .find(each => each.href.endsWith("/" + name));
    const start = performance.now();
    link.click();
    return await new Promise(wait) - start;
}}"""
ANSWERED = """name => [...document.querySelectorAll("[data-testid=stMain] strong")]
    .some(each => each.innerText === name)
    && document.querySelector(".st-key-probabilities .js-plotly-plot .main-svg")"""

Seconds = dict[str, list[float]]  # by what was waited for


class Visitor:
    """One visitor's tab, and how long things take in it."""

    def __init__(self, tab: Any, address: str, seconds: Seconds) -> None:
        self.tab, self.address, self.seconds = tab, address, seconds

    async def open(self) -> None:
        await self.tab.goto(self.address, wait_until="commit")
        paint, drawn = await self.waited(FIRST_PAINT, *_page(""))
        self.seconds["first contentful paint"].append(paint / 1000)
        self.seconds["first page drawn"].append(drawn / 1000)

    async def switch(self, name: str) -> None:
        milliseconds = await self.waited(SWITCH, *_page(name), name)
        self.seconds["page switch"].append(milliseconds / 1000)

    async def redraw(self, plot: str) -> None:
        await self.tab.locator(f"{DRAWN} .main-svg").first.wait_for()
        milliseconds = await self.waited(CLICK, plot)
        self.seconds["redraw"].append(milliseconds / 1000)

    async def predict(self, name: str, content: bytes, what: str = "first prediction") -> None:
        await self.go("predict?song=upload", "predict")
        start = time.perf_counter()
        file = {"name": name, "mimeType": "audio/mpeg", "buffer": content}
        await self.tab.set_input_files("input[type=file]", [file])
        await self.tab.wait_for_function(ANSWERED, arg=name)
        self.seconds[what].append(time.perf_counter() - start)

    async def go(self, path: str, name: str) -> None:
        await self.tab.goto(f"{self.address}/{path}", wait_until="commit")
        await self.waited(FIRST_PAINT, PAGES[name], False)

    async def waited(self, script: str, *arguments: object) -> Any:
        """What a script comes to, if it does."""
        return await asyncio.wait_for(self.tab.evaluate(script, [*arguments]), PATIENCE / 200)


def main() -> None:
    options = parser(__doc__)
    options.add_argument("parts", nargs="*", metavar="PART", help="visitors, hour or memory")
    options.add_argument("--into", type=Path, help="JSON file to write")
    options.add_argument("--hour", type=Path, help="a file of an hour, in place of one made here")
    asked = options.parse_args()
    print(machine("streamlit", "plotly", "playwright"), flush=True)
    with tempfile.TemporaryDirectory() as folder:
        begun = time.perf_counter()
        with running(Path(folder), MMC_PAGE_MAX_SECONDS="7200") as (address, _):
            started = time.perf_counter() - begun
            parts = asked.parts or PARTS
            found = asyncio.run(measured(address, parts, asked.hour, quick=asked.quick))
    print(f"server ready after {started:.2f} s")
    conclude(found)
    if asked.into:
        words = ["python -m benchmarks.visitors", *asked.parts, f"--into {asked.into}"]
        files.write_json(
            {
                "command": " ".join(words),
                "machine": machine("streamlit"),
                "ready_s": started,
                **found,
            },
            asked.into,
        )


async def measured(
    address: str, parts: Sequence[str], hour: Path | None, *, quick: bool
) -> dict[str, Any]:
    """All that is measured, by who was there; seconds, and megabytes."""
    async with async_playwright() as driver:
        browser = await driver.chromium.launch(executable_path=chromium(), args=ARGUMENTS)

        def visitors(n: int, seconds: Seconds) -> Any:
            return several(browser, address, n, seconds)

        first: Seconds = defaultdict(list)
        found: dict[str, Any] = {"the first visitor of a new server": first}
        async with visitors(1, first) as (visitor,):
            await visit(visitor, songs(1)[0], quick=quick)
        report("the first visitor of a new server", first)
        groups = ((1, 1 if quick else ROUNDS), (2 if quick else VISITORS, 1))
        for n, rounds in groups if "visitors" in parts else ():
            seconds: Seconds = defaultdict(list)
            for number in range(rounds):
                some = songs(n, 10 * n + number + 1)
                async with visitors(n, seconds) as every:
                    pairs = zip(every, some, strict=True)
                    await asyncio.gather(*(visit(*pair, quick=quick) for pair in pairs))
            found[who := f"{n} visitor{'s' if n > 1 else ''}"] = seconds
            report(who, seconds)
        if "hour" in parts:
            beside: Seconds = defaultdict(list)
            async with visitors(2, beside) as (one, other):
                content = hour.read_bytes() if hour else mp3(joined(SONG_S if quick else HOUR_S))
                await beside_a_long_song(one, other, content)
            found["beside an hour"] = beside
            report("beside an hour", beside)
        if "memory" in parts:
            async with visitors(1, defaultdict(list)) as (visitor,):
                found["memory"] = await memory(visitor, 4 if quick else INTERACTIONS)
        await browser.close()
        return found


@asynccontextmanager
async def several(browser: Any, address: str, n: int, seconds: Seconds) -> Any:
    """Visitors who know nothing of each other."""
    contexts = [
        await browser.new_context(viewport={"width": 1440, "height": 900}) for _ in range(n)
    ]
    for context in contexts:
        context.set_default_timeout(10 * PATIENCE)
    yield [Visitor(await context.new_page(), address, seconds) for context in contexts]
    for context in contexts:
        await context.close()


async def visit(visitor: Visitor, song: tuple[str, bytes], *, quick: bool) -> None:
    await visitor.open()
    for name in (*SWITCHES[1 : 2 if quick else None], SWITCHES[0]):
        await visitor.switch(name)
    for plot in PLOTS[: 1 if quick else None]:
        await visitor.redraw(plot)
    await visitor.predict(*song)


async def beside_a_long_song(one: Visitor, other: Visitor, content: bytes) -> None:
    """What the other waits for while the one's song is analysed."""
    (song,) = songs(1, 99)
    await other.open()
    await other.switch(SWITCHES[0])
    analysis = asyncio.create_task(one.predict("hour.mp3", content, "an hour of sound"))
    await asyncio.sleep(PAUSE_S)
    for i in range(FEW):
        await other.redraw(PLOTS[i % len(PLOTS)])
        if analysis.done():
            break
        await asyncio.sleep(PAUSE_S)
    if not analysis.done():
        await other.predict(*song)
    await analysis


async def memory(visitor: Visitor, interactions: int) -> dict[str, Any]:
    """Of all processes of the server, in MB, each so many interactions."""
    every = max(1, min(EVERY, interactions // 4))
    values = [server_mb()]
    await visitor.open()
    for i in range(1, interactions + 1):
        kind, turn = i % 4, i // 4
        if kind == 0:
            await visitor.predict(*songs(1, 100 + turn)[0])
        elif kind == 1:
            name = SWITCHES[1 + turn % 2]
            await visitor.go(name, name)
        elif kind == 2:
            await visitor.switch(SWITCHES[0])
        else:
            await visitor.redraw(PLOTS[turn % 3])  # the fourth is drawn at first
        if i % every == 0:
            values.append(server_mb())
            print(f"after {i} interactions: {values[-1]:.0f} MB", flush=True)
    return {"each": every, "mb": values, "mb_per_100": 100 * slope(values[1:]) / every}


def report(who: str, seconds: Seconds) -> None:
    for what, values in seconds.items():
        p50, p95 = np.percentile(values, [50, 95])
        print(f"{who:34} {what:24} p50 {p50:6.2f} s, p95 {p95:6.2f} s  ({len(values)})", flush=True)


def conclude(found: dict[str, Any]) -> None:
    if memory := found.get("memory"):
        print(in_words(memory))
    if beside := found.get("beside an hour"):
        redraw = statistics.median(beside["redraw"])
        alone = statistics.median(found["the first visitor of a new server"]["redraw"])
        print(f"a redraw beside an hour's analysis, against one alone: ratio {redraw / alone:.2f}")


def in_words(memory: dict[str, Any]) -> str:
    """What the documentation says of a kept file."""
    first, *later = (f"{mb:.0f}" for mb in memory["mb"])
    half = memory["mb"][-(len(later) // 2) :]
    return (
        f"Memory of all processes of the server: {first} MB, then each {memory['each']} "
        f"interactions {', '.join(later)} MB; {memory['mb_per_100']:+.1f} MB per 100 interactions, "
        f"{100 * slope(half) / memory['each']:+.1f} over the second half."
    )


def slope(values: Sequence[float]) -> float:
    """Of the line through values that are equally far apart, by least squares."""
    return float(np.polyfit(np.arange(len(values)), values, 1)[0]) if len(values) > 1 else 0.0


def server_mb() -> float:
    """Memory of the processes that this one has begun, browsers left out, in MB."""
    return sum(
        proportional_mb(child)
        for pid in family(os.getpid())[1:]
        if "streamlit" in _command(pid)
        for child in family(pid)
    )


def proportional_mb(pid: int) -> float:
    """A process's proportional set size, by Linux; 0.0 elsewhere or when it is gone."""
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    except OSError:
        return 0.0
    return next((int(line.split()[1]) / 1024 for line in lines if line.startswith("Pss:")), 0.0)


def _command(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/cmdline").read_text().replace("\0", " ")
    except OSError:
        return ""


def _page(name: str) -> tuple[str, bool]:
    """A page's title, and whether it draws a figure at first."""
    return PAGES[name], name not in FIGURELESS


def songs(n: int, number: int = 0) -> list[tuple[str, bytes]]:
    """Files of a minute that no server has heard yet: each begins elsewhere."""
    y = joined(2 * SONG_S + n)
    starts = [(number % SONG_S) * SR + i * SR // 2 for i in range(n)]
    return [
        (f"song-{number}-{i}.mp3", mp3(y[start : start + SONG_S * SR]))
        for i, start in enumerate(starts)
    ]


def joined(seconds: float) -> Float32:
    """The sample songs, one after the other."""
    y = np.concatenate([load_audio(sample(name)).y for name in list_samples()])
    return np.resize(y, round(seconds * SR))


def mp3(y: Float32) -> bytes:
    return encoded(y, "mp3", "libmp3lame", SR, 64_000)


if __name__ == "__main__":
    main()
