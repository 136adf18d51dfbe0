"""Hostile files through the library, the command line and the running app.

`python -m benchmarks.hostile [--into FILE] [--targets NAME ...]`: hundreds of files that are cut
off, damaged, forged or made to harm, sounds and tables, made in a temporary folder. Each must be
answered or refused with a sentence, within limits of time and memory; the exit code is 1 if one was
not. Of targets that are left out, FILE keeps what it has.
"""

from __future__ import annotations

import json
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path
from typing import Any

from benchmarks._machine import machine, parser
from benchmarks.hostile import sounds, tables
from benchmarks.hostile.targets import MEMORY_MB, SECONDS, TARGETS
from benchmarks.hostile.work import ANSWERED, CRASHED, OVER
from mmc_core.files import write_json
from mmc_core.wording import shown


def main() -> None:
    arguments = parser(__doc__)
    arguments.add_argument("--targets", nargs="+", default=list(TARGETS), choices=list(TARGETS))
    arguments.add_argument("--family", help="only cases of this family")
    arguments.add_argument("--into", type=Path, help="a JSON file for the counts")
    asked = arguments.parse_args()
    chosen = [
        [case for case in cases if asked.family in (None, case.family)]
        for cases in (sounds.cases(), tables.cases())
    ]
    if asked.quick:
        chosen = [[case for case in cases if case.family != "bomb"][::60] for cases in chosen]
    n_bad, results = 0, dict[str, dict[str, Any]]()
    with tempfile.TemporaryDirectory() as temporary:
        folders = [Path(temporary) / name for name in ("sounds", "tables")]
        written = []
        for folder, cases in zip(folders, chosen, strict=True):
            folder.mkdir()
            written.append([(case, case.write(folder)) for case in cases])
        print(f"{len(chosen[0])} sound files, {len(chosen[1])} tables")
        for name in asked.targets:
            start = time.perf_counter()
            ends = list(TARGETS[name](*written))
            counts = Counter(ended.how for _, ended in ends)
            bad = [(case, ended) for case, ended in ends if ended.how in (CRASHED, OVER)]
            n_bad += len(bad)
            results[name] = {
                "cases": len(ends),
                "answered": counts.pop(ANSWERED, 0),
                "crashed": counts.pop(CRASHED, 0),
                "over_limits": counts.pop(OVER, 0),
                "refused": dict(sorted(counts.items())),
                "longest_s": round(max((ended.seconds for _, ended in ends), default=0.0), 1),
                "most_mb": round(max((ended.memory_mb for _, ended in ends), default=0.0)),
            }
            print(f"{name}: {results[name]} in {time.perf_counter() - start:.0f} s", flush=True)
            for case, ended in bad:
                label = shown(case.name.decode("utf-8", "backslashreplace"))
                print(f"  {case.family}: {label}: {ended.how}: {ended.sentence}")
    n_cases = sum(result["cases"] for result in results.values())
    print(f"{n_cases - n_bad} of {n_cases} cases are answered or refused, within limits")
    print(f"limits of a file: {SECONDS:.0f} s, {MEMORY_MB:.0f} MB; {machine('numpy', 'av')}")
    if asked.into:
        before = json.loads(asked.into.read_text())["by"] if asked.into.exists() else {}
        by = {name: (before | results)[name] for name in TARGETS if name in before | results}
        command = f"python -m benchmarks.hostile --into {asked.into}"
        write_json({"by": by, "command": command, "machine": machine("av")}, asked.into)
    sys.exit(1 if n_bad else 0)


def table(kept: dict[str, Any]) -> str:
    """What the documentation shows of a kept file."""
    rows = ["| through | cases | answered | refused | crashed | over limits | longest |"]
    rows.append("|---|---|---|---|---|---|---|")
    for name, by in kept["by"].items():
        refused = sum(by["refused"].values())
        counts = (by["cases"], by["answered"], refused, by["crashed"], by["over_limits"])
        longest = f"{by['longest_s']:.1f} s" if by["longest_s"] else ""
        rows.append(f"| {name} | {' | '.join(map(str, counts))} | {longest} |")
    kinds = ", ".join(f"{kind} {n}" for kind, n in kept["by"]["library"]["refused"].items())
    said = f"Refused by the library as: {kinds}. `{kept['command']}` on {kept['machine']}."
    return "\n".join([*rows, "", said])


if __name__ == "__main__":
    main()
