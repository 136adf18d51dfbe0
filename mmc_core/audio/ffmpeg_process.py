"""The process in which FFmpeg decodes: standard input to mono float32 on standard output."""

from __future__ import annotations

import io
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from mmc_core._typing import Float32
from mmc_core.audio.containers import BY_NAME, Container, Part, parts
from mmc_core.audio.ffmpeg import damaged
from mmc_core.audio.signal import Block, to_mono
from mmc_core.errors import AudioError, DamagedAudio, NoAudioStream

FFMPEG_BYTES = 2**30  # of memory


def decode(container: str, start: int, name: str, limit_s: float, channel: int | None) -> None:
    """Decode standard input to mono float32 on standard output; an error is JSON on stderr.

    See `ffmpeg.decode_apart` for the arguments.
    """
    import av.audio.stream  # all that is loaded late otherwise, when no file can be opened
    import av.subtitles.stream
    import av.video.stream

    limit_this_process()
    try:
        file = io.FileIO(sys.stdin.fileno(), closefd=False)
        blocks = _ffmpeg_blocks(file, BY_NAME[container], start, name)
        for mono in to_mono(blocks, name, limit_s, channel):
            sys.stdout.buffer.write(mono.tobytes())
    except AudioError as error:
        sys.exit(json.dumps([error.kind, str(error)]))
    except Exception as error:  # whatever FFmpeg and PyAV may come up with
        reason = error.strerror if isinstance(error, av.error.FFmpegError) else error
        sys.exit(json.dumps([DamagedAudio.kind, str(damaged(name, reason))]))


def limit_this_process() -> None:
    try:
        import resource
    except ImportError:  # Windows has no such limits
        return
    used = Path("/proc/self/statm")
    if used.exists():  # beside what NumPy has set aside, which is much on many cores
        most = int(used.read_text().split()[0]) * resource.getpagesize() + FFMPEG_BYTES
        resource.setrlimit(resource.RLIMIT_AS, (most, most))
    resource.setrlimit(resource.RLIMIT_NOFILE, (0, 0))


def _ffmpeg_blocks(file: io.FileIO, container: Container, start: int, name: str) -> Iterator[Block]:
    """Sound of all streams in a row; one that cannot be read is passed over if another can."""
    import av

    failures: list[Exception] = []
    streams = parts(file, container, start)
    for stream in streams:
        try:
            yield from _stream_blocks(stream, container, name)
        except (av.error.FFmpegError, NoAudioStream) as error:
            failures.append(error)
    if len(failures) == len(streams):
        raise failures[0]


def _stream_blocks(stream: Part, container: Container, name: str) -> Iterator[Block]:
    import av

    with av.open(stream, "r", format=container.ffmpeg, metadata_errors="replace") as media:
        if not media.streams.audio:
            raise NoAudioStream(
                f"{name} holds no sound, only other streams. Choose a file with music in it."
            )
        for packet in media.demux(media.streams.audio[0]):
            try:
                for frame in packet.decode():
                    yield frame.sample_rate, _samples(frame)
            except av.error.FFmpegError:
                continue  # one damaged packet; players go on, too


def _samples(frame: Any) -> Float32:
    """An FFmpeg frame of any sample format as float32 within ±1: (n_samples, n_channels)."""
    y = frame.to_ndarray()
    y = y.T if frame.format.is_planar else y.reshape(-1, frame.layout.nb_channels)
    if y.dtype.kind == "f":
        return y.astype(np.float32)
    half = 2 ** (8 * y.itemsize - 1)
    return (y.astype(np.float32) - (half if y.dtype.kind == "u" else 0)) / half


if __name__ == "__main__":
    decode(*json.loads(sys.argv[1]))
