"""Ratios that are measured in minutes, in one go: kept as JSON, and put into the documentation.

    python -m benchmarks [NAME ...] [--keep benchmarks/results.json] [--table docs/speed.md]

Runs each of `SCRIPTS`, or those named, as a command of its own. What fails is told at the end; its
ratios of before stay. `python -m benchmarks none --keep FILE --table FILE` only makes the table.
"""

from __future__ import annotations

import re
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

from benchmarks._machine import parser
from benchmarks._ratios import Ratio, read
from mmc_core.files import write_text
from mmc_core.settings import PROJECT

# What is run, its options, and what the table calls its ratios.
SCRIPTS: dict[str, tuple[list[str], str]] = {
    "peers": ([], "Features, beside other packages"),
    "decoding": ([], "Decoding, of what a row of features describes"),
    "startup": ([], "Starting a process"),
    "serving": ([], "A prediction, from the start of its process on"),
    "library": (["--processes"], "A folder of songs"),
    "redraw": (["--rows", "100000"], "A redraw of the page Distributions, on the server"),
    "training": (["--recipe", "cnn1d"], "Training"),
}
MARKED = re.compile(r"(<!-- benchmarks[^>]*-->\n).*?(<!-- end -->)", re.DOTALL)


def main() -> None:
    options = parser(__doc__)
    options.add_argument("names", nargs="*", metavar="NAME", help="of SCRIPTS; all by default")
    options.add_argument("--table", type=Path, help="Markdown file that has the table's marks")
    asked = options.parse_args()
    failed = []
    for name in SCRIPTS if not asked.names else [each for each in SCRIPTS if each in asked.names]:
        print(f"\n== {name}", flush=True)
        began = time.perf_counter()
        command = [sys.executable, "-m", f"benchmarks.{name}", *SCRIPTS[name][0]]
        command += ["--quick"] if asked.quick else []
        command += ["--keep", str(asked.keep.resolve())] if asked.keep else []
        if subprocess.run(command, cwd=PROJECT).returncode:
            failed.append(name)
        print(f"{time.perf_counter() - began:.0f} s")
    if asked.keep and asked.table:
        text = asked.table.read_text(encoding="utf-8")
        fresh = tables(read(asked.keep))
        write_text(MARKED.sub(lambda mark: f"{mark[1]}\n{fresh}\n{mark[2]}", text), asked.table)
    if failed:
        sys.exit(f"Failed: {', '.join(failed)}.")


def tables(kept: dict[str, Any]) -> str:
    """A table a benchmark, in Markdown."""
    return "\n".join(
        f"### {title}\n\n{_table(kept[name])}"
        for name, (_, title) in SCRIPTS.items()
        if name in kept
    )


def _table(part: dict[str, Any]) -> str:
    head = "| | here | beside | there | times as much | goal |\n|---|---|---|---|---|---|\n"
    ratios = [Ratio(**each) for each in part["ratios"]]
    rows = [
        f"| {ratio.what} | {_cost(ratio.ours, ratio.unit)} | {ratio.peer} "
        f"| {_cost(ratio.theirs, ratio.unit)} | {ratio.times:.1f} "
        f"| {'' if ratio.goal is None else f'{ratio.goal:g}'} |\n"
        for ratio in ratios
    ]
    left_out = [f"\nLeft out: {what} ({why}).\n" for what, why in part["left_out"].items()]
    return "".join([head, *rows, *left_out, f"\n`{part['command']}` on {part['machine']}.\n"])


def _cost(value: float, unit: str) -> str:
    number = f"{value:.0f}" if value >= 100 else f"{value:.2g}" if value < 1 else f"{value:.1f}"
    return f"{number} {unit}"


if __name__ == "__main__":
    main()
