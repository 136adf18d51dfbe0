"""Files of sound taken apart into named pieces, without the library that writes their tags.

A file whose tags were written is compared to the old file, piece by piece. Each function yields
names and contents: of a tag, its name after `TAG`; of all else, such as sound and pictures, its
place in the file. Left out are padding, sizes, and numbers of pages, which move with the tags.
"""

from __future__ import annotations

import hashlib
import struct
from collections.abc import Iterator
from dataclasses import dataclass, field
from os import SEEK_END
from typing import IO, Literal

Piece = tuple[str, bytes]
Order = Literal["little", "big"]
TAG = "tag "
BLOCK = 1 << 20  # bytes at a time

COMMENTS, FLAC_PADDING = 4, 1  # types of flac's blocks
# How streams of ogg begin, and bytes before the comments in their second packet.
OGG_COMMENTS = {b"\x01vorbis": 7, b"OpusHead": 8, b"\x7fFLAC": 4, b"Speex   ": 0}
OGG_NO_TIMES = (bytes(8), b"\xff" * 8)  # of pages with headers, or in the middle of a packet

MP4_CONTAINERS = (b"moov", b"udta", b"trak", b"mdia", b"minf", b"stbl", b"meta", b"ilst")
MP4_OFFSETS = {b"stco": 4, b"co64": 8}  # tables of places in the file, and bytes of a place
MP4_PROBE = 16  # bytes at a place that are compared

ASF_HEADER = bytes.fromhex("3026b2758e66cf11a6d900aa0062ce6c")
ASF_EXTENSION = bytes.fromhex("b503bf5f2ea9cf118ee300c00c205365")
ASF_PADDING = bytes.fromhex("74d40618dfca0945a4ba9aabcb96aae8")
ASF_DESCRIPTION = bytes.fromhex("3326b2758e66cf11a6d900aa0062ce6c")
ASF_EXTENDED = bytes.fromhex("40a4d0d207e3d21197f000a0c95ea850")
ASF_METADATA = bytes.fromhex("eacbf8c5af5b77488467aa8c44fa4cca")
ASF_LIBRARY = bytes.fromhex("941c23449894d149a1411d134e457054")
ASF_TITLES = ("Title", "Author", "Copyright", "Description", "Rating")
ASF_BOOL = 2


@dataclass(frozen=True)
class Chunk:
    """A chunk of a WAV or AIFF file.

    Args:
        start: place of its content.
        size: of its content, in bytes.
    """

    id: bytes
    start: int
    size: int

    @property
    def end(self) -> int:
        """The place after its content and what makes its length even."""
        return self.start + self.size + self.size % 2


def digest(file: IO[bytes], start: int, end: int | None = None) -> bytes:
    """Return the SHA-256 of the bytes of a file from `start` to `end`, or to the file's end."""
    end = file.seek(0, SEEK_END) if end is None else end
    file.seek(start)
    hashed = hashlib.sha256()
    while start < end and (block := file.read(min(BLOCK, end - start))):
        hashed.update(block)
        start += len(block)
    return hashed.digest()


def chunks(file: IO[bytes]) -> list[Chunk]:
    """Return the chunks of a WAV or AIFF file.

    Raises:
        ValueError: if their sizes are not those of the file.
    """
    size = file.seek(0, SEEK_END)
    file.seek(0)
    order = iff_order(head := file.read(12))
    end = 8 + int.from_bytes(head[4:8], order)
    if end > size + 1:  # the last byte may be missing that makes a length even
        raise ValueError("the sizes of its chunks are not those of the file")
    return _chunks(file, 12, end, order)


def inner_chunks(file: IO[bytes], chunk: Chunk) -> list[Chunk]:
    """Return the chunks within a list of a WAV file."""
    return _chunks(file, chunk.start + 4, chunk.start + chunk.size, "little")


def _chunks(file: IO[bytes], at: int, end: int, order: Order) -> list[Chunk]:
    found = []
    while at + 8 <= end:
        file.seek(at)
        head = file.read(8)
        chunk = Chunk(head[:4], at + 8, int.from_bytes(head[4:], order))
        if chunk.start + chunk.size > end:
            break
        found.append(chunk)
        at = chunk.end
    if not end <= at <= end + 1:
        raise ValueError("the sizes of its chunks are not those of the file")
    return found


