"""What is read once for all visitors, until the files that it was read from change."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from functools import wraps
from pathlib import Path
from typing import ParamSpec, TypeVar

import streamlit as st

Arguments = ParamSpec("Arguments")
Value = TypeVar("Value")


def state_of(path: Path) -> tuple[Path, int]:
    """Return a file and when it was last changed, in nanoseconds; 0 if it does not exist."""
    return path, path.stat().st_mtime_ns if path.exists() else 0


def keep_while(
    stamp: Callable[Arguments, Hashable], *, most: int, seconds: float | None = None
) -> Callable[[Callable[Arguments, Value]], Callable[Arguments, Value]]:
    """Keep what a function returns for as long as the stamp of its arguments stays the same.

    Args:
        stamp: what the result depends on: whom it is of, and the states of files.
        most: results that are kept, the newest.
        seconds: after which a result is made anew in any case.
    """

    def decorate(function: Callable[Arguments, Value]) -> Callable[Arguments, Value]:
        def keep(stamp: Hashable, _make: Callable[[], Value]) -> Value:
            return _make()

        # Streamlit tells kept functions apart by these.
        keep.__module__, keep.__qualname__ = function.__module__, function.__qualname__
        kept = st.cache_resource(max_entries=most, ttl=seconds, show_spinner=False)(keep)

        @wraps(function)
        def load(*args: Arguments.args, **kwargs: Arguments.kwargs) -> Value:
            return kept(stamp(*args, **kwargs), lambda: function(*args, **kwargs))

        return load

    return decorate
