"""Tags as five formats have them, and what no file may make of them."""

from __future__ import annotations

import zlib
from pathlib import Path
from typing import Any

import mutagen
import pytest
from mutagen.id3 import TALB, TCON, TDRC, TIT2, TPE1, TRCK

from mmc_core.library.song_tags import LONGEST, read_tags
from tests.support.sounds import encode, tone

EXPECTED = {
    "artist": "Æther & Söhne",
    "album": "An album",
    "title": "A title",
    "genre": "Jazz",
    "year": 1967,
    "track": 3,
}


def song(folder: Path, kind: str) -> Path:
    path = folder / f"song.{kind}"
    path.write_bytes(encode(tone(1.2, 48_000), 48_000, kind))
    return path


def written(path: Path, values: dict[str, str]) -> Path:
    """With tags as mutagen's own easy view, or ID3's frames, has them."""
    file: Any = mutagen.File(path, easy=True)
    if file.tags is None:
        file.add_tags()
    if path.suffix in (".wav", ".aiff"):
        frames: dict[str, Any] = {"artist": TPE1, "album": TALB, "title": TIT2, "genre": TCON}
        frames |= {"date": TDRC, "tracknumber": TRCK}
        for name, value in values.items():
            file.tags.add(frames[name](encoding=3, text=[value]))
    elif path.suffix == ".wma":
        names = {"artist": "Author", "title": "Title", "album": "WM/AlbumTitle"}
        names |= {"genre": "WM/Genre", "date": "WM/Year", "tracknumber": "WM/TrackNumber"}
        for name, value in values.items():
            file.tags[names[name]] = [value]
    else:
        for name, value in values.items():
            file.tags[name] = value
    file.save()
    return path


@pytest.mark.parametrize("kind", ["mp3", "flac", "ogg", "opus", "m4a", "wav", "aiff", "wma"])
def test_tags_are_read(kind: str, tmp_path: Path) -> None:
    values = {name: str(EXPECTED[name]) for name in ("artist", "album", "title", "genre")}
    path = written(song(tmp_path, kind), values | {"date": "1967-05-01", "tracknumber": "3/12"})
    assert read_tags(path) == EXPECTED


def test_a_file_without_tags_or_sound_has_none(tmp_path: Path) -> None:
    assert read_tags(song(tmp_path, "wav")) == {}
    (tmp_path / "no.mp3").write_bytes(b"no sound")
    assert read_tags(tmp_path / "no.mp3") == {}
    assert read_tags(tmp_path / "nothing.mp3") == {}


def test_long_and_unprintable_tags_are_cut_to_a_line(tmp_path: Path) -> None:
    path = written(song(tmp_path, "flac"), {"title": "a\nb\x1b[2J" + "x" * 1000, "date": "soon"})
    tags = read_tags(path)
    title = str(tags["title"])
    assert title.startswith("a b [2J") and len(title) <= LONGEST
    assert "year" not in tags


def test_a_small_tag_does_not_unpack_to_gigabytes(tmp_path: Path) -> None:
    """A frame of text, compressed as ID3v2.4 allows: half a megabyte that is 512 MB."""
    if not Path("/proc/self/statm").exists():
        pytest.skip("memory is bounded on Linux only")
    packer = zlib.compressobj(9)
    packed = b"".join(packer.compress(b"\x03" + b"x" * (2**20 - 1)) for _ in range(512))
    packed += packer.flush()
    data = _synchsafe(2**28 - 1) + packed
    frame = b"TIT2" + _synchsafe(len(data)) + b"\x00\x09" + data  # compressed, with its length
    tag = b"ID3\x04\x00\x00" + _synchsafe(len(frame)) + frame
    path = tmp_path / "bomb.mp3"
    path.write_bytes(tag + encode(tone(1.2), 44_100, "mp3"))
    assert read_tags(path).get("title") is None


def _synchsafe(n: int) -> bytes:
    return bytes((n >> shift) & 0x7F for shift in (21, 14, 7, 0))
