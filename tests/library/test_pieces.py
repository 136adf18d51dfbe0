"""What is held to each other of a file before and after its tags are written, by format."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import mutagen
import pytest
from mutagen.asf import ASF
from mutagen.asf._attrs import ASFBoolAttribute, ASFByteArrayAttribute, ASFUnicodeAttribute
from mutagen.flac import FLAC

from mmc_core.library.pieces import comments
from mmc_core.library.tag_formats import read_tags
from mmc_core.library.tagging import Tagging, tag, wanted
from mmc_core.library.undo import TagJournal, undo
from tests.support.tagged import answer, song


def write(path: Path, **options: Any) -> Tagging:
    with TagJournal() as journal:
        return tag(path, lambda _: answer(), journal, **options)


def assert_written_and_undone(path: Path, **options: Any) -> None:
    """Tag a file, hold what is in it to what was, and undo it."""
    before = path.read_bytes()
    pieces = read_tags(path).pieces()
    done = write(path, **options)
    assert done.error is None
    assert done.differences
    assert read_tags(path).pieces() == pieces
    assert read_tags(path).fields() == wanted(answer())
    with TagJournal() as journal:
        for change in journal.changes():
            undo(change, journal)
    assert path.read_bytes() == before


def lengthened(content: bytes, *names: bytes, by: int) -> bytes:
    """An MP4 file whose atoms of these names, each in the one before, have grown."""
    at = 0
    for name in names:
        at = content.index(name, at) - 4
        size = int.from_bytes(content[at : at + 4], "big") + by
        content = content[:at] + size.to_bytes(4, "big") + content[at + 4 :]
        at += 8
    return content


def atom(name: bytes, content: bytes) -> bytes:
    return (len(content) + 8).to_bytes(4, "big") + name + content


def data(kind: int, content: bytes) -> bytes:
    return atom(b"data", kind.to_bytes(4, "big") + bytes(4) + content)


@pytest.mark.parametrize("kind", ["flac", "ogg", "opus"])
def test_comments_of_one_name_stay_in_their_order(kind: str, tmp_path: Path) -> None:
    path = song(tmp_path / f"song.{kind}")
    media = mutagen.File(path)
    pairs = [("ARTIST", "One"), ("comment", "first"), ("Artist", "Two"), ("COMMENT", "first")]
    media.tags.extend([*pairs, ("ARTIST", "One")])
    media.save()
    assert_written_and_undone(path)


def test_blocks_of_flac_stay(tmp_path: Path) -> None:
    path = song(tmp_path / "song.flac")
    content = path.read_bytes()
    info, rest = content[4:42], content[42:]
    blocks = b"".join(
        bytes([kind]) + len(data).to_bytes(3, "big") + data
        for kind, data in [(2, b"abcd1"), (2, b"abcd2"), (77, b"of no standard"), (2, b"abcd1")]
    )
    path.write_bytes(b"fLaC" + info + blocks + rest + b"after the sound")
    assert FLAC(path).tags is not None
    assert_written_and_undone(path)


def test_what_follows_the_comments_of_opus_stays(tmp_path: Path) -> None:
    path = song(tmp_path / "song.opus")
    media = mutagen.File(path)
    media.tags._pad_data = b"\1kept by what the standard says"
    media.save()
    assert b"\1kept" in dict(read_tags(path).pieces())["after the comments"]
    assert_written_and_undone(path)


def test_comments_that_are_not_unicode_are_kept_or_the_file_is_named(tmp_path: Path) -> None:
    path = song(tmp_path / "song.flac")
    flac = FLAC(path)
    flac["TITLE"] = "Caf?"
    flac.save()
    path.write_bytes(before := path.read_bytes().replace(b"Caf?", b"Caf\xe9"))
    assert "song.flac" in str(write(path).error)
    assert path.read_bytes() == before


@pytest.mark.parametrize(
    "data", [bytes(4) + b"\2", b"\1\0\0\0v\xff\xff\xff\xff", b"\0\0\0\0\1\0\0\0\x09\0\0\0A=B"]
)
def test_comments_that_end_too_early_are_damaged(data: bytes) -> None:
    with pytest.raises(ValueError, match="damaged"):
        list(comments(data))


def test_atoms_of_mp4_stay(tmp_path: Path) -> None:
    """Also those that mutagen reads and would make anew, or would put together."""
    path = song(tmp_path / "song.m4a")
    mean, name = atom(b"mean", bytes(4) + b"org.example"), atom(b"name", bytes(4) + b"NAME")
    atoms = b"".join(
        [
            atom(b"gnre", data(0, b"\0\x12")),
            atom(b"disk", data(0, b"\0\0\0\1\0\2\0\0")),
            atom(b"\xa9nam", data(1, b"One")),
            atom(b"\xa9nam", data(1, b"Two")),
            atom(b"----", mean + name + data(1, b"first")),
            atom(b"----", mean + name + data(1, b"second")),
            atom(b"----", mean + name + data(1, b"a") + data(1, b"b")),
            atom(b"ABCD", b"of no standard"),
        ]
    )
    media = mutagen.File(path)
    media["\xa9ART"] = ["Artist"]
    media.save(padding=lambda _: 0)
    content = path.read_bytes()
    at = content.index(b"ilst")
    end = at - 4 + int.from_bytes(content[at - 4 : at], "big")
    assert content.index(b"mdat") < at  # so that no place in the file changes
    content = lengthened(content, b"moov", b"udta", b"meta", b"ilst", by=len(atoms))
    path.write_bytes(content[:end] + atoms + content[end:])
    assert_written_and_undone(path)


@pytest.mark.parametrize("is_fast", [False, True])
def test_mp4_without_tags_or_with_the_sound_at_its_end(is_fast: bool, tmp_path: Path) -> None:
    import av

    source, path = song(tmp_path / "source.m4a"), tmp_path / "song.m4a"
    options = {"movflags": "+faststart"} if is_fast else {}
    with av.open(source) as media, av.open(path, "w", options=options) as out:
        stream = out.add_stream_from_template(media.streams.audio[0])
        for packet in media.demux():
            if packet.dts is not None:
                packet.stream = stream
                out.mux(packet)
    if not is_fast:
        path.write_bytes(path.read_bytes().replace(b"udta", b"free"))
    assert_written_and_undone(path)


def test_fields_of_asf_stay(tmp_path: Path) -> None:
    path = song(tmp_path / "song.wma")
    media: Any = ASF(path)
    media.tags.extend(
        [
            ("Author", ASFUnicodeAttribute("One")),
            ("Author", ASFUnicodeAttribute("Two")),
            ("WM/Genre", ASFUnicodeAttribute("One")),
            ("WM/Genre", ASFUnicodeAttribute("One")),
            ("IsVBR", ASFBoolAttribute(True)),
            ("IsVBR", ASFBoolAttribute(False)),
            ("Of a stream", ASFByteArrayAttribute(b"\1\2", stream=1)),
            ("WM/Picture", ASFByteArrayAttribute(bytes(70_000))),
        ]
    )
    media.save()
    assert_written_and_undone(path)


@pytest.mark.parametrize(
    ("kind", "name"),
    [
        ("flac", "mood"),
        ("ogg", "Mood"),
        ("opus", "mood"),
        ("m4a", "----:com.apple.iTunes:mood"),
        ("m4a", "----:com.apple.iTunes:Mood"),
        ("wma", "WM/MOOD"),
        ("wma", "Mood"),
    ],
)
def test_a_persons_mood_of_any_case_is_kept(kind: str, name: str, tmp_path: Path) -> None:
    path = song(tmp_path / f"song.{kind}")
    media = mutagen.File(path)
    values: list[Any] = ["Dreamy", "Calm"]
    media[name] = [value.encode() for value in values] if kind == "m4a" else values
    media.save()
    assert "Dreamy; Calm" in str(write(path).left)
    assert_written_and_undone(path, overwrite=True)
