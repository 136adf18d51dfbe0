"""What training costs beside a plain Keras loop: time, and memory over twenty networks.

python -m benchmarks.training [--recipe RECIPE]

Each figure is a process of its own, with its peak memory (of `processes`, its largest one's).
`keras` is `model.fit` on arrays, a network after the other, all cores at its disposal. `ours` is
the project's loop in one process, `processes` the same over processes of one thread, as `evaluate`
does: an epoch is one call into a graph, and finished networks are released.
"""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

from benchmarks._machine import machine, parser
from benchmarks._ratios import Ratio, keep
from mmc_core.settings import PROJECT

FOLDS = 4
MEMORY_NETWORKS, MEMORY_EPOCHS = 20, 8
IMAGE_EPOCHS = 2


def keras_loop(recipe: str, networks: int, epochs: int) -> dict[str, Any]:
    """`networks` trained one after another by Keras's own loop."""
    import keras
    import numpy as np

    from mmc_core.learning.networks.build import build

    chosen, clips, folds = _folds(recipe)
    started, memory = time.perf_counter(), []
    for i in range(networks):
        fold = folds[i % len(folds)]
        x, y = np.asarray(clips.x[fold.train], np.float32), clips.one_hot[fold.train]
        model = build(chosen, x)
        model.compile(keras.optimizers.Adam(chosen.learning_rate), "categorical_crossentropy")
        model.fit(x, y, batch_size=chosen.batch_size, epochs=epochs, verbose=0)
        model.predict(np.asarray(clips.x[fold.test], np.float32), verbose=0)
        memory.append(_resident())
    return {"seconds": time.perf_counter() - started, "memory": memory, "peak": _peak()}


def ours(recipe: str, networks: int, epochs: int) -> dict[str, Any]:
    """The same networks by this project's loop, in this process."""
    from mmc_core.learning.networks import fit, learn

    chosen, clips, folds = _folds(recipe, epochs)
    started, memory = time.perf_counter(), []
    for i in range(networks):
        fold = folds[i % len(folds)]
        model, _ = learn.learned(chosen, clips, fold.train, seed=i)
        fit.predict(model, clips.x[fold.test])
        del model
        fit.release()
        memory.append(_resident())
    return {"seconds": time.perf_counter() - started, "memory": memory, "peak": _peak()}


def processes(recipe: str, networks: int, epochs: int) -> dict[str, Any]:
    """The same, over processes, as `evaluate` does."""
    from joblib.externals.loky import get_reusable_executor

    from mmc_core.learning.splits import Protocol
    from mmc_core.runs.evaluate import trained

    chosen, clips, folds = _folds(recipe, epochs)
    started = time.perf_counter()
    for _ in trained(chosen, clips, Protocol("grouped", 10), folds[:networks], jobs=-1):
        pass
    seconds = time.perf_counter() - started
    get_reusable_executor().shutdown()  # so that its processes are counted
    return {"seconds": seconds, "memory": [], "peak": _peak(resource.RUSAGE_CHILDREN)}


def _folds(recipe: str, epochs: int = 0) -> Any:
    from mmc_core import datasets
    from mmc_core.learning import recipes
    from mmc_core.learning.splits import Protocol, folds

    settings = [f"epochs={epochs}", "patience=0", "members=1"] if epochs else []
    chosen = recipes.load(recipe, settings)
    dataset = datasets.get(chosen.dataset)
    clips = chosen.load_clips(dataset)
    return chosen, clips, folds(dataset, clips.table, Protocol("grouped", 10))


def _resident() -> float:
    """Memory of this process now, in MB."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 1e6


def _peak(whose: int = resource.RUSAGE_SELF) -> float:
    """The most memory that this process, or the largest of its children, has had, in MB."""
    return resource.getrusage(whose).ru_maxrss / 1000


def measure(how: str, recipe: str, networks: int, epochs: int) -> dict[str, Any]:
    """One way of training, in a process of its own."""
    arguments = ["--one", how, recipe, str(networks), str(epochs)]
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.training", *arguments],
        cwd=PROJECT,
        env={**os.environ, "TF_CPP_MIN_LOG_LEVEL": "3"},
        capture_output=True,
        text=True,
        check=True,
    )
    result: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return result


def times(rows: list[tuple[str, int, int]]) -> list[Ratio]:
    ratios = []
    print(f"{'recipe':20}{'networks x epochs':>18}" + "".join(f"{way:>18}" for way in WAYS))
    for recipe, networks, epochs in rows:
        try:
            measured = [measure(way, recipe, networks, epochs) for way in WAYS]
        except subprocess.CalledProcessError as error:
            print(f"{recipe:20} not measured: {error.stderr.strip().splitlines()[-1]}")
            continue
        cells = [f"{row['seconds']:.1f} s {row['peak']:.0f} MB" for row in measured]
        quickest = min(row["seconds"] for row in measured[1:])
        what = f"{networks} networks of {recipe}, {epochs} epochs"
        ratios.append(Ratio(what, quickest, "Keras's own loop", measured[0]["seconds"], "s"))
        line = f"{recipe:20}{networks:>11} x {epochs:<5}" + "".join(f"{cell:>18}" for cell in cells)
        print(line, flush=True)
    return ratios


def memory(networks: int, epochs: int) -> None:
    print(f"\nmemory over {networks} networks of {epochs} epochs, MB after each third:")
    for how in ("keras", "ours"):
        after = measure(how, "cnn1d", networks, epochs)["memory"]
        settled = after[len(after) // 4 :]
        growth = (settled[-1] - settled[0]) / (len(settled) - 1)
        listed = " ".join(f"{value:.0f}" for value in after[::3])
        print(f"  {how:8}{listed}; {growth:+.1f} a network after the first quarter")


def main() -> None:
    options = parser(__doc__)
    options.add_argument("--one", nargs=4, metavar=("WAY", "RECIPE", "NETWORKS", "EPOCHS"))
    options.add_argument("--recipe", help="only the time of this one")
    chosen = options.parse_args()
    if chosen.one:
        way, recipe, networks, epochs = chosen.one
        print(json.dumps(WAYS[way](recipe, int(networks), int(epochs))))
        return
    if chosen.quick:
        ratios = times([("cnn1d", 2, 2)])
        memory(4, 1)
    else:
        images = ("cnn2d-mfcc", "cnn2d-spectrogram", "cnn2d-mel", "cnn2d-mel-pooled")
        every = [("cnn1d", FOLDS, 80), *((recipe, 2, IMAGE_EPOCHS) for recipe in images)]
        ratios = times([row for row in every if chosen.recipe in (None, row[0])])
        if not chosen.recipe:
            memory(MEMORY_NETWORKS, MEMORY_EPOCHS)
    keep(chosen, ratios, machine("tensorflow", "keras"))


WAYS = {"keras": keras_loop, "ours": ours, "processes": processes}

if __name__ == "__main__":
    main()
