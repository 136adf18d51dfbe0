"""How far features move when nothing changes but how the sound was kept: codec, rate, level, cut.

Datasets are extracted from other codecs and rates; what mere extraction can do to a feature bounds
how much of a shift between two of them has to be about the music.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from mmc_core import datasets
from mmc_core._typing import Float32, Float64, Progress
from mmc_core.analysis.tables import features_of
from mmc_core.audio import CLIP_S, SR, Audio, load_audio
from mmc_core.audio.degradations import coded, through
from mmc_core.features.scalars import describe
from mmc_core.moods import NAMES
from mmc_core.workers.parallel import in_order

DATASET = "4qaed"
CLIPS_A_MOOD = 50
SEED = 13


def study(progress: Progress) -> dict[str, Any]:
    """Clips of 4QAED extracted again in other ways: by how much each feature moves.

    Raises:
        DatasetError: if the audio is not on this machine.
    """
    from joblib import delayed

    dataset = datasets.get(DATASET)
    table = dataset.table()
    chosen = (
        table.groupby("mood").sample(CLIPS_A_MOOD, random_state=SEED).sort_index().reset_index()
    )
    paths = dataset.audio_of(chosen)
    rows = []
    for row in in_order(delayed(_in_all_ways)(p) for p in paths):
        rows.append(row)
        progress(len(rows), len(paths))
    features = [f.name for f in features_of(table) if not f.categories and f.original]
    return {
        "command": "python -m studies extraction",
        "dataset": DATASET,
        "n": len(paths),
        "moods": list(NAMES),
        "ways": list(WAYS),
        "spread": {name: float(chosen[name].std()) for name in features},
        "features": {
            name: {
                way: dict(
                    zip(
                        ("difference", "wasserstein"),
                        standardised_shift(
                            chosen[name].to_numpy(dtype=float),
                            np.array([row[way][name] for row in rows]),
                        ),
                        strict=True,
                    )
                )
                for way in WAYS
            }
            for name in features
        },
    }


# Each takes a whole clip.
WAYS: dict[str, Callable[[Float32], Float32]] = {
    "mp3, 128 kbit/s": lambda y: coded(y, "mp3", "libmp3lame", 44_100, 128_000),
    "mp3, 48 kbit/s": lambda y: coded(y, "mp3", "libmp3lame", 22_050, 48_000),
    "AAC, 64 kbit/s": lambda y: coded(y, "adts", "aac", 44_100, 64_000),
    "Opus, 32 kbit/s": lambda y: coded(y, "ogg", "libopus", 48_000, 32_000),
    "16 kHz": lambda y: through(y, 16_000),
    "11 kHz": lambda y: through(y, 11_025),
    "6 dB softer": lambda y: y / np.float32(2),
    "peak at full scale": lambda y: y / np.abs(y).max(),
    "the last 25.5 s": lambda y: y[-round(CLIP_S * SR) :],
}


def standardised_shift(one: Float64, other: Float64) -> tuple[float, float]:
    """Return the difference of means and Wasserstein's distance, in `one`'s standard deviations."""
    from scipy.stats import wasserstein_distance

    std = float(np.std(one, ddof=1)) or 1.0
    difference = (other.mean() - one.mean()) / std
    return float(difference), float(wasserstein_distance(one, other) / std)


def _in_all_ways(path: Path) -> dict[str, dict[str, float | str]]:
    y = load_audio(path).y
    return {way: describe(Audio(change(y)).cut().y) for way, change in WAYS.items()}
