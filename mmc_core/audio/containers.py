"""What a file is, known by its first bytes and never by its name."""

from __future__ import annotations

import io
import re
from dataclasses import dataclass

MAX_ID3_TAGS = 16
HEAD_BYTES = 65_536  # an mp3 may begin with so many zeros
USABLE = "wav, flac, ogg, opus, mp3, m4a, aac, wma, aiff or webm"


@dataclass(frozen=True)
class Container:
    """How to open a kind of file: by libsndfile if it knows it, else by FFmpeg under a name.

    FFmpeg is told the name so that it cannot take a file for a playlist of others.
    """

    ffmpeg: str
    sndfile: bool = True


# libsndfile cuts an mp3 of variable bitrate without an index short, spoils the seams of blocks
# (it is seeked after each), and prints of errors. FFmpeg's samples are the same to 2e-6.
MP3 = Container("mp3", sndfile=False)

SIGNATURES: tuple[tuple[bytes, Container], ...] = (
    (rb"(RIFF|RIFX|RF64|BW64).{4}WAVE", Container("wav")),
    (rb"riff\x2e\x91\xcf\x11", Container("w64")),
    (rb"FORM.{4}AIF[FC]", Container("aiff")),
    (rb"fLaC", Container("flac")),
    (rb"OggS", Container("ogg")),
    (rb"caff", Container("caf")),
    (rb"\.snd", Container("au")),
    (rb".{4}ftyp", Container("mov", sndfile=False)),
    (rb"\x30\x26\xb2\x75\x8e\x66\xcf\x11", Container("asf", sndfile=False)),
    (rb"\x1a\x45\xdf\xa3", Container("matroska", sndfile=False)),
    (rb"wvpk", Container("wv", sndfile=False)),
    (rb"MAC ", Container("ape", sndfile=False)),
    (rb"ADIF|\xff[\xf0\xf1\xf8\xf9]", Container("aac", sndfile=False)),
)
MP3_START = rb"\0*(ID3|\xff[\xe2-\xe5\xf2-\xf5\xfa-\xfd][^\xf0-\xff])"  # any MPEG, layers 2, 3


def sniff(file: io.FileIO) -> Container | None:
    """What the first bytes of a file say it is, or None where that is no sound we know."""
    tags, head = _after_id3(file)
    for signature, container in SIGNATURES:
        if re.match(signature, head, re.DOTALL):
            return container
    return MP3 if tags or re.match(MP3_START, head) else None


def _after_id3(file: io.FileIO) -> tuple[int, bytes]:
    """How many ID3 tags a file begins with, as any kind of sound may, and what follows them."""
    position = 0
    for tags in range(MAX_ID3_TAGS):
        file.seek(position)
        head = file.read(HEAD_BYTES)
        if len(head) < 10 or not head.startswith(b"ID3"):
            return tags, head
        position += 10 + sum((byte & 127) << 7 * i for i, byte in enumerate(head[9:5:-1]))
    return MAX_ID3_TAGS, b""
