"""What every command prints with: lines, one JSON document, progress."""

from __future__ import annotations

import json
import logging
import math
import os
import signal
import sys
import threading
import time
from collections.abc import Mapping
from typing import Any

from mmc_core.wording import visible


def open_streams() -> None:
    """Lead standard streams that are closed nowhere: libraries write to them all the same, and the
    next file that is opened would take a closed one's number.
    """
    for number, name in enumerate(("stdin", "stdout", "stderr")):
        try:
            os.fstat(number)
        except OSError:
            os.open(os.devnull, os.O_RDWR)  # takes the lowest number that is free
        stream = getattr(sys, name)
        if stream is None or stream.closed:
            mode = "r" if number == 0 else "w"
            setattr(sys, name, os.fdopen(number, mode, encoding="utf-8", closefd=False))


def end_in_order() -> None:
    """Let a command that is told to end take away the files that it has half written."""
    for number in (signal.SIGTERM, getattr(signal, "SIGHUP", signal.SIGTERM)):
        if (
            threading.current_thread() is threading.main_thread()
            and signal.getsignal(number) is signal.SIG_DFL
        ):
            signal.signal(number, lambda which, _: sys.exit(128 + which))


def echo(text: object = "", *, err: bool = False, nl: bool = True) -> None:
    """Print a text to standard output, or to standard error.

    Characters that the encoding lacks, and those that a terminal acts on, are escaped: names of
    files and their tags come from anywhere.
    """
    _write(visible(str(text), but="\n\t") + "\n" * nl, err=err)


def _write(content: str, *, err: bool) -> None:
    """Write a text as it is. Standard error only tells of the work: that it cannot be written to
    does not end the work.
    """
    stream = sys.stderr if err else sys.stdout
    encoding = stream.encoding or "utf-8"
    try:
        stream.write(content.encode(encoding, "backslashreplace").decode(encoding))
        stream.flush()
    except OSError:
        if not err:
            raise


def print_json(content: Any) -> None:
    """Print one JSON document."""
    echo(json_text(content, indent=2))


def print_fields(content: Mapping[str, Any]) -> None:
    """Print what is named, a line each, numbers to four digits: to read; JSON has all of them."""
    for name, value in content.items():
        if isinstance(value, Mapping):
            echo(f"{name}:")
            for inner, each in value.items():
                echo(f"  {inner}: {readable(each)}")
        else:
            echo(f"{name}: {readable(value)}")


def readable(value: Any) -> str:
    """Return a value in one line, its numbers to four digits.

    >>> readable([0.57516, 12345.678, 3, None, "grouped"]), readable([[1, 2], [3, 4]])
    ('0.5752, 12346, 3, none, grouped', '1, 2; 3, 4')
    """
    if isinstance(value, Mapping):
        return ", ".join(f"{name} {readable(each)}" for name, each in value.items())
    if isinstance(value, list | tuple):
        is_nested = any(isinstance(each, list | tuple | Mapping) for each in value)
        return ("; " if is_nested else ", ").join(map(readable, value))
    if isinstance(value, float):
        return f"{value:.0f}" if abs(value) >= 10_000 else f"{value:.4g}"
    return "none" if value is None else str(value)


def json_text(content: Any, indent: int | None = None) -> str:
    """Return a JSON document of printable ASCII."""
    return json.dumps(content, indent=indent, allow_nan=False).replace("\x7f", "\\u007f")


class Progress:
    """A count on standard error, rewritten in place where that is a terminal."""

    def __init__(self, unit: str) -> None:
        self.unit = unit

    def __enter__(self) -> Progress:
        return self

    def __call__(self, done: int, total: int, logs: dict[str, float] | None = None) -> None:
        if not sys.stderr.isatty():
            if os.environ.get("MMC_PROGRESS") == "lines":  # a page reads them
                echo(f"{done} of {total}", err=True)
            return
        detail = self._detail(done, total, logs or {})
        _write(f"\r{done} of {total} {self.unit}{detail}\033[K", err=True)

    def _detail(self, done: int, total: int, logs: dict[str, float]) -> str:
        return "".join(f"  {name} {value:.3f}" for name, value in logs.items())

    def __exit__(self, *_: object) -> None:
        if sys.stderr.isatty():
            echo(err=True)


class TimedProgress(Progress):
    """The same with the rate and the time left, once a first call has said that none is done."""

    def _detail(self, done: int, total: int, logs: dict[str, float]) -> str:
        if not done:
            self._start = time.monotonic()
            return ""
        rate = done / max(time.monotonic() - self._start, 1e-3)
        a_minute = f"{60 * rate:,.0f} a minute"
        return f"  {a_minute}  {duration((total - done) / rate)} left"


def duration(seconds: float) -> str:
    """Time to read, in whole units.

    >>> duration(8.2), duration(150), duration(9_000)
    ('8 s', '3 min', '2 h 30 min')
    """
    if seconds < 90:
        return f"{seconds:.0f} s"
    hours, minutes = divmod(math.ceil(seconds / 60), 60)
    return f"{hours} h {minutes} min" if hours else f"{minutes} min"


def quiet_tensorflow() -> None:
    """TensorFlow's notes on the machine are not what was asked for."""
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    os.environ.setdefault("GRPC_VERBOSITY", "NONE")
    logging.getLogger("tensorflow").setLevel(logging.ERROR)
