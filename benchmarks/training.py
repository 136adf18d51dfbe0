"""What training costs beside a plain Keras loop: time, and memory over twenty networks.

python -m benchmarks.training

Each figure is a process of its own, with its peak memory (of `spread`, its largest process's). The
plain loop is `model.fit` on arrays, a network after the other, all cores at its disposal. `ours` is
the project's loop in one process, `spread` the same over processes of one thread, as `evaluate`
does: an epoch is one call into a graph, and finished networks are released.
"""

from __future__ import annotations

import json
import os
import platform
import resource
import subprocess
import sys
import time
from importlib.metadata import version
from pathlib import Path
from typing import Any

from mmc_core.settings import PROJECT

FOLDS = 4
MEMORY_NETWORKS, MEMORY_EPOCHS = 20, 8
IMAGE_EPOCHS = 2


def plain(recipe: str, networks: int, epochs: int) -> dict[str, Any]:
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


def spread(recipe: str, networks: int, epochs: int) -> dict[str, Any]:
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
    from mmc_core.learning import inputs, recipes
    from mmc_core.learning.splits import Protocol, folds

    settings = [f"epochs={epochs}", "patience=0", "members=1"] if epochs else []
    chosen = recipes.load(recipe, settings)
    dataset = datasets.get(chosen.dataset)
    clips = inputs.load(dataset, chosen)
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
    arguments = [how, recipe, str(networks), str(epochs)]
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


def main() -> None:
    rows = [("cnn1d", FOLDS, 80)]
    rows += [(f"cnn2d-{kind}", 2, IMAGE_EPOCHS) for kind in ("mfcc", "spectrogram", "mel")]
    rows += [("cnn2d-mel-pooled", 2, IMAGE_EPOCHS)]
    print(f"{'recipe':20}{'networks x epochs':>18}" + "".join(f"{way:>18}" for way in WAYS))
    for recipe, networks, epochs in rows:
        try:
            found = [measure(way, recipe, networks, epochs) for way in WAYS]
        except subprocess.CalledProcessError as error:
            print(f"{recipe:20} not measured: {error.stderr.strip().splitlines()[-1]}")
            continue
        shown = [f"{row['seconds']:.1f} s {row['peak']:.0f} MB" for row in found]
        ratio = found[0]["seconds"] / min(row["seconds"] for row in found[1:])
        line = f"{recipe:20}{networks:>11} x {epochs:<5}" + "".join(f"{each:>18}" for each in shown)
        print(f"{line}   plain / ours {ratio:.1f}", flush=True)
    print(f"\nmemory over {MEMORY_NETWORKS} networks of {MEMORY_EPOCHS} epochs, MB after each:")
    for how in ("plain", "ours"):
        memory = measure(how, "cnn1d", MEMORY_NETWORKS, MEMORY_EPOCHS)["memory"]
        growth = (memory[-1] - memory[4]) / (len(memory) - 5)
        after = " ".join(f"{value:.0f}" for value in memory[::3])
        print(f"  {how:8}{after}; {growth:+.1f} a network from the fifth on")
    packages = ", ".join(f"{name} {version(name)}" for name in ("tensorflow", "keras"))
    machine = f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}"
    print(f"\n{machine}, {packages}")


WAYS = {"plain": plain, "ours": ours, "spread": spread}

if __name__ == "__main__":
    if len(sys.argv) > 1:
        way, name, n, n_epochs = sys.argv[1:]
        print(json.dumps(WAYS[way](name, int(n), int(n_epochs))))
    else:
        main()
