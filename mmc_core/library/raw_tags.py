"""ID3v2 and APEv2 tags as bytes, so that one field can be set and all else stays the same.

mutagen keeps one frame of those whose names, languages and descriptions are equal, drops empty
ones, and encodes the rest anew. Here frames and items are split from each other and put together
again, and only those of one field are made by mutagen or read by it.

https://id3.org/id3v2.4.0-structure, https://wiki.hydrogenaud.io/index.php?title=APEv2_specification
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from io import BytesIO
from os import SEEK_END
from pathlib import Path
from typing import IO, Any

FRAME = re.compile(rb"[A-Z][A-Z0-9]{2}[A-Z0-9 \0]")  # iTunes also writes names of three letters
ID3_HEAD = 10  # bytes, also of a frame's header and of a footer
ID3V1_BYTES = 128
UNSYNCHRONISED, EXTENDED, FOOTER = 0x80, 0x40, 0x10
KNOWN_FLAGS = {3: 0xE0, 4: 0xF0}  # by the version of ID3v2
MOST_ID3 = 1 << 28  # bytes; its size has 28 bits
PADDING = 1024  # bytes after a tag that has grown
APE_MARK = b"APETAGEX"
APE_HEAD = 32  # bytes, also of a footer
APE_HAS_HEADER, APE_IS_HEADER = 1 << 31, 1 << 29
BLOCK = 1 << 20  # bytes at a time


@dataclass(frozen=True)
class Frame:
    """A frame of ID3v2, with its bytes in the file."""

    id: bytes
    flags: bytes
    data: bytes


@dataclass
class ID3v2:
    """A tag of ID3v2.3 or 2.4.

    Args:
        has_synchsafe_sizes: whether sizes of frames have 7 bits per byte. They should in 2.4;
            iTunes has written others.
        size: of the tag in the file with its padding, in bytes; 0 if the file has no tag.
    """

    version: int = 4
    revision: int = 0
    flags: int = 0
    frames: list[Frame] = field(default_factory=list)
    has_synchsafe_sizes: bool = True
    size: int = 0

    def content(self) -> bytes:
        """Return the tag as bytes, of the size that it had if its frames fit in.

        Extended headers and footers are left out: they describe the old tag.

        Raises:
            ValueError: if it is too large.
        """
        encode = _synchsafe if self.has_synchsafe_sizes else _plain
        body = b"".join(
            frame.id + encode(len(frame.data)) + frame.flags + frame.data for frame in self.frames
        )
        if self._is_unsynchronised:
            body = re.sub(rb"\xff(?=[\0\xe0-\xff]|\Z)", b"\xff\0", body)
        room = self.size - ID3_HEAD
        body = body.ljust(room if room >= len(body) else len(body) + PADDING, b"\0")
        if len(body) >= MOST_ID3:
            raise ValueError("ID3 tags cannot be larger than 256 MB")
        flags = self.flags & ~(EXTENDED | FOOTER)
        return b"ID3" + bytes([self.version, self.revision, flags]) + _synchsafe(len(body)) + body

    def read_frame(self, frame: Frame) -> Any:
        """Return a frame as mutagen reads it; None if it cannot."""
        from mutagen.id3 import ID3

        alone = replace(self, frames=[frame], has_synchsafe_sizes=self.version == 4, size=0)
        frames = ID3(BytesIO(alone.content()), translate=False, load_v1=False).values()
        return next(iter(frames), None)

    def make_frames(self, *frames: Any) -> list[Frame]:
        """Return the bytes of mutagen's frames in a tag of this version, split into frames."""
        from mutagen.id3 import ID3

        tags, file = ID3(), BytesIO()
        for each in frames:
            tags.add(each)
        tags.save(file, v1=0, v2_version=self.version, v23_sep=None)
        file.seek(0)
        return read_id3(file).frames

    @property
    def _is_unsynchronised(self) -> bool:
        """Whether the bytes of all frames together are; in 2.4 those of each frame are."""
        return self.version == 3 and bool(self.flags & UNSYNCHRONISED)


def read_id3(file: IO[bytes]) -> ID3v2:
    """Return the ID3v2 tag that begins where a file stands; an empty one if none does.

    Raises:
        ValueError: if it is of another version, or is damaged.
    """
    head = file.read(ID3_HEAD)
    if len(head) < ID3_HEAD or not head.startswith(b"ID3"):
        return ID3v2()
    version, revision, flags = head[3:6]
    if version not in KNOWN_FLAGS:
        raise ValueError(f"ID3v2.{version} cannot be written; convert it to ID3v2.3 or 2.4 first")
    size = _from_synchsafe(head[6:])
    body = file.read(size or 0)
    if size is None or len(body) < size or flags & ~KNOWN_FLAGS[version]:
        raise ValueError("the header of their ID3 tag is damaged")
    tag = ID3v2(version, revision, flags, size=ID3_HEAD + size)
    tag.size += ID3_HEAD if flags & FOOTER else 0
    if tag._is_unsynchronised:
        body = body.replace(b"\xff\0", b"\xff")
    if flags & EXTENDED and not FRAME.match(body):  # some set the flag without such a header
        length = int.from_bytes(body[:4], "big")
        body = body[4 + length if version == 3 else length :]
    readers = (_from_plain,) if version == 3 else (_from_synchsafe, _from_plain)
    for reader in readers:
        frames = _split(body, reader)
        if frames is not None:
            tag.frames, tag.has_synchsafe_sizes = frames, reader is _from_synchsafe
            return tag
    raise ValueError("their ID3 tag has bytes that are no frame")


