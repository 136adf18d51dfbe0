"""Thirty visitors at once for five minutes: what they wait for, what fails, and memory.

`python -m benchmarks.load [--into FILE.json] [--visitors N] [--minutes M]`: each visitor opens the
app, looks at page after page, has figures drawn anew, and uploads songs that nobody has given
before, thinking for a while in between. Printed are the 50 % and 95 % quantiles of what was waited
for (to the last byte that the page needs; nothing is drawn by a browser), the errors, and the
memory of all processes of the server before, at most and after, when all have left and what the
app keeps for them has run out (`MMC_PAGE_KEEP_SECONDS`, here a minute). The visitors share the
machine with the server. Memory is the proportional set size, by Linux.
"""

from __future__ import annotations

import asyncio
import random
import tempfile
import time
from collections import defaultdict
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks._machine import machine, parser
from benchmarks._tab import Tab
from benchmarks.visitors import Seconds, joined, mp3, report, server_mb
from mmc_core import files
from mmc_core.audio import SR
from tests.support.browser import running

VISITORS, MINUTES = 30, 5.0
SONG_S = 30
THINK_S = (5.0, 15.0)
PAGES = ("distributions", "compare", "explore", "listen", "training")
PLOTS = ("Violin", "ECDF", "Density", "Boxplot")
KEPT_S = 60
LEFT_S = 240  # until what was kept for those who left is gone: Streamlit's sessions last 2 minutes
SAMPLE_S = 2.0
WARMING = 4  # visitors before all others
SEED = 14


class Load:
    """What all visitors do and find."""

    def __init__(self, address: str, minutes: float) -> None:
        self.address = address
        self.until = time.perf_counter() + 60 * minutes
        self.seconds: Seconds = defaultdict(list)
        self.errors: list[str] = []
        self.n_songs = 0  # that were uploaded
        self.n_bytes = self.most_mb = 0.0

    @property
    def is_on(self) -> bool:
        return time.perf_counter() < self.until

    async def watch_memory(self) -> None:
        while True:
            self.most_mb = max(self.most_mb, await asyncio.to_thread(server_mb))
            await asyncio.sleep(SAMPLE_S)

    async def visit(self, number: int) -> None:
        """One visitor, from the first page to the last; errors are kept, and end the visit."""
        dice = random.Random(SEED + number)
        await asyncio.sleep(dice.uniform(0, THINK_S[1]))
        songs = 0
        async with AsyncExitStack() as stack:
            tab = await stack.enter_async_context(Tab(self.address))
            try:
                self.seconds["first page"].append(await tab.open(""))
                while self.is_on:
                    await asyncio.sleep(dice.uniform(*THINK_S))
                    for page in dice.sample(PAGES, 2):
                        self.seconds["page switch"].append(await tab.open(page))
                        await asyncio.sleep(dice.uniform(*THINK_S))
                    self.seconds["page switch"].append(await tab.open("distributions"))
                    for plot in dice.sample(PLOTS, 2):
                        self.seconds["redraw"].append(await tab.choose("plot", plot))
                        await asyncio.sleep(dice.uniform(*THINK_S))
                    await self.predict(tab, number, songs)
                    songs += 1
            except Exception as error:
                self.errors.append(f"visitor {number}: {type(error).__name__}: {error}")
            self.errors += [f"visitor {number}: {each}" for each in tab.errors]
            self.n_bytes += tab.n_bytes

    async def predict(self, tab: Tab, number: int, songs: int) -> None:
        name, content = await asyncio.to_thread(song, number, songs)
        await tab.open("predict", "song=upload")
        self.n_songs += 1
        start = time.perf_counter()
        await tab.upload("uploads-", name, content)
        self.seconds["upload to first word of it"].append(time.perf_counter() - start)
        await tab.until(lambda: is_answered(tab, name))
        self.seconds["upload to mood"].append(time.perf_counter() - start)


