"""What 10,000, 1 million and 100 million songs take: storage, CPU hours, cost, what breaks first.

`python -m benchmarks.scale --measure benchmarks/scale.json` measures what a song takes, beside the
figures that `benchmarks.large_table` keeps there; `python -m benchmarks.scale --into docs/scale.md`
works the table out from them. A song is an mp3 of four minutes made of the samples, heard by the
best model that is here; fetch the AudioSet network before.
"""

from __future__ import annotations

import json
import re
import resource
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks._machine import machine, parser
from benchmarks.serving import SONG_S, four_minutes
from mmc_core import files, runs
from mmc_core.audio import SR, Audio
from mmc_core.audio.degradations import encoded
from mmc_core.features.embeddings import NETWORKS, embed, is_here
from mmc_core.features.extract import extract_file
from mmc_core.features.schema import ORIGINAL_57
from mmc_core.library.hearing import Task, features_version, hear, model_version
from mmc_core.library.journal import Journal, LibrarySong
from mmc_core.prediction.song import predict

SONGS = (10_000, 1_000_000, 100_000_000)
MEASURED = 5
ROWS = 2_000  # of the journal
KEPT = Path("benchmarks/scale.json")
MARKED = re.compile(r"(<!-- scale[^>]*-->\n).*?(<!-- end -->)", re.DOTALL)

# Assumed, of a large provider without a discount, November 2026.
CORE_HOUR_USD = 0.04
GB_MONTH_USD = 0.023  # of object storage


def main() -> None:
    options = parser(__doc__)
    options.add_argument("--measure", type=Path, metavar="JSON", help="where figures are kept")
    options.add_argument("--into", type=Path, metavar="MARKDOWN", help="whose table is made anew")
    asked = options.parse_args()
    if asked.measure or asked.quick:
        measured = measure(asked.quick)
        print(json.dumps(measured, indent=2))
        ratio = measured["hear_cpu_s"] / measured["features_cpu_s"]
        print(f"CPU of a whole song with its mood over that of its features, ratio {ratio:.2f}")
        print(machine("onnxruntime", "numpy"))
        if asked.measure:
            known = json.loads(asked.measure.read_text()) if asked.measure.exists() else {}
            files.write_json(known | {"song": measured}, asked.measure)
    if KEPT.exists() and not asked.measure:
        text = table(json.loads(KEPT.read_text()))
        print(text)
        if asked.into:
            files.write_text(put_into(asked.into.read_text(encoding="utf-8"), text), asked.into)


# ---- measured -----------------------------------------------------------------------------------


def measure(quick: bool) -> dict[str, Any]:
    """CPU seconds and bytes of a song."""
    seconds = 26 if quick else SONG_S
    y = four_minutes()[: seconds * SR]
    with tempfile.TemporaryDirectory() as folder:
        paths = []
        for i in range(1 + (1 if quick else MEASURED)):
            another = np.roll(y, i * SR)  # no two files are one
            paths.append(Path(folder) / f"{i}.mp3")
            paths[-1].write_bytes(encoded(another, "mp3", "libmp3lame", 44_100, 128_000))
        run = runs.find("best")
        by = features_version(), model_version(run)
        described = cpu_of(extract_file, paths)
        heard = cpu_of(lambda path: hear(Task(path, run, *by)), paths)
        rate, row = journal(hear(Task(paths[0], run, *by)), Path(folder) / "songs.sqlite")
        size = paths[0].stat().st_size
    sound = Audio(y)
    timeline = predict(sound, run, features=False).timeline
    return {
        "command": f"python -m benchmarks.scale --measure {KEPT}",
        "machine": machine("onnxruntime", "numpy"),
        "seconds": seconds,
        "model": run.name,
        "audio_bytes": size,
        "hear_cpu_s": heard,
        "features_cpu_s": described,
        "journal_rows_s": rate,
        "journal_bytes": row,
        "embedding_bytes": {
            name: int(embed(sound, name).values.nbytes) for name in NETWORKS if is_here(name)
        },
        "timeline_bytes": 8 * 4 * len(timeline),  # times, probabilities, arousal and valence
        "feature_bytes": 4 * len(ORIGINAL_57),
    }


def cpu_of(act: Callable[[Path], object], paths: Sequence[Path]) -> float:
    """CPU seconds a file, of this process and of those that decode; the first is not counted."""
    act(paths[0])
    before = used_s()
    for path in paths[1:]:
        act(path)
    return (used_s() - before) / len(paths[1:])


def used_s() -> float:
    children = resource.getrusage(resource.RUSAGE_CHILDREN)
    return time.process_time() + children.ru_utime + children.ru_stime


