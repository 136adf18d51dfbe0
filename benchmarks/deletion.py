"""Whether the regions that are said to drive an answer do: a deletion test.

`python -m benchmarks.deletion`: ten seconds of each of 100 clips of 4QAED, at the middle. The fifth
of the cells with the largest effects (`prediction.occlusion`) is taken out of the sound, or all but
those are, and the model is asked again (Samek et al., IEEE TNNLS 28, 2017; Petsiuk et al., BMVC
2018). Beside it the same with as many cells drawn at random, mean of five draws, and with the
loudest cells. Prints how far the probability of the predicted mood falls, with 95 % intervals that
draw whole artists.

The probe that serves as `best` is fitted here without the clips and their artists (not with
`--quick`). `--into data/studies/deletion.json` keeps the figures, for the page Predict to quote.
Clips that are done are kept beside it, so that a stopped run is resumed. Needs 4QAED's audio
(`MMC_DATA_MIRROR`).
"""

from __future__ import annotations

import json
import tempfile
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks._held_out import SEED, held_out_clips, probe_without
from benchmarks._machine import machine, parser
from mmc_core import datasets, files, runs
from mmc_core._typing import Bools, Float64, Objects
from mmc_core.analysis.statistics import bootstrap_over_groups
from mmc_core.audio import Audio, load_audio
from mmc_core.features.masking import Maskable
from mmc_core.moods import NAMES
from mmc_core.prediction.occlusion import EXCERPT_S, TOP_SHARE, answers, occlude, probabilities
from mmc_core.runs import Run

CLIPS = 100
DRAWS = 5  # of random cells
PACKAGES = ("onnxruntime", "scipy")
WAYS = ("marked", "random", "loudest")
CHANGES = {"deleted": "without these cells", "kept": "with these cells alone"}


def main() -> None:
    options = parser(__doc__)
    options.add_argument("--model", default="best", help="a probe: best, quick or a run's name")
    options.add_argument("--into", type=Path, help="JSON file to keep the figures in")
    asked = options.parse_args()
    clips = held_out_clips(2 if asked.quick else CLIPS)
    served = runs.find(asked.model)
    dataset = datasets.get("4qaed")
    paths = dataset.audio()
    journal = asked.into.with_suffix(f".{served.name}.partial") if asked.into else None
    rows = _resumed(journal)
    with tempfile.TemporaryDirectory() as folder:
        run = served if asked.quick else probe_without(served, clips, Path(folder))
        for number, clip in enumerate(clips):
            if clip not in rows:
                rows[clip] = tested(run, load_audio(paths[clip]), seed=SEED + number)
                if journal:
                    journal.write_text(json.dumps(rows))
    table = dataset.table().set_index("clip")
    groups = table.loc[clips, "group"].to_numpy(dtype=object)
    result = summary([rows[clip] for clip in clips], groups)
    _print(result)
    if journal:
        _keep(asked.into, served.name, result)
        journal.unlink(missing_ok=True)


def tested(run: Run, clip: Audio, *, seed: int) -> dict[str, Any]:
    """How far the probability of a clip's mood falls without cells, and with these alone."""
    excerpt = clip.cut(max(0.0, (clip.duration_s - EXCERPT_S) / 2), EXCERPT_S)
    number = int(probabilities(run, excerpt).argmax())
    made = occlude(run, excerpt, NAMES[number])
    whole, n = made.probabilities["original"], int(made.top.sum())
    maskable = Maskable(excerpt, made.grid)
    rng = np.random.default_rng(seed)
    cells = {
        "marked": made.top[None],
        "random": np.stack([_first(n, rng.random(made.top.shape)) for _ in range(DRAWS)]),
        "loudest": _first(n, maskable.levels())[None],
    }
    row: dict[str, Any] = {"mood": NAMES[number], "probability": whole, "n_cells": n}
    for way, chosen in cells.items():
        deleted, kept = (answers(run, maskable, each)[:, number] for each in (chosen, ~chosen))
        row[way] = {"deleted": whole - deleted.mean(), "kept": whole - kept.mean()}
    return row


def _first(n: int, values: Float64) -> Bools:
    """The cells with the n largest values."""
    chosen = np.zeros(values.size, dtype=bool)
    chosen[np.argsort(-values, axis=None)[:n]] = True
    return chosen.reshape(values.shape)


def summary(rows: list[dict[str, Any]], groups: Objects) -> dict[str, Any]:
    """Mean falls of the probability with their intervals, and marked cells less random ones."""
    falls = {
        change: {way: np.array([row[way][change] for row in rows]) for way in WAYS}
        for change in CHANGES
    }
    for by_way in falls.values():
        by_way |= {f"marked - {way}": by_way["marked"] - by_way[way] for way in WAYS[1:]}
    return {
        "n": len(rows),
        "probability": float(np.mean([row["probability"] for row in rows])),
        "cells": float(np.mean([row["n_cells"] for row in rows])),
        "wins": int((falls["deleted"]["marked - random"] > 0).sum()),
        **{
            change: {
                way: {
                    "mean": float(values.mean()),
                    "interval": list(bootstrap_over_groups(values, groups, seed=SEED)),
                }
                for way, values in by_way.items()
            }
            for change, by_way in falls.items()
        },
    }


def _print(result: dict[str, Any]) -> None:
    for change, text in CHANGES.items():
        for way, each in result[change].items():
            low, high = each["interval"]
            print(f"{text:24} {way:17} falls by {each['mean']:6.3f} ({low:.3f} to {high:.3f})")
    print(
        f"without the marked cells it falls further than without random ones in {result['wins']} "
        f"of {result['n']} clips; mean probability before {result['probability']:.3f}"
    )
    print(machine(*PACKAGES))


def _keep(path: Path, name: str, result: dict[str, Any]) -> None:
    """Put a model's figures into the file beside those of others."""
    models = json.loads(path.read_text())["models"] if path.exists() else {}
    command = f"python -m benchmarks.deletion --model {name} --into {path}"
    models[name] = {"command": command, "machine": machine(*PACKAGES), **result}
    content = {"excerpt_s": EXCERPT_S, "top_share": TOP_SHARE, "draws": DRAWS, "models": models}
    files.write_json(content, path)


def _resumed(journal: Path | None) -> dict[str, Any]:
    if journal is None or not journal.exists():
        return {}
    rows: dict[str, Any] = json.loads(journal.read_text())
    return rows


if __name__ == "__main__":
    main()
