"""A process for tables that a file has taken over: it answers what none answers. `ODD` in its
environment names what.
"""

from __future__ import annotations

import json
import os
import sys
from typing import Any

ROWS = ["", "int64", [[1, [0, 8]]]]
ROW = (2).to_bytes(8, "little")


def _line(*columns: Any, **said: Any) -> bytes:
    answer = {"header": [], "decimal_comma": False, "problems": [], "columns": [ROWS, *columns]}
    return json.dumps(answer | said).encode() + b"\n"


def _text(offsets: bytes, text: bytes, n: int = 1, name: str = "mood") -> bytes:
    sizes = [0, len(offsets), len(text)]
    return _line([name, "string", [[n, sizes]]]) + ROW + offsets + text


RIGHT = b"\0\0\0\0\3\0\0\0"
SAID = {
    "nothing": b"",
    "no JSON": b"\xff\n",
    "a deep list": b"[" * 100_000 + b"\n",
    "a list": b"[]\n",
    "no columns": b"{}\n",
    "a line without end": b"[" * 2**20,
    "more bytes than there may be": _line(["mood", "string", [[1, [0, 8, 2**40]]]]) + ROW,
    "fewer bytes than it says": _text(RIGHT, b"sad")[:-1],
    "negative bytes": _line(["mood", "string", [[1, [0, 8, -1]]]]) + ROW + RIGHT,
    "negative rows": _text(RIGHT, b"sad", n=-1),
    "more rows than bytes": _text(RIGHT, b"sad", n=1000),
    "a text outside its bytes": _text(b"\0\0\0\0\xff\0\0\0", b"sad"),
    "bytes that are no text": _text(RIGHT, b"\xff\xff\xff"),
    "a column that is not wanted": _text(RIGHT, b"sad", name="other"),
    "a type of its own": _line(["mood", "list<int64>", [[1, [0, 8]]]]) + ROW + ROW,
    "numbers in place of texts": _line(["mood", "int64", [[1, [0, 8]]]]) + ROW + ROW,
    "fewer rows in a column": _line(["mood", "string", []]) + ROW,
    "problems that are none": _line(problems=[1]) + ROW,
    "rows that are no numbers": _line(problems=[["what", ["x"], []]]) + ROW,
}

if __name__ == "__main__":
    sys.stdout.buffer.write(SAID[os.environ["ODD"]])
    if os.environ["ODD"] == "nothing":
        os.abort()