def journal(song: LibrarySong, path: Path) -> tuple[float, float]:
    """Rows a second that one process writes, and bytes of a row; of a song that was heard."""
    with Journal(path) as written:
        begin = time.perf_counter()
        for i in range(ROWS):
            written.save(replace(song, path=Path(f"/music/artist {i % 9}/album/{i}.mp3")))
        seconds = time.perf_counter() - begin
    return ROWS / seconds, path.stat().st_size / ROWS


# ---- worked out ---------------------------------------------------------------------------------


def table(measured: dict[str, Any]) -> str:
    """The table of the documentation."""
    song, large = measured["song"], measured.get("large_table")
    embeddings = sum(song["embedding_bytes"].values())
    hours = [n * song["hear_cpu_s"] / 3600 for n in SONGS]
    kept = ["journal_bytes", "feature_bytes", "timeline_bytes"]
    stored = [n * (embeddings + sum(song[name] for name in kept)) for n in SONGS]
    rows = {
        "audio, apart": [storage(n * song["audio_bytes"]) for n in SONGS],
        "journal": [storage(n * song["journal_bytes"]) for n in SONGS],
        "features, 57 in single precision": [storage(n * song["feature_bytes"]) for n in SONGS],
        "embeddings of every frame, if kept": [storage(n * embeddings) for n in SONGS],
        "moods over time, if kept": [storage(n * song["timeline_bytes"]) for n in SONGS],
        "CPU, features of 25.5 s": [span(n * song["features_cpu_s"] / 3600) for n in SONGS],
        "CPU, whole songs with mood": [span(each) for each in hours],
        "the same on 16 cores": [span(each / 16) for each in hours],
        "cost of that CPU": [f"{amount(each * CORE_HOUR_USD)} USD" for each in hours],
        "cost of storing all but audio, a month": [
            f"{amount(each / 1e9 * GB_MONTH_USD)} USD" for each in stored
        ],
        "cores that one writer of the journal serves": [
            amount(song["journal_rows_s"] * song["hear_cpu_s"])
        ]
        * len(SONGS),
    }
    if large:
        cpu = (large["copy_cpu_s"] + large["summary_cpu_s"]) / large["rows"]
        rows["CPU of a dataset's summary"] = [
            span(n * cpu / 3600) if n >= large["rows"] / 10 else "seconds" for n in SONGS
        ]
        a_clip = large["table_gb"] * 1e9 / large["rows"]
        rows["table of a dataset"] = [storage(n * a_clip) for n in SONGS]
    head = "| | " + " | ".join(f"{n:,} songs" for n in SONGS) + " |\n|---|---|---|---|\n"
    made = head + "".join(f"| {name} | {' | '.join(cells)} |\n" for name, cells in rows.items())
    return made + (f"\n{of_large(large)}\n" if large else "")


def of_large(large: dict[str, Any]) -> str:
    """What was measured of a table too large for memory, in a paragraph."""
    slowest = max(large["explore"], key=large["explore"].__getitem__)
    return (
        f"Measured of a dataset of {large['rows']:,} clips: checked and copied in "
        f"{large['copy_s']:.0f} s, summarised in {large['summary_s']:.0f} s "
        f"({large['summary_cpu_s']:.0f} s of CPU), in {large['build_peak_mb'] / 1000:.1f} GB of "
        f"memory; a change of feature on *Distributions* takes {large['redraw_ratio']:.2f} of what "
        f"it takes with 4QAED; the slowest of *Explore*'s queries ({slowest}) takes "
        f"{large['explore'][slowest]:.1f} s, in {large['explore_peak_mb'] / 1000:.1f} GB. "
        f"`{large['command']}`, on {large['machine']}."
    )


def storage(n_bytes: float) -> str:
    """
    >>> storage(2.34e9), storage(5e12)
    ('2.3 GB', '5 TB')
    """
    units = ("kB", "MB", "GB", "TB", "PB")
    power = min(max(int(np.log10(max(n_bytes, 1)) // 3), 1), len(units))
    return f"{amount(n_bytes / 1000**power)} {units[power - 1]}"


def span(hours: float) -> str:
    """
    >>> span(0.05), span(7.04), span(1200)
    ('3 min', '7 h', '50 days')
    """
    if hours < 1:
        return f"{amount(60 * hours)} min"
    return f"{amount(hours)} h" if hours < 100 else f"{amount(hours / 24)} days"


def amount(value: float) -> str:
    """Two significant digits.

    >>> amount(0.0123), amount(6.04), amount(1234)
    ('0.012', '6', '1,200')
    """
    rounded = float(f"{value:.2g}")
    return f"{rounded:,.0f}" if rounded == int(rounded) else f"{rounded:g}"


def put_into(text: str, made: str) -> str:
    return MARKED.sub(lambda marked: f"{marked[1]}\n{made}\n{marked[2]}", text)


if __name__ == "__main__":
    main()
