"""ID3v2 and APE tags as bytes: only our fields change, in whatever tag players read first."""

from __future__ import annotations

import re
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from mutagen import apev2, id3

from mmc_core.library import tagging
from mmc_core.library.raw_tags import BLOCK, read_ape, read_id3, splice
from mmc_core.library.tag_formats import read_moods, read_tags
from mmc_core.library.tagging import Tagging, tag, wanted
from mmc_core.library.undo import TagJournal, undo
from mmc_core.moods import NAMES
from tests.support.tagged import answer, song

ID3V1 = b"TAG" + b"Old title".ljust(30, b"\0") + b"Old artist".ljust(30, b"\0") + bytes(65)


def synchsafe(number: int) -> bytes:
    return bytes(number >> shift & 0x7F for shift in (21, 14, 7, 0))


def id3_tag(
    version: int, *frames: tuple[bytes, bytes], flags: int = 0, before: bytes = b""
) -> bytes:
    """An ID3v2 tag of frames without flags, made without the code that is tested."""
    size = synchsafe if version == 4 else lambda n: n.to_bytes(4, "big")
    body = before + b"".join(name + size(len(data)) + bytes(2) + data for name, data in frames)
    if version == 3 and flags & 0x80:
        body = re.sub(rb"\xff(?=[\0\xe0-\xff]|\Z)", b"\xff\0", body)
    return b"ID3" + bytes([version, 0, flags]) + synchsafe(len(body)) + body


def ape_tag(**items: bytes) -> bytes:
    body = b"".join(
        len(value).to_bytes(4, "little") + bytes(4) + key.encode() + b"\0" + value
        for key, value in items.items()
    )
    numbers = (2000, len(body) + 32, len(items))
    head, foot = (
        b"APETAGEX" + b"".join(n.to_bytes(4, "little") for n in (*numbers, flags)) + bytes(8)
        for flags in (0xA0000000, 0x80000000)
    )
    return head + body + foot


