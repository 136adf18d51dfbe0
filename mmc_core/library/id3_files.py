"""Moods in mp3, WAV and AIFF files: ID3v2, or APE in an mp3 without it."""

from __future__ import annotations

from io import BytesIO
from os import SEEK_END
from pathlib import Path
from typing import IO

from mmc_core.library import pieces
from mmc_core.library.file_tags import FIELDS, HIDES, MOOD, FileTags, join_values
from mmc_core.library.pieces import Piece
from mmc_core.library.raw_tags import APEv2, Frame, ID3v2, id3v1, read_ape, read_id3, splice

ID3_AT_END = b"3DI"
WAV_TEXTS, WAV_PROGRAM = b"INFO", b"ISFT"
AIFF_TEXTS = (b"NAME", b"AUTH", b"(c) ", b"ANNO")


class MP3Tags(FileTags):
    """ID3v2 in front of the sound of an mp3, or APE behind it; at the end there may be ID3v1."""

    def __init__(self, path: Path) -> None:
        super().__init__(path)
        with path.open("rb") as file:
            self._id3 = read_id3(file)
            self._further = []
            while (tag := read_id3(file)).size:
                self._further.append(tag)
                file.seek(self._id3.size + sum(each.size for each in self._further))
        self._ape = read_ape(path)
        self._has_ape = not self._id3.frames and self._ape is not None and bool(self._ape.items)
        self.may_be_decoded = self._has_ape
        if not self._id3.frames and not self._has_ape:
            _refuse_id3_at_end(path)
            self._id3.frames = _frames_of_id3v1(path, self._id3)  # which ID3v2 would hide

    def fields(self) -> dict[str, str]:
        return _ape_fields(self._ape) if self._has_ape else id3_fields(self._id3)

    def other_fields(self) -> list[dict[str, str]]:
        return [id3_fields(self._id3), _ape_fields(self._ape), *map(id3_fields, self._further)]

    def pieces(self) -> list[Piece]:
        end = self._ape.start if self._ape else None
        with self.path.open("rb") as file:
            sound = ("sound", pieces.digest(file, self._id3.size, end))
        items = self._ape.items if self._ape else []
        kept = [(key, flags + value) for key, flags, value in items if not _ape_field(key)]
        return [*_other_frames(self._id3), sound, *kept, ("ID3v1", id3v1(self.path))]

    def put(self, field: str, value: str) -> None:
        if self._has_ape and self._ape:
            items = [each for each in self._ape.items if _ape_field(each[0]) != field]
            name = "Mood" if field == MOOD else field
            self._ape.items = [*items, (name, bytes(4), value.encode())]
        else:
            _put_id3(self._id3, field, value)

    def write(self) -> None:
        if self._has_ape and self._ape:
            splice(self.path, self._ape.start, self._ape.end, self._ape.content())
        else:
            splice(self.path, 0, self._id3.size, self._id3.content())


class ChunkTags(FileTags):
    """ID3v2 in a chunk of a WAV or AIFF file."""

    def __init__(self, path: Path) -> None:
        super().__init__(path)
        with path.open("rb") as file:
            self._order = pieces.iff_order(file.read(4))
            self._size = file.seek(0, SEEK_END)
            self._chunks = pieces.chunks(file)
            self._chunk = next((c for c in self._chunks if c.id.lower() == b"id3 "), None)
            self._id3 = ID3v2()
            if self._chunk:
                file.seek(self._chunk.start)
                content = file.read(self._chunk.size)
                self._id3 = read_id3(BytesIO(content))
                if content[self._id3.size :].strip(b"\0"):
                    raise ValueError("their chunk has bytes that are no ID3 tag")
            if not self._id3.frames and _has_texts(file, self._chunks):
                self.why_left = HIDES.format("chunks of text", "ID3")

    def fields(self) -> dict[str, str]:
        return id3_fields(self._id3)

    def pieces(self) -> list[Piece]:
        with self.path.open("rb") as file:
            others = [
                (each.id.decode("latin-1"), pieces.digest(file, each.start, each.start + each.size))
                for each in self._chunks
                if each is not self._chunk
            ]
            after = ("after the chunks", pieces.digest(file, self._end))
        return [*_other_frames(self._id3), *others, after]

    def put(self, field: str, value: str) -> None:
        _put_id3(self._id3, field, value)

    def write(self) -> None:
        content = self._id3.content()
        content += bytes(len(content) % 2)
        identifier = self._chunk.id if self._chunk else self._new_id
        content = identifier + len(content).to_bytes(4, self._order) + content
        if self._chunk:
            start, end = self._chunk.start - 8, min(self._chunk.end, self._size)
        else:
            start = end = self._end
            content = bytes(self._end % 2) + content
        splice(self.path, start, end, content)
        all_bytes = self._end + len(content) - (end - start) - 8
        splice(self.path, 4, 8, all_bytes.to_bytes(4, self._order))

    @property
    def _end(self) -> int:
        """The place after the last chunk."""
        return min(self._chunks[-1].end if self._chunks else 12, self._size)

    @property
    def _new_id(self) -> bytes:
        return b"id3 " if self._order == "little" else b"ID3 "


