"""What starting costs: the command line, serving, and TensorFlow, each as whole processes.

python -m benchmarks.startup
"""

from __future__ import annotations

import statistics
import subprocess
import sys
import time

from benchmarks._machine import machine, parser
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


def seconds(arguments: list[str], runs: int) -> float:
    """Median wall time of a process, after one that is not counted."""
    times = []
    for _ in range(runs + 1):
        start = time.perf_counter()
        subprocess.run([sys.executable, *arguments], cwd=PROJECT, capture_output=True, check=True)
        times.append(time.perf_counter() - start)
    return statistics.median(times[1:])


def main() -> None:
    runs = 1 if parser(__doc__).parse_args().quick else RUNS
    times = {name: seconds(arguments, runs) for name, arguments in COMMANDS.items()}
    empty = times["an empty Python"]
    for name, value in times.items():
        print(f"{name:26} {value:6.3f} s  {value - empty:+6.3f} s  {value / empty:5.1f} x")
    print(f"{machine('onnxruntime', 'tensorflow')}, median of {runs} runs")


if __name__ == "__main__":
    main()
