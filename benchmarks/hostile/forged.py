"""Headers that lie: files put together byte by byte."""

from __future__ import annotations

import struct
from collections.abc import Iterator

import numpy as np

FULL = 2**32 - 1


def wav(
    samples: bytes,
    *,
    rate: int = 44_100,
    channels: int = 1,
    bits: int = 16,
    code: int = 1,
    block: int | None = None,
    length: int | None = None,
    riff: int | None = None,
    fmt: int = 16,
) -> bytes:
    """A WAV file of these samples with whatever its header says."""
    block = (channels * bits // 8) % 65_536 if block is None else block
    per_second = (rate * block) % 2**32
    header = struct.pack("<4sIHHIIHH", b"fmt ", fmt, code, channels, rate, per_second, block, bits)
    data = struct.pack("<4sI", b"data", len(samples) if length is None else length) + samples
    size = 4 + len(header) + len(data) if riff is None else riff
    return struct.pack("<4sI4s", b"RIFF", size, b"WAVE") + header + data


def pcm(seconds: float = 2.0, rate: int = 44_100) -> bytes:
    """Half-scale sine of 440 Hz, 16 bit, one channel."""
    t = np.arange(round(seconds * rate)) / rate
    return (16_000 * np.sin(2 * np.pi * 440 * t)).astype("<i2").tobytes()


def wavs() -> Iterator[tuple[str, bytes]]:
    """Name and content of WAV files whose headers cannot be true."""
    sound = pcm()
    for rate in (0, 1, 100, 2_000, 3_999, 768_000, 2**31 - 1, FULL):
        yield f"rate-{rate}.wav", wav(sound, rate=rate)
    for channels in (0, 8, 64, 255, 256, 1024, 65_535):
        yield f"channels-{channels}.wav", wav(sound, channels=channels)
    for bits in (0, 1, 7, 12, 64, 255, 65_535):
        yield f"bits-{bits}.wav", wav(sound, bits=bits)
    for block in (0, 1, 3, 65_535):
        yield f"block-{block}.wav", wav(sound, block=block)
    for length in (0, 1, 3, 2**31, FULL):
        yield f"length-{length}.wav", wav(sound, length=length)
    for code in (0, 2, 6, 17, 49, 85, 255, 65_534, 65_535):  # ADPCM, GSM, mp3, extensible, unknown
        yield f"code-{code}.wav", wav(sound, code=code)
    for fmt in (0, 2, 15, 2**31, FULL):
        yield f"fmt-{fmt}.wav", wav(sound, fmt=fmt)
    for riff in (0, 1, FULL):
        yield f"riff-{riff}.wav", wav(sound, riff=riff)
    yield "header-alone.wav", wav(b"")
    yield "half-a-header.wav", wav(sound)[:30]


def replaced(content: bytes, at: int, new: bytes) -> bytes:
    return content[:at] + new + content[at + len(new) :]


def flacs(content: bytes) -> Iterator[tuple[str, bytes]]:
    """Name and content of FLAC files with other stream information (at byte 8)."""
    smallest, largest, rates = 8, 10, 18
    for rate in (0, 1, 655_350, 2**20 - 1):
        packed = (rate << 4) | (int.from_bytes(content[20:21], "big") & 15)
        yield f"rate-{rate}.flac", replaced(content, rates, packed.to_bytes(3, "big"))
    for samples in (0, 1, 2**36 - 1):
        first = bytes([content[21] & 0xF0 | samples >> 32])
        forged = replaced(content, 21, first + (samples & FULL).to_bytes(4, "big"))
        yield f"samples-{samples}.flac", forged
    yield "blocks-upside-down.flac", replaced(content, smallest, b"\xff\xff\0\x10")
    yield "blocks-of-none.flac", replaced(content, smallest, b"\0\0\0\0")
    yield "frames-too-large.flac", replaced(content, largest + 2, b"\xff\xff\xff\xff\xff\xff")
    yield "eight-channels.flac", replaced(content, 20, bytes([content[20] | 0x0E]))
    yield "checksum-of-another.flac", replaced(content, 26, bytes(range(16)))


def oggs(content: bytes, kind: str) -> Iterator[tuple[str, bytes]]:
    """Ogg files whose pages lie, checksums included (libogg passes over such pages)."""
    last = content.rfind(b"OggS")
    yield f"granule-huge.{kind}", replaced(content, last + 6, b"\xff" * 7 + b"\x7f")
    yield f"granule-negative.{kind}", replaced(content, last + 6, b"\xff" * 8)
    yield f"serial-changes.{kind}", replaced(content, last + 14, b"\1\2\3\4")
    yield f"segments-255.{kind}", replaced(content, 26, b"\xff")
    yield f"page-missing.{kind}", content[: content.find(b"OggS", 4)] + content[last:]
    yield f"first-page-alone.{kind}", content[: content.find(b"OggS", 4)]


def m4as(content: bytes) -> Iterator[tuple[str, bytes]]:
    """m4a files whose boxes lie about sizes, counts and places."""
    for box in (b"moov", b"mdat", b"trak", b"stbl", b"stsz", b"stco", b"stts", b"esds"):
        at = content.find(box)
        if at >= 4:
            yield f"{box.decode()}-huge.m4a", replaced(content, at - 4, b"\xff\xff\xff\xff")
            yield f"{box.decode()}-nothing.m4a", replaced(content, at - 4, b"\0\0\0\1")
    for box in (b"stsz", b"stco", b"stts"):  # version and flags, then how many
        at = content.find(box)
        offset = 8 if box == b"stsz" else 4
        yield f"{box.decode()}-count.m4a", replaced(content, at + 4 + offset, b"\x7f\xff\xff\xff")
    for name in (b"mvhd", b"mdhd"):
        at = content.find(name)
        yield f"{name.decode()}-timescale-0.m4a", replaced(content, at + 16, b"\0\0\0\0")
        yield f"{name.decode()}-length-huge.m4a", replaced(content, at + 20, b"\xff\xff\xff\xff")


def mp3s(content: bytes) -> Iterator[tuple[str, bytes]]:
    """mp3 files with an index that lies, and frames that change their minds."""
    at = max(content.find(b"Xing"), content.find(b"Info"))
    if at > 0:
        yield "frames-of-years.mp3", replaced(content, at + 8, b"\x7f\xff\xff\xff")
        yield "bytes-of-years.mp3", replaced(content, at + 12, b"\x7f\xff\xff\xff")
    second = content.find(content[:2], 400) if at < 0 else content.find(b"\xff\xfb", at)
    for header in (
        b"\xff\xfb\xf0\x00",
        b"\xff\xfb\x0c\x00",
        b"\xff\xe3\x18\xc4",
        b"\xff\xfd\xe0\x04",
    ):
        yield f"frame-{header.hex()}.mp3", replaced(content, max(second, 0), header)
    yield "only-headers.mp3", b"\xff\xfb\x90\x00" * 4_000
    yield "one-frame.mp3", content[:417]
