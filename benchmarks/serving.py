"""A song of four minutes through `predict --timeline`: seconds from process start, peak memory;
and the first prediction of all, of a sample song with empty caches.

`python -m benchmarks.serving [--into data/studies/serving.json]`: an mp3 of four minutes made of
the sample songs, by each model, each in a process of its own; beside the plain way: librosa
computes the features and Keras, which imports TensorFlow, answers. A probe of MusiCNN alone answers
as it does where nothing was fetched. With empty caches librosa compiles anew; ours finds an empty
MMC_CACHE.
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path

import numpy as np

from benchmarks._machine import machine, parser
from benchmarks._ratios import Ratio, keep
from mmc_core import files, runs
from mmc_core._typing import Float32
from mmc_core.audio import SR, load_audio
from mmc_core.audio.degradations import encoded
from mmc_core.audio.samples import list_samples, sample
from mmc_core.settings import PROJECT

SONG_S = 240
RUNS, FIRST_RUNS = 5, 3
PLAIN_WAY = "librosa and Keras"
PLAIN = """
import sys
import librosa, numpy as np
y, sr = librosa.load(sys.argv[1], sr=22050)
from mmc_core.features.reference import describe
rows = [list(describe(y[i:i + 562275]).values()) for i in range(0, len(y) - 562275 + 1, 281137)]
import keras
network = keras.Sequential([
    keras.layers.Input((57, 1)), keras.layers.Conv1D(16, 5, activation="relu"),
    keras.layers.Flatten(), keras.layers.Dense(4, activation="softmax")])
network.predict(np.zeros((len(rows), 57, 1)), verbose=0)
"""


def main() -> None:
    arguments = parser(__doc__)
    arguments.add_argument("--into", type=Path, help="JSON file to write")
    asked = arguments.parse_args()
    times = 1 if asked.quick else RUNS
    with tempfile.TemporaryDirectory() as folder:
        song = Path(folder) / "song.mp3"
        song.write_bytes(encoded(four_minutes(), "mp3", "libmp3lame", 44_100, 128_000))
        predict = ["-m", "mmc_core", "predict", str(song), "--timeline", "--model"]
        commands: dict[str, tuple[list[str], dict[str, str]]] = {
            run.name: (
                [*predict, run.name],
                {"MMC_CACHE": folder} if run.networks == ["musicnn"] else {},
            )
            for run in _looked_at(quick=asked.quick)
        }
        commands[PLAIN_WAY] = ["-c", PLAIN, str(song)], {}
        measured = costs(commands, times)
        first = first_prediction(min(times, FIRST_RUNS))
    plain = measured[PLAIN_WAY]
    for name, each in measured.items():
        print(f"{name:28} {each['seconds']:6.2f} s, peak {each['peak_mb']:4.0f} MB")
    titles = {run.name: run.title for run in runs.servable()}
    ratios = [
        Ratio(f"four minutes by {titles[name]}", each["seconds"], PLAIN_WAY, plain["seconds"], "s")
        for name, each in measured.items()
        if each is not plain
    ]
    where = f"{machine('onnxruntime', 'librosa', 'tensorflow')}, median of {times} runs"
    keep(asked, [first, *ratios], where)
    if asked.into:
        made_by = f"python -m benchmarks.serving --into {asked.into}"
        files.write_json(
            {"command": made_by, "song_s": SONG_S, "models": measured, "machine": machine()},
            asked.into,
        )


def costs(
    commands: Mapping[str, tuple[list[str], dict[str, str]]], times: int
) -> dict[str, dict[str, float]]:
    """Median seconds and greatest memory of processes, in turn, after a round that is not counted.

    Args:
        commands: by name the arguments and what is changed in the environment.
    """
    rounds = [
        {name: once(*command) for name, command in commands.items()} for _ in range(times + 1)
    ]
    return {
        name: {
            "seconds": statistics.median(each[name][0] for each in rounds[1:]),
            "peak_mb": max(each[name][1] for each in rounds),
        }
        for name in commands
    }


def first_prediction(times: int) -> Ratio:
    """Of a sample song by `best`, and the plain way, each time with caches that are empty."""
    song, ours, plain = str(sample(list_samples()[0])), [], []
    predict = ["-m", "mmc_core", "predict", song]
    for _ in range(times):
        with tempfile.TemporaryDirectory() as folder:
            empty = {"MMC_CACHE": folder, "NUMBA_CACHE_DIR": folder}
            ours.append(once(predict, empty)[0])
            plain.append(once(["-c", PLAIN, song], empty)[0])
    what = "the first prediction, caches empty"
    return Ratio(what, statistics.median(ours), PLAIN_WAY, statistics.median(plain), "s", goal=5.0)


def _looked_at(*, quick: bool) -> list[runs.Run]:
    """The runs that a number or "best" stands for, and the other probes."""
    numbered = set(runs.serving().values())
    chosen = [run for run in runs.servable() if run.name in numbered or run.networks]
    return chosen[:1] if quick else chosen


def once(arguments: list[str], changed: dict[str, str]) -> tuple[float, float]:
    """Seconds and greatest memory, in MB, of a process with a changed environment."""
    start, peak = time.perf_counter(), 0.0
    process = subprocess.Popen(
        [sys.executable, *arguments],
        cwd=PROJECT,
        env=os.environ | changed,
        stdout=subprocess.DEVNULL,
    )
    while process.poll() is None:
        peak = max(peak, _peak_mb(process.pid))
        time.sleep(0.01)
    if process.returncode:
        sys.exit(f"{arguments} failed")
    return time.perf_counter() - start, peak


def _peak_mb(pid: int) -> float:
    """The most memory that a running process has held, by Linux; 0.0 elsewhere or when it is gone.

    `wait4` would count what this process held at the fork, too.
    """
    try:
        lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    except OSError:
        return 0.0
    return next((int(line.split()[1]) / 1024 for line in lines if line.startswith("VmHWM")), 0.0)


def four_minutes() -> Float32:
    """The sample songs one after the other, cut to four minutes."""
    y = np.concatenate([load_audio(sample(name)).y for name in list_samples()])
    return np.resize(y, SONG_S * SR)


if __name__ == "__main__":
    main()