@pytest.fixture(scope="session")
def sound(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """An mp3 without tags."""
    path = song(tmp_path_factory.mktemp("sound") / "song.mp3")
    id3.delete(path)
    return path.read_bytes()


def write(path: Path, **options: Any) -> Tagging:
    with TagJournal() as journal:
        return tag(path, lambda _: answer(), journal, **options)


def assert_undone(path: Path, before: bytes) -> None:
    with TagJournal() as journal:
        for change in journal.changes():
            undo(change, journal)
    assert path.read_bytes() == before


def frames_in(path: Path) -> list[tuple[bytes, bytes]]:
    with path.open("rb") as file:
        return [(frame.id, frame.data) for frame in read_id3(file).frames]


TWICE = [
    (b"TPE1", b"\0One"),
    (b"COMM", b"\0eng\0first"),
    (b"COMM", b"\0eng\0second"),
    (b"USLT", b"\0eng\0verse"),
    (b"USLT", b"\0eng\0chorus"),
    (b"POPM", b"a@example.org\0\xff\0\0\0\1"),
    (b"POPM", b"a@example.org\0\x80\0\0\0\2"),
    (b"GEOB", b"\0text/plain\0f\0d\0A"),
    (b"GEOB", b"\0text/plain\0f\0d\0B"),
    (b"PRIV", b"owner\0A"),
    (b"PRIV", b"owner\0A"),
    (b"TPE1", b"\0Another"),
    (b"TALB", b""),  # which mutagen leaves out
    (b"XABC", b"of no standard"),
    (b"TSIZ", b"\x00123"),
]


@pytest.mark.parametrize("version", [3, 4])
def test_frames_with_equal_keys_all_stay(version: int, sound: bytes, tmp_path: Path) -> None:
    path = tmp_path / "song.mp3"
    path.write_bytes(before := id3_tag(version, *TWICE) + sound + ID3V1)
    assert write(path).differences
    assert frames_in(path)[: len(TWICE)] == TWICE
    assert read_tags(path).fields() == wanted(answer())
    assert path.read_bytes().endswith(sound + ID3V1)
    assert_undone(path, before)


@pytest.mark.parametrize(("kind", "chunk"), [("wav", b"id3 "), ("wav", b"ID3 "), ("aiff", b"ID3 ")])
def test_frames_and_chunks_of_wav_and_aiff_stay(kind: str, chunk: bytes, tmp_path: Path) -> None:
    path = song(tmp_path / f"song.{kind}")
    order: Any = "little" if kind == "wav" else "big"
    before = path.read_bytes()
    content = id3_tag(3, *TWICE)
    odd = b"bext" + (5).to_bytes(4, order) + b"12345\0"  # twice, as a check by names would miss
    added = odd + chunk + len(content).to_bytes(4, order) + content + bytes(len(content) % 2) + odd
    size = len(before) - 8 + len(added)
    path.write_bytes(before := before[:4] + size.to_bytes(4, order) + before[8:] + added + b"after")
    assert write(path).differences
    after = path.read_bytes()
    assert after.count(odd) == 2
    assert after.endswith(odd + b"after")
    assert int.from_bytes(after[4:8], order) == len(after) - len(b"after") - 8
    at = after.index(b"ID3\3")
    assert [(each.id, each.data) for each in read_id3(BytesIO(after[at:])).frames][
        : len(TWICE)
    ] == TWICE
    assert read_tags(path).fields() == wanted(answer())
    assert_undone(path, before)


names = st.sampled_from([b"TIT2", b"TXXX", b"COMM", b"APIC", b"PRIV", b"WXXX", b"GEOB", b"ZZZZ"])
contents = st.binary(max_size=300) | st.binary(max_size=40).map(lambda data: b"\0" + data)
frames = st.lists(st.tuples(names, contents), max_size=12)


@given(frames=frames, version=st.sampled_from([3, 4]), is_unsynchronised=st.booleans())
@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_random_frames_stay_byte_by_byte(
    frames: list[tuple[bytes, bytes]],
    version: int,
    is_unsynchronised: bool,
    sound: bytes,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(tagging, "same_sound", lambda *_: True)  # decodes
    path = tmp_path / "song.mp3"
    flags = 0x80 if is_unsynchronised and version == 3 else 0
    path.write_bytes(before := id3_tag(version, *frames, flags=flags) + sound)
    assert write(path).differences
    kept = frames_in(path)[: len(frames)]
    assert kept == frames
    assert read_tags(path).fields() == wanted(answer())
    assert path.read_bytes().endswith(sound)
    assert_undone(path, before)


def test_odd_headers_are_read(sound: bytes, tmp_path: Path) -> None:
    path = tmp_path / "song.mp3"
    title = (b"TIT2", b"\0Title")
    extended = {3: (6).to_bytes(4, "big") + bytes(6), 4: synchsafe(6) + b"\1\0"}
    for content in (
        id3_tag(3, title, flags=0x40, before=extended[3]),
        id3_tag(4, title, flags=0x40, before=extended[4]),
        id3_tag(4, title, flags=0x40),  # as one program wrote it: the flag alone
        id3_tag(4, title, flags=0x10) + b"3DI" + id3_tag(4, title, flags=0x10)[3:10],
        id3_tag(4, title) + bytes(500),  # padding that its size does not count
        id3_tag(3, title) + id3_tag(4, (b"TIT2", b"\0Second tag")),
    ):
        path.write_bytes(before := content + sound)
        assert write(path).differences, content
        assert frames_in(path)[0] == title
        assert path.read_bytes().endswith(sound)
        assert read_tags(path).fields() == wanted(answer())
        assert_undone(path, before)


def test_sizes_that_itunes_wrote_stay_readable(sound: bytes, tmp_path: Path) -> None:
    """Frames of ID3v2.4 with sizes of 8 bits per byte."""
    path = tmp_path / "song.mp3"
    body = b"".join(
        name + len(data).to_bytes(4, "big") + bytes(2) + data
        for name, data in [(b"TIT2", b"\0" + b"x" * 300), (b"TALB", b"\0" + b"y" * 200)]
    )
    path.write_bytes(before := b"ID3\4\0\0" + synchsafe(len(body)) + body + sound)
    assert write(path).differences
    assert id3.ID3(path)["TALB"].text == ["y" * 200]
    assert id3.ID3(path)["TMOO"].text == [NAMES[0]]
    assert_undone(path, before)


@pytest.mark.parametrize(
    "content",
    [
        b"ID3\3\0\0" + synchsafe(1 << 27) + b"TIT2",
        id3_tag(3, (b"tit2", b"\0Title")),
        id3_tag(4, (b"TIT2", b"\0Title"), flags=0x0F),
        b"ID3\3\0\0" + synchsafe(30) + b"TIT2\0\0\0\x02\0\0\0A" + bytes(4) + b"no frame at all.",
        b"ID3\5\0\0" + synchsafe(10) + bytes(10),
    ],
)
def test_tags_that_are_not_understood_are_named(
    content: bytes, sound: bytes, tmp_path: Path
) -> None:
    path = tmp_path / "song.mp3"
    path.write_bytes(before := content + sound)
    assert "song.mp3" in str(write(path).error)
    assert path.read_bytes() == before


@pytest.mark.parametrize("end", [b"", ID3V1])
def test_a_mood_goes_into_the_ape_tag_of_a_file_without_id3v2(
    end: bytes, sound: bytes, tmp_path: Path
) -> None:
    path = tmp_path / "song.mp3"
    items = {"Artist": b"One\0Another", "Title": b"Title", "Odd": bytes(range(128))}
    path.write_bytes(before := sound + ape_tag(**items) + end)
    assert write(path).differences
    after = path.read_bytes()
    assert after.startswith(sound)
    assert after.endswith(end)
    assert apev2.APEv2(path)["mood"] == NAMES[0]
    tags = read_ape(path)
    assert tags
    assert {key: value for key, _, value in tags.items[:3]} == items
    assert read_tags(path).fields() == wanted(answer())
    assert write(path).left == "it has these tags already"
    assert_undone(path, before)


def test_id3v1_is_copied_where_id3v2_would_hide_it(sound: bytes, tmp_path: Path) -> None:
    path = tmp_path / "song.mp3"
    path.write_bytes(before := sound + ID3V1)
    assert write(path).differences
    tags = id3.ID3(path, load_v1=False)
    assert tags["TIT2"].text == ["Old title"]
    assert tags["TPE1"].text == ["Old artist"]
    assert path.read_bytes().endswith(sound + ID3V1)
    assert_undone(path, before)


@pytest.mark.parametrize(
    ("head", "end"),
    [
        (id3_tag(4, (b"TMOO", b"\3Dreamy")), b""),
        (id3_tag(4, (b"TMOO", b"\3Dreamy\0Calm")), b""),
        (id3_tag(4, (b"TMOO", b"\3Happy"), (b"TMOO", b"\3Dreamy")), b""),
        (id3_tag(4, (b"TXXX", b"\3mood\0Dreamy")), b""),
        (id3_tag(3, (b"TXXX", b"\0Mood\0Dreamy")), b""),
        (id3_tag(3, (b"TMOO", b"\0Dreamy")), b""),
        (id3_tag(3, (b"TIT2", b"\0x")) + id3_tag(3, (b"TMOO", b"\0Dreamy")), b""),
        (b"", ape_tag(MOOD=b"Dreamy\0Calm")),
        (id3_tag(4, (b"TIT2", b"\3x")), ape_tag(mood=b"Dreamy") + ID3V1),
    ],
)
def test_a_persons_mood_is_found_wherever_it_is(
    head: bytes, end: bytes, sound: bytes, tmp_path: Path
) -> None:
    path = tmp_path / "song.mp3"
    path.write_bytes(before := head + sound + end)
    assert any("Dreamy" in mood for mood, _ in read_moods(path))
    assert "Dreamy" in str(write(path).left)
    assert path.read_bytes() == before
    assert write(path, overwrite=True).differences
    assert read_tags(path).fields() == wanted(answer())
    assert_undone(path, before)


def test_an_id3_tag_at_the_end_of_a_file_is_named(sound: bytes, tmp_path: Path) -> None:
    path = tmp_path / "song.mp3"
    end = id3_tag(4, (b"TIT2", b"\0Title"), flags=0x10)
    path.write_bytes(sound + end + b"3DI" + end[3:10])
    assert "at its end" in str(write(path).error)


@pytest.mark.parametrize(
    ("kind", "chunk"),
    [("wav", b"LIST\x12\0\0\0INFOINAM\5\0\0\0Song\0\0"), ("aiff", b"NAME\0\0\0\4Song")],
)
def test_chunks_of_text_are_not_hidden(kind: str, chunk: bytes, tmp_path: Path) -> None:
    path = song(tmp_path / f"song.{kind}")
    order: Any = "little" if kind == "wav" else "big"
    before = path.read_bytes()
    size = (len(before) - 8 + len(chunk)).to_bytes(4, order)
    path.write_bytes(before := before[:4] + size + before[8:] + chunk)
    assert "would hide" in str(write(path).left)
    assert path.read_bytes() == before


def test_tags_of_flac_that_comments_would_hide_are_left(tmp_path: Path) -> None:
    from mutagen.flac import FLAC

    path = song(tmp_path / "song.flac")
    flac = FLAC(path)
    flac.clear()
    flac.save()
    plain = path.read_bytes()
    path.write_bytes(id3_tag(4, (b"TIT2", b"\3Title")) + plain)
    assert "would hide" in str(write(path).left)
    flac = FLAC(path)
    flac["TITLE"] = "Title"
    flac.save()
    before = path.read_bytes()
    assert write(path).differences
    assert path.read_bytes().startswith(id3_tag(4, (b"TIT2", b"\3Title")))
    assert_undone(path, before)


@pytest.mark.parametrize("length", [0, 3, BLOCK + 5, 2 * BLOCK])
@pytest.mark.parametrize("content", [b"", b"abc", b"x" * (BLOCK + 9)])
def test_bytes_are_spliced(length: int, content: bytes, tmp_path: Path) -> None:
    path = tmp_path / "file"
    tail = bytes(i % 251 for i in range(length))
    path.write_bytes(b"head" + b"abc" + tail)
    splice(path, 4, 7, content)
    assert path.read_bytes() == b"head" + content + tail
