"""Decoders, from the side of whoever asks: processes in which libsndfile and FFmpeg read files.

They are not trusted: an m4a of 629 bytes can make FFmpeg take 2 GB. A decoder has little memory and
time and can open neither a file nor a connection: it asks for the bytes of the one it reads. It
cannot take the process that asked with it. When a file is read it waits for the next one, and ends
when it has waited for a minute.
"""

from __future__ import annotations

import atexit
import io
import json
import os
import struct
import subprocess
import sys
import threading
from contextlib import suppress
from typing import IO

from mmc_core.audio import messages
from mmc_core.audio.extent import Filled, Reading
from mmc_core.audio.readers import damaged
from mmc_core.audio.signal import too_long
from mmc_core.audio.sound import SR
from mmc_core.errors import AudioError
from mmc_core.settings import PROJECT, decoder_bytes, decoder_seconds
from mmc_core.workers.pool import THREADS

MAX_IDLE = 4
MAX_FILES = 1000  # that one decoder reads, whatever it may have kept of each
PROCESS = "mmc_core.audio.decoder_process"
LAST_BYTE = 2**62  # of any file


class Ended(Exception):
    """A decoder that ended, or did not do what one does, while it read a file."""


class Decoder:
    """One process."""

    def __init__(self) -> None:
        self.n_files = 0
        self._is_waiting = True  # for a file
        self._process = subprocess.Popen(  # noqa: S603
            [sys.executable, "-m", PROCESS, str(decoder_bytes())],
            cwd=PROJECT,
            env={**os.environ, **dict.fromkeys(THREADS, "1")},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        )

    @property
    def is_usable(self) -> bool:
        """Whether it waits for a file, and has not read too many."""
        return self._is_waiting and self.n_files < MAX_FILES and self._process.poll() is None

    def decode(self, file: io.FileIO, decoded: IO[bytes], reading: Reading) -> None:
        """See `decode`.

        Raises:
            Ended: if the process does not live to the end of the file.
        """
        self.n_files += 1
        self._is_waiting = False
        seconds = decoder_seconds(reading.limit_s)
        is_late = threading.Event()

        def stop() -> None:
            is_late.set()
            self._process.kill()

        timer = threading.Timer(seconds, stop)
        timer.daemon = True
        timer.start()
        try:
            size = file.seek(0, io.SEEK_END)
            task = [reading.name, reading.limit_s, reading.channel, reading.extent.wanted_s]
            self._send(messages.TASK, json.dumps([size, seconds, *task]).encode())
            reading.extent.fill(*self._follow(file, decoded, reading))
        except Ended:
            if is_late.is_set():
                raise damaged(reading.name, "it takes too long") from None
            raise
        finally:
            timer.cancel()

    def end(self) -> None:
        self._process.kill()
        for stream in (self._process.stdin, self._process.stdout):
            assert stream
            with suppress(OSError):  # what was not sent is not wanted
                stream.close()
        self._process.wait()

    def _follow(self, file: io.FileIO, decoded: IO[bytes], reading: Reading) -> Filled:
        """Send it the bytes that it asks for, and write what it decodes; see `_result`."""
        n_bytes = 0
        while True:
            kind, content = self._receive()
            if kind == messages.READ:
                self._send(messages.BYTES, _piece(file, content))
            elif kind == messages.SAMPLES:
                n_bytes += decoded.write(content)
                if n_bytes > (reading.limit_s + 1) * SR * 4:
                    raise too_long(reading.name, reading.limit_s)
            elif kind == messages.AGAIN:
                decoded.seek(-n_bytes, io.SEEK_CUR)
                decoded.truncate()
                n_bytes = 0
            else:
                result = _result(kind, content)
                self._is_waiting = True
                if isinstance(result, AudioError):
                    raise result
                return result

    def _send(self, kind: bytes, content: bytes) -> None:
        assert self._process.stdin
        try:
            messages.send(self._process.stdin, kind, content)
        except OSError as error:
            raise Ended from error

    def _receive(self) -> tuple[bytes, bytes]:
        assert self._process.stdout
        try:
            return messages.receive(self._process.stdout)
        except (OSError, EOFError) as error:
            raise Ended from error


def _piece(file: io.FileIO, asked: bytes) -> bytes:
    """The bytes that are asked for; fewer at the end of the file."""
    try:
        position, n = messages.PLACE.unpack(asked)
    except struct.error as error:
        raise Ended from error
    if position > LAST_BYTE or n > messages.PIECE:
        raise Ended
    file.seek(position)
    return file.read(n) or b""


def _result(kind: bytes, content: bytes) -> Filled | AudioError:
    """Return what a file's `Extent` is filled with, or the error that a decoder reports."""
    try:
        said = json.loads(content)
        if kind == messages.DONE:
            decoded_s, rest_s, stream, n_streams, title = said
            return float(decoded_s), float(rest_s), int(stream), int(n_streams), str(title)
        if kind == messages.ERROR:
            error_kind, sentence = said
            return next(e for e in AudioError.__subclasses__() if e.kind == error_kind)(
                str(sentence)
            )
    except (ValueError, TypeError, OverflowError, StopIteration, RecursionError) as error:
        raise Ended from error
    raise Ended


_idle: list[Decoder] = []
_lock = threading.Lock()


def decode(file: io.FileIO, decoded: IO[bytes], reading: Reading) -> None:
    """Have a decoder read a file.

    Args:
        decoded: where mono float32 at 22 050 Hz is written.

    Raises:
        AudioError: in the kind that fits.
    """
    beginning = decoded.tell()
    while True:
        decoder = _taken()
        try:
            decoder.decode(file, decoded, reading)
            return
        except Ended:
            if decoder.n_files == 1:
                raise damaged(reading.name, "its decoder ended over it") from None
            decoded.seek(beginning)  # an old one may have ended while it waited: once more
            decoded.truncate()
        finally:
            _give_back(decoder)


def begin() -> None:
    """Begin a decoder, if none waits, that will be needed soon: it loads while other things do."""
    with _lock:
        if not _idle:
            _idle.append(Decoder())


def close() -> None:
    """End the decoders that wait."""
    with _lock:
        while _idle:
            _idle.pop().end()


def _taken() -> Decoder:
    """A decoder for oneself."""
    with _lock:
        while _idle:
            decoder = _idle.pop()
            if decoder.is_usable:
                return decoder
            decoder.end()
    return Decoder()


def _give_back(decoder: Decoder) -> None:
    with _lock:
        if decoder.is_usable and len(_idle) < MAX_IDLE:
            _idle.append(decoder)
            return
    decoder.end()


atexit.register(close)
if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_idle.clear)  # they belong to whoever began them
