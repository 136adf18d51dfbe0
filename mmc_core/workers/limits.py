"""Limits of a process that reads what is not trusted, set by the process itself."""

from __future__ import annotations

import time
from pathlib import Path

from mmc_core.workers.sandbox import forbid_system_changes

try:
    import resource
except ImportError:  # Windows
    HAS_LIMITS = False
else:
    HAS_LIMITS = True


def limit(memory_bytes: int) -> None:
    """Let this process open no file and no connection, take little memory, and change nothing.

    See `forbid_system_changes`. Windows has no such limits.
    """
    if not HAS_LIMITS:
        return
    used = Path("/proc/self/statm")
    if used.exists():  # beside what NumPy has set aside, which is much on many cores
        most = int(used.read_text().split()[0]) * resource.getpagesize() + memory_bytes
        resource.setrlimit(resource.RLIMIT_AS, (most, most))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_NOFILE, (0, 0))
    forbid_system_changes()


def limit_time(seconds: float) -> None:
    """Let this process use the processor for so many seconds from now on."""
    if HAS_LIMITS:
        most = int(time.process_time() + seconds) + 1
        resource.setrlimit(resource.RLIMIT_CPU, (most, resource.RLIM_INFINITY))
