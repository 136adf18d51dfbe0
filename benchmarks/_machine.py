"""What every benchmark says of where it ran."""

from __future__ import annotations

import argparse
import os
import platform
from importlib.metadata import version
from pathlib import Path


def machine(*packages: str) -> str:
    """Processor, cores, Python and versions of packages."""
    versions = ", ".join(f"{name} {version(name)}" for name in packages)
    return (
        f"{platform.processor() or platform.machine()}, {os.cpu_count()} cores, "
        f"Python {platform.python_version()}, {versions}"
    )


def parser(description: str | None) -> argparse.ArgumentParser:
    """Of a benchmark's own options, `--quick` and `--keep`."""
    options = argparse.ArgumentParser(
        description=description, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    options.add_argument("--quick", action="store_true", help="in seconds, to see that it runs")
    options.add_argument("--keep", type=Path, help="JSON file that ratios are written into")
    return options
