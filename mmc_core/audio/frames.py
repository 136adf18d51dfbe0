"""Frames of MPEG audio and AC-3: sound without a beginning, known by how its frames follow.

ISO/IEC 11172-3 and 13818-3 (layers 2 and 3), 13818-7 (AAC as ADTS), ETSI TS 102 366 (AC-3).
"""

from __future__ import annotations

import re
from collections.abc import Callable

CHAIN = 4  # frames in a row; by chance there are not so many in terabytes
SYNC = {
    "mp3": re.compile(rb"(?=\xff[\xe2-\xff])"),
    "aac": re.compile(rb"(?=\xff[\xf0\xf1\xf8\xf9])"),
    "ac3": re.compile(rb"(?=\x0b\x77)"),
}
HEADER = 7  # bytes, the longest one's

LAYER_2 = (32, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 384)  # kbit/s
LAYER_3 = (32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320)
LOW_RATES = (8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160)
SAMPLE_RATES = (44_100, 48_000, 32_000)
AC3_KBITS = (
    *(32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 384, 448, 512, 576, 640),
)
AC3_RATES = (48_000, 44_100, 32_000)


def mp3_frame(header: bytes) -> tuple[int, object] | None:
    """The length of an MPEG frame of layer 2 or 3, and what is the same in all of a stream."""
    version, layer = header[1] >> 3 & 3, header[1] >> 1 & 3  # 3: MPEG-1, 2: MPEG-2, 0: 2.5
    bitrate, rate = header[2] >> 4, header[2] >> 2 & 3
    if header[0] != 0xFF or header[1] < 0xE0 or version == 1 or layer not in (1, 2):
        return None
    if bitrate in (0, 15) or rate == 3:
        return None
    kbits = (LOW_RATES if version != 3 else LAYER_3 if layer == 1 else LAYER_2)[bitrate - 1]
    hz = SAMPLE_RATES[rate] >> {3: 0, 2: 1, 0: 2}[version]
    scale = 72 if layer == 1 and version != 3 else 144
    return scale * kbits * 1000 // hz + (header[2] >> 1 & 1), (version, layer, rate)


def aac_frame(header: bytes) -> tuple[int, object] | None:
    """The length of an ADTS frame, and what is the same in all of a stream."""
    rate = header[2] >> 2 & 15
    length = (header[3] & 3) << 11 | header[4] << 3 | header[5] >> 5
    if header[0] != 0xFF or header[1] & 0xF6 != 0xF0 or rate > 12 or length <= HEADER:
        return None
    return length, (header[1], header[2] & 0xFD)


def ac3_frame(header: bytes) -> tuple[int, object] | None:
    """The length of a frame of AC-3, and what is the same in all of a stream."""
    rate, size = header[4] >> 6, header[4] & 63
    if header[:2] != b"\x0b\x77" or rate == 3 or size >= 2 * len(AC3_KBITS):
        return None
    words = AC3_KBITS[size >> 1] * 1000 * 1536 // AC3_RATES[rate] // 16
    return 2 * (words + (size & 1 if rate == 1 else 0)), (rate, header[5] >> 3)


FRAMES: dict[str, Callable[[bytes], tuple[int, object] | None]] = {
    "mp3": mp3_frame,
    "aac": aac_frame,
    "ac3": ac3_frame,
}


def chained(kind: str, content: bytes) -> int | None:
    """Where the first of several frames in a row begins; None where there are none."""
    for match in SYNC[kind].finditer(content):
        position, same = match.start(), None
        for _ in range(CHAIN):
            header = content[position : position + HEADER]
            frame = FRAMES[kind](header) if len(header) == HEADER else None
            if frame is None or same not in (None, frame[1]):
                break
            position, same = position + frame[0], frame[1]
        else:
            return match.start()
    return None
