"""What a file says of itself: artist, album, title, year, genre, track."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

LONGEST = 300  # characters of a tag
ROOM = 256 * 1024**2  # bytes that tags may take unpacked: a small file could say gigabytes

# What each format calls them: Vorbis, APE, and what mutagen makes easy; ID3 in WAV and AIFF; MP4;
# WMA. The first that is there counts.
NAMES = {
    "artist": ("artist", "TPE1", "\xa9ART", "Author", "albumartist"),
    "album": ("album", "TALB", "\xa9alb", "WM/AlbumTitle"),
    "title": ("title", "TIT2", "\xa9nam", "Title"),
    "genre": ("genre", "TCON", "\xa9gen", "WM/Genre"),
    "year": ("date", "year", "originaldate", "TDRC", "\xa9day", "WM/Year"),
    "track": ("tracknumber", "track", "TRCK", "trkn", "WM/TrackNumber"),
}


def read_tags(path: Path) -> dict[str, str | int]:
    """The tags that a file has, by the keys of `NAMES`; {} where none can be read.

    `year` and `track` are whole numbers; "3/12" is track 3.
    """
    import mutagen

    try:
        with bounded_memory(), path.open("rb") as file:
            tags = mutagen.File(file, easy=True)
            named = {name: _first(tags, keys) for name, keys in NAMES.items()} if tags else {}
    except Exception:  # a tag is no reason to lose a song, whatever mutagen makes of its bytes
        return {}
    found: dict[str, str | int] = {}
    for name, value in named.items():
        if name in ("year", "track"):
            number = re.search(r"\d{4}" if name == "year" else r"\d{1,4}", value)
            if number:
                found[name] = int(number[0])
        elif value:
            found[name] = value
    return found


def _first(tags: Any, keys: tuple[str, ...]) -> str:
    """The first tag of these names, as one line of text."""
    for key in keys:
        with suppress(KeyError, ValueError):  # what an easy view does not know
            value = tags[key]
            value = getattr(value, "text", value)  # a frame of ID3
            while isinstance(value, list | tuple) and value:
                value = value[0]
            text = str(value).encode("utf-8", "replace").decode()[:LONGEST]
            text = "".join(c if c.isprintable() else " " for c in text).strip()
            if text:
                return text
    return ""


@contextmanager
def bounded_memory() -> Iterator[None]:
    """No more than `ROOM` beside what this process has, where the system can tell and hold that."""
    try:
        import resource

        pages = int(Path("/proc/self/statm").read_text("ascii").split()[0])
    except (ImportError, OSError):
        yield
        return
    soft, hard = resource.getrlimit(resource.RLIMIT_AS)
    wanted = pages * resource.getpagesize() + ROOM
    if soft != resource.RLIM_INFINITY:
        wanted = min(wanted, soft)
    resource.setrlimit(resource.RLIMIT_AS, (wanted, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_AS, (soft, hard))
