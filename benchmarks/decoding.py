"""The part of a long file that a row of features describes, against all of it decoded.

    python -m benchmarks.decoding

Files of half an hour made of the sample songs. CPU seconds of this process and of its decoder.
"""

from __future__ import annotations

import tempfile
import time
from pathlib import Path

import numpy as np
import psutil
import soundfile

from benchmarks._machine import machine, parser
from benchmarks._ratios import Ratio, keep
from benchmarks.serving import four_minutes
from mmc_core.audio import SR, open_audio
from mmc_core.audio.clip import first_clip, open_clip
from mmc_core.audio.degradations import encoded

MINUTES = 30
REPEATS = 5
RATE, BIT_RATE = 44_100, 128_000
CODECS = {"mp3": ("mp3", "libmp3lame"), "m4a": ("mp4", "aac")}


def main() -> None:
    asked = parser(__doc__).parse_args()
    minutes = 1 if asked.quick else MINUTES
    y = np.resize(four_minutes(), minutes * 60 * SR)
    ratios = []
    with tempfile.TemporaryDirectory() as folder:
        for kind in ("wav", "flac", "ogg", *CODECS):
            path = Path(folder) / f"song.{kind}"
            if kind in CODECS:
                path.write_bytes(encoded(y, *CODECS[kind], RATE, BIT_RATE))
            else:
                with soundfile.SoundFile(path, "w", SR, 1) as file:
                    for piece in np.array_split(y, minutes):  # all at once, libsndfile crashes
                        file.write(piece)
            open_clip(path)  # a decoder waits from now on
            began = cpu_s()
            for _ in range(REPEATS):
                clip = open_clip(path)
            between = cpu_s()
            whole = open_audio(path)
            _, expected = first_clip(whole)
            ours, theirs = (between - began) / REPEATS, cpu_s() - between
            assert np.array_equal(clip.audio.y, expected.y)
            print(f"{kind}: a length of {clip.file_s:.3f} s, {whole.duration_s:.3f} s decoded")
            what = f"the first clip of {minutes} minutes of {kind}"
            ratios.append(Ratio(what, ours, "all of it decoded", theirs, "s of CPU time"))
            path.unlink()
    keep(asked, ratios, machine("av", "soundfile"))


def cpu_s() -> float:
    """CPU seconds of this process and of its decoder, which waits."""
    children = (child.cpu_times() for child in psutil.Process().children())
    return time.process_time() + sum(each.user + each.system for each in children)


if __name__ == "__main__":
    main()
