"""Tags as five formats have them, and what no file may make of them."""

from __future__ import annotations

import struct
import zlib
from pathlib import Path
from typing import Any

import mutagen
import pytest
from mutagen.apev2 import APEv2
from mutagen.id3 import ID3, TALB, TCON, TDOR, TDRC, TIT2, TPE1, TRCK, MakeID3v1

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


def ape(path: Path, **values: str) -> Path:
    tags = APEv2()
    for name, value in values.items():
        tags[name.replace("_", " ")] = value
    tags.save(path)
    return path


def chunk(name: bytes, content: bytes, order: str = "<") -> bytes:
    return name + struct.pack(f"{order}I", len(content)) + content + bytes(len(content) % 2)


@pytest.mark.parametrize("kind", ["mp3", "aac"])
def test_apev2_is_read(kind: str, tmp_path: Path) -> None:
    path = song(tmp_path, "mp3").rename(tmp_path / f"song.{kind}")
    values = {"Artist": "Æther & Söhne", "Album": "An album", "Title": "A title", "Genre": "Jazz"}
    assert read_tags(ape(path, **values, Year="1967", Track="3/12")) == EXPECTED


def test_a_field_comes_from_the_first_system_that_has_it(tmp_path: Path) -> None:
    path = written(song(tmp_path, "mp3"), {"title": "of ID3v2"})
    ape(path, Title="of APEv2", Artist="of APEv2, longer than the thirty bytes of ID3v1")
    v1 = {"TIT2": TIT2(text=["of ID3v1"]), "TPE1": TPE1(text=["of ID3v1"])}
    path.write_bytes(path.read_bytes() + MakeID3v1({**v1, "TALB": TALB(text=["of ID3v1"])}))
    assert read_tags(path) == {
        "title": "of ID3v2",
        "artist": "of APEv2, longer than the thirty bytes of ID3v1",
        "album": "of ID3v1",
    }


def test_id3_before_flac_is_read_where_flac_has_no_such_tag(tmp_path: Path) -> None:
    path = written(song(tmp_path, "flac"), {"title": "of Vorbis"})
    frames = {"TIT2": TIT2(encoding=3, text=["of ID3"]), "TPE1": TPE1(encoding=3, text=["of ID3"])}
    tags = ID3()
    for frame in frames.values():
        tags.add(frame)
    tags.save(tmp_path / "tag")
    path.write_bytes((tmp_path / "tag").read_bytes() + path.read_bytes())
    assert read_tags(path) == {"title": "of Vorbis", "artist": "of ID3"}


@pytest.mark.parametrize("encoding", ["utf-8", "latin-1"])
@pytest.mark.parametrize("is_first", [False, True])
def test_a_wavs_info_is_read(encoding: str, is_first: bool, tmp_path: Path) -> None:
    path = song(tmp_path, "wav")
    names = {"IART": EXPECTED["artist"], "IPRD": EXPECTED["album"], "INAM": EXPECTED["title"]}
    names |= {"IGNR": EXPECTED["genre"], "ICRD": "1967-05-01", "ITRK": "3"}
    texts = [chunk(k.encode(), f"{v}\0".encode(encoding)) for k, v in names.items()]
    info = chunk(b"LIST", b"INFO" + b"".join(texts))
    head, chunks = path.read_bytes()[:12], path.read_bytes()[12:]
    path.write_bytes(head + (info + chunks if is_first else chunks + info))
    assert read_tags(path) == EXPECTED


def test_an_aiffs_chunks_are_read(tmp_path: Path) -> None:
    path = song(tmp_path, "aiff")
    texts = chunk(b"NAME", b"A title", ">") + chunk(b"AUTH", "Æther & Söhne".encode(), ">")
    path.write_bytes(path.read_bytes() + texts)
    assert read_tags(path) == {"title": "A title", "artist": "Æther & Söhne"}


@pytest.mark.parametrize(
    "content",
    [
        b"RIFF\xff\xff\xff\xffWAVE" + b"LIST\xff\xff\xff\xffINFOINAM\xff\xff\xff\x7fx",
        b"RIFF\0\0\0\0WAVE" + bytes(80_000),
        b"FORM\0\0\0\0AIFFNAME",
        b"RIFF",
    ],
)
def test_damaged_chunks_harm_nothing(content: bytes, tmp_path: Path) -> None:
    (tmp_path / "a.wav").write_bytes(content)
    assert read_tags(tmp_path / "a.wav") in ({}, {"title": "x"})


@pytest.mark.parametrize("kind", ["mp3", "flac", "ogg", "m4a"])
def test_an_albums_artist_is_read(kind: str, tmp_path: Path) -> None:
    path = written(song(tmp_path, kind), {"artist": "A singer", "albumartist": "A band"})
    assert read_tags(path) == {"artist": "A singer", "album_artist": "A band"}
    path = written(song(tmp_path, kind), {"albumartist": "A band"})
    assert read_tags(path) == {"artist": "A band", "album_artist": "A band"}


@pytest.mark.parametrize("kind", ["flac", "m4a"])
def test_a_compilation_is_of_various_artists(kind: str, tmp_path: Path) -> None:
    path = written(song(tmp_path, kind), {"artist": "A singer"})
    file: Any = mutagen.File(path)
    name, value = ("cpil", True) if kind == "m4a" else ("COMPILATION", "1")
    file.tags[name] = value
    file.save()
    assert read_tags(path) == {"artist": "A singer", "album_artist": "Various Artists"}


@pytest.mark.parametrize(
    ("date", "original", "year"),
    [
        ("0000", None, None),
        ("0000-00-00", "1967-05-01", 1967),
        ("9999", "1967", 1967),
        ("2019", "1967", 2019),
        ("01/05/1967", None, 1967),
        ("soon", None, None),
    ],
)
@pytest.mark.parametrize("kind", ["flac", "mp3"])
def test_a_year_is_one_that_can_be(
    kind: str, date: str, original: str | None, year: int | None, tmp_path: Path
) -> None:
    path = song(tmp_path, kind)
    if kind == "flac":
        written(path, {"date": date} | ({"originaldate": original} if original else {}))
    else:
        tags = ID3()
        tags.add(TDRC(encoding=3, text=[date]))
        if original:
            tags.add(TDOR(encoding=3, text=[original]))
        tags.save(path)
    assert read_tags(path).get("year") == year


@pytest.mark.parametrize(
    "title",
    ["می\u200cخواهم زنده بمانم", "👨\u200d👩\u200d👧 family", "❤\ufe0f", "夜　明け", "क्\u200dष"],
)
def test_what_joins_letters_stays(title: str, tmp_path: Path) -> None:
    assert read_tags(written(song(tmp_path, "flac"), {"title": title}))["title"] == title


@pytest.mark.parametrize("character", ["\x1b", "\x85", "\u2028", "\u202e", "\u2066", "\ufdd0"])
def test_what_is_not_printed_goes(character: str, tmp_path: Path) -> None:
    path = written(song(tmp_path, "flac"), {"title": f"a{character}b"})
    assert read_tags(path)["title"] == "a b"
