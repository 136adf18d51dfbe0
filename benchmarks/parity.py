"""Our 57 features against plain librosa calls: how far apart, and how much quicker.

    python -m benchmarks.parity [FILE_OR_FOLDER ...]

By default 20 clips of 4QAED spread over the dataset where MMC_DATA_MIRROR is set, else the sample
songs. The difference of a feature is relative, or in units of its standard deviation over 4QAED
where that is larger; 1e-4 is the limit that the tests hold.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from pathlib import Path

import pandas as pd

from benchmarks._machine import machine, parser
from mmc_core import datasets
from mmc_core.audio import load_audio
from mmc_core.audio.folders import find_audio
from mmc_core.features import reference, scalars
from mmc_core.features.schema import ORIGINAL_57
from mmc_core.settings import DATA, data_mirror


def default_clips() -> list[Path]:
    mirror = data_mirror()
    if mirror and (mirror / "4qaed" / "audio").is_dir():
        return find_audio([mirror / "4qaed" / "audio"]).files[::45][:20]
    return find_audio([DATA / "samples"]).files


def measure(paths: Sequence[Path]) -> tuple[pd.DataFrame, float, float]:
    """Differences (a row a clip), and seconds that ours and plain librosa took."""
    clips = [load_audio(path).cut().y for path in paths]
    table = datasets.load_dataset("4qaed").table()
    std = {str(name): float(s) for name, s in table.std(numeric_only=True).items()}
    reference.describe(clips[0])  # compiles librosa
    scalars.describe(clips[0])
    rows, ours_s, librosa_s = [], 0.0, 0.0
    for y in clips:
        start = time.perf_counter()
        ours = scalars.describe(y)
        middle = time.perf_counter()
        theirs = reference.describe(y)
        ours_s += middle - start
        librosa_s += time.perf_counter() - middle
        rows.append(reference.differences(ours, theirs, std))
    return pd.DataFrame(rows, index=[path.name for path in paths]), ours_s, librosa_s


def main() -> None:
    options = parser(__doc__)
    options.add_argument("inputs", nargs="*", type=Path, help="files or folders")
    chosen = options.parse_args()
    paths = find_audio(chosen.inputs).files if chosen.inputs else default_clips()
    rows, ours_s, librosa_s = measure(paths[:2] if chosen.quick else paths)
    worst = rows.max().sort_values(ascending=False)
    for name, value in worst.items():
        print(f"{name:14} {value:.2e}  worst in {rows[name].idxmax()}")
    print(
        f"\n{len(rows)} clips, {len(ORIGINAL_57)} features: {(worst < reference.LIMIT).sum()} "
        f"within {reference.LIMIT:g}; a clip takes {1000 * ours_s / len(rows):.0f} ms, plain "
        f"librosa {1000 * librosa_s / len(rows):.0f} ms: {librosa_s / ours_s:.1f} times as long.\n"
        f"{machine('numpy', 'scipy', 'librosa')}"
    )


if __name__ == "__main__":
    main()
