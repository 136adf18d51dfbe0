"""A decoder itself: a process that reads the files that its standard input tells of."""

from __future__ import annotations

import io
import json
import os
import signal
import sys
from contextlib import suppress
from functools import lru_cache
from typing import IO

import numpy as np

from mmc_core._typing import Float32
from mmc_core.audio import messages
from mmc_core.audio.containers import WAV
from mmc_core.audio.extent import Extent, Reading
from mmc_core.audio.readers import damaged, ffmpeg_blocks, read
from mmc_core.audio.sound import SR, Audio
from mmc_core.audio.wav import wav_files
from mmc_core.errors import AudioError, DamagedAudio
from mmc_core.workers.limits import limit, limit_time

IDLE_S = 60  # after which it ends
KEPT = 16  # pieces of a file


class Asked(io.RawIOBase):
    """The file: its bytes are asked for, and kept for a while, as decoders seek to and fro."""

    def __init__(self, size: int, stdin: IO[bytes], stdout: IO[bytes]) -> None:
        self._size, self._stdin, self._stdout = size, stdin, stdout
        self._position = 0
        self._piece = lru_cache(KEPT)(self._asked)

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        self._position = max(0, (0, self._position, self._size)[whence] + offset)
        return self._position

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        done = 0
        while done < len(buffer) and self._position < self._size:
            number, start = divmod(self._position, messages.PIECE)
            some = self._piece(number)[start : start + len(buffer) - done]
            if not some:  # the file has become shorter
                break
            buffer[done : done + len(some)] = some
            done += len(some)
            self._position += len(some)
        return done

    def _asked(self, number: int) -> bytes:
        place = messages.PLACE.pack(number * messages.PIECE, messages.PIECE)
        messages.send(self._stdout, messages.READ, place)
        _, content = messages.receive(self._stdin)
        return content


def main() -> None:
    """Read files until there are no more."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # whoever asks decides what Ctrl-C ends
    stdin, stdout = sys.stdin.buffer, os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # what libraries print is no message
    load_all()
    limit(int(sys.argv[1]))
    with suppress(EOFError, BrokenPipeError):
        while True:
            wait(IDLE_S)
            _, task = messages.receive(stdin)
            wait(0)
            answer(stdin, stdout, *json.loads(task))


def wait(seconds: int) -> None:
    """End after some seconds; not at all with 0."""
    if hasattr(signal, "alarm"):
        signal.alarm(seconds)


def load_all() -> None:
    """Load what is loaded late otherwise, when no file can be opened."""
    import av.audio.stream
    import av.subtitles.stream
    import av.video.stream  # noqa: F401

    second = Audio(np.zeros(SR, dtype=np.float32))
    file = io.BytesIO(wav_files({"": second})[""])
    read(file, len, int, Reading("", 2.0))
    list(ffmpeg_blocks(file, WAV, 0, "", Extent()))


def answer(
    stdin: IO[bytes],
    stdout: IO[bytes],
    size: int,
    seconds: float,
    name: str,
    limit_s: float,
    channel: int | None,
    wanted_s: float,
) -> None:
    """Read one file, and send what it sounds like, or an error. See `decoder.decode`."""
    import av.error

    def write(mono: Float32) -> None:
        messages.send(stdout, messages.SAMPLES, mono.tobytes())

    def again() -> None:
        messages.send(stdout, messages.AGAIN)

    limit_time(seconds)
    extent = Extent(wanted_s)
    file = Asked(size, stdin, stdout)
    try:
        read(file, write, again, Reading(name, limit_s, channel, extent))
        kind = messages.DONE
        said: list[object] = [*extent.filled]
    except AudioError as error:
        kind, said = messages.ERROR, [error.kind, str(error)]
    except (EOFError, BrokenPipeError):
        raise
    except Exception as error:  # whatever FFmpeg and libsndfile may come up with
        reason = error.strerror if isinstance(error, av.error.FFmpegError) else error
        kind, said = messages.ERROR, [DamagedAudio.kind, str(damaged(name, reason))]
    messages.send(stdout, kind, json.dumps(said).encode())


if __name__ == "__main__":
    main()
