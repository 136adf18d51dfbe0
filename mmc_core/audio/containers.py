"""What a file is and where its sound begins, known by its bytes and never by its name."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TypeAlias

from mmc_core.audio.frames import chained

MAX_TAGS = 16
SEARCHED = 2**20  # bytes after the tags in which sound is looked for
PIECE = 2**18  # bytes read at a time
FORMATS = "mp3, m4a, wav, flac, ogg, opus, aac, wma, aiff, webm"
USABLE = " or ".join(FORMATS.rsplit(", ", 1))


@dataclass(frozen=True)
class Container:
    """How to open a kind of file: by libsndfile if it knows it, else by FFmpeg under a name.

    FFmpeg is told the name so that it cannot take a file for a playlist of others. `chain` is how
    each of several streams in a row begins, of containers in which players go on to the next.
    """

    ffmpeg: str
    sndfile: bool = True
    chain: bytes = b""


OGG = Container("ogg", chain=rb"OggS\0[\x02\x06]")  # a page that begins a stream
FLAC = Container("flac", chain=rb"fLaC[\0\x80]\0\0\x22")  # its first block is of 34 bytes
WAV = Container("wav")
# libsndfile cuts an mp3 of variable bitrate without an index short, spoils the seams of blocks
# (it is seeked after each), and prints of errors. FFmpeg's samples are the same to 2e-6.
MP3 = Container("mp3", sndfile=False)
AAC = Container("aac", sndfile=False)
AC3 = Container("ac3", sndfile=False)
AIFF = Container("aiff")
ASF = Container("asf", sndfile=False)
MATROSKA = Container("matroska", sndfile=False)
MOV = Container("mov", sndfile=False)
FRAMED = {"mp3": MP3, "aac": AAC, "ac3": AC3}  # a frame begins with two bytes that junk may have

SIGNATURES: tuple[tuple[bytes, Container], ...] = (
    (rb"(RIFF|RIFX|RF64|BW64).{4}WAVE", WAV),
    (rb"riff\x2e\x91\xcf\x11", Container("w64")),
    (rb"FORM.{4}AIF[FC]", AIFF),
    (rb"fLaC", FLAC),
    (rb"OggS", OGG),
    (rb"caff", Container("caf")),
    (rb"\.snd", Container("au")),
    (rb".{4}ftyp|\0.{3}(moov|mdat|wide)", MOV),
    (rb"\x30\x26\xb2\x75\x8e\x66\xcf\x11", ASF),
    (rb"\x1a\x45\xdf\xa3", MATROSKA),
    (rb"RIFF.{4}AVI ", Container("avi", sndfile=False)),
    (rb"FLV\x01", Container("flv", sndfile=False)),
    (rb"\0\0\x01\xba", Container("mpeg", sndfile=False)),
    (rb"(G.{187}){4}", Container("mpegts", sndfile=False)),
    (rb"wvpk", Container("wv", sndfile=False)),
    (rb"MAC ", Container("ape", sndfile=False)),
    (rb"TTA1", Container("tta", sndfile=False)),
    (rb"#!AMR", Container("amr", sndfile=False)),
    (rb"\x0b\x77", AC3),
    (rb"ADIF|\xff[\xf0\xf1\xf8\xf9]", AAC),
    (rb"\0{,65536}\xff[\xe2-\xe5\xf2-\xf5\xfa-\xfd][^\xf0-\xff]", MP3),  # any MPEG, layers 2, 3
)
BY_NAME = {container.ffmpeg: container for _, container in SIGNATURES}
# What may hold a sound file among others, or looks like one in places, and is none.
OTHERS = (
    rb"PK[\x03\x05]|Rar!|7z\xbc\xaf|\x1f\x8b|BZh|\xfd7zXZ|\x28\xb5\x2f\xfd|MSCF|.{257}ustar"
    rb"|%PDF|\x89PNG|\xff\xd8\xff|GIF8|\x7fELF|MZ|MThd|\xd0\xcf\x11\xe0|RIFF.{4}(RMID|WEBP|sfbk)"
    rb"|(\xef\xbb\xbf)?\s*<(?i:!doctype|!--|\?xml|html|head|body|svg)"
)
# What sound is looked for by, where a file does not begin with it.
FURTHER_IN = (
    (OGG.chain, OGG),
    (FLAC.chain, FLAC),
    (rb"RIFF.{4}WAVEfmt ", WAV),
    (rb"FORM.{4}AIF[FC]", AIFF),
    (rb"\0\0\0.ftyp", MOV),
    (rb"\x1a\x45\xdf\xa3.{4,60}?(webm|matroska)", MATROSKA),
    (rb"\x30\x26\xb2\x75\x8e\x66\xcf\x11\xa6\xd9\0\xaa", ASF),
)


File: TypeAlias = io.RawIOBase | io.BytesIO


class Part(io.RawIOBase):
    """A part of an open file, as a file of its own."""

    def __init__(self, file: File, start: int, end: int) -> None:
        self._file, self._start, self._end = file, start, end
        self._position = 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._position

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        base = (0, self._position, self._end - self._start)[whence]
        self._position = max(0, base + offset)
        return self._position

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        left = self._end - self._start - self._position
        self._file.seek(self._start + self._position)
        n = self._file.readinto(memoryview(buffer)[: max(0, left)]) or 0
        self._position += n
        return n


def sniff(file: File) -> tuple[Container, int] | None:
    """What a file is and at which byte it begins to be that; None where it is no sound we know.

    A file may begin with tags, and with what is left of a frame or with junk: sound is looked for
    in the bytes after them.
    """
    start = _after_tags(file)
    file.seek(start)
    head = file.read(SEARCHED) or b""
    kind = next((c for signature, c in SIGNATURES if re.match(signature, head, re.DOTALL)), None)
    if kind and kind not in FRAMED.values():
        return kind, start
    if not kind and re.match(OTHERS, head, re.DOTALL):
        return None
    if found := _further_in(head):
        return found[0], start + found[1]
    if kind:  # one frame, or too damaged for several in a row
        return kind, start
    if not start:
        return None
    file.seek(0)  # a tag may lie about its length
    return _further_in(file.read(SEARCHED) or b"") or (MP3, 0)


def _after_tags(file: File) -> int:
    """Where the tags end that a file begins with, ID3 or APE, as any kind of sound may."""
    position = 0
    for _ in range(MAX_TAGS):
        file.seek(position)
        head = file.read(32) or b""
        if len(head) >= 10 and head.startswith(b"ID3"):
            position += 10 + sum((byte & 127) << 7 * i for i, byte in enumerate(head[9:5:-1]))
        elif len(head) == 32 and head.startswith(b"APETAGEX"):
            position += 32 + int.from_bytes(head[12:16], "little")
        else:
            break
    return position


def _end_of_frames(file: File) -> int:
    """Return the byte at which frames end and trailing tags begin, ID3v1 or APE: a picture in them
    may look like frames.
    """
    end = file.seek(0, io.SEEK_END)
    for _ in range(MAX_TAGS):
        file.seek(max(0, end - 128))
        last = file.read(min(128, end)) or b""
        footer = last[-32:]
        if len(last) == 128 and last.startswith(b"TAG"):
            end -= 128
        elif len(footer) == 32 and footer.startswith(b"APETAGEX"):
            has_header = footer[23] >> 7
            end = max(0, end - int.from_bytes(footer[12:16], "little") - 32 * has_header)
        else:
            break
    return end


def _further_in(head: bytes) -> tuple[Container, int] | None:
    """The first sound within some bytes, and where it begins."""
    found = [
        (match.start(), container)
        for signature, container in FURTHER_IN
        if (match := re.search(signature, head, re.DOTALL))
    ]
    found += [
        (start, container)
        for kind, container in FRAMED.items()
        if (start := chained(kind, head)) is not None
    ]
    if not found:
        return None
    start, container = min(found, key=lambda each: each[0])
    return container, start


def parts(file: File, container: Container, start: int) -> list[Part]:
    """A file from a byte on, in as many parts as it has streams in a row."""
    begins = [start]
    after = -1  # streams that sound together begin on neighbouring pages, and are one part
    for at in _places(file, container.chain, start) if container.chain else ():
        if at not in (start, after):
            begins.append(at)
        after = _page_end(file, at) if container is OGG else -1
    end = _end_of_frames(file) if container in FRAMED.values() else file.seek(0, io.SEEK_END)
    return [Part(file, a, b) for a, b in zip(begins, [*begins[1:], end], strict=True)]


def has_streams_at_once(file: File, container: Container, start: int) -> bool:
    """Return whether a file is Ogg with several streams that sound together."""
    if container is not OGG:
        return False
    file.seek(_page_end(file, start))
    return re.match(OGG.chain, file.read(8) or b"", re.DOTALL) is not None


def _places(file: File, signature: bytes, start: int) -> Iterator[int]:
    """Where a signature of at most eight bytes stands in a file, from a byte on."""
    pattern = re.compile(signature, re.DOTALL)
    position, rest = start, b""
    while True:
        file.seek(position)
        piece = file.read(PIECE)
        if not piece:
            return
        content = rest + piece
        last = -1
        for match in pattern.finditer(content):
            last = match.end()
            yield position - len(rest) + match.start()
        position += len(piece)
        rest = content[max(last, len(content) - 7, 0) :]


def _page_end(file: File, start: int) -> int:
    """Where a page of Ogg ends that begins at a byte."""
    file.seek(start)
    head = file.read(27 + 255) or b""
    n = head[26] if len(head) > 26 else 0
    return start + 27 + n + sum(head[27 : 27 + n])
