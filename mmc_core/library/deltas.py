"""Compact differences that restore a file from before its tags were written.

Writing tags moves the sound as a whole, or leaves it where it is. So the old file is laid over the
new one, from the start or from the end, and their exclusive or is kept: nearly all zeros, of which
zlib makes a thousandth. It works for any two files; the more they differ the larger it is.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO

import numpy as np

from mmc_core.errors import TagError
from mmc_core.wording import shown

BLOCK = 1 << 20  # bytes at a time
PROBE = 1 << 16  # bytes that are tried to see how the files lie
MOST_BYTES = 64 << 20  # of a delta


@dataclass(frozen=True)
class Delta:
    """From a new file back to the old one.

    Args:
        content: the exclusive or, by zlib.
        shift: how far on in the new file the old one's bytes are.
        size: of the old file.
    """

    content: bytes
    shift: int
    size: int


def delta(old: Path, new: Path) -> Delta:
    """Return the difference that restores `old` from `new`.

    Raises:
        TagError: if the files have too little in common.
    """
    size, new_size = old.stat().st_size, new.stat().st_size
    with old.open("rb") as one, new.open("rb") as other:
        shift = max((0, new_size - size), key=lambda each: _alike(one, other, size, each))
        packer, content = zlib.compressobj(), bytearray()
        one.seek(0)
        for start in range(0, size, BLOCK):
            block = one.read(BLOCK)
            content += packer.compress(_xor(block, _at(other, start + shift, len(block))))
            if len(content) > MOST_BYTES:
                raise TagError(
                    f"Tags would change too much of {shown(old.name)} for it to be put back later."
                )
        content += packer.flush()
    return Delta(bytes(content), shift, size)


def restored(change: Delta, new: Path) -> Iterator[bytes]:
    """Yield the old file, block by block.

    Raises:
        zlib.error: if the delta is damaged.
    """
    unpacker, start, rest = zlib.decompressobj(), 0, change.content
    with new.open("rb") as other:
        while start < change.size:
            block = unpacker.decompress(rest, min(BLOCK, change.size - start))
            rest = unpacker.unconsumed_tail
            if not block:
                raise zlib.error("the delta ends before the file does")
            yield _xor(block, _at(other, start + change.shift, len(block)))
            start += len(block)


def _alike(one: IO[bytes], other: IO[bytes], size: int, shift: int) -> int:
    """Return how many bytes in the middle of the old file are the same in the new one."""
    middle = max(0, size // 2 - PROBE // 2)
    block = _at(one, middle, min(PROBE, size))
    return _xor(block, _at(other, middle + shift, len(block))).count(0)


def _at(file: IO[bytes], start: int, length: int) -> bytes:
    """Return the bytes of a file from a place on; zeros beyond its ends."""
    before = min(length, max(0, -start))
    file.seek(max(0, start))
    return (b"\0" * before + file.read(length - before)).ljust(length, b"\0")


def _xor(one: bytes, other: bytes) -> bytes:
    return (np.frombuffer(one, np.uint8) ^ np.frombuffer(other, np.uint8)).tobytes()
