"""What starting costs: the command line, serving, and TensorFlow, each as whole processes.

python -m benchmarks.startup
"""

from __future__ import annotations

import platform
import statistics
import subprocess
import sys
import time

from mmc_core.settings import DATA, PROJECT

RUNS = 5
COMMANDS = {
    "an empty Python": ["-c", ""],
    "mmc_core --help": ["-m", "mmc_core", "--help"],
    "import onnxruntime": ["-c", "import onnxruntime"],
    "predict one sample": ["-m", "mmc_core", "predict", str(next(DATA.glob("samples/*.ogg")))],
    "import librosa, one call": [
        "-c",
        "import librosa, numpy; librosa.feature.tonnetz(y=numpy.ones(22050, 'f'), sr=22050)",
    ],
    "import tensorflow": ["-c", "import tensorflow"],
}


def seconds(arguments: list[str]) -> float:
    """Median wall time of a process, after one that is not counted."""
    times = []
    for _ in range(RUNS + 1):
        start = time.perf_counter()
        subprocess.run([sys.executable, *arguments], cwd=PROJECT, capture_output=True, check=True)
        times.append(time.perf_counter() - start)
    return statistics.median(times[1:])


def main() -> None:
    times = {name: seconds(arguments) for name, arguments in COMMANDS.items()}
    empty = times["an empty Python"]
    for name, value in times.items():
        print(f"{name:26} {value:6.3f} s  {value - empty:+6.3f} s  {value / empty:5.1f} x")
    print(f"{platform.machine()}, Python {platform.python_version()}, median of {RUNS} runs")


if __name__ == "__main__":
    main()
