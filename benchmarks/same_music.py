"""Whether the same music gets the same mood when its file changes.

`python -m benchmarks.same_music`: 60 clips of 4QAED, each as it is and as another file: mp3, m4a
and opus, a lower sample rate, softer, louder through a limiter, after five seconds of silence.
Prints, of each model, how many moods change and the mean total variation of the probabilities.
Models 1 and 2 are asked about clips that they held out; `best`, which learned from all, about the
same ones by a probe that is fitted here without them (not with `--quick`). Needs 4QAED's audio
(`MMC_DATA_MIRROR`).
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from pathlib import Path

import numpy as np

from benchmarks._held_out import held_out_clips, probe_without
from benchmarks._machine import machine, parser
from mmc_core import datasets, runs
from mmc_core._typing import Float32, Float64
from mmc_core.audio import SR, Audio, load_audio
from mmc_core.audio.degradations import coded, limited, through
from mmc_core.moods import NAMES
from mmc_core.prediction.song import predict
from mmc_core.prediction.sound import Song
from mmc_core.runs import Run

CLIPS = 60
WAYS: dict[str, Callable[[Float32], Float32]] = {
    "mp3, 128 kbit/s": lambda y: coded(y, "mp3", "libmp3lame", 44_100, 128_000),
    "m4a, 96 kbit/s": lambda y: coded(y, "ipod", "aac", 44_100, 96_000),
    "opus, 64 kbit/s": lambda y: coded(y, "ogg", "libopus", 48_000, 64_000),
    "16 kHz": lambda y: through(y, 16_000),
    "12 dB softer, 16 bits": lambda y: (np.round(y / 4 * 32_767) / 32_767).astype(np.float32),
    "6 dB louder, limited": lambda y: limited(y, 6.0),
    "after 5 s of silence": lambda y: np.concatenate([np.zeros(5 * SR, dtype=np.float32), y]),
}


def main() -> None:
    quick = parser(__doc__).parse_args().quick
    n = 2 if quick else CLIPS
    dataset = datasets.get("4qaed")
    clips = held_out_clips(n)
    paths = dataset.audio()
    with tempfile.TemporaryDirectory() as folder:
        probes_asked = (
            {"best": runs.find("best")}
            if quick
            else {
                run.info.recipe["name"]: probe_without(run, clips, Path(folder))
                for run in runs.servable()
                if run.networks
            }
        )
        models = {"1": runs.find("1"), "2": runs.find("2"), **probes_asked}
        before = {clip: _answers(load_audio(paths[clip]), models) for clip in clips}
        for way, change in WAYS.items():
            after = {
                clip: _answers(Audio(change(load_audio(paths[clip]).y)), models) for clip in clips
            }
            for name in models:
                flips = [before[c][name][0] != after[c][name][0] for c in clips]
                moved = [before[c][name][1] - after[c][name][1] for c in clips]
                distance = np.abs(moved).sum(axis=1) / 2
                print(
                    f"{way:22} {name:16} {sum(flips):3} of {n} moods change "
                    f"({np.mean(flips):5.1%}), "
                    f"mean total variation {np.mean(distance):.4f}"
                )
    print(machine("onnxruntime"))


def _answers(audio: Audio, models: dict[str, Run]) -> dict[str, tuple[str | None, Float64]]:
    """Mood and probabilities by each model."""
    song = Song(audio)
    answers = {}
    for name, run in models.items():
        prediction = predict(song, run, features=False)
        assert prediction.probabilities
        p = np.array([prediction.probabilities[mood] for mood in NAMES])
        answers[name] = (prediction.mood, p)
    return answers


if __name__ == "__main__":
    main()
