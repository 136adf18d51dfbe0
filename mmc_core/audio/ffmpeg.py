"""FFmpeg, through PyAV's wheel, in a process of its own.

It is not trusted: an m4a of 629 bytes can make it take 2 GB. The process has little memory, opens
no file and is ended if it takes too long; it cannot take the one that asked with it.
"""

from __future__ import annotations

import io
import json
import subprocess
import sys

import numpy as np

from mmc_core._typing import Float32
from mmc_core.audio.containers import Container
from mmc_core.errors import AudioError, DamagedAudio
from mmc_core.settings import PROJECT

FFMPEG_S = 60.0  # and a twentieth of the longest duration accepted


LONGEST_S = 1e6  # that can be waited for


def decode_apart(
    file: io.FileIO,
    container: Container,
    start: int,
    name: str,
    limit_s: float,
    channel: int | None,
) -> Float32:
    """Sound as `ffmpeg_process` decodes it, (n_samples,).

    Args:
        container: what FFmpeg is told that it is.
        start: the byte at which it begins to be that.
        name: what messages call it.
        limit_s: the longest duration accepted.
        channel: the one to read; None for the mean of all.
    """
    task = [container.ffmpeg, start, name, limit_s, channel]
    command = [sys.executable, "-m", "mmc_core.audio.ffmpeg_process", json.dumps(task)]
    timeout = min(FFMPEG_S + limit_s / 20, LONGEST_S)
    try:
        child = subprocess.run(  # noqa: S603
            command, stdin=file, capture_output=True, cwd=PROJECT, timeout=timeout
        )
    except subprocess.TimeoutExpired:
        raise damaged(name, "it takes too long") from None
    if child.returncode == 0 and child.stdout:
        return np.frombuffer(child.stdout, dtype=np.float32).copy()
    try:
        kind, message = json.loads(child.stderr.strip().rpartition(b"\n")[2])
    except ValueError:  # it was ended, or had nothing to say
        raise damaged(name, "nothing in it makes sense to the decoder") from None
    raise next(error for error in AudioError.__subclasses__() if error.kind == kind)(message)


def damaged(name: str, reason: object) -> DamagedAudio:
    return DamagedAudio(
        f"{name} begins like a sound file but cannot be decoded: {reason}. "
        "It may be cut off or protected; save it again, for example as mp3."
    )
