"""What starting costs: the command line, serving, and TensorFlow, each as whole processes.

python -m benchmarks.startup
"""

from __future__ import annotations

import statistics
import subprocess
import sys
import time

from benchmarks._machine import machine, parser
from benchmarks._ratios import Ratio, keep
from mmc_core.settings import DATA, PROJECT

RUNS = 5
COMMANDS = {
    "an empty Python": ["-c", ""],
    "import mmc_core": ["-c", "import mmc_core"],
    "mmc_core --help": ["-m", "mmc_core", "--help"],
    "import onnxruntime": ["-c", "import onnxruntime"],
    "predict one sample": ["-m", "mmc_core", "predict", str(next(DATA.glob("samples/*.ogg")))],
    "import librosa, one call": [
        "-c",
        "import librosa, numpy; librosa.feature.tonnetz(y=numpy.ones(22050, 'f'), sr=22050)",
    ],
    "import tensorflow": ["-c", "import tensorflow"],
}


def seconds(runs: int) -> dict[str, float]:
    """Median wall time of each command, in turn, after a round that is not counted."""
    times: dict[str, list[float]] = {name: [] for name in COMMANDS}
    for _ in range(runs + 1):
        for name, arguments in COMMANDS.items():
            start = time.perf_counter()
            command = [sys.executable, *arguments]
            subprocess.run(command, cwd=PROJECT, capture_output=True, check=True)
            times[name].append(time.perf_counter() - start)
    return {name: statistics.median(every[1:]) for name, every in times.items()}


def main() -> None:
    asked = parser(__doc__).parse_args()
    runs = 1 if asked.quick else RUNS
    times = seconds(runs)
    empty = times["an empty Python"]
    for name, value in times.items():
        print(f"{name:26} {value:6.3f} s  {value - empty:+6.3f} s  {value / empty:5.1f} x")
    ratios = [
        Ratio(ours, times[ours], peer, times[peer], "s")
        for ours, peer in (
            ("mmc_core --help", "import librosa, one call"),
            ("predict one sample", "import tensorflow"),
        )
    ]
    keep(asked, ratios, f"{machine('onnxruntime', 'tensorflow')}, median of {runs} runs")


if __name__ == "__main__":
    main()