def _split(body: bytes, size_of: Callable[[bytes], int | None]) -> list[Frame] | None:
    """Return the frames in a tag; None if anything else than frames and padding is in it."""
    frames, start = [], 0
    while body[start : start + 1].strip(b"\0"):
        identifier, size = body[start : start + 4], size_of(body[start + 4 : start + 8])
        data_start = start + ID3_HEAD
        if size is None or data_start + size > len(body) or not FRAME.fullmatch(identifier):
            return None
        data = body[data_start : data_start + size]
        frames.append(Frame(identifier, body[start + 8 : data_start], data))
        start = data_start + size
    return None if body[start:].strip(b"\0") else frames


def _synchsafe(number: int) -> bytes:
    return bytes(number >> shift & 0x7F for shift in (21, 14, 7, 0))


def _from_synchsafe(four: bytes) -> int | None:
    if any(byte > 0x7F for byte in four):
        return None
    return sum(byte << shift for byte, shift in zip(four, (21, 14, 7, 0), strict=True))


def _plain(number: int) -> bytes:
    return number.to_bytes(4, "big")


def _from_plain(four: bytes) -> int:
    return int.from_bytes(four, "big")


@dataclass
class APEv2:
    """A tag of APE, version 1 or 2.

    Args:
        start, end: the place of the tag in the file.
        items: key, flags and value.
    """

    start: int
    end: int
    version: bytes
    has_header: bool
    items: list[tuple[str, bytes, bytes]]

    def content(self) -> bytes:
        """Return the tag as bytes."""
        body = b"".join(
            len(value).to_bytes(4, "little") + flags + key.encode("latin-1") + b"\0" + value
            for key, flags, value in self.items
        )
        size = len(body) + APE_HEAD
        numbers = size.to_bytes(4, "little") + len(self.items).to_bytes(4, "little")
        has_header = APE_HAS_HEADER if self.has_header else 0
        head, foot = (
            APE_MARK + self.version + numbers + flags.to_bytes(4, "little") + bytes(8)
            for flags in (has_header | APE_IS_HEADER, has_header)
        )
        return (head if self.has_header else b"") + body + foot


def read_ape(path: Path) -> APEv2 | None:
    """Return the APE tag at the end of a file, before ID3v1; None if the file has none.

    Raises:
        ValueError: if it is damaged.
    """
    with path.open("rb") as file:
        end = file.seek(0, SEEK_END) - len(id3v1(path))
        foot = _bytes_at(file, end - APE_HEAD, APE_HEAD)
        if not foot.startswith(APE_MARK):
            return None
        size, n, flags = (int.from_bytes(foot[i : i + 4], "little") for i in (12, 16, 20))
        has_header = bool(flags & APE_HAS_HEADER)
        start = end - size - (APE_HEAD if has_header else 0)
        body = _bytes_at(file, end - size, size)[:-APE_HEAD]
        head = _bytes_at(file, start, APE_HEAD)
    items, at = [], 0
    for _ in range(n):
        length = int.from_bytes(body[at : at + 4], "little")
        key, zero, _ = body[at + 8 : at + 8 + 256].partition(b"\0")
        value_start = at + 9 + len(key)
        if not zero or value_start + length > len(body):
            raise ValueError("their APE tag is damaged")
        value = body[value_start : value_start + length]
        items.append((key.decode("latin-1"), body[at + 4 : at + 8], value))
        at = value_start + length
    if at != len(body) or start < 0 or (has_header and not head.startswith(APE_MARK)):
        raise ValueError("their APE tag is damaged")
    return APEv2(start, end, foot[8:12], has_header, items)


def id3v1(path: Path) -> bytes:
    """Return the ID3v1 tag at the end of a file; no bytes if the file has no such tag."""
    with path.open("rb") as file:
        last = _bytes_at(file, file.seek(0, SEEK_END) - ID3V1_BYTES, ID3V1_BYTES)
    return last if last.startswith(b"TAG") else b""


def _bytes_at(file: IO[bytes], start: int, length: int) -> bytes:
    if start < 0:
        return b""
    file.seek(start)
    return file.read(length)


def splice(path: Path, start: int, end: int, content: bytes) -> None:
    """Put other bytes in place of those from `start` to `end` of a file."""
    with path.open("r+b") as file:
        size = file.seek(0, SEEK_END)
        shift = start + len(content) - end
        places = range(end, size, BLOCK) if shift else []
        for place in reversed(places) if shift > 0 else places:
            file.seek(place)
            block = file.read(BLOCK)[: size - place]
            file.seek(place + shift)
            file.write(block)
        file.seek(start)
        file.write(content)
        file.truncate(size + shift)