def id3_fields(tag: ID3v2) -> dict[str, str]:
    fields = [_id3_field(tag, frame) for frame in tag.frames]
    return join_values(field for field in fields if field)


def _id3_field(tag: ID3v2, frame: Frame) -> tuple[str, str] | None:
    """Return which of `FIELDS` a frame is, and its text."""
    if frame.id not in (b"TMOO", b"TXXX"):
        return None
    read = tag.read_frame(frame)
    name = MOOD if frame.id == b"TMOO" else read.desc.upper() if read else ""
    text = "; ".join(map(str, read.text)) if read else frame.data.decode("latin-1")
    return (name, text) if name in FIELDS else None


def _other_frames(tag: ID3v2) -> list[Piece]:
    frames = [frame for frame in tag.frames if not _id3_field(tag, frame)]
    kept = [(frame.id.decode("latin-1"), frame.flags + frame.data) for frame in frames]
    return [("version of ID3", bytes([tag.version])), *kept]


def _put_id3(tag: ID3v2, field: str, value: str) -> None:
    from mutagen.id3 import TMOO, TXXX, Encoding

    others = [each for each in tag.frames if (_id3_field(tag, each) or ("", ""))[0] != field]
    encoding = Encoding.UTF8 if tag.version == 4 else Encoding.UTF16  # 2.3 has no UTF-8
    has_frame = field == MOOD and tag.version == 4
    made = TMOO(encoding, [value]) if has_frame else TXXX(encoding, field, [value])
    tag.frames = [*others, *tag.make_frames(made)]


def _frames_of_id3v1(path: Path, tag: ID3v2) -> list[Frame]:
    """Return what ID3v1 says as frames of ID3v2."""
    from mutagen.id3 import ID3

    content = id3v1(path)
    if not content:
        return []
    return tag.make_frames(*ID3(BytesIO(content), translate=False, v2_version=tag.version).values())


def _refuse_id3_at_end(path: Path) -> None:
    with path.open("rb") as file:
        end = file.seek(0, SEEK_END) - len(id3v1(path))
        file.seek(max(0, end - 10))
        if file.read(10).startswith(ID3_AT_END):
            raise ValueError("they are ID3 tags at its end, which tags in front would hide")


def _ape_fields(tag: APEv2 | None) -> dict[str, str]:
    items = tag.items if tag else []
    texts = [
        (key, "; ".join(value.decode("utf-8", "replace").split("\0"))) for key, _, value in items
    ]
    return join_values((_ape_field(key), text) for key, text in texts)


def _ape_field(key: str) -> str | None:
    return key.upper() if key.upper() in FIELDS else None


def _has_texts(file: IO[bytes], chunks: list[pieces.Chunk]) -> bool:
    """Return whether a WAV or AIFF file says of its song anything in chunks of text."""
    for chunk in chunks:
        file.seek(chunk.start)
        if chunk.id in AIFF_TEXTS and file.read(chunk.size).strip(b"\0 "):
            return True
        if chunk.id == b"LIST" and file.read(4) == WAV_TEXTS:
            names = {each.id for each in pieces.inner_chunks(file, chunk)}
            if names - {WAV_PROGRAM}:
                return True
    return False
