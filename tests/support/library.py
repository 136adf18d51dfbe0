"""Folders of short songs, and what a scan made of them."""

from __future__ import annotations

import random
import sqlite3
from contextlib import closing
from dataclasses import asdict, replace
from pathlib import Path

import numpy as np

from mmc_core.library.file_state import read_content
from mmc_core.library.journal import Journal, LibrarySong
from mmc_core.moods import NAMES
from mmc_core.prediction.result import Features
from tests.support.sounds import encode

KINDS = ("wav", "flac", "ogg", "mp3", "m4a")


def write_songs(folder: Path, n: int, seconds: tuple[float, float] = (2.0, 4.0)) -> list[Path]:
    """Chords of their own over a beat, in five formats, in folders of ten."""
    made = np.random.default_rng(0)
    paths = []
    for i in range(n):
        kind = KINDS[i % len(KINDS)]
        path = folder / f"album {i // 10}" / f"song {i:03}.{kind}"
        path.parent.mkdir(parents=True, exist_ok=True)
        t = np.arange(round(22_050 * made.uniform(*seconds))) / 22_050
        frequencies = made.uniform(80, 1200, size=3)
        y = np.sin(2 * np.pi * t[:, None] * frequencies).mean(axis=1) * (1 + np.sin(20 * t)) / 4
        path.write_bytes(encode(y[:, None].astype(np.float32), 22_050, kind))
        paths.append(path)
    return sorted(paths)


def rows(journal: Path, *, missing: bool = False) -> list[LibrarySong]:
    """All that a journal knows."""
    with Journal(journal) as opened:
        return list(opened.songs(missing=missing))


def n_done(journal: Path) -> int:
    """How many files a scan in another process has written so far."""
    try:
        with closing(sqlite3.connect(f"{journal.as_uri()}?mode=ro", uri=True)) as db:
            return int(db.execute("select count(*) from songs").fetchone()[0])
    except sqlite3.OperationalError:  # there is none yet
        return 0


def moments_to_kill(n: int, kills: int) -> list[tuple[int, float]]:
    """After how many of n files, and how many seconds more, a scan is killed: all along its way."""
    moments = random.Random(0)
    return [(k * n // (kills + 1), moments.uniform(0.0, 0.3)) for k in range(kills)]


def differences(one: list[LibrarySong], other: list[LibrarySong]) -> list[str]:
    """In which rows two libraries differ; numbers may in their last digits, as a sum depends on
    the order of its terms.
    """
    if [song.path for song in one] != [song.path for song in other]:
        return ["paths"]
    return [a.path.name for a, b in zip(one, other, strict=True) if _rounded(a) != _rounded(b)]


def _rounded(song: LibrarySong) -> LibrarySong:
    def near(values: Features) -> Features:
        return {k: v if isinstance(v, str) else float(f"{v:.3g}") for k, v in values.items()}

    return replace(
        song,
        features=near(song.features),
        probabilities={k: round(v, 3) for k, v in (song.probabilities or {}).items()},
        arousal=round(song.arousal or 0, 3),
        valence=round(song.valence or 0, 3),
    )


def made_song(i: int, **values: object) -> LibrarySong:
    """A song of the i-th mood that nobody heard."""
    mood = NAMES[i % 4]
    p = {name: 0.7 if name == mood else 0.1 for name in NAMES}
    song = LibrarySong(
        path=Path(f"/music/artist {i % 5}/song {i:04}.mp3"),
        size=1000 + i,
        mtime_ns=i,
        sha256=f"{i:064x}",
        duration_s=180.0 + i,
        model="4qaed-probe-musicnn",
        mood=mood,
        probabilities=p,
        arousal=(0.6, 0.6, -0.6, -0.6)[i % 4],
        valence=(0.6, -0.6, -0.6, 0.6)[i % 4],
        mood_set=[mood],
        shares=p,
        mood_changes=i % 7,
        artist=f"Artist {i % 5}",
        album=f"Album {i % 9}",
        title=f"Song {i}",
        year=1990 + i % 30,
    )
    return replace(song, **values)  # type: ignore[arg-type]


def song_of(path: Path, i: int = 0, **values: object) -> LibrarySong:
    """Return the row of a file as a scan writes it, with a mood that nobody computed."""
    content = read_content(path)
    assert content
    state, sha256 = content
    return made_song(i, **{"path": path, "sha256": sha256, **asdict(state), **values})
