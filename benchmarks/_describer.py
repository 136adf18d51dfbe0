"""A process that describes sounds when it is asked, and says what each cost.

`python -m benchmarks._describer ENGINE`: the path of a wav comes on a line of standard input; CPU
seconds (of user and system, all threads), wall seconds and the number of values go out as a line of
JSON. It runs in the environment of the engine, which need not have what this project needs.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable
from typing import Any

Describe = Callable[[str], int]  # a path to the number of values that describe it


def ours() -> Describe:
    from mmc_core.features import scalars

    return lambda path: len(scalars.describe(_samples(path)[0]))


def plain_librosa() -> Describe:
    from mmc_core.features import reference

    return lambda path: len(reference.describe(_samples(path)[0]))


def smile(feature_set: str) -> Describe:
    import opensmile

    extractor = opensmile.Smile(
        feature_set=opensmile.FeatureSet[feature_set],
        feature_level=opensmile.FeatureLevel.Functionals,
        num_workers=1,
    )
    return lambda path: int(extractor.process_signal(*_samples(path)).size)


def music_extractor() -> Describe:
    import essentia

    essentia.log.infoActive = essentia.log.warningActive = False
    import essentia.standard
    import numpy as np

    extractor = essentia.standard.MusicExtractor()

    def describe(path: str) -> int:
        pool, _ = extractor(path)
        values = (pool[name] for name in pool.descriptorNames() if "metadata" not in name)
        return sum(int(np.size(each)) for each in values)

    return describe


ENGINES: dict[str, Callable[[], Describe]] = {
    "mmc": ours,
    "librosa": plain_librosa,
    "eGeMAPSv02": lambda: smile("eGeMAPSv02"),
    "ComParE_2016": lambda: smile("ComParE_2016"),
    "MusicExtractor": music_extractor,
}


def _samples(path: str) -> tuple[Any, int]:
    import soundfile

    y, rate = soundfile.read(path, dtype="float32")
    return y, rate


def main() -> None:
    describe = ENGINES[sys.argv[1]]()
    for line in sys.stdin:
        cpu, wall = time.process_time(), time.perf_counter()
        n = describe(line.rstrip("\n"))
        cost = [time.process_time() - cpu, time.perf_counter() - wall, n]
        print(json.dumps(cost), flush=True)


if __name__ == "__main__":
    main()