def iff_order(head: bytes) -> Order:
    """Return the order of the bytes of numbers in a WAV or AIFF file, of which `head` begins."""
    return "little" if head.startswith(b"RIFF") else "big"


def comments(data: bytes) -> Iterator[Piece]:
    """Yield the Vorbis comments in a block, who wrote them, and what follows them."""
    size = int.from_bytes(data[:4], "little")
    yield "vendor", data[4 : 4 + size]
    at = 8 + size
    for _ in range(int.from_bytes(data[4 + size : at], "little")):
        size = int.from_bytes(data[at : at + 4], "little")
        comment = data[at + 4 : at + 4 + size]
        if at + 4 + size > len(data):
            raise ValueError("its comments are damaged")
        yield TAG + comment.partition(b"=")[0].decode("latin-1"), comment
        at += 4 + size
    yield "after the comments", data[at:].rstrip(b"\0")


def flac(file: IO[bytes]) -> Iterator[Piece]:
    """Yield the pieces of a flac file."""
    start = file.read(1 << 20).find(b"fLaC")
    yield "before flac", digest(file, 0, start)
    at, is_last = start + 4, False
    while not is_last:
        file.seek(at)
        head = file.read(4)
        if len(head) < 4:
            raise ValueError("its blocks are damaged")
        is_last, kind = bool(head[0] & 0x80), head[0] & 0x7F
        data = file.read(int.from_bytes(head[1:], "big"))
        at += 4 + len(data)
        if kind == COMMENTS:
            yield from comments(data)
        elif kind != FLAC_PADDING:
            yield f"block {kind}", data
    yield "sound", digest(file, at)


@dataclass
class _Stream:
    """A stream of an ogg file that is being read."""

    hashed: hashlib._Hash = field(default_factory=hashlib.sha256)
    n_packets: int = 0
    comments_at: int | None = None
    packet: bytes = b""

    def add(self, part: bytes, *, is_last: bool) -> Iterator[Piece]:
        """Add a part of a packet; yield the comments if it ends and has any."""
        self.packet += part
        if not is_last:
            return
        if self.n_packets == 0:
            starts = OGG_COMMENTS.items()
            self.comments_at = next((n for at, n in starts if self.packet.startswith(at)), None)
        if self.n_packets == 1 and self.comments_at is not None:
            yield from comments(self.packet[self.comments_at :])
        else:
            self.hashed.update(len(self.packet).to_bytes(8, "big") + self.packet)
        self.n_packets, self.packet = self.n_packets + 1, b""


def ogg(file: IO[bytes]) -> Iterator[Piece]:
    """Yield the pieces of an ogg file: comments, and packets with their times, by stream."""
    file.seek(0)
    streams: dict[bytes, _Stream] = {}
    while head := file.read(27):
        if len(head) < 27 or not head.startswith(b"OggS"):
            raise ValueError("its pages are damaged")
        stream = streams.setdefault(head[14:18], _Stream())
        for length in file.read(head[26]):
            yield from stream.add(file.read(length), is_last=length < 255)
        if head[6:14] not in OGG_NO_TIMES:
            stream.hashed.update(head[6:14])
    for serial, stream in streams.items():
        yield f"stream {serial.hex()}", stream.hashed.digest() + stream.packet


def mp4(file: IO[bytes]) -> Iterator[Piece]:
    """Yield the pieces of an MP4 file: its atoms. Tables of places are what lies there."""
    yield from _atoms(file, 0, file.seek(0, SEEK_END), "")


def _atoms(file: IO[bytes], at: int, end: int, within: str) -> Iterator[Piece]:
    while at + 8 <= end:
        file.seek(at)
        head = file.read(16)
        size, name, start = int.from_bytes(head[:4], "big"), head[4:8], at + 8
        if size == 1:
            size, start = int.from_bytes(head[8:], "big"), at + 16
        size = size or end - at
        if at + size > end or at + size < start:
            raise ValueError("the sizes of its atoms are not those of the file")
        place = f"{within}/{name.decode('latin-1')}"
        if within.endswith("/ilst"):
            file.seek(start)
            data = file.read(at + size - start)
            yield TAG + (_free_name(data) if name == b"----" else place), data
        elif name in MP4_CONTAINERS:
            has_version = name == b"meta" and not any(_read(file, start, start + 4))
            yield from _atoms(file, start + 4 * has_version, at + size, place)
        elif name in MP4_OFFSETS:
            yield place, _places(file, _read(file, start, at + size), MP4_OFFSETS[name])
        elif name not in (b"free", b"skip") and not _is_handler_of_tags(file, name, start):
            yield place, digest(file, start, at + size)
        at += size


