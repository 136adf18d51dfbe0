"""Moods into tags: killed and resumed, undone, how long a file takes, and in how little room.

`python -m benchmarks.tagging [--music FOLDER]`: 200 songs of 20 s in eight formats, or copies of a
folder's songs, whose tags are written while the process is killed ten times at random moments.
"""

from __future__ import annotations

import os
import shutil
import tempfile
import time
from pathlib import Path

from benchmarks._machine import machine, parser
from mmc_core.audio.folders import search
from mmc_core.library.tag_formats import read_tags
from mmc_core.library.tagging import same_sound, tag, wanted
from mmc_core.library.undo import TagJournal, undo
from tests.support.tagged import KINDS, answer, killed_and_resumed, sha256, song

SONGS = 200
KILLS = 10


def main() -> None:
    arguments = parser(__doc__)
    arguments.add_argument("--music", type=Path, help="a folder of songs, which are copied")
    asked = arguments.parse_args()
    n, kills = (16, 2) if asked.quick else (SONGS, KILLS)
    with tempfile.TemporaryDirectory() as folder:
        music, originals = Path(folder) / "music", Path(folder) / "originals"
        music.mkdir()
        _fill(music, asked.music, n, 2.0 if asked.quick else 20.0)
        shutil.copytree(music, originals)
        os.environ["MMC_TAG_JOURNAL"] = str(Path(folder) / "tags.sqlite")
        before = {path.name: sha256(path) for path in music.iterdir()}
        killed_and_resumed(music, kills, max(1, n // kills - 1))
        _report(music, originals, before)
        _time(music, originals)
    print(machine("mutagen", "av", "soundfile"))


def _fill(music: Path, source: Path | None, n: int, seconds: float) -> None:
    if source is None:
        for i in range(n):
            song(music / f"{i:03d}.{KINDS[i % len(KINDS)]}", 200.0 + 5 * i, seconds)
        return
    for i, path in enumerate(search(source).files[:n]):
        shutil.copyfile(path, music / f"{i:03d}{path.suffix}")


def _report(music: Path, originals: Path, before: dict[str, str]) -> None:
    with TagJournal() as journal:
        runs = journal.runs()
        room = sum(len(change.delta.content) for change in journal.changes())
        print(f"killed and resumed: {list(runs.values())} files by each process")
        tagged = [name for name in before if read_tags(music / name).fields() == wanted(answer())]
        same = sum(same_sound(music / name, originals / name) for name in before)
        print(f"{len(tagged)} of {len(before)} files have their tags, {same} the same samples")
        for change in journal.changes():
            undo(change, journal)
    undone = sum(sha256(music / name) == digest for name, digest in before.items())
    left = sorted(path.name for path in music.iterdir()) == sorted(before)
    print(f"{undone} of {len(before)} files undone to the byte, nothing else left: {left}")
    size = sum(path.stat().st_size for path in originals.iterdir())
    print(f"what undoes them takes {1000 * room / size:.2f} ‰ of their {size / 1e6:.0f} MB")


def _time(music: Path, originals: Path) -> None:
    with TagJournal() as journal:
        start = time.perf_counter()
        n = sum(
            bool(tag(path, lambda _: answer(), journal).differences) for path in music.iterdir()
        )
        wrote = time.perf_counter() - start
        start = time.perf_counter()
        for change in journal.changes():
            undo(change, journal)
    undid = time.perf_counter() - start
    size = sum(path.stat().st_size for path in originals.iterdir()) / n / 1e6
    print(
        f"a file of {size:.1f} MB: {1000 * wrote / n:.0f} ms to tag, {1000 * undid / n:.0f} to undo"
    )


if __name__ == "__main__":
    main()
