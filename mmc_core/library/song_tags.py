"""The tags of a sound file: artist, album, title, year, genre, track.

A file may have several systems of tags. They are read in the order in which TagLib's readers take
them (the format's own, ID3v2, APEv2, the chunks of wav and aiff, ID3v1): a field comes from the
first that has it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from io import SEEK_END
from pathlib import Path
from typing import Any, BinaryIO, Literal

from mmc_core.wording import without_controls

LONGEST = 300  # characters of a tag
ROOM = 256 * 1024**2  # bytes that tags may take unpacked: a small file could say gigabytes
MOST_CHUNKS = 1000  # of a wav or an aiff
ID3V1_BYTES = 128
YEARS = range(1000, 2100)  # a year outside is none, such as 0000

# What each system calls them: Vorbis and APE; ID3; MP4; WMA; chunks of wav and aiff. Of one system,
# the first that is there counts.
NAMES = {
    "artist": ("artist", "TPE1", "\xa9ART", "Author", "IART", "AUTH"),
    "album_artist": ("albumartist", "album artist", "TPE2", "aART", "WM/AlbumArtist"),
    "album": ("album", "TALB", "\xa9alb", "WM/AlbumTitle", "IPRD"),
    "title": ("title", "TIT2", "\xa9nam", "Title", "INAM", "NAME"),
    "genre": ("genre", "TCON", "\xa9gen", "WM/Genre", "IGNR"),
    "year": (
        *("date", "year", "originaldate", "originalyear", "TDRC", "TDOR", "\xa9day", "WM/Year"),
        *("WM/OriginalReleaseYear", "ICRD"),
    ),
    "track": ("tracknumber", "track", "TRCK", "trkn", "WM/TrackNumber", "ITRK", "IPRT"),
}
COMPILATION = ("compilation", "TCMP", "cpil", "WM/IsCompilation")
VARIOUS_ARTISTS = "Various Artists"  # the album's artist by the convention of MusicBrainz


def read_tags(path: Path) -> dict[str, str | int]:
    """Return the tags of a file by the keys of `NAMES`; {} if none can be read.

    `year` and `track` are whole numbers: "3/12" is track 3, and the year is the first number of
    `YEARS` in a date. If the artist is missing, the album's is the artist; a compilation without an
    album's artist is of `VARIOUS_ARTISTS`.
    """
    try:
        with bounded_memory(), path.open("rb") as file:
            systems = [tags for read in _SYSTEMS if (tags := _try(read, file))]
            texts = {name: list(_texts(systems, keys)) for name, keys in NAMES.items()}
            is_compilation = next(_texts(systems, COMPILATION), "") in ("1", "True")
    except (OSError, MemoryError):
        return {}
    found: dict[str, str | int | None]
    found = {name: each[0] if each else None for name, each in texts.items()}
    found["artist"] = found["artist"] or found["album_artist"]
    if is_compilation and not found["album_artist"]:
        found["album_artist"] = VARIOUS_ARTISTS
    found["year"] = next(_numbers(texts["year"], r"\d{4}", YEARS), None)
    found["track"] = next(_numbers(texts["track"], r"\d{1,4}", range(10_000)), None)
    return {name: value for name, value in found.items() if value is not None}


def _try(read: Callable[[BinaryIO], Any], file: BinaryIO) -> Any:
    """Return what a reader finds, None if it fails: a tag is no reason to lose a song."""
    file.seek(0)
    with suppress(Exception):  # whatever mutagen makes of the bytes
        return read(file)
    return None


def _own(file: BinaryIO) -> Any:
    """Return the tags of a file's format; of mp3 and others that have none of their own, None."""
    import mutagen
    from mutagen.id3 import ID3FileType

    media = mutagen.File(file)
    return None if media is None or isinstance(media, ID3FileType) else media.tags


def _id3v2(file: BinaryIO) -> Any:
    from mutagen.id3 import ID3

    return ID3(file, load_v1=False)


def _apev2(file: BinaryIO) -> Any:
    from mutagen.apev2 import APEv2

    return APEv2(file)


def _id3v1(file: BinaryIO) -> Any:
    from mutagen.id3 import ParseID3v1

    file.seek(-ID3V1_BYTES, SEEK_END)
    return ParseID3v1(file.read())


def _chunk_texts(file: BinaryIO) -> dict[str, str]:
    """Return the texts of a wav's list INFO, or of an aiff's chunks, by the chunks' names."""
    head = file.read(12)
    order: Literal["big", "little"] = "big" if head[:4] in (b"FORM", b"RIFX") else "little"
    if head[:4] not in (b"FORM", b"RIFX", b"RIFF", b"RF64", b"BW64"):
        return {}
    found = {}
    for name, start, end in _chunks(file, 12, file.seek(0, SEEK_END), order):
        if name in ("NAME", "AUTH"):
            found[name] = _chunk_text(file, start, end)
        elif name == "LIST" and _read(file, start, start + 4) == b"INFO":
            for each, at, to in _chunks(file, start + 4, end, order):
                found[each] = _chunk_text(file, at, to)
    return found


def _chunks(
    file: BinaryIO, start: int, end: int, order: Literal["big", "little"]
) -> Iterator[tuple[str, int, int]]:
    """Yield the name of each chunk between two bytes of a file, and where its content lies."""
    for _ in range(MOST_CHUNKS):
        head = _read(file, start, min(start + 8, end))
        if len(head) < 8:
            return
        start += 8
        size = int.from_bytes(head[4:], order)
        yield head[:4].decode("latin-1"), start, min(start + size, end)
        start += size + size % 2


def _chunk_text(file: BinaryIO, start: int, end: int) -> str:
    content = _read(file, start, min(end, start + 4 * LONGEST)).partition(b"\0")[0]
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError:
        return content.decode("latin-1")


def _read(file: BinaryIO, start: int, end: int) -> bytes:
    file.seek(start)
    return file.read(end - start)


_SYSTEMS = (_own, _id3v2, _apev2, _chunk_texts, _id3v1)


def _texts(systems: Iterable[Mapping[str, Any]], keys: Iterable[str]) -> Iterator[str]:
    """Yield the first text of each of these tags, as one line, those of the first system first."""
    for tags in systems:
        for key in keys:
            with suppress(KeyError, ValueError):  # a name that the system lacks, or cannot have
                value = tags[key]
                value = getattr(value, "genres", getattr(value, "text", value))  # a frame of ID3
                while isinstance(value, list | tuple) and value:
                    value = value[0]
                text = str(value).partition("\0")[0][:LONGEST]
                if text := without_controls(text, " ").strip():
                    yield text


def _numbers(texts: Iterable[str], pattern: str, usual: range) -> Iterator[int]:
    """Yield the numbers in texts that are as large as is usual."""
    for text in texts:
        yield from (n for n in map(int, re.findall(pattern, text)) if n in usual)


@contextmanager
def bounded_memory() -> Iterator[None]:
    """Let this process take `ROOM` more memory at most, if the system can tell and hold that."""
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