def _is_handler_of_tags(file: IO[bytes], name: bytes, start: int) -> bool:
    """Return whether an atom is the handler of iTunes' tags, which is made with the first tag."""
    return name == b"hdlr" and _read(file, start + 8, start + 16) == b"mdirappl"


def _free_name(data: bytes) -> str:
    """Return the name of an atom `----`, such as `----:com.apple.iTunes:MOOD`."""
    names, at = list[str](), 0
    while len(names) < 2 and at < len(data):
        size = int.from_bytes(data[at : at + 4], "big")
        names.append(data[at + 12 : at + size].decode("utf-8", "replace"))
        at += size or len(data)
    return ":".join(["----", *names])


def _places(file: IO[bytes], table: bytes, width: int) -> bytes:
    places = (int.from_bytes(table[i : i + width], "big") for i in range(8, len(table), width))
    hashed = hashlib.sha256(table[:8])
    for place in places:
        hashed.update(_read(file, place, place + MP4_PROBE))
    return hashed.digest()


def _read(file: IO[bytes], start: int, end: int) -> bytes:
    file.seek(start)
    return file.read(end - start)


def asf(file: IO[bytes]) -> Iterator[Piece]:
    """Yield the pieces of an ASF file: its objects, and the fields in four of them."""
    file.seek(0)
    head = file.read(30)
    size = int.from_bytes(head[16:24], "little")
    if not head.startswith(ASF_HEADER) or size < 30:
        raise ValueError("its header is damaged")
    yield from _objects(_read(file, 30, size))
    yield "sound", digest(file, size)


def _objects(data: bytes) -> Iterator[Piece]:
    at = 0
    while at < len(data):
        guid, size = data[at : at + 16], int.from_bytes(data[at + 16 : at + 24], "little")
        if size < 24 or at + size > len(data):
            raise ValueError("its header is damaged")
        content = data[at + 24 : at + size]
        if guid == ASF_EXTENSION:
            yield guid.hex(), content[:18]
            yield from _objects(content[22:])
        elif guid == ASF_DESCRIPTION:
            yield from _asf_titles(content)
        elif guid in (ASF_EXTENDED, ASF_METADATA, ASF_LIBRARY):
            yield from _asf_fields(content, guid == ASF_EXTENDED)
        elif guid != ASF_PADDING:
            yield guid.hex(), content
        at += size


def _asf_titles(content: bytes) -> Iterator[Piece]:
    at = 10
    for name, size in zip(ASF_TITLES, struct.unpack_from("<5H", content), strict=True):
        if size:
            yield _asf_field(name, 0, b"", content[at : at + size])
        at += size


def _asf_fields(content: bytes, is_extended: bool) -> Iterator[Piece]:
    """Yield the fields of an object; in which of the four they are does not count."""
    at, where = 2, b""
    for _ in range(int.from_bytes(content[:2], "little")):
        if is_extended:
            (name_size,) = struct.unpack_from("<H", content, at)
            kind, size = struct.unpack_from("<HH", content, at + 2 + name_size)
            name_at, value_at = at + 2, at + 6 + name_size
        else:
            where = content[at : at + 4]  # language and stream
            name_size, kind, size = struct.unpack_from("<HHI", content, at + 4)
            name_at, value_at = at + 12, at + 12 + name_size
        at = value_at + size
        if at > len(content):
            raise ValueError("its header is damaged")
        name = content[name_at : name_at + name_size].decode("utf-16-le", "replace").rstrip("\0")
        yield _asf_field(name, kind, where if any(where) else b"", content[value_at:at])


def _asf_field(name: str, kind: int, where: bytes, value: bytes) -> Piece:
    if kind == 0:  # a text, which may end in a zero
        value = value.removesuffix(b"\0\0")
    if kind == ASF_BOOL:  # of two or four bytes
        value = value.rstrip(b"\0")
    return TAG + name, bytes([kind]) + where + b":" + value
