"""Neural networks: the only code that imports TensorFlow."""

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress


@contextmanager
def _native_notes_dropped() -> Iterator[None]:
    """TensorFlow's libraries write notes on the machine to standard error as they are loaded."""
    with suppress(OSError):
        stderr, nowhere = os.dup(2), os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, 2)
        try:
            yield
        finally:
            os.dup2(stderr, 2)
            os.close(stderr)
            os.close(nowhere)


os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
with _native_notes_dropped():
    import tensorflow  # noqa: F401
