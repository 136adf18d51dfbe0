"""Our 57 features against plain librosa calls: how far apart, and how much quicker.

    python -m benchmarks.parity [FILE_OR_FOLDER ...]

By default 20 clips of 4QAED spread over the dataset where MMC_DATA_MIRROR is set, else the sample
songs. The difference of a feature is relative, or in units of its standard deviation over 4QAED
where that is larger; 1e-4 is the limit that the tests hold.
"""

from __future__ import annotations

import platform
import sys
import time
from collections.abc import Sequence
from importlib.metadata import version
from pathlib import Path

import librosa
import numpy as np
import pandas as pd

from mmc_core import datasets
from mmc_core._typing import Float32
from mmc_core.audio import load_audio
from mmc_core.features.extract import find_audio
from mmc_core.features.scalars import PITCH_CLASSES, describe
from mmc_core.features.schema import BY_NAME, ORIGINAL_57
from mmc_core.settings import DATA, data_mirror

LIMIT = 1e-4


def plain_librosa(y: Float32) -> dict[str, float | str]:
    """The 57 as the original system computed them: one librosa call a feature, all defaults."""
    sr = 22_050
    chroma = librosa.feature.chroma_stft(y=y, sr=sr)
    key = PITCH_CLASSES[int(np.argmax(np.sum(chroma, axis=1)))]
    mel = librosa.feature.melspectrogram(y=y, sr=sr)
    pictures = {
        "rms": librosa.feature.rms(y=y),
        "chroma": chroma,
        "centroid": librosa.feature.spectral_centroid(y=y, sr=sr),
        "rolloff": librosa.feature.spectral_rolloff(y=y + 0.01, sr=sr),
        "zcr": librosa.feature.zero_crossing_rate(y),
        "tonnetz": librosa.feature.tonnetz(y=y, sr=sr),
        "mel": librosa.amplitude_to_db(mel, ref=np.max),
    }
    row: dict[str, float | str] = {
        "scale": "minor" if "#" in key else "major",
        "key": key,
        "tempo": float(librosa.feature.tempo(y=y, sr=sr)[0]),
    }
    for name, picture in pictures.items():
        row[f"{name}_mean"] = float(np.mean(picture))
        row[f"{name}_var"] = float(np.var(picture))
    for i, coefficient in enumerate(librosa.feature.mfcc(y=y, sr=sr), start=1):
        row[f"mfcc_mean_{i}"] = float(np.mean(coefficient))
        row[f"mfcc_var_{i}"] = float(np.var(coefficient))
    return row


def difference(ours: dict[str, float | str], theirs: dict[str, float | str]) -> dict[str, float]:
    """How far each feature is off, in the unit that the module's docstring says."""
    spread = datasets.get("4qaed").table()
    off = {}
    for name in ORIGINAL_57:
        mine, other = ours[name], theirs[name]
        if BY_NAME[name].categories or name == "tempo":
            off[name] = 0.0 if mine == other else np.inf
        else:
            scale = max(abs(float(other)), float(spread[name].std()))
            off[name] = abs(float(mine) - float(other)) / scale
    return off


def default_clips() -> list[Path]:
    mirror = data_mirror()
    if mirror and (mirror / "4qaed" / "audio").is_dir():
        return find_audio([mirror / "4qaed" / "audio"])[::45][:20]
    return find_audio([DATA / "samples"])


def measure(paths: Sequence[Path]) -> tuple[pd.DataFrame, float, float]:
    """Differences (a row a clip), and seconds that ours and plain librosa took."""
    clips = [load_audio(path).cut().y for path in paths]
    plain_librosa(clips[0])  # compiles librosa
    describe(clips[0])
    rows, ours_s, theirs_s = [], 0.0, 0.0
    for y in clips:
        start = time.perf_counter()
        ours = describe(y)
        middle = time.perf_counter()
        theirs = plain_librosa(y)
        ours_s += middle - start
        theirs_s += time.perf_counter() - middle
        rows.append(difference(ours, theirs))
    return pd.DataFrame(rows, index=[path.name for path in paths]), ours_s, theirs_s


def main() -> None:
    paths = find_audio([Path(argument) for argument in sys.argv[1:]]) or default_clips()
    rows, ours_s, theirs_s = measure(paths)
    worst = rows.max().sort_values(ascending=False)
    for name, value in worst.items():
        print(f"{name:14} {value:.2e}  worst in {rows[name].idxmax()}")
    print(
        f"\n{len(paths)} clips, {len(worst)} features: {(worst < LIMIT).sum()} within {LIMIT:g}; "
        f"a clip takes {1000 * ours_s / len(paths):.0f} ms, plain librosa "
        f"{1000 * theirs_s / len(paths):.0f} ms: {theirs_s / ours_s:.1f} times as long.\n"
        f"{platform.processor() or platform.machine()}, Python {platform.python_version()}, "
        f"NumPy {np.__version__}, librosa {version('librosa')}"
    )


if __name__ == "__main__":
    main()
