"""A decoder that a file has taken over: it says what no decoder says. `ODD` in its environment
names what.
"""

from __future__ import annotations

import json
import os
import sys

from mmc_core.audio import messages

FAR = messages.PLACE.pack(2**63, 10)
MUCH = messages.PLACE.pack(0, 2**30)
SAID = {
    "an unknown kind": (b"x", b""),
    "a far place": (messages.READ, FAR),
    "much at once": (messages.READ, MUCH),
    "half a place": (messages.READ, FAR[:3]),
    "no numbers": (messages.DONE, b'["one", "two"]'),
    "no JSON": (messages.DONE, b"\xff"),
    "a deep list": (messages.DONE, b"[" * 100_000),
    "an error of no kind": (messages.ERROR, json.dumps(["no-such", "text"]).encode()),
    "an error of another class": (messages.ERROR, json.dumps(["run", "text"]).encode()),
}

if __name__ == "__main__":
    odd = os.environ["ODD"]
    messages.receive(sys.stdin.buffer)
    if odd == "a long message":
        sys.stdout.buffer.write(messages.HEAD.pack(messages.SAMPLES, 2**32 - 1))
    elif odd == "sound without end":
        while True:
            messages.send(sys.stdout.buffer, messages.SAMPLES, bytes(2**20))
    else:
        messages.send(sys.stdout.buffer, *SAID[odd])
    sys.stdout.buffer.flush()
    sys.stdin.buffer.read()