def is_answered(tab: Tab, name: str) -> bool:
    """Whether the page shows this song's mood."""
    texts = " ".join(element.markdown.body for element in tab.elements)
    has_mood = any("-probabilities-plot" in each.plotly_chart.id for each in tab.elements)
    return has_mood and f"**{name}**" in texts.replace("\\", "")


def song(number: int, i: int) -> tuple[str, bytes]:
    """A file that no server has heard yet."""
    start = round((7.3 * number + 1.1 * i) * SR) % (60 * SR)
    y = joined(60 + SONG_S)[start : start + SONG_S * SR]
    return f"song-{number}-{i}.mp3", mp3(y)


async def warm_up(address: str, number: int) -> None:
    """Have the server load what it loads once, and all its processes."""
    async with Tab(address) as tab:
        for page in ("", *PAGES):
            await tab.open(page)
        await Load(address, 1).predict(tab, number, 0)


async def measured(address: str, visitors: int, minutes: float, left_s: float) -> dict[str, Any]:
    await asyncio.gather(*(warm_up(address, visitors + i) for i in range(WARMING)))
    before = server_mb()
    load = Load(address, minutes)
    memory = asyncio.create_task(load.watch_memory())
    await asyncio.gather(*(load.visit(number) for number in range(visitors)))
    memory.cancel()
    await asyncio.sleep(left_s)
    return {
        "visitors": visitors,
        "minutes": minutes,
        "songs": load.n_songs,
        "answered": len(load.seconds["upload to mood"]),
        "errors": load.errors,
        "seconds": load.seconds,
        "megabytes_sent": load.n_bytes / 1e6,
        "memory_mb": {"before": before, "most": load.most_mb, "after": server_mb()},
    }


def main() -> None:
    options = parser(__doc__)
    options.add_argument("--visitors", type=int, default=VISITORS)
    options.add_argument("--minutes", type=float, default=MINUTES)
    options.add_argument("--into", type=Path, help="JSON file to write")
    asked = options.parse_args()
    visitors, minutes, left = asked.visitors, asked.minutes, LEFT_S
    if asked.quick:
        visitors, minutes, left = 2, 0.2, 1
    print(machine("streamlit", "plotly"), flush=True)
    with (
        tempfile.TemporaryDirectory() as folder,
        running(Path(folder), MMC_PAGE_KEEP_SECONDS=str(KEPT_S)) as (address, _log),
    ):
        found = asyncio.run(measured(address, visitors, minutes, left))
    report(f"{visitors} visitors", found["seconds"])
    print("\n".join(found["errors"]))
    made_by = f"python -m benchmarks.load --into {asked.into}"
    found |= {"command": made_by, "machine": machine("streamlit"), "seconds": quantiles(found)}
    print(summary(found))
    if asked.into:
        files.write_json(found, asked.into)


def quantiles(found: dict[str, Any]) -> dict[str, dict[str, float]]:
    return {
        what: dict(zip(("p50", "p95"), map(float, np.percentile(values, [50, 95])), strict=True))
        for what, values in found["seconds"].items()
    }


def table(kept: dict[str, Any]) -> str:
    """What the documentation shows of a kept file."""
    rows = [
        f"| {what} | {waited['p50']:.1f} s | {waited['p95']:.1f} s |"
        for what, waited in kept["seconds"].items()
    ]
    return "\n".join(["| waited for | 50 % | 95 % |", "|---|---|---|", *rows, "", summary(kept)])


def summary(kept: dict[str, Any]) -> str:
    memory = {when: f"{mb:.0f} MB" for when, mb in kept["memory_mb"].items()}
    return (
        f"{kept['visitors']} visitors in {kept['minutes']:g} minutes: {kept['answered']} of "
        f"{kept['songs']} songs were answered, with {len(kept['errors'])} errors. Memory of the "
        f"server's processes: {memory['before']} before, {memory['most']} at most, "
        f"{memory['after']} after all had left. `{kept['command']}` on {kept['machine']}."
    )


if __name__ == "__main__":
    main()
