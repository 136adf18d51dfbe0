"""What a decoder and whoever asks it say to each other: bytes with a kind and a length.

What is received may have been made by a file that took the decoder over: it is bytes and JSON, from
which nothing is built but numbers and texts.
"""

from __future__ import annotations

import struct
from typing import IO

TASK, BYTES = b"t", b"b"  # to the decoder: JSON; a piece of the file
READ, SAMPLES, AGAIN, DONE, ERROR = b"r", b"s", b"a", b"d", b"e"  # from it
PIECE = 2**18  # bytes of a file that are asked for at a time
MOST = 2**20  # bytes of a message
HEAD = struct.Struct("<cI")
PLACE = struct.Struct("<QI")  # of `READ`: from which byte on, and how many


def send(stream: IO[bytes], kind: bytes, content: bytes | memoryview = b"") -> None:
    """One message, or several where it is long."""
    content = memoryview(content)
    for start in range(0, max(1, len(content)), MOST):
        piece = content[start : start + MOST]
        stream.write(HEAD.pack(kind, len(piece)))
        stream.write(piece)
    stream.flush()


def receive(stream: IO[bytes]) -> tuple[bytes, bytes]:
    """The next message: its kind and content.

    Raises:
        EOFError: if there is none, or it is not one.
    """
    head = stream.read(HEAD.size)
    if len(head) < HEAD.size:
        raise EOFError
    kind, n = HEAD.unpack(head)
    if n > MOST:
        raise EOFError(f"a message of {n} bytes")
    content = stream.read(n)
    if len(content) < n:
        raise EOFError
    return kind, content
